import { createHash } from 'node:crypto';
import { baseImages, sourcesWithLines } from '../dockerfile/base-images.js';
import { parseDockerfile } from '../dockerfile/instructions.js';
import { neededStages, stages } from '../dockerfile/stages.js';
import { parseReference } from '../image/reference.js';
import { type Answer, type ChecklistParts, hasFile, setsLabel, some } from './checklist-parts.js';

/** Point 4: what the image was built from. */
export function hasRecipe(parts: ChecklistParts): Answer {
  const { dockerfile, build } = parts;
  const lacks = [
    ...(dockerfile === undefined || !hasFile(parts, 'Dockerfile') ? ['the Dockerfile'] : []),
    ...(parts.sourceNames.length === 0 || !hasFile(parts, 'source.zip') ? ['the sources it is built with'] : []),
  ];
  if (lacks.length > 0) {
    return { state: 'failed', message: `The bundle lacks ${lacks.join(' and ')}.`, remedy: buildAgain };
  }
  // As the build sums up the Dockerfile's text.
  const sha256 = createHash('sha256')
    .update(dockerfile ?? '')
    .digest('hex');
  if (build !== undefined && sha256 !== build.dockerfile.sha256) {
    const message = 'Dockerfile is not the one that the image was built from: it has changed since.';
    return { state: 'failed', message, remedy: buildAgain };
  }
  return {
    state: 'passed',
    message: `Dockerfile and source.zip are there, with ${counted(parts.sourceNames.length)}.`,
  };
}

const revision = 'org.opencontainers.image.revision';

/** Point 5: the commit, with what was not in it; sources and image say the same. */
export function hasCommit(parts: ChecklistParts): Answer {
  const { build, sourceCommit } = parts;
  const git = build?.git;
  if (build === undefined || git === undefined) {
    return {
      state: 'failed',
      message:
        build === undefined
          ? 'There is no record of the build, so the commit is not known.'
          : 'The image was built from a folder without a Git commit.',
      remedy: `Commit the project with Git. ${buildAgain}`,
    };
  }
  const { commit, dirty } = git;
  const failed = (message: string, remedy: string): Answer => ({ state: 'failed', message, remedy });
  const other = parts.images.find(
    ({ diffIds }) => !build.images.some((built) => built.diffIds.join() === diffIds.join()),
  );
  if (other !== undefined) {
    return failed(
      `The image for ${other.platform} is of another build than the recorded one, so its commit is not known.`,
      'Build all platforms at once with “Build Research Image…”, then export them again with “Export for Zenodo…”.',
    );
  }
  if (git.untracked.length > 0) {
    return failed(
      `The image was built from ${commit} and new files that are not kept: ${some(git.untracked)}.`,
      `Commit them, or leave them out by .gitignore and .dockerignore. ${buildAgain}`,
    );
  }
  if (dirty && !(git.patch !== undefined && hasFile(parts, 'uncommitted.patch'))) {
    return failed(
      `The image was built from ${commit} with changes that are not kept.`,
      `Commit the changes. ${buildAgain}`,
    );
  }
  if (sourceCommit !== undefined && sourceCommit !== commit) {
    return failed(
      `The image was built from ${commit}, but source.zip has the files of ${sourceCommit}.`,
      `Fetch that commit into the repository, then export again with “Export for Zenodo…”. Or else: ${buildAgain}`,
    );
  }
  const changes = dirty ? ' with uncommitted changes' : '';
  const alike = parts.images.find(
    ({ configDigest }) => !build.images.some((built) => built.configDigest === configDigest),
  );
  if (alike !== undefined) {
    return {
      state: 'unknown',
      message: `The image for ${alike.platform} has the layers of what was built from ${commit}${changes}, but another configuration: what its label says is not known.`,
      remedy: buildAgain,
    };
  }
  const label = build.labels[revision];
  if (label === undefined && setsLabel(parts, revision)) {
    return {
      state: 'unknown',
      message: `The image was built from ${commit}${changes}; its Dockerfile sets the label ${revision}, and whether to the same is not known.`,
      remedy: `Take the label out of the Dockerfile: a build sets it. ${buildAgain}`,
    };
  }
  if (label === undefined) {
    return failed(`The image was built from ${commit}${changes}, but no label of it says so.`, buildAgain);
  }
  if (label !== (dirty ? `${commit}-dirty` : commit)) {
    return failed(`The image was built from ${commit}${changes}, but its label says ${label}.`, buildAgain);
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
      remedy: `Write into the Dockerfile, ${some(advice)}. ${buildAgain}`,
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
