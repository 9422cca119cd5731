import assert from 'node:assert/strict';
import { join } from 'node:path';
import { defaultComposeFiles, withDefaultOverride } from '../../../src/compose/compose-files.js';
import { readCompose } from '../../../src/compose/read-compose.js';
import { Failure } from '../../../src/host/failure.js';
import { inFolder, placesOf, read } from './application.js';

describe('the name of an application', () => {
  const service = 'services: {a: {image: "x:$COMPOSE_PROJECT_NAME"}}';
  const names: [what: string, files: Record<string, string>, asked: string | undefined, expected: string][] = [
    ['is its folder’s', { 'compose.yaml': service }, undefined, 'app'],
    ['is what its file says', { 'compose.yaml': `name: mine\n${service}` }, undefined, 'mine'],
    ['has no other characters', { 'compose.yaml': `name: "_My.Name 1"\n${service}` }, undefined, 'myname1'],
    ['may have variables', { 'compose.yaml': `name: "n-\${N}"\n${service}`, '.env': 'N=x' }, undefined, 'n-x'],
    ['is what was asked for', { 'compose.yaml': `name: mine\n${service}` }, 'asked', 'asked'],
    [
      'is what the environment says',
      { 'compose.yaml': `name: mine\n${service}`, '.env': 'COMPOSE_PROJECT_NAME=env-1' },
      undefined,
      'env-1',
    ],
  ];
  for (const [what, files, projectName, expected] of names) {
    it(what, async () => {
      const { project } = await read(files, { projectName });
      assert.deepEqual([project?.name, project?.services[0]?.image], [expected, `x:${expected}`]);
    });
  }

  it('is that of the last file that has one', async () => {
    const files = { 'compose.yaml': `name: one\n${service}`, 'b.yaml': 'name: two', 'c.yaml': 'services: {}' };
    assert.equal((await read(files, {}, ['compose.yaml', 'b.yaml', 'c.yaml'])).project?.name, 'two');
  });

  for (const projectName of ['Upper', 'a b', '-a', '']) {
    it(`is refused if it is “${projectName}”`, async () => {
      assert.deepEqual(placesOf((await read(service, { projectName })).problems), [
        'error project-name compose.yaml:1:1',
      ]);
    });
  }
});

describe('the environment of an application', () => {
  it('has the variables of “.env” under its own', async () => {
    const { project, problems } = await read(
      {
        'compose.yaml': 'services: {a: {image: "$OWN-$FILE-$BOTH", environment: [FILE]}}',
        '.env': 'FILE=file\nBOTH=${OWN}2\nOWN=file\n1X=1',
      },
      { environment: { OWN: 'own' } },
    );
    assert.deepEqual(problems, []);
    const [service] = project?.services ?? [];
    assert.deepEqual([service?.image, service?.environment.get('FILE')], ['own-file-own2', 'file']);
  });

  it('has other files where COMPOSE_ENV_FILES names them, or none', async () => {
    const files = { 'compose.yaml': 'services: {a: {image: "x$A$B"}}', '.env': 'A=1', a: 'A=2', b: 'B=$A' };
    const imageWith = async (environment: Record<string, string>): Promise<string | undefined> =>
      (await read(files, { environment })).project?.services[0]?.image;
    assert.equal(await imageWith({ COMPOSE_ENV_FILES: 'a,b' }), 'x22');
    assert.equal(await imageWith({ COMPOSE_DISABLE_ENV_FILE: '1' }), 'x');
    const missing = await read(files, { environment: { COMPOSE_ENV_FILES: 'none' } });
    assert.deepEqual(placesOf(missing.problems)[0], 'error missing-file none:1:1');
  });

  it('takes no property of objects for a variable', async () => {
    const { project } = await read('services: {a: {image: "x${constructor}${__proto__-y}"}}');
    assert.equal(project?.services[0]?.image, 'xy');
  });

  it('knows its folder as PWD', async () => {
    const { project } = await read('services: {a: {image: x, volumes: ["$PWD:/x"]}}', {
      environment: { PWD: '/other' },
    });
    const [mount] = project?.services[0]?.mounts ?? [];
    assert.equal(mount?.kind === 'bind' ? mount.source : undefined, project?.folder);
  });
});

