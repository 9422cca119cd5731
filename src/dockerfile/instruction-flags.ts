/** A flag of an instruction, an option of `--mount`, or a label, with what a person is told of it. */
export interface Described {
  name: string;
  /** One or two sentences for somebody who does not know Docker. */
  text: string;
  /** How it is written. */
  example: string;
  /** All that it may be, or what it often is. Empty for a switch or where anything goes. */
  values: readonly string[];
  /** Whether it has a value. */
  takesValue: boolean;
  /** Whether one instruction may have it several times. */
  isRepeatable: boolean;
}

function described(name: string, text: string, example: string, values: readonly string[] = []): Described {
  return { name, text, example, values, takesValue: example.includes('='), isRepeatable: false };
}

function repeatable(of: Described): Described {
  return { ...of, isRepeatable: true };
}

const chown = described(
  'chown',
  'Who owns the files in the image: a user, and a group behind a colon.',
  '--chown=researcher:researcher',
);
const chmod = described('chmod', 'What may be done with the files: 0755 makes a script a program.', '--chmod=0755', [
  '0644',
  '0755',
  'u=rwX,go=rX',
]);
const link = described(
  'link',
  'The files become a layer that does not depend on those before, so that it survives another base image.',
  '--link',
);
const exclude = repeatable(
  described(
    'exclude',
    'Leaves out the files that a pattern names. It may stand several times.',
    '--exclude=**/*.ipynb',
  ),
);

/** The flags of each instruction (https://docs.docker.com/reference/dockerfile/). */
export const instructionFlags: ReadonlyMap<string, readonly Described[]> = new Map([
  [
    'FROM',
    [
      described(
        'platform',
        'The platform that the image is taken for. Without it that which is built for.',
        '--platform=$BUILDPLATFORM',
        ['$BUILDPLATFORM', '$TARGETPLATFORM', 'linux/amd64', 'linux/arm64'],
      ),
    ],
  ],
  [
    'RUN',
    [
      repeatable(
        described(
          'mount',
          'Lends the step a folder or a secret that is in no layer of the image: a cache of downloads, files of the project, a password.',
          '--mount=type=cache,target=/root/.cache/pip',
        ),
      ),
      described('network', 'The network of this step: none makes sure that nothing is downloaded.', '--network=none', [
        'default',
        'none',
        'host',
      ]),
      described('security', 'insecure gives the step all rights; the engine has to allow it.', '--security=sandbox', [
        'sandbox',
        'insecure',
      ]),
      described(
        'device',
        'Gives the step a device of the machine that builds, named as by CDI.',
        '--device=vendor/class=name',
      ),
    ],
  ],
  [
    'COPY',
    [
      described('from', 'Takes the files from another stage or image, and not from the project.', '--from=build'),
      chown,
      chmod,
      link,
      described('parents', 'Keeps the folders that the files are in.', '--parents'),
      exclude,
    ],
  ],
  [
    'ADD',
    [
      described(
        'checksum',
        'The checksum of a download, or the commit of a repository: the build fails where it is another one.',
        '--checksum=sha256:…',
      ),
      described('keep-git-dir', 'Keeps the .git folder of a repository.', '--keep-git-dir=true', ['true', 'false']),
      described('unpack', 'Whether an archive is unpacked; without it only one of the project is.', '--unpack=true', [
        'true',
        'false',
      ]),
      chown,
      chmod,
      link,
      exclude,
    ],
  ],
  [
    'HEALTHCHECK',
    [
      described('interval', 'How long to wait between two checks. Without it 30 s.', '--interval=30s'),
      described('timeout', 'How long one check may take. Without it 30 s.', '--timeout=3s'),
      described('start-period', 'How long failures do not count after the start.', '--start-period=10s'),
      described(
        'start-interval',
        'How long to wait between two checks during the start period.',
        '--start-interval=2s',
      ),
      described('retries', 'How many failures in a row make the container unhealthy. Without it 3.', '--retries=3'),
    ],
  ],
]);

const target = described('target', 'Where it is seen in the step.', 'target=/data');
const source = described('source', 'The file or folder; without it the whole.', 'source=requirements.txt');
const from = described('from', 'Another stage or image to take it from, and not the project.', 'from=build');
const id = described('id', 'Its name. Steps that name the same cache share it.', 'id=pip');
const uid = described('uid', 'The number of the user who owns it. Without it 0, which is root.', 'uid=1000');
const gid = described('gid', 'The number of the group that owns it. Without it 0.', 'gid=1000');
const mode = described('mode', 'What may be done with it.', 'mode=0400');
const required = described('required', 'The build fails where it is not given.', 'required=true', ['true', 'false']);

/** The kinds of `--mount`, by the value of `type`; each with its options. */
export const mountTypes: ReadonlyMap<string, { text: string; options: readonly Described[] }> = new Map([
  [
    'bind',
    {
      text: 'Files of the project or of another stage, for this step alone. They are not copied into the image.',
      options: [
        target,
        source,
        from,
        described('rw', 'The step may write there; what it writes is thrown away.', 'rw'),
      ],
    },
  ],
  [
    'cache',
    {
      text: 'A folder that is kept between builds and is not in the image, such as for downloads.',
      options: [
        target,
        id,
        described(
          'sharing',
          'What another build does at the same time: share it, wait, or get its own.',
          'sharing=locked',
          ['shared', 'locked', 'private'],
        ),
        from,
        source,
        described('ro', 'The step may not write there.', 'ro'),
        uid,
        gid,
        mode,
      ],
    },
  ],
  [
    'tmpfs',
    {
      text: 'An empty folder in memory, for this step alone.',
      options: [target, described('size', 'How large it may grow.', 'size=1g')],
    },
  ],
  [
    'secret',
    {
      text: 'A password or token for this step alone. It is in no layer. Without a target it is the file /run/secrets/ID.',
      options: [
        { ...id, text: 'Which of the secrets that the build is given.' },
        target,
        described('env', 'The variable that holds it, in place of a file.', 'env=TOKEN'),
        required,
        mode,
        uid,
        gid,
      ],
    },
  ],
  [
    'ssh',
    {
      text: 'The keys of your ssh agent, for this step alone: to fetch a private repository.',
      options: [{ ...id, text: 'Which agent or key.' }, target, required, mode, uid, gid],
    },
  ],
]);
