"""Estimates pi by throwing random points at a square and counting those inside the circle.

The error should shrink with the square root of the number of points. Reads parameters.json, writes
results/estimates.csv (one row for each sample size) and results/convergence.png.
"""

import argparse
import csv
import json
import math
import os
import tempfile
from pathlib import Path

# Matplotlib keeps a cache; a container's user may have no home to keep it in.
os.environ.setdefault("MPLCONFIGDIR", tempfile.mkdtemp())

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np


def estimate(generator: np.random.Generator, points: int) -> float:
    """The share of points of the unit square that fall into the quarter circle, times four."""
    x, y = generator.random(points), generator.random(points)
    return 4.0 * float(np.count_nonzero(x * x + y * y <= 1.0)) / points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parameters", type=Path, default=Path("parameters.json"))
    parser.add_argument("--results", type=Path, default=Path("results"))
    arguments = parser.parse_args()

    parameters = json.loads(arguments.parameters.read_text())
    generator = np.random.default_rng(parameters["seed"])
    arguments.results.mkdir(parents=True, exist_ok=True)

    rows = []
    for points in parameters["sample_sizes"]:
        estimates = [estimate(generator, points) for _ in range(parameters["repetitions"])]
        mean, deviation = float(np.mean(estimates)), float(np.std(estimates, ddof=1))
        error = math.sqrt(float(np.mean([(value - math.pi) ** 2 for value in estimates])))
        rows.append((points, mean, deviation, error))
        print(f"{points:>9} points: pi = {mean:.6f} (error {error:.6f})", flush=True)

    with (arguments.results / "estimates.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("points", "mean", "standard_deviation", "root_mean_square_error"))
        writer.writerows((points, f"{mean:.8f}", f"{deviation:.8f}", f"{error:.8f}") for points, mean, deviation, error in rows)

    sizes, errors = [row[0] for row in rows], [row[3] for row in rows]
    figure, axes = plt.subplots(figsize=(6, 4))
    axes.loglog(sizes, errors, "o-", label="measured")
    axes.loglog(sizes, [errors[0] * math.sqrt(sizes[0] / size) for size in sizes], "--", label="expected: 1/sqrt(n)")
    axes.set_xlabel("points")
    axes.set_ylabel("error of the estimate")
    axes.set_title("Estimating pi by Monte Carlo")
    axes.legend()
    figure.tight_layout()
    figure.savefig(arguments.results / "convergence.png", dpi=150, metadata={"Software": None})


if __name__ == "__main__":
    main()
