import { baseImages, sourcesWithLines } from '../dockerfile/base-images.js';
import { parseDockerfile } from '../dockerfile/instructions.js';
import { neededStages, stages } from '../dockerfile/stages.js';
import { parseReference } from '../image/reference.js';
import { type Answer, type ChecklistParts, hasFile, some } from './checklist-parts.js';

/** Point 4: what the image was built from. */
export function hasRecipe(parts: ChecklistParts): Answer {
  const lacks = [
    ...(parts.dockerfile === undefined || !hasFile(parts, 'Dockerfile') ? ['the Dockerfile'] : []),
    ...(parts.sourceNames.length === 0 || !hasFile(parts, 'source.zip') ? ['the sources it is built with'] : []),
  ];
  return lacks.length === 0
    ? { state: 'passed', message: `Dockerfile and source.zip are there, with ${counted(parts.sourceNames.length)}.` }
    : {
        state: 'failed',
        message: `The bundle lacks ${lacks.join(' and ')}.`,
        remedy: buildAgain,
      };
}

/** Point 5: the commit, with what was not in it; the image says the same. */
export function hasCommit(parts: ChecklistParts): Answer {
  const git = parts.build?.git;
  if (git === undefined) {
    return {
      state: 'failed',
      message:
        parts.build === undefined
          ? 'There is no record of the build, so the commit is not known.'
          : 'The image was built from a folder without a Git commit.',
      remedy: `Commit the project with Git. ${buildAgain}`,
    };
  }
  const { commit, dirty, patch } = git;
  if (dirty && !(patch !== undefined && hasFile(parts, 'uncommitted.patch'))) {
    return {
      state: 'failed',
      message: `The image was built from ${commit} with changes that are not kept.`,
      remedy: `Commit the changes. ${buildAgain}`,
    };
  }
  const label = parts.build?.labels['org.opencontainers.image.revision'];
  if (label !== (dirty ? `${commit}-dirty` : commit)) {
    return {
      state: 'failed',
      message:
        label === undefined
          ? `The image was built from ${commit}, but no label of it says so.`
          : `The image was built from ${commit}${dirty ? ' with uncommitted changes' : ''}, but its label says ${label}.`,
      remedy: `Take the label org.opencontainers.image.revision out of the Dockerfile. ${buildAgain}`,
    };
  }
  return {
    state: 'passed',
    message: `The image was built from ${commit}${dirty ? ', with the changes of uncommitted.patch' : ''}, and its label agrees.`,
  };
}

/** Point 6: base images by digest, packages by lock files. */
export function pinnedInputs(parts: ChecklistParts): Answer {
  const found = [pinnedBases(parts), lockedPackages(parts)];
  const message = found.map((answer) => answer.message).join(' ');
  const open = found.filter((answer) => answer.state !== 'passed');
  const remedy = open.map((answer) => answer.remedy).join(' ');
  if (open.length === 0) return { state: 'passed', message };
  return { state: open.some(({ state }) => state === 'failed') ? 'failed' : 'unknown', message, remedy };
}

const buildAgain =
  'Build with “Build Research Image…” in the open project, then export again with “Export for Zenodo…”.';

function pinnedBases({ dockerfile, build, images }: ChecklistParts): Answer {
  if (dockerfile === undefined) {
    return { state: 'unknown', message: 'Without the Dockerfile, the base images are not known.', remedy: buildAgain };
  }
  const parsed = parseDockerfile(dockerfile);
  const platforms = images.length === 0 ? [undefined] : images.map(({ platform }) => platform);
  const choices = platforms.map((platform) => ({
    ...{ buildArguments: build?.buildArguments, target: build?.target, platform },
  }));
  const needed = choices.flatMap((choice) => neededStages(parsed, choice));
  const isOpen = choices.some((choice) =>
    neededStages(parsed, choice).some((stage) =>
      sourcesWithLines(stage, stages(parsed, choice)).some(({ source }) => source.kind === 'unknown'),
    ),
  );
  const bases = new Map(
    choices.flatMap((choice) => baseImages(parsed, choice)).map(({ reference, line }) => [reference, line]),
  );
  const loose = [...bases].filter(([reference]) => {
    const parsedReference = parseReference(reference);
    return !parsedReference.ok || parsedReference.reference.digest === undefined;
  });
  if (loose.length > 0) {
    const advice = loose.map(([reference, line]) => {
      const digest = build?.baseImages.find((base) => base.reference === reference)?.digest;
      return `line ${line}: ${reference}@${digest ?? 'sha256:…'}`;
    });
    return {
      state: 'failed',
      message: `Not pinned by digest: ${some(loose.map(([reference]) => reference))}.`,
      remedy: `Write into the Dockerfile, ${some(advice)}; then build and export again.`,
    };
  }
  if (isOpen || needed.length === 0) {
    return {
      state: 'unknown',
      message: 'It cannot be told from the Dockerfile what it builds on.',
      remedy: 'Give the ARGs before FROM default values, with a digest (@sha256:…).',
    };
  }
  return {
    state: 'passed',
    message: bases.size === 0 ? 'There is no base image.' : `Pinned by digest: ${some([...bases.keys()])}.`,
  };
}

