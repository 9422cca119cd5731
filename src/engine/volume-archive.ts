import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { errorCode, Failure } from '../host/failure.js';
import { withVolumes } from './carrier.js';
import { type EngineConnection, streamFailure } from './connection.js';
import { readFromContainer, writeToContainer } from './container-files.js';
import { type Mount } from './new-container.js';
import { bytesOf } from './saved-image/tar-entries.js';
import { identify } from './system.js';
import { type ReadMember } from './tar/read-tar.js';
import { createVolume, deleteVolume, volumeExists } from './volume-operations.js';
import { below, membersIn, summed, tarMembers, wholeTar } from './volume-tar.js';
import { findVolume } from './volumes.js';

interface Options {
  signal: AbortSignal;
  onBytes?: (bytes: number) => void;
}

/** Where a carrier has the volume. */
const folder = 'volume';
const place = `/${folder}`;
/** What waits to be written or compressed, in bytes. */
const waiting = 4 * 1024 * 1024;

function mount(name: string, readOnly: boolean): Mount {
  return { type: 'volume', source: name, target: place, readOnly };
}

/**
 * Writes all that is in a volume to a file of this machine: a tar with names relative to the volume's root, which comes first, in
 * the order and with what the engine gives (owners, modes, seconds of times, links, FIFOs, devices, file capabilities; no sockets);
 * compressed with gzip where the name ends in `.gz` or `.tgz`. The file is there only when it is whole. Programs that use
 * the volume meanwhile are not stopped.
 *
 * Rejects `volume-not-found`, `file-exists`, `invalid-argument` for a name of another format, `disk-full`, `folder-not-writable`,
 * `sources-changed` where a file became shorter while it was read, `cancelled`, `engine-lost`.
 *
 * @param file absolute path
 * @param options.onBytes told the bytes of the tar so far
 */
export async function exportVolume(
  connection: EngineConnection,
  name: string,
  { file, existing, signal, onBytes }: Options & { file: string; existing: 'fail' | 'replace' },
): Promise<void> {
  if (/\.(?:zst|xz|bz2|zip)$/i.test(file)) {
    const remedy = 'Choose a name that ends in .tar.gz, .tgz or .tar.';
    throw new Failure('invalid-argument', `A volume is not written as ${basename(file)}.`, remedy);
  }
  if (existing === 'fail') await requireAbsent(file);
  await findVolume(connection, name, signal);
  const partial = `${file}.partial-${randomBytes(3).toString('hex')}`;
  try {
    await withVolumes(connection, [mount(name, true)], signal, async (carrier) => {
      // The dot keeps the name of the folder out of the names in the tar.
      const tar = await readFromContainer(connection, carrier, `${place}/.`, signal);
      const whole = wholeTar(bytesOf(tar), name, summed(onBytes));
      const sink = createWriteStream(partial, { flags: 'wx', highWaterMark: waiting });
      try {
        if (/\.t?gz$/i.test(file)) await pipeline(whole, createGzip({ chunkSize: 1 << 18 }), sink, { signal });
        else await pipeline(whole, sink, { signal });
      } finally {
        tar.destroy();
      }
    });
    if (existing === 'fail') await requireAbsent(file);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw errorCode(error) === 'ENOENT'
      ? new Failure('folder-not-writable', `There is no folder ${dirname(file)}.`, 'Choose another one.', {
          cause: error,
        })
      : streamFailure(error, connection, `Exporting the volume ${name}`, signal);
  }
}

/**
 * Fills a volume with what a tar has, as `exportVolume` writes it or another program does; compressed with gzip or zstd, or not.
 * A volume that is not there is created, and removed again if this fails. The tar is read to its end before anything is written.
 *
 * Rejects `name-in-use` for a volume that has files already, unless the tar's are to be put beside them and in the place of those of
 * the same names; `file-unreadable`, `archive-damaged` also where a name leads out of the volume, `archive-unsupported`,
 * `disk-full`, `cancelled`, `engine-lost`.
 *
 * @param file absolute path
 * @param options.onBytes told the bytes of the file that were read so far; it is read twice
 */
export async function importVolume(
  connection: EngineConnection,
  name: string,
  { file, existing, signal, onBytes }: Options & { file: string; existing: 'fail' | 'merge' },
): Promise<void> {
  const what = `Importing the volume ${name}`;
  const isThere = await volumeExists(connection, name, signal);
  if (isThere && existing === 'fail') await requireEmpty(connection, name, signal);
  const count = summed(onBytes);
  const members = (): AsyncGenerator<ReadMember> =>
    membersIn(createReadStream(file, { highWaterMark: 1 << 18, signal }), count);
  try {
    const checked = members();
    while ((await checked.next()).done !== true);
  } catch (error) {
    throw fileFailure(error, file, connection, what, signal);
  }
  // To its end: of one that is given up nobody would know whether it was created.
  if (!isThere) await createVolume(connection, name);
  await filling(connection, name, isThere, what, signal, (carrier) =>
    upload(connection, carrier, (prefix) => below(prefix, members()), signal),
  );
}

