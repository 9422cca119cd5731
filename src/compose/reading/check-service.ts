import { type Service } from '../model.js';
import { type Place } from '../place.js';
import { type Problems } from '../problem.js';
import { closest } from './closest.js';
import { type Declared, refuseExternal } from './declared.js';
import { type ReadService } from './service.js';

/** What a service may refer to. */
interface Others {
  /** Names of all services, and of those that are active. */
  all: readonly string[];
  active: ReadonlySet<string>;
  declared: Declared;
}

/** Looks for what a service says that cannot be, together with the rest of the application. */
export function checkService({ service, placeOfNetwork }: ReadService, others: Others, problems: Problems): void {
  const { build, containerName, platform } = service;
  if (!says.some((key) => service.places.has(key))) {
    const message = `“${service.name}” has neither an image nor a build.`;
    problems.error(service.place, 'missing-key', message, 'Write “image:” or “build:”.');
  }
  if (platform !== undefined && build !== undefined && build.platforms.length > 0) {
    if (!build.platforms.includes(platform)) {
      const message = `“platforms” of the build do not have the service’s platform, ${platform}.`;
      problems.error(build.place, 'conflict', message, 'Add it to them.');
    }
  }
  if (containerName !== undefined && !/^[a-z0-9][a-z0-9_.-]+$/i.test(containerName)) {
    const message = `“${containerName}” cannot be the name of a container.`;
    const remedy = 'Use letters, digits, “_”, “.” and “-”, two of them or more, with a letter or digit in front.';
    problems.error(placeOfKey(service, 'container_name'), 'value', message, remedy);
  }
  if (containerName !== undefined && service.replicas > 1) {
    const message = `${service.replicas} containers cannot all have the name “${containerName}”.`;
    problems.error(placeOfKey(service, 'container_name'), 'conflict', message, 'Take “container_name” out.');
  }
  checkDependencies({ service, placeOfNetwork }, others, problems);
  checkReferences({ service, placeOfNetwork }, others.declared, problems);
  checkTargets(service, problems);
}

/** What says where a service comes from, be there a problem with it or not. */
const says = ['image', 'build', 'provider', 'extends'];

function checkDependencies({ service }: ReadService, { all, active }: Others, problems: Problems): void {
  for (const { service: name, required, place } of service.dependsOn) {
    if (!all.includes(name)) {
      problems.error(place, 'undefined', `There is no service “${name}”.`, suggestion(name, all, 'services'));
    } else if (required && !active.has(name)) {
      const message = `“${service.name}” depends on “${name}”, which has a profile that is not active.`;
      const remedy = 'Activate the profile, give both services the same one, or write “required: false”.';
      problems.error(place, 'undefined', message, remedy);
    }
  }
}

function checkReferences({ service, placeOfNetwork }: ReadService, declared: Declared, problems: Problems): void {
  const refuse = (what: string, name: string, place: Place, known: Iterable<string>): void => {
    problems.error(place, 'undefined', `No ${what} “${name}” is declared.`, suggestion(name, [...known], `${what}s`));
  };
  for (const { network } of service.networks) {
    if (!declared.networks.has(network)) {
      refuse('network', network, placeOfNetwork(network), declared.networks.keys());
    }
  }
  for (const mount of service.mounts) {
    if (mount.kind !== 'volume' || mount.source === undefined || declared.volumes.has(mount.source)) continue;
    refuse('volume', mount.source, mount.place, declared.volumes.keys());
  }
  for (const what of ['secret', 'config'] as const) {
    const files = declared[`${what}s`];
    for (const { source, place } of service[`${what}s`]) {
      const file = files.get(source);
      if (file === undefined) refuse(what, source, place, files.keys());
      else if (file.kind === 'external') refuseExternal(what, file.place, problems);
      else if (file.kind === 'unset') {
        const message = `The ${what} “${source}” is the variable ${file.variable}, which is not set.`;
        problems.error(place, 'missing-variable', message, `Set it, in “.env” for instance: ${file.variable}=value`);
      }
    }
  }
}

function checkTargets(service: Service, problems: Problems): void {
  for (const mount of service.mounts) {
    if (!service.tmpfs.has(mount.target)) continue;
    const message = `“tmpfs” and “volumes” both have something at ${mount.target}.`;
    problems.error(mount.place, 'conflict', message, 'Give each its own place in the container.');
  }
}

/** Names the services that depend on each other in a circle, once. */
export function checkCycles(services: readonly ReadService[], problems: Problems): void {
  const byName = new Map(services.map((read) => [read.service.name, read]));
  const done = new Set<string>();
  const visit = (read: ReadService, path: readonly string[]): void => {
    const { name, dependsOn } = read.service;
    if (done.has(name)) return;
    for (const { service: needed, place } of dependsOn) {
      const from = [...path, name];
      const other = byName.get(needed);
      if (from.includes(needed)) {
        const circle = [...from.slice(from.indexOf(needed)), needed].join(' → ');
        const message = `Services depend on each other in a circle: ${circle}.`;
        problems.error(place, 'cycle', message, 'Let one of them depend on none of the others.');
      } else if (other !== undefined) visit(other, from);
    }
    done.add(name);
  };
  for (const read of services) visit(read, []);
}

function suggestion(name: string, known: readonly string[], section: string): string {
  const other = closest(name, known);
  return other === undefined ? `Declare it under “${section}:”, or take it out.` : `Did you mean “${other}”?`;
}

function placeOfKey(service: Service, key: string): Place {
  return service.places.get(key) ?? service.place;
}
