import { type EngineConnection } from '../engine/connection.js';
import { type ImageSummary, type ImageTraits } from '../engine/images.js';
import { Failure } from '../host/failure.js';

const questionsAtOnce = 2;

/** Of an image's environment only what tells which GPU it needs is kept. */
const aboutGpu = /^(?:CUDA_VERSION|NV_CUDA_\w+|NVIDIA_\w+|PYTORCH_\w+|ROCM_\w+|HSA_\w+)=/;

/**
 * The platforms of images and what they say of GPUs, which no engine lists: asked for one by one, once for each image, for
 * an identifier always means the same image.
 */
export class ImageTraitsMemory {
  private readonly known = new Map<string, ImageTraits>();
  /** For whom something is being asked: one at a time asks for all. */
  private learningFor: AbortSignal | undefined;

  /** Undefined for as long as it is not known. */
  get(imageId: string): ImageTraits | undefined {
    return this.known.get(imageId);
  }

  /**
   * Asks for those that are not known yet, the newest images first, until there is none. Calls back for each that was
   * learned.
   *
   * @param images those that the engine holds now: asked for again after each round, for some may have come meanwhile
   */
  async learn(
    connection: EngineConnection,
    images: () => readonly ImageSummary[],
    store: 'classic' | 'containerd',
    signal: AbortSignal,
    onLearned: () => void,
  ): Promise<void> {
    if (this.learningFor?.aborted === false) return;
    this.learningFor = signal;
    try {
      await this.learnAll(connection, images, store, signal, onLearned);
    } finally {
      if (this.learningFor === signal) this.learningFor = undefined;
    }
  }

  private async learnAll(
    connection: EngineConnection,
    images: () => readonly ImageSummary[],
    store: 'classic' | 'containerd',
    signal: AbortSignal,
    onLearned: () => void,
  ): Promise<void> {
    const { imageTraits } = await import('../engine/images.js');
    const asked = new Set<string>();
    const worker = async (rest: Iterable<ImageSummary>): Promise<void> => {
      for (const { id } of rest) {
        asked.add(id);
        try {
          const { platforms, environment } = await imageTraits(connection, id, store, signal);
          this.known.set(id, { platforms, environment: environment.filter((pair) => aboutGpu.test(pair)) });
          onLearned();
        } catch (error) {
          if (!(error instanceof Failure && error.reason === 'image-not-found')) throw error;
        }
      }
    };
    for (;;) {
      const missing = images().filter(({ id }) => !this.known.has(id) && !asked.has(id));
      if (missing.length === 0) return;
      const rest = missing.sort((left, right) => right.created - left.created).values();
      await Promise.all(Array.from({ length: questionsAtOnce }, () => worker(rest)));
    }
  }
}