describe('the services of an application', () => {
  const text = `services:
  web: {image: x, depends_on: {db: {condition: service_started}, cache: {condition: service_started, required: false}}}
  db: {image: x}
  cache: {image: x, profiles: [fast]}
  tool: {image: x, profiles: [tools], depends_on: [db, helper]}
  helper: {image: x, profiles: [tools]}`;
  const namesWith = async (options: Parameters<typeof read>[1]): Promise<unknown> => {
    const { project, problems } = await read(text, options);
    if (project === undefined) return placesOf(problems);
    return project.services.map(({ name }) => name);
  };

  it('are those without a profile', async () => {
    const { project } = await read(text);
    assert.deepEqual(
      project?.services.map(({ name, dependsOn }) => [name, dependsOn.map((each) => each.service)]),
      [
        ['web', ['db']],
        ['db', []],
      ],
    );
    assert.deepEqual(
      project.inactive.map(({ name, reason, profiles, place }) => [name, reason, profiles, place.line]),
      [
        ['cache', 'profile', ['fast'], 4],
        ['tool', 'profile', ['tools'], 5],
        ['helper', 'profile', ['tools'], 6],
      ],
    );
  });

  it('are those of active profiles, too', async () => {
    assert.deepEqual(await namesWith({ profiles: ['fast'] }), ['web', 'db', 'cache']);
    assert.deepEqual(await namesWith({ profiles: ['*'] }), ['web', 'db', 'cache', 'tool', 'helper']);
    assert.deepEqual(await namesWith({ environment: { COMPOSE_PROFILES: 'none, tools' } }), [
      'web',
      'db',
      'tool',
      'helper',
    ]);
    const ofFile = await read({ 'compose.yaml': text, '.env': 'COMPOSE_PROFILES=fast' });
    assert.equal(ofFile.project?.services.length, 3);
  });

  it('are those that were named, with what they need', async () => {
    assert.deepEqual(await namesWith({ services: ['db'] }), ['db']);
    assert.deepEqual(await namesWith({ services: ['web'] }), ['web', 'db']);
    assert.deepEqual(await namesWith({ services: ['tool'] }), ['db', 'tool', 'helper']);
    assert.deepEqual(await namesWith({ services: ['web'], profiles: ['fast'] }), ['web', 'db', 'cache']);
    const { project } = await read(text, { services: ['db'] });
    assert.deepEqual(
      project?.inactive.map(({ name, reason }) => [name, reason]),
      [
        ['web', 'not-selected'],
        ['cache', 'profile'],
        ['tool', 'profile'],
        ['helper', 'profile'],
      ],
    );
  });

  it('cannot be ones that nobody describes', async () => {
    const { problems } = await read(text, { services: ['wbe'] });
    assert.deepEqual(
      problems.map(({ code, message, remedy }) => [code, message, remedy]),
      [['undefined', 'There is no service “wbe”.', 'Did you mean “web”?']],
    );
  });

  it('cannot need one that is not active', async () => {
    const needing = 'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, profiles: [p]}';
    const { problems } = await read(needing);
    assert.deepEqual(placesOf(problems), ['error undefined compose.yaml:2:30']);
    assert.match(problems[0]?.message ?? '', /“a” depends on “b”, which has a profile that is not active/);
  });

  it('may be none, if all have profiles', async () => {
    const { project } = await read('services: {a: {image: x, profiles: [p]}}');
    assert.deepEqual([project?.services, project?.inactive.length], [[], 1]);
  });

  it('bring only what they use', async () => {
    const { project } =
      await read(`services: {a: {image: x, networks: [n]}, b: {image: x, profiles: [p], networks: [m], volumes: ["vol:/v"]}}
networks: {n: , m: , o: }
volumes: {vol: }`);
    assert.deepEqual([project?.networks.map(({ key }) => key), project?.volumes], [['n'], []]);
  });
});

