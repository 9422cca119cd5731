import * as v from 'valibot';
import { readAnswer, textMap } from './answer.js';
import { type EngineConnection } from './connection.js';

const listAnswer = v.object({
  Volumes: v.nullish(
    v.array(v.object({ Name: v.string(), Driver: v.string(), CreatedAt: v.optional(v.string()), Labels: textMap })),
    [],
  ),
});

export interface VolumeSummary {
  name: string;
  driver: string;
  /** RFC 3339, where the engine knows it. */
  created: string | undefined;
  labels: Record<string, string>;
}

export async function listVolumes(connection: EngineConnection, signal?: AbortSignal): Promise<VolumeSummary[]> {
  const answer = await connection.request({
    method: 'GET',
    path: '/volumes',
    signal,
  });
  return readAnswer(listAnswer, answer).Volumes.map((volume) => ({
    name: volume.Name,
    driver: volume.Driver,
    created: volume.CreatedAt,
    labels: volume.Labels,
  }));
}
