/** Who brings compiled CUDA programs, which decides what happens on a GPU that is newer than their toolkit. */
export type CudaOrigin = 'image' | 'torch' | 'tensorflow' | 'jax' | 'packages';

/** A CUDA that is brought along. */
export interface ToolkitNeed {
  /** The versions that it may be, `12.4`; what is said of all of them holds. Never empty. */
  candidates: readonly string[];
  origin: CudaOrigin;
  /** Where that was read, for a person: `torch 2.6.0+cu126 in uv.lock`. */
  from: string;
}

/** What an image, or a project before it is built, needs of a GPU. */
export type GpuNeed =
  /** Nothing of it uses a GPU. */
  | { kind: 'none'; why: string }
  /** It cannot be told. */
  | { kind: 'unclear'; why: string }
  | { kind: 'rocm'; from: string }
  | {
      kind: 'cuda';
      toolkits: readonly ToolkitNeed[];
      /** The `NVIDIA_REQUIRE_*` strings that the container toolkit checks; none where the check is switched off. */
      requirements: readonly string[];
      /** Whether the image brings libraries that let data-centre GPUs run a newer CUDA than their driver's. */
      hasCompat: boolean;
      /** Whether there may be such a requirement that is not seen yet. */
      mayRequire: boolean;
      /** What contradicts itself, so that the need is not certain. */
      contradiction: string | undefined;
      /** What else is there and may need more, so that only a no is certain. */
      unseen: string | undefined;
    };

/** The need in a few words: `CUDA 12.4`, or where it was read. */
export function summaryOf(need: GpuNeed): string {
  switch (need.kind) {
    case 'none':
    case 'unclear':
      return need.why;
    case 'rocm':
      return `ROCm (${need.from})`;
    case 'cuda': {
      const { toolkits, requirements } = need;
      if (toolkits.length > 0)
        return toolkits.map(({ candidates, from }) => `CUDA ${candidates.join(' or ')} (${from})`).join(', ');
      const [requirement] = requirements;
      return requirement === undefined ? 'CUDA, of a version that is not said' : (requirement.split(' ')[0] ?? '');
    }
  }
}
