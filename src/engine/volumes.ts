import * as v from 'valibot';
import { Failure } from '../host/failure.js';
import { readAnswer, textMap } from './answer.js';
import { type EngineConnection } from './connection.js';

const volumeAnswer = v.object({
  Name: v.string(),
  Driver: v.string(),
  CreatedAt: v.optional(v.string()),
  Labels: textMap,
});
const listAnswer = v.object({ Volumes: v.nullish(v.array(volumeAnswer), []) });

/** Whether a new volume may have that name; Podman has some of one character. */
export function isVolumeName(name: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name);
}

export interface VolumeSummary {
  name: string;
  driver: string;
  /** RFC 3339, where the engine knows it. */
  created: string | undefined;
  labels: Record<string, string>;
}

export async function listVolumes(connection: EngineConnection, signal?: AbortSignal): Promise<VolumeSummary[]> {
  const answer = await connection.request({ method: 'GET', path: '/volumes', signal });
  return readAnswer(listAnswer, answer).Volumes.map(summaryOf);
}

/** What a list says of this volume; rejects `volume-not-found`. */
export async function findVolume(
  connection: EngineConnection,
  name: string,
  signal?: AbortSignal,
): Promise<VolumeSummary> {
  // What engines make of other names is not what was asked for: `..` leads elsewhere.
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
    throw new Failure('volume-not-found', `There is no volume “${name}”.`, 'Check its name, or create it first.');
  }
  const path = `/volumes/${name}`;
  return summaryOf(readAnswer(volumeAnswer, await connection.request({ method: 'GET', path, signal })));
}

function summaryOf(volume: v.InferOutput<typeof volumeAnswer>): VolumeSummary {
  return { name: volume.Name, driver: volume.Driver, created: volume.CreatedAt, labels: volume.Labels };
}
