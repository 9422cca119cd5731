import assert from 'node:assert/strict';
import { type ContainerSummary } from '../../../../src/engine/containers.js';
import { lensLines } from '../../../../src/ui/compose/lens-lines.js';
import { composeContainer } from './containers.js';

const outline = {
  line: 2,
  services: [
    { name: 'web', line: 3 },
    { name: 'db', line: 7 },
  ],
};

function short(byService: Map<string, ContainerSummary[]> | undefined, isTrusted = true): string[] {
  return lensLines(outline, byService, isTrusted).map(
    ({ line, title, command, service }) => `${line} ${service ?? '*'} ${command ?? title}`,
  );
}

describe('what stands over the lines of a compose file', () => {
  it('says what each service does, and offers what makes sense', () => {
    const web = composeContainer('web', { health: 'healthy' }, { ports: [8080] });
    const db = composeContainer('db', { state: 'exited', exitCode: 1 });
    const byService = new Map([
      ['web', [web]],
      ['db', [db]],
    ]);
    assert.deepEqual(short(byService), [
      '2 * $(play) 1 of 2 services running',
      '2 * composeUp',
      '2 * composeDown',
      '2 * composeLogs',
      '2 * openApplication',
      '3 web $(play) running, healthy · port 8080',
      '3 web composeUp',
      '3 web composeLogs',
      '3 web openApplication',
      '7 db $(error) exited with 1',
      '7 db composeUp',
      '7 db composeLogs',
    ]);
  });

  it('is “Up” where nothing runs', () => {
    const notRunning = (line: number, service: string): string[] => [
      `${line} ${service} $(circle-outline) not running`,
      `${line} ${service} composeUp`,
    ];
    assert.deepEqual(short(new Map()), [...notRunning(2, '*'), ...notRunning(3, 'web'), ...notRunning(7, 'db')]);
  });

  it('claims nothing while the engine was not asked', () => {
    assert.deepEqual(short(undefined), ['2 * composeUp', '3 web composeUp', '7 db composeUp']);
  });

  it('offers in an untrusted workspace what only looks', () => {
    const byService = new Map([['web', [composeContainer('web', {}, { ports: [80] })]]]);
    const offered = short(byService, false).filter((line) => !line.includes('$('));
    assert.deepEqual(offered, ['2 * composeLogs', '3 web composeLogs']);
    assert.deepEqual(short(undefined, false), []);
  });

  it('names all that can be clicked', () => {
    const titles = lensLines(outline, new Map([['web', [composeContainer('web', {}, { ports: [80] })]]]), true)
      .filter(({ command, service }) => command !== undefined && service === 'web')
      .map(({ title }) => title);
    assert.deepEqual(titles, ['$(play) Up', '$(output) Logs', '$(globe) Open in Browser']);
  });
});
