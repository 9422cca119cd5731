import { baseImages } from '../dockerfile/base-images.js';
import { type Dockerfile } from '../dockerfile/instructions.js';
import { neededStages, targetChain } from '../dockerfile/stages.js';
import { type DependencyFile } from '../project/dependencies.js';
import { installedBySteps } from './installed-by-steps.js';
import { mayUseGpu } from './known-packages.js';
import { type ImageEvidence, needOfImage, toolkitOfReference } from './need-of-image.js';
import { onCuda, withoutCuda } from './combined-need.js';
import { needOfPackages } from './need-of-packages.js';
import { type GpuNeed } from './need.js';

/** What is known of a project before anything is built. */
export interface ProjectEvidence {
  /** Undefined where there is none. */
  dockerfile: Dockerfile | undefined;
  files: readonly DependencyFile[];
  /** What the engine has of the Dockerfile's base image; undefined where it does not have it. */
  base: ImageEvidence | undefined;
}

/** The image that the last stage begins with, and its line; undefined where it begins with none, or cannot be told. */
export function baseOf(dockerfile: Dockerfile): { reference: string; line: number } | undefined {
  const first = targetChain(dockerfile)[0];
  return first?.base.kind === 'image' ? { reference: first.base.reference, line: first.line } : undefined;
}

/** Reads the need from the base image, what the Dockerfile installs, and the project's lock files or manifests. */
export function needOfProject({ dockerfile, files, base }: ProjectEvidence): GpuNeed {
  if (dockerfile === undefined) return withoutCuda(needOfPackages(files, [], undefined), undefined);
  const reference = baseOf(dockerfile)?.reference;
  const ofBase = needOfBase(reference, base);
  const baseCuda = ofBase.kind === 'cuda' ? ofBase.toolkits[0]?.candidates[0] : undefined;
  const names = files.map(({ file }) => file);
  const { dependencies, unread } = installedBySteps(
    targetChain(dockerfile).flatMap(({ instructions }) => instructions),
    names,
  );
  const packages = needOfPackages(files, dependencies, baseCuda);
  const unseen =
    unread === undefined ? takenFromElsewhere(dockerfile, reference) : `What ${unread} brings is not seen.`;
  switch (ofBase.kind) {
    case 'rocm':
      return ofBase;
    case 'cuda':
      return onCuda(ofBase, packages, unseen);
    default: {
      const isPlain = reference !== undefined && plainBase.test(reference);
      return withoutCuda(packages, unseen ?? (isPlain ? undefined : ofBase.why));
    }
  }
}

/** Images that bring nothing for a GPU. */
const plainBase =
  /^(?:docker\.io\/)?(?:(?:library\/)?(?:python|ubuntu|debian|alpine|fedora|rockylinux|almalinux|busybox|buildpack-deps|r-base|julia|node|golang|rust|gcc|openjdk|eclipse-temurin|perl|ruby|php)|continuumio\/(?:miniconda3|anaconda3)|condaforge\/(?:miniforge3|mambaforge)|mambaorg\/micromamba|rocker\/(?:r-ver|rstudio|tidyverse|verse)|(?:quay\.io\/)?jupyter\/(?:base|minimal|scipy|r)-notebook|ghcr\.io\/astral-sh\/uv)(?![\w./-])(?!.*(?:cuda|gpu|rocm))/;

/** Images and stages besides the base that files are copied from, where they may bring something for a GPU. */
function takenFromElsewhere(dockerfile: Dockerfile, base: string | undefined): string | undefined {
  const image = baseImages(dockerfile).find(({ reference }) => reference !== base && !plainBase.test(reference));
  if (image !== undefined) return `What comes from ${image.reference} is not seen.`;
  const chain = new Set(targetChain(dockerfile).map(({ index }) => index));
  const others = neededStages(dockerfile).filter(({ index }) => !chain.has(index));
  const { dependencies } = installedBySteps(
    others.flatMap(({ instructions }) => instructions),
    [],
  );
  const package_ = dependencies.find(({ name }) => mayUseGpu(name));
  return package_ === undefined ? undefined : `What comes from the stage that installs ${package_.name} is not seen.`;
}

function needOfBase(reference: string | undefined, base: ImageEvidence | undefined): GpuNeed {
  if (base !== undefined) {
    const references = reference === undefined ? base.references : [reference, ...base.references];
    return needOfImage({ ...base, references });
  }
  if (reference === undefined) return { kind: 'unclear', why: 'Which base image it has cannot be told.' };
  if (/(?:^|\/)rocm\/|[-:]rocm\d/.test(reference)) return { kind: 'rocm', from: reference };
  const toolkit = toolkitOfReference(reference);
  if (toolkit === undefined) return { kind: 'unclear', why: `${reference} does not say which CUDA it brings, if any.` };
  // PyTorch's runtime images are built on a plain system; all others on NVIDIA's, whose requirement is not seen yet.
  const isOnNvidias = !/pytorch\/pytorch:.*-runtime$/.test(reference);
  return {
    kind: 'cuda',
    toolkits: [toolkit],
    requirements: [],
    hasCompat: isOnNvidias,
    mayRequire: isOnNvidias,
    contradiction: undefined,
    unseen: undefined,
  };
}
