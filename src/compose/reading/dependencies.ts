import { type Dependency, type Service } from '../model.js';
import { type Place } from '../place.js';
import { Fields } from './fields.js';

/** A dependency, and where the files say it. */
export interface PlacedDependency extends Dependency {
  place: Place;
}

/** What a service shares with others. */
type Shared = Pick<Service, 'links' | 'networkMode' | 'pid' | 'ipc'>;

/** What a service depends on: by `depends_on`, and on all services that it shares something with. */
export function readDependencies(fields: Fields, { links, networkMode, pid, ipc }: Shared): PlacedDependency[] {
  const dependencies = fields
    .entries('depends_on', 'a list or a mapping')
    .flatMap(({ name, place, value }): PlacedDependency[] => {
      if (value.kind !== 'mapping') {
        fields.wrongType(name, value, 'a mapping');
        return [];
      }
      const dependency = new Fields(value, fields.problems);
      const read = {
        service: name,
        condition: dependency.oneOf('condition', conditions) ?? 'service_started',
        required: dependency.boolean('required') ?? true,
        restart: dependency.boolean('restart') ?? false,
        place,
      };
      dependency.finish();
      return [read];
    });
  const add = (service: string, key: string): void => {
    if (dependencies.some((other) => other.service === service)) return;
    const place = fields.placeOf(key);
    dependencies.push({ service, condition: 'service_started', required: true, restart: true, place });
  };
  for (const { service } of links) add(service, 'links');
  for (const [key, namespace] of Object.entries({ network_mode: networkMode, pid, ipc })) {
    if (namespace?.kind === 'service') add(namespace.service, key);
  }
  return dependencies;
}

const conditions = ['service_started', 'service_healthy', 'service_completed_successfully'] as const;
