import type Docker from 'dockerode';
import { type Log } from '../machine/commands.js';
import { importBusybox } from './busybox.js';
import { connectTo, readProgress } from './connect.js';
import { debianStandIn, rStandIn } from './debian-stand-ins.js';
import { pythonStandIn } from './python-stand-in.js';

export { importBusybox };

/** How a base image came to be on the engine. */
export type BaseImageOrigin = 'present' | 'pulled' | 'stand-in';

interface Options {
  log: Log;
  signal?: AbortSignal;
}

const STAND_INS: Partial<Record<string, (options: Options) => Promise<string>>> = {
  'python:3.11-slim-bookworm': pythonStandIn,
  'debian:bookworm-slim': debianStandIn,
  'rocker/r-ver:4.2.3': rStandIn,
};
/** How long a pull may stay without a word before it is given up; registries answer within a second or two. */
const PULL_SILENCE_MS = 15_000;

/**
 * Sees to it that the engine has an image of that name: one that is there, one that is pulled, or, where no registry
 * can be reached, a stand-in of Debian's packages under the same name, which the log then says.
 *
 * @throws Error with what the pull failed with when it fails and there is no stand-in for this name; the signal's
 * reason when aborted.
 */
export async function ensureBaseImage(host: string, reference: string, options: Options): Promise<BaseImageOrigin> {
  const engine = connectTo(host);
  if (await hasImage(engine, reference)) return 'present';
  try {
    await pull(engine, reference, options.signal);
    return 'pulled';
  } catch (error) {
    options.signal?.throwIfAborted();
    const standIn = STAND_INS[reference];
    if (standIn === undefined) throw error;
    options.log(`${reference} cannot be pulled here; a stand-in from Debian's packages is used under the same name.`);
    await importArchive(engine, reference, await standIn(options));
    return 'stand-in';
  }
}

function hasImage(engine: Docker, reference: string): Promise<boolean> {
  return engine
    .getImage(reference)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

async function pull(engine: Docker, reference: string, signal: AbortSignal | undefined): Promise<void> {
  const silence = new AbortController();
  const giveUp = (): void => {
    silence.abort(new Error(`Pulling ${reference} brought nothing for ${PULL_SILENCE_MS / 1000} s.`));
  };
  let timer = setTimeout(giveUp, PULL_SILENCE_MS);
  const abortSignal = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
  try {
    const progress = await engine.pull(reference, { abortSignal });
    await readProgress(progress, () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, PULL_SILENCE_MS);
    });
  } finally {
    clearTimeout(timer);
  }
}

async function importArchive(engine: Docker, reference: string, archive: string): Promise<void> {
  const [repo, tag] = reference.split(':');
  const changes = [
    'CMD ["python3"]',
    'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin',
    'ENV LANG=C.UTF-8',
  ];
  await readProgress(await engine.importImage(archive, { repo, tag, changes }));
}