/**
 * Makes a new volume with all that is in another one; removed again if this fails. It is one of the local driver. Rejects
 * `volume-not-found`, `name-in-use`, `sources-changed` as `exportVolume`, `disk-full`, `cancelled`, `engine-lost`.
 *
 * @param options.onBytes told the bytes so far, as a tar has them
 */
export async function copyVolume(
  connection: EngineConnection,
  from: string,
  to: string,
  { signal, onBytes }: Options,
): Promise<void> {
  await findVolume(connection, from, signal);
  await createVolume(connection, to);
  await filling(connection, to, false, `Copying the volume ${from}`, signal, (target) =>
    withVolumes(connection, [mount(from, true)], signal, async (source) => {
      const tar = await readFromContainer(connection, source, place, signal);
      try {
        const whole = wholeTar(bytesOf(tar), from, summed(onBytes));
        const named = (prefix: string): AsyncIterable<Uint8Array> =>
          prefix === `${folder}/` ? whole : below(prefix, tarMembers(whole), folder);
        await upload(connection, target, named, signal);
      } finally {
        tar.destroy();
      }
    }),
  );
}

/** Fills a volume by a carrier; when that fails, nothing is left of one that was made for it. */
async function filling(
  connection: EngineConnection,
  name: string,
  wasThere: boolean,
  what: string,
  signal: AbortSignal,
  fill: (carrier: string) => Promise<void>,
): Promise<void> {
  try {
    await withVolumes(connection, [mount(name, false)], signal, fill);
  } catch (error) {
    const failure = streamFailure(error, connection, what, signal);
    if (wasThere) {
      throw new Failure(
        failure.reason,
        `${failure.message} The volume ${name} may have a part of the files.`,
        failure.reason === 'cancelled' ? 'Import it again to have all of them.' : failure.remedy,
        { cause: failure },
      );
    }
    await deleteVolume(connection, name).catch(() => undefined);
    throw failure;
  }
}

/**
 * Unpacks a tar whose names begin with the folder of the volume: so its root gets owner, mode and time, too. Podman looks for
 * the volume only behind the path that it is given, and has the root in the tar as well.
 */
async function upload(
  connection: EngineConnection,
  carrier: string,
  tar: (prefix: string) => AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const isPodman = (await identify(connection, signal)).product === 'Podman';
  const body = Readable.from(tar(isPodman ? './' : `${folder}/`), { objectMode: false, highWaterMark: waiting });
  // It may fail before the engine reads it.
  body.on('error', () => undefined);
  try {
    await writeToContainer(connection, carrier, isPodman ? place : '/', body, signal);
  } finally {
    // An engine that refuses early leaves the rest unread.
    body.destroy();
  }
}

async function requireEmpty(connection: EngineConnection, name: string, signal: AbortSignal): Promise<void> {
  const isEmpty = await withVolumes(connection, [mount(name, true)], signal, async (carrier) => {
    const tar = await readFromContainer(connection, carrier, `${place}/.`, signal);
    try {
      let members = 0;
      const entries = tarMembers(bytesOf(tar));
      while ((await entries.next()).done !== true) if (++members > 1) return false;
      return true;
    } catch (error) {
      throw streamFailure(error, connection, 'Looking into the volume', signal);
    } finally {
      tar.destroy();
    }
  });
  if (!isEmpty) {
    throw new Failure(
      'name-in-use',
      `The volume ${name} has files already.`,
      'Choose another name, or an empty volume.',
    );
  }
}

async function requireAbsent(file: string): Promise<void> {
  try {
    await access(file);
  } catch {
    return;
  }
  throw new Failure('file-exists', `${file} exists already.`, 'Choose another name, or remove the file first.');
}

function fileFailure(
  error: unknown,
  file: string,
  connection: EngineConnection,
  what: string,
  signal: AbortSignal,
): Failure {
  if (!/^(?:ENOENT|ENOTDIR|EISDIR|EACCES|EPERM)$/.test(errorCode(error) ?? '')) {
    return streamFailure(error, connection, what, signal);
  }
  return new Failure('file-unreadable', `${file} cannot be read.`, 'Check its name and its permissions.', {
    cause: error,
  });
}
