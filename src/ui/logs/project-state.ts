import { type LogState } from '../../engine/log-follower.js';
import { type Failure } from '../../host/failure.js';
import { stateText } from './log-messages.js';

/** A container of a project, as its log is followed. */
export interface ProjectSource {
  /** `web-1` */
  name: string;
  state: LogState;
}

/**
 * How it is said what becomes of the logs of a project.
 *
 * @param sources undefined before the engine was asked which there are
 * @param lost why the engine cannot be asked now
 */
export function projectStatus(
  sources: readonly ProjectSource[] | undefined,
  lost: Failure | undefined,
): { kind: LogState['kind']; text: string } {
  const of = (state: LogState): { kind: LogState['kind']; text: string } => ({
    kind: state.kind,
    text: stateText(state),
  });
  if (lost !== undefined) return of({ kind: 'engine-lost', failure: lost });
  const there = sources?.filter(({ state }) => state.kind !== 'removed');
  if (sources === undefined || there === undefined) return of({ kind: 'connecting' });
  if (there.length === 0) {
    return sources.length === 0
      ? { kind: 'not-started', text: 'There is no container yet: waiting for “Compose Up”.' }
      : { kind: 'removed', text: 'The containers were removed. What they printed is kept in this tab only.' };
  }
  const isLost = there.find(({ state }) => state.kind === 'engine-lost');
  if (isLost !== undefined) return of(isLost.state);
  const following = there.filter(({ state }) => state.kind === 'following');
  if (following.length === there.length) return of({ kind: 'following' });
  const others = there.flatMap(({ name, state }) => otherText(name, state) ?? []);
  if (following.length === 0 && others.length === 0) return of({ kind: 'connecting' });
  const count =
    following.length === 0 ? 'Nothing runs.' : `Following ${following.length} of ${there.length} containers.`;
  const failed = there.some(({ state }) => state.kind === 'failed');
  const kind = failed ? 'failed' : following.length === 0 ? 'ended' : 'following';
  return { kind, text: [count, ...others].join(' ') };
}

function otherText(name: string, state: LogState): string | undefined {
  switch (state.kind) {
    case 'ended':
      return `${name} stopped with exit code ${state.exitCode}.`;
    case 'not-started':
      return `${name} was not started yet.`;
    case 'failed':
      return `${name}: ${state.failure.message}`;
    default:
      return undefined;
  }
}
