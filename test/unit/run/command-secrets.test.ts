import assert from 'node:assert/strict';
import { isMasked, maskSecrets, secretMask } from '../../../src/run/command-secrets.js';

const token = `ghp_${'a1'.repeat(18)}`;

describe('a command that is kept', () => {
  const masked: [string, string[], string[]][] = [
    ['an option and its word', ['train', '--token', 'abcdef'], ['train', '--token', secretMask]],
    ['an option with “=”', ['--api-key=abcdef', '--epochs=3'], [`--api-key=${secretMask}`, '--epochs=3']],
    ['a setting', ['train', 'wandb.api_key=abcdef'], ['train', `wandb.api_key=${secretMask}`]],
    ['a variable in a script', ['sh', '-c', 'TOKEN=abc run; echo x'], ['sh', '-c', `TOKEN=${secretMask} run; echo x`]],
    ['a quoted one', ['sh', '-c', `PASSWORD='a b' run`], ['sh', '-c', `PASSWORD=${secretMask} run`]],
    ['an option in a script', ['sh', '-c', 'run --password abc -v'], ['sh', '-c', `run --password ${secretMask} -v`]],
    ['a token known by its form', ['git', 'clone', `x?t=${token}`], ['git', 'clone', `x?t=${secretMask}`]],
    ['two of them', ['sh', '-c', `echo ${token} ${token}`], ['sh', '-c', `echo ${secretMask} ${secretMask}`]],
    ['the password of an address', ['clone', 'https://me:abc@x.org/y'], ['clone', `https://me:${secretMask}@x.org/y`]],
    [
      'a private key',
      ['-----BEGIN PRIVATE KEY-----\nb3Bl\n-----END PRIVATE KEY-----'],
      [`-----BEGIN PRIVATE KEY-----${secretMask}`],
    ],
  ];
  for (const [what, words, kept] of masked) {
    it(`has a mask for ${what}`, () => {
      assert.deepEqual(maskSecrets(words), kept);
      assert.ok(isMasked(kept));
      assert.deepEqual(maskSecrets(kept), kept, 'once is enough');
    });
  }

  const whole: string[][] = [
    ['python', 'train.py', '--epochs', '3', '--max-tokens', '512'],
    ['python', '-c', 'print(sorted(rows, key=lambda row: row.token))'],
    ['sort', '--key', '2,2'],
    ['sh', '-c', 'TOKEN=$HF_TOKEN run --token "$HF_TOKEN"'],
    ['run', '--token', '$HF_TOKEN', '--password', '--verbose'],
    ['run', '--token-file', '/run/secrets/token'],
    ['curl', 'https://example.org:8080/a@b'],
    [],
  ];
  for (const words of whole) {
    it(`is whole: ${words.join(' ')}`, () => {
      assert.deepEqual(maskSecrets(words), words);
      assert.ok(!isMasked(words));
    });
  }
});
