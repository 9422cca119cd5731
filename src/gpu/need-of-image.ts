import { cudaBuildsOf } from '../cuda/tables.js';
import { majorMinor } from '../cuda/version.js';
import { type GpuNeed, type ToolkitNeed } from './need.js';

/** What of an image says which GPU it needs. */
export interface ImageEvidence {
  /** `NAME=value`, as its configuration has it. */
  environment: readonly string[];
  /** Its references: tags such as `2.5.1-cuda12.4-cudnn9-runtime` say what the environment of the image does not. */
  references: readonly string[];
}

/**
 * Reads the need from an image's environment and references. Packages that steps of its build installed are not seen: an
 * image that says nothing is unclear, not one without a need.
 */
export function needOfImage({ environment, references }: ImageEvidence): GpuNeed {
  const variables = variablesOf(environment);
  const rocm = [...variables.keys()].find((name) => /^(?:ROCM_|PYTORCH_ROCM_ARCH$|HSA_)/.test(name));
  if (rocm !== undefined) return { kind: 'rocm', from: rocm };
  const rocmName = references.find((reference) => /(?:^|\/)rocm\/|[-:]rocm\d/.test(reference));
  if (rocmName !== undefined) return { kind: 'rocm', from: rocmName };
  const torch = variables.get('PYTORCH_VERSION') ?? '';
  if (/\+cpu\b/.test(torch)) return { kind: 'unclear', why: `PYTORCH_VERSION ${torch} is built for the processor.` };
  const toolkits = toolkitsIn(variables, references);
  const requirements = requirementsOf(variables);
  const visible = variables.get('NVIDIA_VISIBLE_DEVICES') ?? '';
  const wantsGpu = toolkits.length > 0 || requirements.length > 0 || !/^(?:|void|none)$/.test(visible);
  if (!wantsGpu) return { kind: 'unclear', why: 'The image does not say which CUDA it brings, if any.' };
  return {
    kind: 'cuda',
    toolkits,
    requirements,
    hasCompat: hasCompat(variables),
    mayRequire: false,
    contradiction: undefined,
    unseen: undefined,
  };
}

/**
 * The requirements that the NVIDIA Container Toolkit checks (its `internal/config/image/cuda_image.go`): all
 * `NVIDIA_REQUIRE_*` but those of JetPack, and for old images their CUDA_VERSION; none where NVIDIA_DISABLE_REQUIRE is set.
 */
export function requirementsOf(variables: ReadonlyMap<string, string>): string[] {
  if (/^(?:1|t|true)$/i.test(variables.get('NVIDIA_DISABLE_REQUIRE') ?? '')) return [];
  const written = [...variables]
    .filter(([name]) => name.startsWith('NVIDIA_REQUIRE_') && !name.startsWith('NVIDIA_REQUIRE_JETPACK'))
    .map(([, value]) => value.trim())
    .filter((value) => value !== '');
  const version = variables.get('CUDA_VERSION') ?? '';
  const isLegacy = version !== '' && (variables.get('NVIDIA_REQUIRE_CUDA') ?? '') === '';
  return isLegacy ? [...written, `cuda>=${cudaIn(version) ?? version}`] : written;
}

/** Pairs of an image's configuration; of a name that stands twice the last one counts. */
export function variablesOf(environment: readonly string[]): Map<string, string> {
  return new Map(
    environment.map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** What a reference says of CUDA, such as those of nvidia/cuda, pytorch/pytorch and tensorflow/tensorflow. */
export function toolkitOfReference(reference: string): ToolkitNeed | undefined {
  const [, name = '', tag = ''] = /^(.*?)(?::([^:/@]+))?(?:@.*)?$/.exec(reference) ?? [];
  const isNvidias = /(?:^|\/)nvidia\/cuda(?:-\w+)?$/.test(name);
  const written = isNvidias
    ? /^(\d+\.\d+)/.exec(tag)?.[1]
    : (/\bcuda[-_]?(\d+\.\d+)/i.exec(tag)?.[1] ?? cudaOfShort(/(?:^|[-_.])cu(\d{3})(?:[-_.]|$)/.exec(tag)?.[1]));
  if (written !== undefined) {
    const origin = /pytorch|torch/.test(name) ? 'torch' : 'image';
    return { candidates: [written], origin, from: reference };
  }
  if (/(?:^|\/)tensorflow\/tensorflow$/.test(name) && /gpu/.test(tag)) {
    const candidates = cudaBuildsOf('tensorflow', tag);
    if (candidates.length > 0) return { candidates, origin: 'tensorflow', from: reference };
  }
  return undefined;
}

function toolkitsIn(variables: ReadonlyMap<string, string>, references: readonly string[]): ToolkitNeed[] {
  const version = cudaIn(variables.get('CUDA_VERSION') ?? '');
  const torch = variables.get('PYTORCH_VERSION');
  if (version !== undefined) {
    // NVIDIA compiles its own PyTorch with the CUDA of the image.
    return [
      { candidates: [version], origin: torch === undefined ? 'image' : 'torch', from: 'CUDA_VERSION of the image' },
    ];
  }
  const runtime = cudaIn(variables.get('NV_CUDA_CUDART_VERSION') ?? '');
  if (runtime !== undefined) {
    return [{ candidates: [runtime], origin: 'image', from: 'NV_CUDA_CUDART_VERSION of the image' }];
  }
  const named = references.map(toolkitOfReference).find((found) => found !== undefined);
  if (named !== undefined) return [named];
  const wheels = cudaOfShort(/\+cu(\d{3})\b/.exec(torch ?? '')?.[1]);
  const isForProcessor = references.some((reference) => /[-:_]cpu\b/.test(reference));
  if (torch === undefined || isForProcessor) return [];
  const candidates = wheels === undefined ? cudaBuildsOf('torch', torch) : [wheels];
  return candidates.length === 0
    ? []
    : [{ candidates, origin: 'torch', from: `PYTORCH_VERSION ${torch} of the image` }];
}

/** CUDA_VERSION may hold anything: `12.4.1`, `12.2.2.009`, `cu12.6`. */
function cudaIn(text: string): string | undefined {
  const version = /^(?:cuda|cu|v)?(\d+\.\d+)/i.exec(text.trim())?.[1];
  return version === undefined ? undefined : majorMinor(version);
}

function cudaOfShort(digits: string | undefined): string | undefined {
  return digits === undefined ? undefined : `${digits.slice(0, 2)}.${digits.slice(2)}`;
}

function hasCompat(variables: ReadonlyMap<string, string>): boolean {
  return variables.has('NV_CUDA_COMPAT_PACKAGE') || /\/cuda[^:]*\/compat/.test(variables.get('LD_LIBRARY_PATH') ?? '');
}
