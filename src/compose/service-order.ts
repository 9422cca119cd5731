import { type ComposeProject, type Service } from './model.js';

/** The services with all that they depend on before them; the reader of the files refuses cycles. */
export function inOrder(services: readonly Service[]): Service[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered = new Set<Service>();
  const visit = (service: Service, above: ReadonlySet<string>): void => {
    if (ordered.has(service) || above.has(service.name)) return;
    for (const name of needsOf(service)) {
      const needed = byName.get(name);
      if (needed !== undefined) visit(needed, new Set([...above, service.name]));
    }
    ordered.add(service);
  };
  for (const service of services) visit(service, new Set());
  return [...ordered];
}

/** Names of the services that must be there before a service: by `depends_on`, `links`, or a namespace that it shares. */
export function needsOf(service: Service): string[] {
  return [...new Set([...service.dependsOn.map(({ service: name }) => name), ...namespacesOf(service)])];
}

/** Names of the services whose network, processes or memory a service shares. */
export function namespacesOf({ networkMode, pid, ipc }: Service): string[] {
  return [networkMode, pid, ipc].flatMap((namespace) => (namespace?.kind === 'service' ? [namespace.service] : []));
}

/** Those of the names with all that they need; all services where no names are given. */
export function selectedServices(project: ComposeProject, names: readonly string[] | undefined): Service[] {
  if (names === undefined || names.length === 0) return [...project.services];
  const wanted = new Set<string>();
  const add = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    const service = project.services.find((each) => each.name === name);
    if (service !== undefined) needsOf(service).forEach(add);
  };
  names.forEach(add);
  return project.services.filter(({ name }) => wanted.has(name));
}
