import assert from 'node:assert/strict';
import { type LogState } from '../../../../src/engine/log-follower.js';
import { Failure } from '../../../../src/host/failure.js';
import { projectStatus } from '../../../../src/ui/logs/project-state.js';

const following: LogState = { kind: 'following' };
const ended: LogState = { kind: 'ended', exitCode: 2 };
const failure = new Failure('engine-lost', 'The connection was lost.', 'Start it.');

function status(...states: LogState[]): { kind: string; text: string } {
  return projectStatus(
    states.map((state, at) => ({ name: `s-${at + 1}`, state })),
    undefined,
  );
}

describe('what becomes of the logs of a project', () => {
  it('is said of all containers together', () => {
    assert.equal(status(following, following).text, 'Following: new lines appear as they are printed.');
    assert.deepEqual(status(following, ended, { kind: 'not-started' }), {
      kind: 'following',
      text: 'Following 1 of 3 containers. s-2 stopped with exit code 2. s-3 was not started yet.',
    });
    assert.deepEqual(status(ended), { kind: 'ended', text: 'Nothing runs. s-1 stopped with exit code 2.' });
    assert.deepEqual(status(following, { kind: 'failed', failure }), {
      kind: 'failed',
      text: 'Following 1 of 2 containers. s-2: The connection was lost.',
    });
  });

  it('does not count those whose place another one has taken', () => {
    assert.equal(status({ kind: 'removed' }, following).kind, 'following');
    assert.match(status({ kind: 'removed' }, { kind: 'removed' }).text, /were removed/);
  });

  it('is the engine’s where that is lost', () => {
    const lost: LogState = { kind: 'engine-lost', failure };
    assert.deepEqual([status(following, lost).kind, projectStatus([], failure).kind], ['engine-lost', 'engine-lost']);
    assert.match(projectStatus(undefined, failure).text, /The connection was lost\.$/);
  });

  it('is waiting at first', () => {
    assert.equal(projectStatus(undefined, undefined).kind, 'connecting');
    assert.equal(status({ kind: 'connecting' }).kind, 'connecting');
    assert.match(status().text, /waiting for “Compose Up”/);
  });
});
