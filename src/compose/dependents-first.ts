import { type ProjectContainer } from './observed.js';

/** Each before those that it depends on, by the labels alone. */
export function dependentsFirst(containers: readonly ProjectContainer[]): ProjectContainer[] {
  return dependentGroups(containers).flat();
}

/** Groups each of which is before those that its containers depend on, and in which none depends on another. */
export function dependentGroups(containers: readonly ProjectContainer[]): ProjectContainer[][] {
  const needed = new Map<string, Set<string>>();
  for (const { service, dependsOn } of containers) {
    needed.set(service, new Set([...(needed.get(service) ?? []), ...dependsOn.map((each) => each.service)]));
  }
  const depths = new Map<string, number>();
  const depthOf = (service: string): number => {
    const known = depths.get(service);
    if (known !== undefined) return known;
    // What leads back here in a circle counts as the end of it.
    depths.set(service, 0);
    const depth = Math.max(0, ...[...(needed.get(service) ?? [])].map((each) => depthOf(each) + 1));
    depths.set(service, depth);
    return depth;
  };
  const groups = new Map<number, ProjectContainer[]>();
  for (const each of containers) {
    const depth = depthOf(each.service);
    groups.set(depth, [...(groups.get(depth) ?? []), each]);
  }
  return [...groups].sort(([left], [right]) => right - left).map(([, group]) => group);
}

/** Services with all that are restarted after them, by the labels alone. */
export function withRestarted(containers: readonly ProjectContainer[], services: readonly string[]): Set<string> {
  const wanted = new Set(services);
  for (const name of wanted) {
    for (const { service, dependsOn } of containers) {
      if (dependsOn.some((needed) => needed.restart && needed.service === name)) wanted.add(service);
    }
  }
  return wanted;
}
