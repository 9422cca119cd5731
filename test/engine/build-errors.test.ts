import assert from 'node:assert/strict';
import { join } from 'node:path';
import { buildImage as buildIn } from '../../src/build/build-image.js';
import { buildBench, buildHost, busybox, connect, engineName, failsWith, imageExists, work } from './support.js';

describe(`what is wrong with a build on engine ${engineName}`, function () {
  this.timeout(60_000);
  const connection = connect();
  const { make, buildImage, tag } = buildBench(connection);

  it('points at the line of a step that fails, with the last lines of its output', async () => {
    const { dockerfile } = await make({
      Dockerfile: `FROM ${busybox}\n\nRUN echo before >&2 && \\\n    echo reason >&2 && exit 7\n`,
    });
    await assert.rejects(
      buildImage({ dockerfile, tag: 'test-build:failed' }, work()),
      failsWith('build-step-failed', ({ location, output, message }) => {
        assert.deepEqual(location, { file: dockerfile, line: 3 });
        assert.deepEqual(output.slice(-2), ['before', 'reason']);
        return /exit code 7/.test(message);
      }),
    );
    assert.ok(!(await imageExists('test-build:failed')));
  });

  /** Engine 20.10 does not say the line of all errors. */
  const newer = (line: number): number => (engineName === '20.10' ? 1 : line);
  const errors: [
    what: string,
    dockerfile: string,
    reason: Parameters<typeof failsWith>[0],
    line: number | undefined,
  ][] = [
    ['an unknown instruction', `FROM ${busybox}\nRUNN true\n`, 'dockerfile-syntax', 2],
    ['no FROM', `RUN true\n`, 'dockerfile-syntax', 1],
    ['an empty Dockerfile', `# nothing\n`, 'dockerfile-syntax', 1],
    ['a base image that does not exist', `# a\nFROM nowhere.invalid/nothing:1\n`, 'base-image-not-found', 2],
    ['FROM without an image', `FROM\n`, 'dockerfile-syntax', 1],
    ['an unknown flag', `FROM ${busybox}\nCOPY --nope=1 a b\n`, 'dockerfile-syntax', 2],
    ['an unknown kind of mount', `FROM ${busybox}\nRUN --mount=type=nope true\n`, 'dockerfile-syntax', 2],
    ['ENV without a value', `FROM ${busybox}\nENV A\n`, 'dockerfile-syntax', newer(2)],
    ['a port that is none', `FROM ${busybox}\nEXPOSE x\n`, 'dockerfile-syntax', newer(2)],
    ['COPY with one name', `FROM ${busybox}\nCOPY a\n`, 'dockerfile-syntax', 2],
    ['WORKDIR without a folder', `FROM ${busybox}\nWORKDIR\n`, 'dockerfile-syntax', 2],
    ['SHELL without JSON', `FROM ${busybox}\nSHELL sh\n`, 'dockerfile-syntax', 2],
    ['an unknown check of health', `FROM ${busybox}\nHEALTHCHECK NOPE\n`, 'dockerfile-syntax', 2],
    ['ONBUILD of ONBUILD', `FROM ${busybox}\nONBUILD ONBUILD RUN true\n`, 'dockerfile-syntax', 2],
    ['an escape that is none', `# escape=x\nFROM ${busybox}\n`, 'dockerfile-syntax', 1],
    ['a name that no image has', `FROM Bad_Name!!\n`, 'dockerfile-syntax', 1],
    [
      'stages that need each other',
      `FROM ${busybox} AS a\nCOPY --from=b /x /x\nFROM ${busybox} AS b\nCOPY --from=a /x /x\n`,
      'dockerfile-syntax',
      newer(4),
    ],
    ['a stage that is not there', `FROM ${busybox}\nCOPY --from=nothere /x /x\n`, 'base-image-not-found', 2],
    ['a user that is not there', `FROM ${busybox}\nUSER nobodyatall\nRUN true\n`, 'build-step-failed', 3],
    ['a COPY of nothing', `FROM ${busybox}\nCOPY missing /\n`, 'build-step-failed', 2],
  ];
  for (const [what, text, reason, line] of errors) {
    it(`says what is wrong with ${what}`, async () => {
      const { dockerfile } = await make({ Dockerfile: text });
      await assert.rejects(
        buildImage({ dockerfile, tag: 'test-build:wrong' }, work()),
        failsWith(reason, ({ location, message }) => {
          assert.deepEqual(location, line === undefined ? undefined : { file: dockerfile, line });
          assert.doesNotMatch(message, /rpc error|failed to solve|LLB|frontend/);
          return true;
        }),
      );
    });
  }

  it('builds here-documents, or says that this engine does not know them', async () => {
    const { dockerfile } = await make({ Dockerfile: `FROM ${busybox}\nRUN <<EOF\necho x > /x\nEOF\n` });
    const building = buildImage({ dockerfile, tag: tag('test-build:heredoc') }, work());
    if (engineName !== '20.10') await building;
    else {
      await assert.rejects(
        building,
        failsWith('dockerfile-syntax', ({ remedy, location }) => {
          assert.match(remedy, /knows no here-documents: begin the file with “# syntax=docker\/dockerfile:1”/);
          return location?.line === 3;
        }),
      );
    }
  });

  it('says which stages there are', async () => {
    const { dockerfile } = await make({ Dockerfile: `FROM ${busybox} AS one\nRUN true\nFROM one AS two\n` });
    await assert.rejects(
      buildImage({ dockerfile, tag: 'test-build:target', target: 'three' }, work()),
      failsWith('invalid-argument', ({ message, remedy }) => {
        assert.deepEqual([message, remedy], ['The Dockerfile has no stage “three”.', 'It has one, two.']);
        return true;
      }),
    );
  });

  it('says that a base image is not there for a platform', async () => {
    const { folder, dockerfile } = await make({ Dockerfile: `FROM ${busybox}\nRUN true\n` });
    const warnings: string[] = [];
    const onWarnings = (all: readonly { message: string }[]): void => {
      warnings.push(...all.map(({ message }) => message));
    };
    const request = { dockerfile, tag: tag('test-build:platform'), platforms: ['linux/s390x'] };
    const building = buildIn(connection, request, { ...buildHost(folder), onWarnings }, work());
    if (engineName === '28-containerd') {
      // This one takes what is there, and only warns.
      await building;
      assert.ok(
        warnings.some((warning) => /platform/i.test(warning)),
        warnings.join(),
      );
    } else {
      await assert.rejects(
        building,
        failsWith('base-image-not-found', ({ message }) => / for linux\/s390x: /.test(message)),
      );
    }
  });

  it('refuses arguments that cannot work before it starts', async () => {
    const { folder, dockerfile } = await make({ Dockerfile: `FROM ${busybox}\n` });
    const cases: [object, Parameters<typeof failsWith>[0]][] = [
      [{ dockerfile: join(folder, 'none') }, 'dockerfile-not-found'],
      [{ dockerfile: folder }, 'dockerfile-not-found'],
      [{ dockerfile, tag: 'Not Valid' }, 'invalid-argument'],
      [{ dockerfile, platforms: ['amiga'] }, 'invalid-argument'],
    ];
    for (const [request, reason] of cases) {
      await assert.rejects(buildImage({ dockerfile, ...request }, work()), failsWith(reason));
    }
  });
});
