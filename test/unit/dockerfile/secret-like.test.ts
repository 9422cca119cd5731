import assert from 'node:assert/strict';
import { looksLikeSecret } from '../../../src/dockerfile/secret-like.js';

describe('a secret', () => {
  const names =
    'TOKEN GITHUB_TOKEN HF_TOKEN hf_token githubToken GHTOKEN NPM_TOKEN_2 PASSWORD DB_PASSWORD DBPASSWORD password1 MYSQL_ROOT_PASSWORD ' +
    'PASSWD DB_PASS DB_PWD SSH_PASSPHRASE SECRET CLIENT_SECRET SECRET_KEY_BASE MYSECRET API_KEY apiKey APIKEY APIKey ' +
    'WANDB_API_KEY SSH_PRIVATE_KEY SSH_KEY PRIVATEKEY DEPLOY_KEY KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY CREDENTIALS ' +
    'NPM_AUTH GITHUB_PAT ZENODO_ACCESS_TOKEN';
  for (const name of names.split(' ')) {
    it(`looks like ${name}`, () => {
      assert.ok(looksLikeSecret(name));
    });
  }

  const harmless =
    'KEYBOARD KEYBOARD_LAYOUT TOKENIZER TOKENIZER_MODEL MONKEY MONKEY_PATCH PUBLIC_KEY PUBKEY GPG_KEY CACHE_KEY SORT_KEY ' +
    'MAX_TOKENS EOS_TOKEN PAD_TOKEN TOKEN_LIMIT PASSWORD_FILE TOKEN_URL SECRET_NAME KEY_SIZE REQUIRE_PASSWORD NO_AUTH ' +
    'PASSWORDLESS_SUDO SECRETARY PWD AUTHOR AUTHORS AUTH_METHOD COMPASS PASS BYPASS SINGLE_PASS TURKEY HOCKEY PATH ' +
    'PYTHON_VERSION USER COMMIT PATTERN _ EMPTY';
  for (const name of [...harmless.split(' '), '']) {
    it(`does not look like “${name}”`, () => {
      assert.ok(!looksLikeSecret(name));
    });
  }

  const values: [string, string, boolean][] = [
    ['A', `ghp_${'a1'.repeat(18)}`, true],
    ['A', `github_pat_${'a1'.repeat(20)}`, true],
    ['A', `hf_${'aB'.repeat(17)}`, true],
    ['A', 'AKIAIOSFODNN7EXAMPLE', true],
    ['A', `glpat-${'a-'.repeat(10)}`, true],
    ['A', `sk-proj-${'a1'.repeat(20)}`, true],
    ['A', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl', true],
    ['A', '-----BEGIN PRIVATE KEY-----', true],
    ['A', 'https://user:word@example.org/x.git', true],
    ['A', `https://x-access-token:ghp_${'a1'.repeat(18)}@github.com/x`, true],
    ['A', `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.c`, true],
    ['PUBLIC_KEY', '-----BEGIN PUBLIC KEY-----', false],
    ['A', 'https://example.org:8080/@scope/x', false],
    ['A', 'git@github.com:group/name', false],
    ['A', 'hf_hub', false],
    ['A', 'task-learning-with-a-long-name-of-it', false],
    ['A', digest(), false],
    ['USE_TOKEN', 'true', false],
    ['PASSWORD', '', false],
    ['PASSWORD', 'no', false],
    ['PASSWORD', 'hunter2', true],
    ['KEYBOARD', 'us', false],
  ];
  for (const [name, value, expected] of values) {
    it(`${expected ? 'looks' : 'does not look'} like ${name}=${value.slice(0, 24)}`, () => {
      assert.equal(looksLikeSecret(name, value), expected);
    });
  }

  it('is looked for in time that grows with its length only', () => {
    for (const piece of ['a', 'eyJaaaaaaaa.', 'a://', 'BEGIN ', '-----BEGIN A ', 'A_']) {
      looksLikeSecret(piece.repeat(10_000), piece.repeat(10_000));
    }
  });
});

function digest(): string {
  return `sha256:${'0123456789abcdef'.repeat(4)}`;
}
