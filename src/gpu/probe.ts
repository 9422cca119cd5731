import { type EngineConnection, streamFailure } from '../engine/connection.js';
import { helperLabels } from '../engine/leftovers.js';
import { createContainer, type NewContainer, removeContainer } from '../engine/new-container.js';
import { attachOutput, startContainer, waitForExit } from '../engine/container-process.js';
import { demultiplex } from '../engine/demultiplex.js';
import { inspectImage, listImages } from '../engine/images.js';
import { cancelled, Failure } from '../host/failure.js';
import { type ProbeOutcome } from './find-host-gpu.js';

/** Images that are tried before it is given up that one of them can run `nvidia-smi`. */
const mostTried = 3;
/** No more of a program's words is read, in bytes. */
const longestOutput = 64 * 1024;

/**
 * Gives all GPUs to a container of an image that is there, and runs `nvidia-smi` in it, which the container toolkit brings
 * along. Nothing is pulled; the containers are removed.
 *
 * @param wanted the image in question, which is tried first
 */
export async function probeGpu(
  connection: EngineConnection,
  platform: string,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const candidates = await candidatesFor(connection, platform, wanted, signal);
  if (candidates.length === 0) return { kind: 'no-image' };
  for (const image of candidates) {
    try {
      const output = await runSmi(connection, image, [], signal);
      const query = ['--query-gpu=index,compute_cap', '--format=csv,noheader'];
      return { kind: 'ran', output, capabilities: await runSmi(connection, image, query, signal) };
    } catch (error) {
      // It got its GPUs: only the program is missing, or the libraries that it needs.
      if (error instanceof Failure && error.reason === 'command-not-found') continue;
      if (error instanceof Failure && error.reason !== 'cancelled' && error.reason !== 'engine-lost') {
        return { kind: 'refused', failure: error };
      }
      throw error;
    }
  }
  return { kind: 'no-smi' };
}

/** The image in question, then others: larger ones have the C library that `nvidia-smi` needs, CUDA's own may mislead it. */
async function candidatesFor(
  connection: EngineConnection,
  platform: string,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  const images = await listImages(connection, signal);
  const likely = images
    .filter(({ references }) => references.length > 0)
    .sort((left, right) => likeliness(right.references) - likeliness(left.references) || right.size - left.size);
  const found: string[] = wanted === undefined ? [] : [wanted];
  for (const { id, references } of likely) {
    if (found.length >= mostTried) break;
    const details = await inspectImage(connection, id, signal).catch(() => undefined);
    const [reference] = references;
    if (details?.platform === platform && reference !== undefined && !found.includes(reference)) found.push(reference);
  }
  return found;
}

function likeliness(references: readonly string[]): number {
  const names = references.join(' ');
  if (/\b(?:ubuntu|debian|python|slim|bookworm|trixie|jammy|noble)\b/.test(names)) return 2;
  return /\b(?:alpine|busybox|hello-world|distroless|scratch)\b/.test(names) ? 0 : 1;
}

async function runSmi(
  connection: EngineConnection,
  image: string,
  options: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const container = await createContainer(connection, smiContainer(image, options), signal);
  try {
    const stream = await attachOutput(connection, container, signal);
    // A driver that hangs says nothing any more: once taken over, a connection does not end with its request.
    const onAbort = (): void => {
      stream.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await startContainer(connection, container, signal);
      let output = '';
      for await (const { data } of demultiplex(stream)) {
        if (output.length < longestOutput) output += Buffer.from(data).toString('utf8');
      }
      if (signal.aborted) throw cancelled('Looking for the GPU');
      await waitForExit(connection, container, signal);
      return output;
    } catch (error) {
      throw streamFailure(error, connection, 'Looking for the GPU', signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
      stream.destroy();
    }
  } finally {
    await removeContainer(connection, container);
  }
}

function smiContainer(image: string, options: readonly string[]): NewContainer {
  return {
    image,
    entrypoint: ['nvidia-smi'],
    command: options,
    // What the image asks for is judged apart, and its capabilities may leave nvidia-smi out.
    environment: { NVIDIA_DISABLE_REQUIRE: '1', NVIDIA_DRIVER_CAPABILITIES: 'compute,utility', LD_LIBRARY_PATH: '' },
    mounts: [],
    ports: [],
    gpus: { kind: 'all' },
    labels: helperLabels(),
    network: 'none',
  };
}
