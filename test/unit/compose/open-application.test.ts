import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { filesOf, openApplication } from '../../../src/compose/application.js';
import { Failure } from '../../../src/host/failure.js';
import { inFolder } from './application.js';

const web = 'services:\n  web:\n    image: web\n';

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Failure, `it should reject, and not with ${String(error)}`);
  return error;
}

describe('opening an application', () => {
  it('takes the override along as the compose CLI does, and only where a usual name is given', async () => {
    const files = {
      'compose.yaml': web,
      'compose.override.yaml': 'services:\n  web:\n    user: "5"\n',
      'compose.prod.yaml': 'services:\n  web:\n    image: web:prod\n',
    };
    await inFolder(files, async (folder) => {
      const users = async (name: string, overrides?: string[]): Promise<(string | undefined)[]> => {
        const { project } = await openApplication(join(folder, name), {}, { overrides });
        return [project.services[0]?.image, project.services[0]?.user, ...project.files.map((file) => basename(file))];
      };
      assert.deepEqual(await users('compose.yaml'), ['web', '5', 'compose.yaml', 'compose.override.yaml']);
      // It means nothing without the other one.
      assert.deepEqual(await users('compose.override.yaml'), ['web', '5', 'compose.yaml', 'compose.override.yaml']);
      assert.deepEqual(await users('compose.prod.yaml'), ['web:prod', undefined, 'compose.prod.yaml']);
      const prod = join(folder, 'compose.prod.yaml');
      assert.deepEqual(await users('compose.yaml', [prod]), [
        'web:prod',
        undefined,
        'compose.yaml',
        'compose.prod.yaml',
      ]);
      assert.deepEqual(await filesOf(prod), [prod]);
    });
  });

  it('heeds what the environment and .env say', async () => {
    const text = 'services:\n  web: {image: "web:${TAG}"}\n  extra: {image: extra, profiles: [more]}\n';
    await inFolder({ 'compose.yaml': text, '.env': 'TAG=from-file\nCOMPOSE_PROJECT_NAME=named\n' }, async (folder) => {
      const open = async (environment: Record<string, string>): Promise<string[]> => {
        const { project } = await openApplication(join(folder, 'compose.yaml'), environment);
        return [project.name, ...project.services.map(({ image }) => image ?? '')];
      };
      assert.deepEqual(await open({}), ['named', 'web:from-file']);
      const environment = { TAG: 'from-shell', COMPOSE_PROJECT_NAME: 'other', COMPOSE_PROFILES: 'more' };
      assert.deepEqual(await open(environment), ['other', 'web:from-shell', 'extra']);
    });
  });

  it('refuses with the first error, its place and what to do, and has the others ready', async () => {
    const text = 'services:\n  web:\n    imag: web\n    prots: []\n    image: web\n';
    await inFolder({ 'compose.yaml': text }, async (folder) => {
      const file = join(folder, 'compose.yaml');
      const failure = await failureOf(openApplication(file, {}));
      assert.equal(failure.reason, 'compose-invalid');
      assert.match(failure.message, /^compose\.yaml: .*imag/);
      assert.notEqual(failure.remedy, '');
      assert.deepEqual(failure.location, { file, line: 3 });
      assert.equal(failure.output.length, 1);
      assert.ok(failure.output[0]?.startsWith(`${file}:4: `), failure.output[0]);
    });
  });

  it('resolves with warnings where there are no errors', async () => {
    await inFolder({ 'compose.yaml': `version: "3"\n${web}` }, async (folder) => {
      const { problems } = await openApplication(join(folder, 'compose.yaml'), {});
      assert.deepEqual(
        problems.map(({ code, severity }) => [code, severity]),
        [['no-effect', 'warning']],
      );
    });
  });

  it('refuses names that no service has, and names those that there are', async () => {
    await inFolder({ 'compose.yaml': `${web}  db: {image: db, profiles: [more]}\n` }, async (folder) => {
      const file = join(folder, 'compose.yaml');
      const failure = await failureOf(openApplication(file, {}, { services: ['web', 'wbe'] }));
      assert.equal(failure.reason, 'invalid-argument');
      assert.match(failure.message, /“wbe”/);
      assert.match(failure.remedy, /web, db/);
      // One of a profile may be asked for by its name.
      const { project } = await openApplication(file, {}, { services: ['db'] });
      assert.deepEqual(
        project.services.map(({ name }) => name),
        ['db'],
      );
    });
  });

  it('says that a broken file is broken before it looks for names in it', async () => {
    await inFolder({ 'compose.yaml': 'services:\n  web: [\n' }, async (folder) => {
      const failure = await failureOf(openApplication(join(folder, 'compose.yaml'), {}, { services: ['web'] }));
      assert.equal(failure.reason, 'compose-invalid');
    });
  });

  it('refuses a file that is not there, and one that is empty', async () => {
    await inFolder({ 'compose.yaml': '' }, async (folder) => {
      assert.equal((await failureOf(openApplication(join(folder, 'none.yaml'), {}))).reason, 'file-not-found');
      assert.equal((await failureOf(openApplication(join(folder, 'compose.yaml'), {}))).reason, 'compose-invalid');
    });
  });

  it('ends with the signal', async () => {
    await inFolder({ 'compose.yaml': web }, async (folder) => {
      const signal = AbortSignal.abort();
      const failure = await failureOf(openApplication(join(folder, 'compose.yaml'), {}, { signal }));
      assert.equal(failure.reason, 'cancelled');
    });
  });
});
