import * as v from 'valibot';
import { readAnswer } from './answer.js';
import { type EngineConnection } from './connection.js';

const versionAnswer = v.object({ Version: v.string(), Os: v.string(), Arch: v.string() });

const infoAnswer = v.object({
  DriverStatus: v.nullish(v.array(v.tuple([v.string(), v.string()])), []),
  NCPU: v.optional(v.number()),
  MemTotal: v.optional(v.number()),
  OperatingSystem: v.optional(v.string()),
});

/** What an engine says of itself. */
export interface EngineInfo {
  version: string;
  /** The engine's own platform, `linux/amd64`. */
  platform: string;
  operatingSystem: string;
  /** The containerd image store identifies an image by its manifest, the classic stores by its configuration. */
  store: 'classic' | 'containerd';
  cores: number | undefined;
  /** Bytes. */
  memory: number | undefined;
}

/** Asks an engine what it is; rejects when it cannot be reached. */
export async function engineInfo(connection: EngineConnection, signal?: AbortSignal): Promise<EngineInfo> {
  const [version, info] = await Promise.all([
    connection.request({ method: 'GET', path: '/version', signal }).then((answer) => readAnswer(versionAnswer, answer)),
    connection.request({ method: 'GET', path: '/info', signal }).then((answer) => readAnswer(infoAnswer, answer)),
  ]);
  const driverType = info.DriverStatus.find(([key]) => key === 'driver-type')?.[1];
  return {
    version: version.Version,
    platform: `${version.Os}/${version.Arch}`,
    operatingSystem: info.OperatingSystem ?? version.Os,
    store: driverType?.startsWith('io.containerd.snapshotter') === true ? 'containerd' : 'classic',
    cores: info.NCPU,
    memory: info.MemTotal,
  };
}

/** Whether an engine answers at all. Rejects with the reason where it does not. */
export async function ping(connection: EngineConnection, signal?: AbortSignal): Promise<void> {
  await connection.request({ method: 'GET', path: '/_ping', signal });
}
