import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { findSecrets, findSecretsOfImage } from '../../../src/bundle/find-secrets.js';
import { secretFileName } from '../../../src/dockerfile/secret-files.js';
import { Failure } from '../../../src/host/failure.js';

const { signal } = new AbortController();
const gitHub = `ghp_${'a1B2'.repeat(9)}`;
const gitLab = `glpat-${'a1B2'.repeat(5)}`;
const pem = (type: 'ec' | 'ed25519' | 'rsa'): string => {
  const { privateKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 1024 })
        : generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};
const ec = pem('ec');

const searched = (text: string): Promise<{ where: string; line: number; what: string }[]> =>
  findSecrets([{ where: 'a.py', text }], signal);

describe('secrets in texts', () => {
  const forms: [what: string, secret: string][] = [
    ['GitHub Token', gitHub],
    ['GitLab Personal Access Token', gitLab],
    ['Hugging Face User Access Token', `hf_${'aB'.repeat(17)}`],
    ['npm access token', `npm_${'aB3'.repeat(12)}`],
    ['Docker Personal Access Token', `dckr_pat_${'aB3'.repeat(9)}`],
    ['PyPI API token', `pypi-AgEIcHlwaS5vcmc${'aB3_'.repeat(20)}`],
    ['Zenodo access token', `https://zenodo.org/api/records?size=1&access_token=${'aB3'.repeat(20)}`],
    ['AWS Secret Access Key', `AWS_SECRET_ACCESS_KEY=${'/aB3'.repeat(10)}`],
    ['basic auth credential', `https://marie:polonium@example.org/x`],
    ['PostgreSQL connection string', `postgres://marie:polonium@db.example.org/x`],
    ['private key', pem('rsa')],
    ['private key', ec],
    ['private key', pem('ed25519')],
    ['private key', JSON.stringify({ type: 'service_account', private_key: pem('rsa') })],
    ['private key', ec.replace('\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n')],
  ];
  for (const [what, secret] of forms) {
    it(`are found and not told: ${what} (${secret.slice(0, 32).replaceAll('\n', ' ')}…)`, async () => {
      const found = await searched(`é = 1\n# ü\n${secret}\n`);
      assert.deepEqual(found, [{ where: 'a.py', line: 3, what }]);
    });
  }

  const harmless: [string, string][] = [
    ['nothing', ''],
    ['a line end', '\n'],
    [
      'a public key',
      '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMIIEpAIBAAKCAQEAxyz\n-----END PUBLIC KEY-----',
    ],
    ['a key that is left out', '-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----'],
    ['a reference to a variable', `//registry.npmjs.org/:_authToken=\${NPM_TOKEN}`],
    ['a checksum', `sha256:${'0123456789abcdef'.repeat(4)}`],
    ["a class of a notebook's styles", 'class="sk-toggleable__label sk-toggleable__label-arrow"'],
    ['an address', 'https://example.org:8080/@scope/x'],
    ['a Zenodo address', 'https://zenodo.org/records/1?token=x'],
    ['bytes', '\0\uFFFD\u{1F600}'.repeat(100)],
  ];
  for (const [what, text] of harmless) {
    it(`are not ${what}`, async () => {
      assert.deepEqual(await searched(text), []);
    });
  }

  it('are found in an .npmrc, where no more than their name tells them', async () => {
    const text = '//registry.example.org/:_authToken=0123-4567\n//registry.example.com/:_authToken=${TOKEN}\n';
    assert.deepEqual(await findSecrets([{ where: 'x/.npmrc', text }], signal), [
      { where: 'x/.npmrc', line: 1, what: 'npmrc authToken' },
    ]);
  });

  it('are told with their text and line, in order, from several texts that come one by one', async () => {
    async function* texts(): AsyncGenerator<{ where: string; text: string }> {
      yield { where: 'Ωμέγα/a', text: `${gitLab}\r\n\r\n${gitHub}` };
      await Promise.resolve();
      yield { where: 'b', text: 'x' };
      yield { where: 'c', text: `\n${gitHub}` };
    }
    assert.deepEqual(
      (await findSecrets(texts(), signal)).map(({ where, line, what }) => `${where}:${line} ${what}`),
      ['Ωμέγα/a:1 GitLab Personal Access Token', 'Ωμέγα/a:3 GitHub Token', 'c:2 GitHub Token'],
    );
  });

  it('are told once a line', async () => {
    assert.equal((await searched(`${gitHub} ${gitHub}\n${gitHub}`)).length, 2);
  });

  it('are not told where a comment of secretlint says that it is none', async () => {
    const text = `a ${gitHub} # secretlint-disable-line\n${gitHub}\n# secretlint-disable-next-line\n${gitHub}`;
    assert.deepEqual(
      (await searched(text)).map(({ line }) => line),
      [2],
    );
  });

  it('are found wherever they lie in a long text, and once', async () => {
    const line = `${'x'.repeat(999)}\n`;
    for (const before of [1_000_000 - 20, 1_000_000 - ec.length, 1_000_000, 1_019_990, 1_020_000, 2_000_000 - 1]) {
      const filler = line.repeat(before / 1000 + 1).slice(0, before - 1);
      const found = await searched(`${filler}\n${gitHub} ${ec}`);
      const expected = (filler.match(/\n/g) ?? []).length + 2;
      assert.deepEqual(found, [
        { where: 'a.py', line: expected, what: 'GitHub Token' },
        { where: 'a.py', line: expected, what: 'private key' },
      ]);
    }
  });

  it('are looked for in time that grows with the length only', async () => {
    const pieces = [
      'a',
      ' ',
      '\n',
      'a://',
      '-----BEGIN PRIVATE KEY-----\n',
      'secretlint-disable-line\n',
      'eyJhbGciOi.',
      'https://a:',
      'xoxb-1-',
      'SG.a.b_',
    ];
    for (const piece of pieces) await searched(piece.repeat(50_000 / piece.length));
  });

  it('are not looked for further once that is cancelled', async () => {
    const controller = new AbortController();
    function* texts(): Generator<{ where: string; text: string }> {
      yield { where: 'a', text: 'x' };
      controller.abort();
      yield { where: 'b', text: 'x' };
      assert.fail('It went on.');
    }
    await assert.rejects(
      findSecrets(texts(), controller.signal),
      (error) => error instanceof Failure && error.reason === 'cancelled',
    );
  });

  it('of two searches at a time do not mix', async () => {
    const found = await Promise.all([searched(gitHub), searched('x'), searched(`\n${gitLab}`)]);
    assert.deepEqual(
      found.map((secrets) => secrets.map(({ what }) => what)),
      [['GitHub Token'], [], ['GitLab Personal Access Token']],
    );
  });
});

