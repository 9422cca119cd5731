import { type Endpoint } from '../engine/endpoint.js';
import { type EngineIdentity } from '../engine/system.js';

/** What the engine in use is called: by its product where a setting or a variable only gave its address. */
export function engineLabel({ source, name, address }: Endpoint, { product }: EngineIdentity): string {
  if (source !== 'setting' && source !== 'environment') return name;
  switch (address.kind) {
    case 'ssh':
      return `${product} on ${address.target.hostname}`;
    case 'tcp':
      return `${product} on ${address.hostname}`;
    default:
      return product;
  }
}

/** A version without what a distribution adds: `28.5.2` of `28.5.2+dfsg4`. */
export function plainVersion({ version }: EngineIdentity): string {
  return version.replace(/\+.*$/, '');
}
