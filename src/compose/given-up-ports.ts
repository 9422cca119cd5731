import { type Port, type Service } from './model.js';
import { type ProjectContainer } from './observed.js';

/**
 * The containers that keep a service from a port of the host that it is to have, and that another service has given up: they are
 * made anew without it when it is their turn.
 *
 * @param services those that are brought up
 */
export function holdersOfGivenUpPorts(
  service: Service,
  services: readonly Service[],
  containers: readonly ProjectContainer[],
): ProjectContainer[] {
  return containers.filter(({ service: name, isOneOff, container }) => {
    const holder = services.find((each) => each.name === name && name !== service.name);
    if (holder === undefined || isOneOff) return false;
    return container.ports.some(({ host, protocol }) => {
      if (host === undefined) return false;
      const of = ({ ports }: Service): readonly Port[] => ports.filter((port) => port.protocol === protocol);
      return of(service).some((port) => takes(port, host.port)) && !of(holder).some((port) => mayTake(port, host.port));
    });
  });
}

function takes({ published }: Port, port: number): boolean {
  return Number(published) === port;
}

/** Of a range, or where nothing is said, the engine takes one that is free. */
function mayTake({ published }: Port, port: number): boolean {
  if (published === undefined) return true;
  const [first = '', last = first] = published.split('-');
  return Number(first) <= port && port <= Number(last);
}
