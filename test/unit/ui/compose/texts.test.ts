import assert from 'node:assert/strict';
import { type ProjectContainer } from '../../../../src/compose/observed.js';
import { composeCommands } from '../../../../src/ui/command-tables/compose-commands.js';
import { isComposeFile } from '../../../../src/ui/compose/compose-file-name.js';
import { holdingsText, removedText } from '../../../../src/ui/compose/holdings-text.js';
import { outcomesIn } from '../../../../src/ui/compose/outcomes.js';
import { composeContainer } from './containers.js';

const names = {
  isOne: [
    'compose.yaml',
    'compose.yml',
    'docker-compose.yml',
    'docker-compose.yaml',
    'docker-compose-slim.yml',
    'compose.override.yaml',
    'docker-compose.prod.yml',
  ],
  isNone: [
    'composer.yml',
    'docker-compose.yml.bak',
    'my-compose.yml',
    'compose.json',
    'compose',
    'docker-composeyml',
    'composes.yaml',
    'compose..yaml.txt',
  ],
};

describe('a compose file', () => {
  it('is known by its name', () => {
    for (const name of names.isOne) {
      assert.ok(isComposeFile(name), name);
      assert.ok(isComposeFile(`/home/maria/site/${name}`), name);
      assert.ok(isComposeFile(`C:\\site\\${name}`), name);
    }
    for (const name of names.isNone) assert.ok(!isComposeFile(name), name);
    assert.ok(!isComposeFile('/compose.yaml/other'));
  });

  it('has menus by the same names', () => {
    const when = composeCommands.composeUp.menus[0].when;
    const pattern = /=~ \/(.+)\/$/.exec(when)?.[1];
    assert.ok(pattern !== undefined, when);
    for (const name of names.isOne) assert.match(name, new RegExp(pattern));
    for (const name of names.isNone) assert.doesNotMatch(name, new RegExp(pattern));
  });

  it('is started and changed in trusted workspaces only', () => {
    const untrusted = Object.entries(composeCommands).filter(([, command]) => 'untrusted' in command);
    assert.deepEqual(
      untrusted.map(([name]) => name),
      ['composeLogs', 'copyComposeCommand'],
    );
  });
});

describe('what a failed “Up” has left', () => {
  it('is told apart from what programs printed', () => {
    const output = [
      'error: cannot open /data',
      'web: failed to connect',
      'db: runs, unchanged',
      'cache: runs (created)',
      'web: failed',
      'my.worker-1: not started',
      'db: runsaway',
    ];
    assert.deepEqual(outcomesIn(output), {
      outcomes: ['db runs', 'cache runs', 'web failed', 'my.worker-1 not started'],
      printed: ['error: cannot open /data', 'web: failed to connect', 'db: runsaway'],
    });
    assert.deepEqual(outcomesIn([]), { outcomes: [], printed: [] });
  });
});

describe('what “Down” removes', () => {
  it('is named, line for line', () => {
    const of = (service: string, state: string): ProjectContainer => ({
      service,
      number: 1,
      hash: undefined,
      isOneOff: false,
      dependsOn: [],
      container: composeContainer(service, { state }),
    });
    const networks = [{ id: '1', name: 'app_default', labels: {} }];
    assert.deepEqual(holdingsText({ containers: [of('db', 'running'), of('web', 'exited')], networks }), [
      'Container app-db-1 (running)',
      'Container app-web-1 (exited)',
      'Network app_default',
    ]);
  });

  it('is counted', () => {
    const text = (containers: number, networks: number, volumes: number): string => {
      const list = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at));
      return removedText({ containers: list(containers), networks: list(networks), volumes: list(volumes) });
    };
    assert.equal(text(2, 1, 1), '2 containers, 1 network and 1 volume');
    assert.equal(text(0, 1, 0), '1 network');
    assert.equal(text(1, 0, 3), '1 container and 3 volumes');
    assert.equal(text(0, 0, 0), 'nothing');
  });
});
