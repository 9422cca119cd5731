import { type InactiveService } from '../model.js';
import { type PlacedService } from './service.js';

export interface Selection {
  active: readonly PlacedService[];
  inactive: readonly InactiveService[];
  /** Names that no service has. */
  unknown: readonly string[];
}

/**
 * The services that a profile or a name makes active, with all that they depend on, by
 * https://github.com/compose-spec/compose-spec/blob/main/15-profiles.md. A name makes the profiles of its service active.
 *
 * @param names all services that have no other profiles where there are none
 */
export function selectServices(
  services: readonly PlacedService[],
  profiles: readonly string[],
  names: readonly string[],
): Selection {
  const byName = new Map(services.map((service) => [service.name, service]));
  const named = names.flatMap((name) => byName.get(name) ?? []);
  const hasProfile = (service: PlacedService, active: readonly string[]): boolean =>
    service.profiles.length === 0 || active.includes('*') || service.profiles.some((one) => active.includes(one));
  const hidden = named.filter((service) => !hasProfile(service, profiles));
  const active = [...profiles, ...hidden.flatMap((service) => service.profiles)];
  const enabled = services.filter((service) => hasProfile(service, active));
  const wanted = names.length === 0 ? enabled : withDependencies(named, enabled);
  const wantedNames = new Set(wanted.map(({ name }) => name));
  return {
    active: wanted.map((service) => ({
      ...service,
      dependsOn: service.dependsOn.filter(
        (dependency) => dependency.required || !byName.has(dependency.service) || wantedNames.has(dependency.service),
      ),
    })),
    inactive: services.flatMap(({ name, profiles: own, place }): InactiveService[] => {
      if (wantedNames.has(name)) return [];
      const reason = enabled.some((service) => service.name === name) ? 'not-selected' : 'profile';
      return [{ name, reason, profiles: own, place }];
    }),
    unknown: names.filter((name) => !byName.has(name)),
  };
}

/** In the order of `all`. */
function withDependencies(services: readonly PlacedService[], all: readonly PlacedService[]): PlacedService[] {
  const wanted = new Set<string>();
  const pending = [...services];
  for (let service = pending.pop(); service !== undefined; service = pending.pop()) {
    if (wanted.has(service.name)) continue;
    wanted.add(service.name);
    const needed = new Set(service.dependsOn.map((dependency) => dependency.service));
    pending.push(...all.filter(({ name }) => needed.has(name)));
  }
  return all.filter(({ name }) => wanted.has(name));
}