describe('the name of a file', () => {
  const secret =
    '.env .env.local config/.env.production id_rsa home/.ssh/id_ed25519 .netrc _netrc .git-credentials .aws/credentials ' +
    'x/.docker/config.json .kube/config .pypirc .pgpass .htpasswd kaggle.json .kaggle/kaggle.json .cache/huggingface/token keys/Store.P12 ' +
    'a\\.ssh\\id_rsa .ENV';
  for (const name of secret.split(' ')) {
    it(`gives away a secret: ${name}`, () => {
      assert.match(secretFileName(name) ?? '', /^[a-z].*[^.]$/);
    });
  }

  const harmless =
    '.env.example .env.template src/.env.sample environment.yml .envrc.md id_rsa.pub id_rsa/README.md credentials aws/credentials ' +
    'config.json docker/config.json .npmrc cert.pem my-kaggle.json token netrc a.p12.md .github/workflows/x.yml';
  for (const name of [...harmless.split(' '), '', '/']) {
    it(`gives away none: “${name}”`, () => {
      assert.equal(secretFileName(name), undefined);
    });
  }
});

describe("secrets in an image's configuration", () => {
  it('are found in variables, history and labels, and not told', () => {
    const found = findSecretsOfImage({
      environment: ['PATH=/bin', 'API_TOKEN=polonium', 'X=', `A=${gitHub}`, 'broken', 'B=c=d', 'GPG_KEY=0D96'],
      history: [
        'ENV PATH=/bin',
        'RUN |1 DB_PASSWORD=polonium /bin/sh -c make # buildkit',
        '/bin/sh -c pip install --password polonium x',
        `RUN /bin/sh -c git clone https://x:${gitHub}@github.com/a/b # buildkit`,
        'RUN /bin/sh -c sort --key=2 a.csv # buildkit',
        'RUN |1 DB_PASSWORD=$DB_PASSWORD /bin/sh -c make',
      ],
      labels: { 'org.opencontainers.image.title': 'a', 'org.example.token': 'polonium', 'org.example.x': gitLab },
    });
    assert.deepEqual(
      found.map(({ where, what }) => `${where}: ${what}`),
      [
        'environment variable API_TOKEN: its value looks like a secret',
        'environment variable A: its value looks like a secret',
        'build history, step 2: looks like a secret: DB_PASSWORD',
        'build history, step 3: looks like a secret: password',
        'build history, step 4: it has what looks like a secret',
        'label org.example.token: its value looks like a secret',
        'label org.example.x: its value looks like a secret',
      ],
    );
  });

  it('are none where there is nothing', () => {
    assert.deepEqual(findSecretsOfImage({ environment: [], history: [], labels: {} }), []);
  });
});
