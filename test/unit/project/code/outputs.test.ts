import assert from 'node:assert/strict';
import { type CodeKind } from '../../../../src/project/code/choose-files.js';
import { factsOf } from '../../../../src/project/code/code-facts.js';
import { folderOfResults, rankOutputs } from '../../../../src/project/code/output-folders.js';
import { writtenByStages } from '../../../../src/project/code/rules-outputs.js';

function outputs(kind: CodeKind, text: string, file = 'main.py'): string[] {
  return rankOutputs([factsOf(file, kind, text)]).map(({ folder, line }) => `${folder}:${line}`);
}

describe('the folders that code writes to', () => {
  const python: [text: string, expected: string[]][] = [
    [`plt.savefig('figures/a.png')`, ['figures:1']],
    [`fig.savefig(fname="figures/a.png", dpi=300)`, ['figures:1']],
    [`df.to_csv("results/x.csv", index=False)`, ['results:1']],
    [`df.to_parquet('out/x.parquet')\ndf.to_pickle('out/y.pkl')`, ['out:1']],
    [`np.savez_compressed("results/a.npz", a=a)\nnp.save('output/b.npy', b)`, ['results:1', 'output:2']],
    [`torch.save(model.state_dict(), "checkpoints/model.pt")`, ['checkpoints:1']],
    [`joblib.dump(model, 'models/m.pkl')`, ['models:1']],
    [`with open('out/log.txt', 'w') as f:\n  f.write('x')`, ['out:1']],
    [`open('out/log.txt')`, []],
    [`open('out/log.txt', 'rb')`, []],
    [`open('out/log.txt', mode="at")`, ['out:1']],
    [`open('out/log.txt', 'x')`, ['out:1']],
    [`gzip.open('results/a.gz', 'wt')`, ['results:1']],
    [`Path('results').mkdir(parents=True)`, ['results:1']],
    [`pathlib.Path("results/deep").mkdir()`, ['results:1']],
    [`os.makedirs('output', exist_ok=True)`, ['output:1']],
    [`(Path("results") / "a.json").write_text("{}")`, ['results:1']],
    [`with (Path("results") / "a.json").open("w") as f: pass`, ['results:1']],
    [`OUTPUT_DIR = "results"`, ['results:1']],
    [`RESULTS = Path("results")\ndf.to_csv(RESULTS / "a.csv")`, ['results:1']],
    [`HERE = "some_folder"\ndf.to_csv(HERE + "/a.csv")`, ['some_folder:2']],
    [`OUT = 'some'\nplt.savefig(os.path.join(OUT, f'{name}.png'))`, ['some:2']],
    [`plt.savefig(f"figures/{name}.png")`, ['figures:1']],
    [`base = "figures"\nplt.savefig(f"{base}/{name}.png")`, ['figures:2']],
    [`plt.savefig(f"{unknown}/a.png")`, []],
    [`plt.savefig("figures/%s.png" % name)`, ['figures:1']],
    [`plt.savefig("figures/{}.png".format(name))`, ['figures:1']],
    [`plt.savefig("fig_{}/a.png".format(name))`, []],
    [`p.add_argument('--out-dir', '-o', type=str, default='results')`, ['results:1']],
    [`p.add_argument('--output', default='some/a.csv')`, ['some:1']],
    [`p.add_argument('--input', default='some/a.csv')`, []],
    [
      `p.add_argument("--dest", default="some")\nargs = p.parse_args()\ndf.to_csv(os.path.join(args.dest, "x"))`,
      ['some:3'],
    ],
    [`@click.option("--output-dir", default="results")\ndef f(output_dir): pass`, ['results:1']],
    [`def main(out: Path = typer.Option("results")): pass`, ['results:1']],
    [`def plot(out_dir: str = "figures"):\n  plt.savefig(f"{out_dir}/x.png")`, ['figures:1']],
    [`flags.DEFINE_string('output_dir', 'results', 'Where to')`, ['results:1']],
    [`class Config:\n  output_dir: str = "results"`, ['results:2']],
    [`trainer = Trainer(default_root_dir="x", save_dir="runs")`, ['runs:1']],
    [`@hydra.main(config_path="conf")\ndef main(cfg): pass`, ['outputs:1']],
    [`SummaryWriter("runs/a")`, ['runs:1']],
    [`cv2.imwrite("results/a.png", image)`, ['results:1']],
    [`image.save('figs/a.png')`, ['figs:1']],
    [`h5py.File('results/a.h5', 'w')\nh5py.File('other/b.h5', 'r')`, ['results:1']],
    [`df.to_csv('results\\\\windows.csv')\ndf.to_csv(r'results\\b.csv')`, ['results:1']],
    [`df.to_csv('C:\\\\Users\\\\me\\\\results\\\\a.csv')`, []],
    [`df.to_csv('/home/me/results/a.csv')\ndf.to_csv('~/results/a.csv')`, []],
    [`df.to_csv('../results/a.csv')`, []],
    [`df.to_csv('a/../results/a.csv')`, ['results:1']],
    [`df.to_csv('./results/a.csv')`, ['results:1']],
    [`df.to_csv('a.csv')`, []],
    [`df.to_csv('s3://results/a.csv')`, []],
    [`df.to_csv('/tmp/results/a.csv')\ndf.to_csv('tmp/a.csv')\ndf.to_csv('data/processed/a.csv')`, []],
    [`df.to_csv('data/results/a.csv')`, ['data/results:1']],
    [`df.to_csv('paper/figures/deep/a.csv')`, ['paper/figures:1']],
    [`df.to_csv('my results/a "b".csv')`, []],
    [`df.to_csv("it's mine/a.csv")`, [`it's mine:1`]],
    [`# df.to_csv('results/a.csv')`, []],
    [`"""Writes:\n  df.to_csv('results/a.csv')\n"""`, []],
    [`def f():\n  '''df.to_csv('results/a.csv')'''`, []],
    [`print("savefig('figures/a.png')")`, []],
    [`output = "results are good"`, []],
    [`def savefig(path="figures/a.png"): pass`, []],
    [`output = "N/A"\nresult = "yes/no"\nout = "km/h"\nplot = "scatter/line"\nfigure = "a/b"`, []],
    [`output = "run/a.csv"\nsave = "other/"\nout = "x/results/y"`, ['x/results:3', 'other:2', 'run:1']],
    [`def read(path="corpus/x.csv"): pass\ndef write(path):\n  df.to_csv(path)`, []],
    [`path = "corpus/x.csv"\ndef write(df, path: str, *more):\n  df.to_csv(path)`, []],
    [`path = "some/x.csv"\ndef write(path):\n  pass\ndf.to_csv(path)`, ['some:4']],
    [`path = "corpus/x.csv"\nfor path in paths:\n  df.to_csv(path)`, []],
    [`out = Path(args.out or "results")`, ['results:1']],
    [`out = sys.argv[1] if len(sys.argv) > 1 else "results/x.csv"`, ['results:1']],
    [`x = [f(a) for a in b if c]\nout = "results"`, ['results:2']],
    [`config = {"output_dir": "results", "output": "text/plain", 1: "figures"}`, ['results:1']],
    [`p.add_argument("some", nargs="?", default="mine")\nos.makedirs(p.parse_args().some)`, ['mine:2']],
    [`p.add_argument("-o", default="mine")\nos.makedirs(args.o)`, ['mine:2']],
    [`flags.DEFINE_string(name="output_dir", default="results", help="Where to")`, ['results:1']],
    [`base = "some"\nplt.savefig(f"{base!s}/{name:>10}.png")`, ['some:2']],
    [`df.to_csv("results" + os.sep + "x.csv")`, ['results:1']],
    [`cv2.imwrite(filename="out/x.png", img=x)\ngzip.open(filename="results/x.gz", mode="wb")`, ['results:2', 'out:1']],
    [`ZipFile("out/x.zip", "w")\nZipFile("other/x.zip")\npq.write_table(t, "results/x")`, ['results:3', 'out:1']],
    [`ModelCheckpoint(dirpath="checkpoints/", filename="x")`, ['checkpoints:1']],
  ];
  for (const [text, expected] of python) {
    it(`are ${expected.join() || 'none'} in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(outputs('python', text), expected);
    });
  }

  it('are found from where the file itself is', () => {
    const text = `ROOT = Path(__file__).resolve().parent\nOUT = ROOT / "results"\nOUT.mkdir()\n`;
    assert.deepEqual(outputs('python', text, 'scripts/run.py'), ['scripts/results:2']);
    const above = `ROOT = Path(__file__).resolve().parent.parent\n(ROOT / "results" / "a.txt").write_text("")`;
    assert.deepEqual(outputs('python', above, 'scripts/run.py'), ['results:2']);
    const byNumber = `(Path(__file__).parents[1] / "results").mkdir()`;
    assert.deepEqual(outputs('python', byNumber, 'scripts/run.py'), ['results:1']);
    const old = `d = os.path.dirname(os.path.abspath(__file__))\nos.makedirs(os.path.join(d, '..', 'results'))`;
    assert.deepEqual(outputs('python', old, 'scripts/run.py'), ['results:2']);
    const outside = `(Path(__file__).parents[3] / "results").mkdir()`;
    assert.deepEqual(outputs('python', outside, 'scripts/run.py'), []);
  });

  it('are found from where a script is, wherever that is', () => {
    const own = (text: string): string[] => outputs('shell', text, 'scripts/run.sh');
    assert.deepEqual(own('cd "$(dirname "$0")/.."\nmkdir results'), ['results:2']);
    assert.deepEqual(own('cd "${0%/*}"\nmkdir out'), ['scripts/out:2']);
    const usual = 'DIR="$( cd -- "$( dirname -- "${BASH_SOURCE[0]}" )" &> /dev/null && pwd )"\n';
    assert.deepEqual(own(`${usual}cd /x\nmkdir -p "$DIR/../results" "$DIR/out/$x"`), ['results:3', 'scripts/out:3']);
    assert.deepEqual(own('HERE=`dirname $(realpath $0)`\nmkdir $HERE/out'), ['scripts/out:2']);
    assert.deepEqual(own('cd $(git rev-parse --show-toplevel)\nmkdir out $(ls)/a'), ['out:2']);
  });

  it('come in the order of their names, then of how often they are written to', () => {
    const text = `
a.to_csv("models/a")
a.to_csv("models/b")
plt.savefig("plots/a.png")
plt.savefig("figures/a.png")
plt.savefig("figures/b.png")
a.to_csv("output/b")
`;
    assert.deepEqual(outputs('python', text), ['output:7', 'figures:5', 'plots:4', 'models:2']);
  });

  const others: [kind: CodeKind, text: string, expected: string[]][] = [
    ['r', 'write.csv(x, "results/a.csv", row.names = FALSE)', ['results:1']],
    ['r', 'x %>% write_csv("results/a.csv")\nx |> write_csv(file = "out/a.csv")', ['results:1', 'out:2']],
    ['r', 'ggsave("figs/p.pdf", p)\nggsave(filename = "figs/q.pdf")', ['figs:1']],
    ['r', 'saveRDS(fit, "results/fit.rds")\nsave(a, b, file = "output/x.RData")', ['results:1', 'output:2']],
    ['r', 'pdf("figures/a.pdf", width = 4)\nplot(x)\ndev.off()', ['figures:1']],
    ['r', 'dir.create("results", showWarnings = FALSE)', ['results:1']],
    ['r', 'out <- "some"\nwrite.csv(x, file.path(out, "a.csv"))', ['some:2']],
    ['r', 'ggsave(here::here("figures", "a.png"))', ['figures:1']],
    ['r', 'f <- function(d, out_dir = "figures") {\n  ggsave(paste0(out_dir, "/", d, ".png"))\n}', ['figures:1']],
    ['r', 'ggsave(sprintf("figures/%s.png", d))', ['figures:1']],
    ['r', 'png(paste("figs/", name, ".png", sep = ""))\npdf(paste("plots", "a.pdf"))', ['figs:1']],
    ['r', 'ggsave(glue::glue("figures/{name}.png"))', ['figures:1']],
    ['r', 'make_option(c("-o", "--output"), type = "character", default = "results")', ['results:1']],
    ['r', 'save.image("results/x.RData")\nwrite_xlsx(x, "out/a.xlsx")', ['results:1', 'out:2']],
    ['r', 'st_write(x, dsn = "out/a.gpkg")\nwriteRaster(r, "results/a.tif")', ['results:2', 'out:1']],
    ['r', '# write.csv(x, "results/a.csv")\nread.csv("results/a.csv")', []],
    ['julia', 'CSV.write("results/a.csv", df)', ['results:1']],
    ['julia', 'savefig(p, "figs/a.png")\nsavefig("figs/b.png")', ['figs:1']],
    ['julia', 'mkpath("results")\nconst OUT = joinpath(@__DIR__, "output")', ['results:1', 'output:2']],
    ['julia', 'dir = "some"\nopen("$dir/$(i).txt", "w") do io\n  println(io, 1)\nend', ['some:2']],
    ['julia', '@save "results/a.jld2" x y', ['results:1']],
    ['julia', '#=\nmkpath("results")\n=#\nread("results/a")', []],
    ['julia', 'savefig(plotsdir("a", "b.png"))\nwsave(projectdir("out", "x"), y)', ['out:2', 'plots:1']],
    ['julia', 'save_all(x; out = "results") = write(joinpath(out, "x"), x)', ['results:1']],
    ['shell', 'python a.py > results/log.txt 2>&1\nmkdir -p "output/a" b', ['results:1', 'output:2', 'b:2']],
    ['shell', 'OUT=results\nmkdir -p $OUT/a "${OUT}/b"\ncp x $OTHER/y', ['results:2']],
    ['shell', 'python a.py --output-dir=results --out "${UNSET}/x"\npython b.py -o out/x.csv', ['results:1', 'out:2']],
    ['shell', 'gcc -o program a.c\n# mkdir results\necho "> results/x" 2>/dev/null >&2', []],
    ['shell', "cat <<'EOF' > results/x.txt\nmkdir output\nEOF\necho x | tee figures/a.txt", ['results:1', 'figures:4']],
    ['shell', 'export OUT=results\ndeclare -r FIGS="figs"\nmkdir -p $OUT "$FIGS"', ['results:3', 'figs:3']],
    ['shell', 'OUT=results/$(date +%F)\nmkdir -p "$OUT"', ['results:2']],
    ['shell', 'OUT=results\nOUT=$(mktemp -d)\nmkdir $OUT/a', []],
    ['shell', 'OUT=some\nif [ -n "$1" ]; then OUT=$1; fi\n[ -z "$2" ] || OUT=$2\nmkdir $OUT', ['some:4']],
    ['shell', ': "${OUT:=some}" ${A:-$OUT}\nmkdir $OUT ${B:-${C-$OUT/b}}', ['some:2']],
    ['shell', 'OUT=some; OUT=other make x\nmkdir $OUT', ['some:2']],
    ['shell', 'mkdir -p some/{a,b}\nparallel a --out results/{} ::: 1 2', ['results:2', 'some:1']],
    ['shell', 'mkdir -m 755 -p results\npython a.py --plot True --output json --save 3', ['results:1']],
    ['shell', 'd=a\nfor d in x y; do mkdir -p $d results/$d; done > some/log', ['results:2', 'some:2']],
    ['shell', 'f() {\n  echo x > results/log\n}\n{ a; b; } > out/c', ['results:2', 'out:4']],
    ['shell', 'case $1 in\n results/*) a;;\n *) mkdir out;;\nesac\n[[ $x > results/y ]]', ['out:3']],
    ['shell', 'echo "a `b "c" > x`" > results/a', ['results:1']],
    ['shell', 'cd code\nmkdir results /tmp/x\ncd ..\nmkdir out', ['code/results:2', 'out:4']],
    ['shell', '(cd code && a)\nmkdir out\npushd some\nmkdir b\npopd\nmkdir results', ['results:6', 'out:2', 'some:4']],
    ['shell', 'cd $SOMEWHERE\ncd /home/me/x\nmkdir results', ['results:3']],
    ['shell', 'ROOT=$(pwd)\ncd code\nmkdir $ROOT/results $PWD/out', ['results:3', 'code/out:3']],
    ['shell', 'gcc -o bin/program a.c', []],
    [
      'make',
      'OUT := results\nA ?= $(OUT)/a # x\nall:\n\tmkdir -p ${A} $(B)\n\techo $$x > figs/a',
      ['results:4', 'figs:5'],
    ],
    ['make', 'all:\n\tcd code && \\\n\t  a > out/x\n\tmkdir results\n', ['results:4', 'code/out:3']],
    ['just', 'out := "results"\nrun:\n    mkdir -p {{ out }}\n', ['results:3']],
    ['make', 'all: results/a.csv\n\t@mkdir -p results\n\tpython a.py > $@\n', ['results:2']],
    [
      'snakemake',
      'rule a:\n    input: "data/x.csv"\n    output:\n        "results/{s}/a.csv",\n        p="figures/a.png"\n    shell: "cp results2/x {output}"\n',
      ['results:4', 'figures:5'],
    ],
  ];
  for (const [kind, text, expected] of others) {
    it(`are ${expected.join() || 'none'} in ${kind}: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(outputs(kind, text, 'main'), expected);
    });
  }

  it('are those of a pipeline of DVC', () => {
    const text =
      'stages:\n  fit:\n    cmd: python fit.py\n    outs:\n    - models/m.pkl\n    - results:\n        cache: false\n';
    assert.deepEqual(
      writtenByStages(text).map(({ path, line }) => `${path}:${line}`),
      ['models/m.pkl:5', 'results:6'],
    );
    assert.throws(() => writtenByStages('stages: 1'));
    assert.throws(() => writtenByStages('a: [\n'));
  });

  it('are none for paths that lead nowhere', () => {
    for (const path of ['', '.', '..', '/', 'a\nb/c', 'https://x.org/results/a', '//server/results/a', ' results /x']) {
      assert.equal(folderOfResults({ path, of: 'folder' }), undefined, path);
    }
  });

  it('take no time and no memory for texts that double', () => {
    const doubling = 'x = "results/"\n' + 'x = x + x\n'.repeat(200) + 'open(x, "w")\n';
    assert.deepEqual(outputs('python', doubling), []);
    assert.deepEqual(outputs('shell', 'A=results/\n' + 'A=$A$A\n'.repeat(200)), []);
  });

  it('are found behind brackets without end, and in deep ones not at all', () => {
    assert.deepEqual(outputs('python', `f((((\nopen("out/a", "w")`), ['out:2']);
    assert.deepEqual(outputs('python', '('.repeat(10_000)), []);
    assert.deepEqual(outputs('r', 'f({'.repeat(10_000)), []);
    assert.deepEqual(outputs('julia', '[f('.repeat(10_000)), []);
    assert.deepEqual(outputs('shell', '$('.repeat(10_000) + '"'), []);
  });
});
