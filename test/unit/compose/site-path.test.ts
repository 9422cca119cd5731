import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Mount } from '../../../src/compose/model.js';
import { sitePath } from '../../../src/compose/site-path.js';
import { inFolder } from './application.js';

function mountOf(source: string): Mount {
  const place = { file: source, line: 1, column: 1 };
  const bind = { kind: 'bind' as const, createHostPath: true, propagation: undefined, selinux: undefined };
  return { ...bind, source, target: '/srv/jekyll', readOnly: false, place };
}

function pathIn(config: string): Promise<string | undefined> {
  return inFolder({ '_config.yml': config }, (folder) => sitePath({ mounts: [mountOf(folder)], build: undefined }));
}

describe('the path of a site', () => {
  it('is the baseurl of a Jekyll site, with a slash at both ends', async () => {
    assert.equal(await pathIn('title: x\nurl: https://example.org # the base\nbaseurl: /al-folio\n'), '/al-folio/');
    assert.equal(await pathIn('baseurl: "lab/site/"\n'), '/lab/site/');
  });

  it('is not known where there is none, or none that can be one', async () => {
    for (const config of [
      'baseurl:\n',
      'baseurl: ""\n',
      'baseurl: /\n',
      'title: x\n',
      '- list\n',
      'baseurl: [a\n',
      '',
    ]) {
      assert.equal(await pathIn(config), undefined, config);
    }
    for (const odd of ['"/a b"', '"/a?b=c"', '"/a#b"', '"@example.org"', '{a: b}', '5']) {
      assert.equal(await pathIn(`baseurl: ${odd}\n`), undefined, odd);
    }
  });

  it('is looked for where the service has its sources from', async () => {
    await inFolder({ 'site/_config.yml': 'baseurl: /built\n', 'data/x': '' }, async (folder) => {
      const place = { file: folder, line: 1, column: 1 };
      const build = {
        context: join(folder, 'site'),
        dockerfile: { kind: 'file' as const, file: join(folder, 'site/Dockerfile') },
        args: new Map<string, string>(),
        target: undefined,
        platforms: [],
        labels: new Map<string, string>(),
        tags: [],
        secrets: new Map(),
        noCache: false,
        place,
      };
      assert.equal(await sitePath({ mounts: [mountOf(join(folder, 'data'))], build }), '/built/');
      assert.equal(await sitePath({ mounts: [mountOf(join(folder, 'data'))], build: undefined }), undefined);
      assert.equal(await sitePath({ mounts: [mountOf(join(folder, 'data/x'))], build: undefined }), undefined);
    });
  });
});
