import { type Removed } from '../../compose/down.js';
import { type Observed } from '../../compose/observed.js';

/** What the engine has of a project, one line for each, in the order in which it is removed. */
export function holdingsText({ containers, networks }: Pick<Observed, 'containers' | 'networks'>): string[] {
  return [
    ...containers.map(({ container: { name, state } }) => `Container ${name} (${state})`),
    ...networks.map(({ name }) => `Network ${name}`),
  ];
}

/** `2 containers, 1 network and 1 volume`. */
export function removedText({
  containers,
  networks,
  volumes,
}: Pick<Removed, 'containers' | 'networks' | 'volumes'>): string {
  const parts = Object.entries({ container: containers, network: networks, volume: volumes })
    .filter(([, names]) => names.length > 0)
    .map(([noun, names]) => `${names.length} ${noun}${names.length === 1 ? '' : 's'}`);
  const last = parts.pop() ?? 'nothing';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

/** What was not removed, and why: a sentence for each. */
export function keptText({ kept }: Pick<Removed, 'kept'>): string {
  return kept
    .map(
      ({ kind, name, users }) =>
        ` The ${kind} ${name} stays: ${users.join(', ')} ${users.length === 1 ? 'uses' : 'use'} it.`,
    )
    .join('');
}
