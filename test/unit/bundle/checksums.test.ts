import assert from 'node:assert/strict';
import { formatChecksums, parseChecksums } from '../../../src/bundle/checksums.js';

const sum = (digit: string): string => digit.repeat(64);

describe('SHA256SUMS', () => {
  it('is written sorted, as sha256sum writes it, and read back', () => {
    const text = formatChecksums([
      { name: 'b', sha256: sum('b') },
      { name: 'a c', sha256: sum('a') },
    ]);
    assert.equal(text, `${sum('a')}  a c\n${sum('b')}  b\n`);
    assert.deepEqual(parseChecksums(text), [
      { name: 'a c', sha256: sum('a') },
      { name: 'b', sha256: sum('b') },
    ]);
  });

  it('does not lead out of the folder', () => {
    for (const name of ['../x', '/etc/passwd', 'a/b', '..', 'a\\b']) {
      assert.ok('problem' in (parseChecksums(`${sum('a')}  ${name}`)[0] ?? {}), name);
    }
    assert.ok('problem' in (parseChecksums('not a line')[0] ?? {}));
  });
});
