import { type Engine } from '../../engine/engine.js';
import { type ImageLayer } from '../../engine/image-operations.js';
import { type ImageDetails } from '../../engine/images.js';
import { type Log } from '../../host/log.js';

const mostKept = 200;

/** What a person opens of an image, kept: an identifier always means the same history and configuration. */
export class ImageFacts {
  private readonly histories = new Map<string, Promise<ImageLayer[]>>();
  private readonly inspections = new Map<string, Promise<ImageDetails>>();

  constructor(
    private readonly engine: Engine,
    readonly log: Log,
  ) {}

  /** The layers of an image, the first one first. */
  history(image: string): Promise<ImageLayer[]> {
    return remembered(this.histories, image, async () => {
      const [connection, { imageHistory }] = await Promise.all([
        this.engine.connect(),
        import('../../engine/image-operations.js'),
      ]);
      return imageHistory(connection, image);
    });
  }

  details(image: string): Promise<ImageDetails> {
    return remembered(this.inspections, image, async () => {
      const [connection, { inspectImage }] = await Promise.all([
        this.engine.connect(),
        import('../../engine/images.js'),
      ]);
      return inspectImage(connection, image);
    });
  }
}

function remembered<T>(kept: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const answer = ask();
  kept.set(key, answer);
  // What failed is asked again the next time.
  answer.catch(() => kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return answer;
}
