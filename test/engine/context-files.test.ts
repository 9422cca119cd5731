import assert from 'node:assert/strict';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { walk } from '../../src/engine/buildkit/file-sync/walk.js';
import { contextFilter } from '../../src/engine/context-tar.js';
import { commandInside } from '../harness/engines/inside.js';
import { findRunning, type RunningEngine } from '../harness/engines/state.js';
import { runCommand } from '../harness/machine/commands.js';
import { buildHost, busybox, connect, dropImage, engineName, project, work } from './support.js';

const files = [
  'README.md',
  'docs/README.md',
  'docs/a/README.md',
  'docs/a/notes.txt',
  'a/b/c.txt',
  'a/b/d/e.txt',
  'a/b/.hidden',
  'a/x.md',
  'a.b',
  'axb',
  'a+b',
  '.env',
  '.git/config',
  '.dockerignore',
  'node_modules/x/index.js',
  'pkg/node_modules/y.js',
  'keep/node_modules/z.js',
  'data/raw/1.csv',
  'data/raw/2.csv',
  'data/raw/deep/3.csv',
  'data/keep.csv',
  'space name/file 1.txt',
  'ünïcode/данные.txt',
  'ünïcode/日本.csv',
  '😀',
  '[bracket]/x',
  'star*',
  'question?',
  '!bang',
  '#hash',
  '-dash',
  'back\\slash',
  'ends with a space ',
  'two\nlines',
  'Upper/Case.TXT',
  'upper/case.txt',
  'tmp.py.swp',
  'x.pyc',
  '7',
];

/** What tells Docker's patterns from what one may think that they are. */
const ignored = [
  '',
  '*',
  '**',
  '.',
  '/',
  '..',
  'a',
  '/a',
  './a/',
  'x/../a',
  '*.md',
  '**/*.md',
  '**/README.md\n!README.md',
  '*\n!README.md',
  '*\n!docs\ndocs/a',
  '*\n!a/b/c.txt',
  '*\n!a/b/d\na/b/d/e.txt',
  'a/**',
  'a/**\n!a/b/d',
  'a/*/d',
  '**/b/**\n!**/.hidden',
  '**/node_modules\n!keep/node_modules',
  'node_modules\n!node_modules/x/index.js',
  'data/raw\n!data/raw/1.csv',
  'data\n!data/keep.csv\n!data/raw/deep',
  'data/*\n!data/raw/**',
  '!data\ndata',
  '.*',
  '**/.*',
  '?',
  '[a-c]*',
  '[^a-z]*',
  'a?b',
  'a.b',
  '[[]bracket]',
  'star\\*\nquestion\\?',
  '\\!bang\n\\#hash',
  '#hash\n  README.md  \n\n a.b\n',
  '\uFEFFa\r\nx.pyc\r\n',
  'ends with a space \nspace name',
  'ünïcode/*.csv',
  '**/д*',
  'two*\nupper\nUPPER',
  '\\d\n-*\nback\\\\slash',
  '**a',
  '**/[A-Z]*/**',
  'a**\n!**.txt',
  'link/c.txt\nlink',
];

// The client is the same on each engine, and this one comes with Docker's own newest one.
if (engineName === '28') {
  describe("the files of a context, against Docker's own client", function () {
    this.timeout(300_000);
    const connection = connect();
    let context: Awaited<ReturnType<typeof project>>;
    let engine: RunningEngine;
    before(async () => {
      const running = await findRunning('28');
      assert.ok(running !== undefined);
      engine = running;
      context = await project(Object.fromEntries(files.map((file) => [file, file])));
      await chmod(join(context.folder, 'a/x.md'), 0o755);
      await symlink('a/b', join(context.folder, 'link'));
      await symlink('nowhere', join(context.folder, 'dangling'));
      await symlink('..', join(context.folder, 'docs/up'));
      await mkdir(join(context.folder, 'empty/empty'), { recursive: true });
    });
    after(async () => {
      connection.dispose();
      await dropImage('test-context:ours');
      await context.dispose();
    });

    // Base64 in one line: names have new lines.
    const list = `FROM ${busybox}\nCOPY . /c\nRUN cd /c && find . | sort > /names && find . -exec stat -c '%A %N' {} + | sort > /modes && echo LIST $(cat /names /modes | base64 -w 0)\n`;
    const listed = (lines: readonly string[]): string => {
      const line = lines.map((each) => / LIST (\S+)$/.exec(each)?.[1]).find((each) => each !== undefined);
      assert.ok(line !== undefined, lines.join('\n'));
      return Buffer.from(line, 'base64').toString('utf8');
    };

    for (const text of ignored) {
      it(`are the same for ${JSON.stringify(text)}`, async () => {
        const place = await project({ Dockerfile: list, 'Dockerfile.dockerignore': text });
        try {
          const dockerfile = join(place.folder, 'Dockerfile');
          const command = ['docker', 'buildx', 'build', '--no-cache', '--progress', 'plain', '--file', dockerfile];
          const [program = '', ...args] = commandInside(engine, [...command, context.folder]);
          const theirs = listed((await runCommand(['sh', '-c', '"$@" 2>&1', 'sh', program, ...args])).split('\n'));
          const building = work();
          const request = { dockerfile, context: context.folder, tag: 'test-context:ours', noCache: true };
          await buildImage(connection, request, buildHost(place.folder), building);
          assert.equal(listed(building.output()), theirs);

          // Engines without a session get what this side makes of the patterns alone.
          const ours = new Set(['.']);
          const folder = { path: context.folder, unseen: '.research-containers' };
          for await (const group of walk(context.folder, await contextFilter(folder, dockerfile))) {
            for (const { path } of group) ours.add(`./${path}`);
          }
          const names = [...ours].join('\n').split('\n').sort(byBytes);
          assert.equal(names.join('\n'), theirs.slice(0, names.join('\n').length));
        } finally {
          await place.dispose();
        }
      });
    }
  });
}

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
