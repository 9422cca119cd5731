import { type Endpoint } from '../engine/endpoint.js';

/** Where the ports of an engine's containers are published, seen from here. */
export function engineHost({ address }: Endpoint): string {
  switch (address.kind) {
    case 'tcp':
      return address.hostname;
    case 'ssh':
      return address.target.hostname;
    default:
      return 'localhost';
  }
}
