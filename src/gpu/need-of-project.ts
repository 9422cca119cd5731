import { type Dockerfile } from '../dockerfile/instructions.js';
import { targetChain } from '../dockerfile/stages.js';
import { type Dependency, parseRequirement } from '../project/dependency-formats.js';
import { type DependencyFile } from '../project/dependencies.js';
import { mayUseGpu } from './known-packages.js';
import { type ImageEvidence, needOfImage, toolkitOfReference } from './need-of-image.js';
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
  const reference = dockerfile === undefined ? undefined : baseOf(dockerfile)?.reference;
  const ofBase = needOfBase(reference, base);
  const baseCuda = ofBase.kind === 'cuda' ? ofBase.toolkits[0]?.candidates[0] : undefined;
  const ofPackages = needOfPackages(files, dockerfile === undefined ? undefined : installedBy(dockerfile), baseCuda);
  if (ofBase.kind === 'rocm') return ofBase;
  if (ofBase.kind === 'cuda') {
    if (ofPackages.kind === 'rocm')
      return { kind: 'unclear', why: `${ofPackages.from} is for ROCm, the base image for CUDA.` };
    if (ofPackages.kind !== 'cuda') return ofBase;
    const { toolkits, contradiction } = ofPackages;
    return { ...ofBase, toolkits: [...ofBase.toolkits, ...toolkits], contradiction };
  }
  if (ofPackages.kind !== 'cuda') return ofPackages;
  return { ...ofPackages, requirements: [], hasCompat: false };
}

function needOfBase(reference: string | undefined, base: ImageEvidence | undefined): GpuNeed {
  if (base !== undefined) {
    const references = reference === undefined ? base.references : [reference, ...base.references];
    return needOfImage({ ...base, references });
  }
  if (reference === undefined) return { kind: 'unclear', why: 'There is no base image.' };
  if (/(?:^|\/)rocm\/|[-:]rocm\d/.test(reference)) return { kind: 'rocm', from: reference };
  const toolkit = toolkitOfReference(reference);
  if (toolkit === undefined) return { kind: 'unclear', why: `${reference} does not say which CUDA it brings, if any.` };
  // NVIDIA's own base images have the libraries for forward compatibility.
  const hasCompat = toolkit.origin === 'image';
  return { kind: 'cuda', toolkits: [toolkit], requirements: [], hasCompat, contradiction: undefined };
}

const installers =
  /\b(?:pip3?|uv(?: pip)?|conda|mamba|micromamba|poetry)\s+(?:install|add|create)\b([^&|;]*)|\b(?:pip3?|uv pip)\s+install\b([^&|;]*)/g;

/** The packages that RUN instructions install by name, as far as they may use a GPU. */
function installedBy(dockerfile: Dockerfile): DependencyFile | undefined {
  const found: Dependency[] = [];
  for (const { keyword, arguments: words } of dockerfile.instructions) {
    if (keyword !== 'RUN') continue;
    for (const [, one, other] of words.matchAll(installers)) {
      const line = one ?? other ?? '';
      const wheels = /\/whl\/(cu\d+|cpu|rocm[\d.]+)\b/.exec(line)?.[1];
      for (const word of line.split(/\s+/)) {
        const bare = word.replace(/^["']|["']$/g, '');
        if (!/^[A-Za-z]/.test(bare) || bare.includes('://')) continue;
        const dependency = parseRequirement(bare, wheels);
        if (dependency !== undefined) found.push(dependency);
      }
    }
  }
  const dependencies = found.filter(({ name }) => mayUseGpu(name));
  if (dependencies.length === 0) return undefined;
  return { file: 'the Dockerfile', kind: 'lock', dependencies, problem: undefined };
}
