import { type EngineIdentity } from '../engine/system.js';
import { Failure } from '../host/failure.js';
import { type Service } from './model.js';
import { type Place } from './place.js';

/** Something that engines before an API version pass over without a word. */
interface Need {
  what: string;
  /** Minor version of the API, of which all are 1.x. */
  minor: number;
  /** The first Docker Engine that has it. */
  engine: string;
  place: Place;
}

/** Minor version of the engine's API. */
export function apiMinor({ apiVersion }: Pick<EngineIdentity, 'apiVersion'>): number {
  return Number(apiVersion.split('.')[1]);
}

/** Rejects `engine-too-old` with the place where a service says something that an engine of that API would not heed. */
export function requireApi(services: readonly Service[], minor: number): void {
  for (const service of services) {
    const unmet = needsOfApi(service).find((need) => need.minor > minor);
    if (unmet === undefined) continue;
    throw new Failure(
      'engine-too-old',
      `The service “${service.name}” sets ${unmet.what}, which Docker Engine ${unmet.engine} (API 1.${unmet.minor}) is the first to heed; this engine has API 1.${minor}.`,
      'Update the engine, or take it out.',
      { location: { file: unmet.place.file, line: unmet.place.line } },
    );
  }
}

function needsOfApi({ healthcheck, mounts, networks, places, place }: Service): Need[] {
  const at = (key: string): Place => places.get(key) ?? place;
  const [, ...others] = networks;
  return [
    ...(healthcheck?.kind === 'check' && healthcheck.startInterval !== undefined
      ? [{ what: '“start_interval” of a health check', minor: 44, engine: '25', place: at('healthcheck') }]
      : []),
    ...(others.some(({ macAddress }) => macAddress !== undefined)
      ? [{ what: 'the “mac_address” of a second network', minor: 44, engine: '25', place: at('networks') }]
      : []),
    ...mounts.flatMap((mount) =>
      mount.kind === 'volume' && mount.subpath !== undefined
        ? [{ what: '“subpath” of a volume', minor: 45, engine: '26', place: mount.place }]
        : [],
    ),
    ...(networks.some(({ gatewayPriority }) => gatewayPriority !== undefined)
      ? [{ what: '“gw_priority” of a network', minor: 48, engine: '28', place: at('networks') }]
      : []),
    ...(networks.some(({ interfaceName }) => interfaceName !== undefined)
      ? [{ what: '“interface_name” of a network', minor: 49, engine: '28.1', place: at('networks') }]
      : []),
  ];
}