describe('the compose files of a folder', () => {
  const cases: [files: string[], expected: string[]][] = [
    [[], []],
    [['other.yaml'], []],
    [['docker-compose.yaml', 'docker-compose.yml', 'compose.yml', 'compose.yaml'], ['compose.yaml']],
    [['docker-compose.yaml', 'docker-compose.yml', 'compose.yml'], ['compose.yml']],
    [['docker-compose.yaml', 'docker-compose.yml'], ['docker-compose.yml']],
    [['docker-compose.yaml'], ['docker-compose.yaml']],
    [
      ['docker-compose.yml', 'docker-compose.override.yml'],
      ['docker-compose.yml', 'docker-compose.override.yml'],
    ],
    [
      ['compose.yaml', 'compose.override.yaml', 'compose.override.yml'],
      ['compose.yaml', 'compose.override.yml'],
    ],
    [['compose.override.yaml'], []],
  ];
  for (const [files, expected] of cases) {
    it(`are ${expected.join(', ') || 'none'} of ${files.join(', ') || 'nothing'}`, async () => {
      await inFolder(Object.fromEntries(files.map((file) => [file, ''])), async (folder) => {
        assert.deepEqual(
          await defaultComposeFiles(folder, {}),
          expected.map((file) => join(folder, file)),
        );
      });
    });
  }

  it('are those of COMPOSE_FILE', async () => {
    await inFolder(
      { 'compose.yaml': '', '.env': 'COMPOSE_FILE=a.yaml|sub/b.yaml\nCOMPOSE_PATH_SEPARATOR=|' },
      async (folder) => {
        assert.deepEqual(await defaultComposeFiles(folder, {}), [join(folder, 'a.yaml'), join(folder, 'sub/b.yaml')]);
        assert.deepEqual(await defaultComposeFiles(folder, { COMPOSE_FILE: 'c.yaml' }), [join(folder, 'c.yaml')]);
      },
    );
  });

  it('are a chosen one with its override, if Compose takes it by itself', async () => {
    await inFolder({ 'compose.yaml': '', 'compose.override.yml': '', 'other.yaml': '' }, async (folder) => {
      const at = (file: string): string => join(folder, file);
      assert.deepEqual(await withDefaultOverride(at('compose.yaml')), [at('compose.yaml'), at('compose.override.yml')]);
      assert.deepEqual(await withDefaultOverride(at('other.yaml')), [at('other.yaml')]);
    });
  });
});

describe('reading an application', () => {
  it('rejects without a file, and after an abort', async () => {
    const isFailure =
      (reason: string) =>
      (error: unknown): boolean =>
        error instanceof Failure && error.reason === reason;
    await assert.rejects(readCompose([], { environment: {} }), isFailure('invalid-argument'));
    await inFolder({ 'compose.yaml': 'services: {a: {image: x}}' }, async (folder) => {
      const reading = readCompose([join(folder, 'compose.yaml')], { environment: {}, signal: AbortSignal.abort() });
      await assert.rejects(reading, isFailure('cancelled'));
    });
  });

  it('tells of a file that is not there', async () => {
    const { project, problems } = await read({}, {}, ['none.yaml']);
    assert.equal(project, undefined);
    assert.deepEqual(placesOf(problems), ['error missing-file none.yaml:1:1']);
  });

  it('reads a hundred services at once', async () => {
    const services = Array.from(
      { length: 100 },
      (_, index) =>
        `  s${index}: {image: x, depends_on: [${index === 0 ? '' : `s${index - 1}`}], ports: ["${8000 + index}:80"]}`,
    );
    const { project, problems } = await read(`services:\n${services.join('\n')}`);
    assert.deepEqual(problems, []);
    assert.equal(project?.services.length, 100);
  });
});
