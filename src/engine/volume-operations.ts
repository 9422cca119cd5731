import * as v from 'valibot';
import { Failure } from '../host/failure.js';
import { readAnswer } from './answer.js';
import { type EngineConnection } from './connection.js';
import { findVolume, isVolumeName } from './volumes.js';

const createAnswer = v.object({ Name: v.string() });

/** Creates a volume; rejects `name-in-use` for one that is there already, which the engine itself takes as done. */
export async function createVolume(
  connection: EngineConnection,
  name: string,
  signal?: AbortSignal,
): Promise<{ name: string }> {
  if (!isVolumeName(name)) {
    throw new Failure(
      'invalid-argument',
      `“${name}” is no name for a volume.`,
      'Use letters, digits, “_”, “.” and “-”, at least two, a letter or digit in front.',
    );
  }
  if (await volumeExists(connection, name, signal)) {
    throw new Failure('name-in-use', `There is a volume ${name} already.`, 'Choose another name, or use that volume.');
  }
  return createVolumeWith(connection, { Name: name }, signal);
}

/** Creates a volume that is described in the engine's words (`POST /volumes/create`); one that is there is taken as done. */
export async function createVolumeWith(
  connection: EngineConnection,
  body: { Name: string; Driver?: string; DriverOpts?: Record<string, string>; Labels?: Record<string, string> },
  signal?: AbortSignal,
): Promise<{ name: string }> {
  const answer = await connection.request({ method: 'POST', path: '/volumes/create', body, signal });
  return { name: readAnswer(createAnswer, answer).Name };
}

/** Removes a volume with all that is in it. Rejects `volume-in-use`, `volume-not-found`. */
export async function deleteVolume(connection: EngineConnection, name: string, signal?: AbortSignal): Promise<void> {
  await connection.request({ method: 'DELETE', path: `/volumes/${encodeURIComponent(name)}`, signal });
}

/** Whether there is a volume of that name. */
export async function volumeExists(connection: EngineConnection, name: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await findVolume(connection, name, signal);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.reason === 'volume-not-found') return false;
    throw error;
  }
}
