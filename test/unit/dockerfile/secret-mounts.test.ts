import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { type SecretMount, secretMounts } from '../../../src/dockerfile/secret-mounts.js';

describe('secret mounts', () => {
  const secret: SecretMount = { id: 'a', line: 2, environment: undefined, target: '/run/secrets/a', required: false };
  const cases: [string, string, SecretMount[]][] = [
    ['have a file by default', 'RUN --mount=type=secret,id=a make', [secret]],
    ['have a target', 'RUN --mount=type=secret,id=a,target=/b make', [{ ...secret, target: '/b' }]],
    ['have a target under its other names', 'RUN --mount=type=secret,id=a,dst=/b make', [{ ...secret, target: '/b' }]],
    [
      'are called after their target',
      'RUN --mount=type=secret,target=/root/.netrc make',
      [{ ...secret, id: '.netrc', target: '/root/.netrc' }],
    ],
    ['are called after their source', 'RUN --mount=type=secret,src=a make', [secret]],
    [
      'have a variable and then no file',
      'RUN --mount=type=secret,id=a,env=A make',
      [{ ...secret, environment: 'A', target: undefined }],
    ],
    [
      'have a variable and a file',
      'RUN --mount=type=secret,id=a,env=A,target=/b make',
      [{ ...secret, environment: 'A', target: '/b' }],
    ],
    ['are required', 'RUN --mount=type=secret,id=a,required make', [{ ...secret, required: true }]],
    ['are required with a value', 'RUN --mount=type=secret,id=a,required=true make', [{ ...secret, required: true }]],
    ['are not required', 'RUN --mount=type=secret,id=a,required=false make', [secret]],
    ['have options in any order and case', 'RUN --mount=ID=a,Type=Secret make', [secret]],
    ['have quotes', `RUN --mount=type=secret,id="a" make`, [secret]],
    [
      'are several',
      'RUN --mount=type=secret,id=a --mount=type=cache,target=/c \\\n --mount=type=secret,id=b make',
      [secret, { ...secret, id: 'b', target: '/run/secrets/b' }],
    ],
    [
      'have each id once, required where any is',
      'RUN --mount=type=secret,id=a x\nRUN --mount=type=secret,id=a,required y',
      [{ ...secret, required: true }],
    ],
    ['are not other mounts', 'RUN --mount=type=ssh,id=a --mount=type=bind,source=secret,target=/b make', []],
    ['are not in the command', 'RUN make --mount=type=secret,id=a', []],
    ['are not those without a name', 'RUN --mount=type=secret make', []],
    ['are not those of a variable name', 'RUN --mount=type=secret,id=$A make', []],
  ];
  for (const [does, text, expected] of cases) {
    it(does, () => {
      assert.deepEqual(secretMounts(parseDockerfile(`FROM x\n${text}`)), expected);
    });
  }

  it('are those of the stages that the target needs', () => {
    const dockerfile = parseDockerfile(
      'FROM x AS a\nRUN --mount=type=secret,id=one make\nFROM x AS b\nRUN --mount=type=secret,id=two make\nFROM a',
    );
    const ids = (target?: string): string[] => secretMounts(dockerfile, { target }).map(({ id }) => id);
    assert.deepEqual(ids(), ['one']);
    assert.deepEqual(ids('b'), ['two']);
  });
});
