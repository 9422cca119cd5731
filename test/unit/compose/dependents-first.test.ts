import assert from 'node:assert/strict';
import { dependentGroups, dependentsFirst, withRestarted } from '../../../src/compose/dependents-first.js';
import { projectContainers, type ProjectContainer } from '../../../src/compose/observed.js';
import { summaryOf } from './container-summary.js';

/** Containers by what they depend on, as labels have it. */
function containers(dependencies: Record<string, string>): ProjectContainer[] {
  const summaries = Object.entries(dependencies).map(([service, dependsOn]) =>
    summaryOf(service, { 'com.docker.compose.depends_on': dependsOn }),
  );
  return projectContainers(summaries, 'app');
}

const names = (all: readonly ProjectContainer[]): string[] => all.map(({ service }) => service);

describe('the containers of a project', () => {
  const all = containers({
    db: '',
    cache: '',
    web: 'db:service_healthy:true,cache:service_started:false',
    proxy: 'web:service_started:true',
  });

  it('stand before those that they depend on, in groups that do not depend on each other', () => {
    assert.deepEqual(dependentGroups(all).map(names), [['proxy'], ['web'], ['cache', 'db']]);
    assert.deepEqual(names(dependentsFirst(all)), ['proxy', 'web', 'cache', 'db']);
  });

  it('are put in order although each of many depends on all before it, or on itself in a circle', () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [
        `s${String(at).padStart(2, '0')}`,
        Array.from({ length: at }, (__, other) => `s${String(other).padStart(2, '0')}:service_started:false`).join(','),
      ]),
    );
    assert.deepEqual(names(dependentsFirst(containers(many))), Object.keys(many).sort().reverse());
    assert.deepEqual(names(dependentsFirst(containers({ a: 'b:x:true', b: 'a:x:true' }))).sort(), ['a', 'b']);
  });

  it('are restarted after those that they say', () => {
    assert.deepEqual([...withRestarted(all, ['db'])], ['db', 'web', 'proxy']);
    assert.deepEqual([...withRestarted(all, ['cache'])], ['cache']);
    assert.deepEqual([...withRestarted(all, ['proxy'])], ['proxy']);
  });
});