/** Names of files by which packages are pinned, asked for, or either, depending on what is in them. */
const ecosystems: readonly { what: string; locks: RegExp; manifests: RegExp; either?: RegExp }[] = [
  {
    what: 'Python or Conda',
    locks:
      /^(?:(?:uv|poetry|pdm|pixi)\.lock|pylock(?:\..+)?\.toml|Pipfile\.lock|(?:.*[.-])?conda-lock\.ya?ml|conda-.*\.lock|requirements.*\.lock)$/,
    manifests: /^(?:pyproject\.toml|setup\.(?:py|cfg)|Pipfile|environment\.ya?ml|pixi\.toml|requirements.*\.in)$/,
    either: /^(?:.*[-_])?requirements.*\.txt$/,
  },
  { what: 'R', locks: /^(?:renv|pkg|packrat)\.lock$/, manifests: /^DESCRIPTION$/ },
  { what: 'Julia', locks: /^(?:Julia)?Manifest(?:-v[\d.]+)?\.toml$/, manifests: /^(?:Julia)?Project\.toml$/ },
  {
    what: 'JavaScript',
    locks: /^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/,
    manifests: /^package\.json$/,
  },
  { what: 'Rust', locks: /^Cargo\.lock$/, manifests: /^Cargo\.toml$/ },
  { what: 'Go', locks: /^go\.sum$/, manifests: /^go\.mod$/ },
  { what: 'Ruby', locks: /^Gemfile\.lock$/, manifests: /^Gemfile$/ },
  { what: 'Nix', locks: /^flake\.lock$/, manifests: /^flake\.nix$/ },
];

function lockedPackages({ sourceNames }: ChecklistParts): Answer {
  const names = sourceNames.map((name) => name.slice(name.lastIndexOf('/') + 1));
  const used = ecosystems.map(({ what, locks, manifests, either }) => ({
    ...{ what, lock: names.find((name) => locks.test(name)), manifest: names.find((name) => manifests.test(name)) },
    either: names.find((name) => either?.test(name)),
  }));
  const locked = used.flatMap(({ lock }) => lock ?? []);
  const perhaps = used.flatMap(({ lock, either }) => (lock === undefined ? (either ?? []) : []));
  const unlocked = used.filter(
    ({ lock, manifest, either }) => lock === undefined && either === undefined && manifest !== undefined,
  );
  if (unlocked.length > 0) {
    return {
      state: 'failed',
      message: unlocked.map(({ what, manifest }) => `${what}: ${manifest} without a lock file.`).join(' '),
      remedy: 'Let the package manager write its lock file, copy it in the Dockerfile and install from it.',
    };
  }
  if (perhaps.length > 0) {
    return {
      state: 'unknown',
      message: `Whether ${some(perhaps)} pins all packages is not known.`,
      remedy: 'See that each line has a version after “==”, dependencies of dependencies included, or use a lock file.',
    };
  }
  return locked.length > 0
    ? { state: 'passed', message: `Packages are locked by ${some(locked)}.` }
    : {
        state: 'unknown',
        message: 'No file says which packages are needed.',
        remedy: 'Where steps install packages, name their versions, or install them from a lock file.',
      };
}

function counted(files: number): string {
  return files === 1 ? 'one file' : `${files} files`;
}
