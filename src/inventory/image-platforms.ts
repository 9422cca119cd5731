import { type EngineConnection } from '../engine/connection.js';
import { type ImageSummary } from '../engine/images.js';
import { Failure } from '../host/failure.js';

const questionsAtOnce = 2;

/**
 * The platforms of images, which no engine lists: asked for one by one, once for each image, for an identifier always
 * means the same image.
 */
export class ImagePlatforms {
  private readonly known = new Map<string, readonly string[]>();

  /** `linux/amd64`, …; undefined for as long as it is not known. */
  get(imageId: string): readonly string[] | undefined {
    return this.known.get(imageId);
  }

  /** Asks for those that are not known yet, the newest images first. Calls back for each that was learned. */
  async learn(
    connection: EngineConnection,
    images: readonly ImageSummary[],
    store: 'classic' | 'containerd',
    signal: AbortSignal,
    onLearned: () => void,
  ): Promise<void> {
    const { imagePlatforms } = await import('../engine/images.js');
    const missing = images.filter(({ id }) => !this.known.has(id)).sort((left, right) => right.created - left.created);
    const rest = missing.values();
    const worker = async (): Promise<void> => {
      for (const { id } of rest) {
        try {
          this.known.set(id, await imagePlatforms(connection, id, store, signal));
          onLearned();
        } catch (error) {
          if (!(error instanceof Failure && error.reason === 'image-not-found')) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: questionsAtOnce }, worker));
  }
}
