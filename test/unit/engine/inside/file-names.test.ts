import assert from 'node:assert/strict';
import { bytesOfName, hasKeptBytes, nameOfBytes } from '../../../../src/engine/file-names.js';
import { octalEscaped, partialName, percentEncoded, splitPath } from '../../../../src/engine/inside/paths.js';
import { failing } from '../../failing.js';

/** A generator of the same numbers in every run (xorshift). */
function numbers(): () => number {
  let state = 2463534242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

describe('names of files', () => {
  it('are texts as they are where they are UTF-8', () => {
    for (const name of ['plain', 'ümläut', '漢字', '🧪', '\ufeffbom', '\ufffd', 'line\nend', '\ue000 private']) {
      assert.equal(nameOfBytes(Buffer.from(name)), name);
      assert.deepEqual(bytesOfName(name), Buffer.from(name));
      assert.equal(hasKeptBytes(name), false);
    }
  });

  it('keep what is no UTF-8, byte for byte', () => {
    assert.equal(nameOfBytes(Buffer.from('caf\xe9', 'latin1')), 'caf\uf7e9');
    // Cut off, overlong, a surrogate, beyond Unicode.
    for (const hex of ['c3', 'e6bc', 'f09fa7', 'c0af', 'eda080', 'f4908080', 'ff', '80', '61c3c3a9']) {
      const bytes = Buffer.from(hex, 'hex');
      assert.deepEqual(bytesOfName(nameOfBytes(bytes)), bytes);
      assert.equal(hasKeptBytes(nameOfBytes(bytes)), true);
    }
  });

  it('are never the same for two different ones, those with the keeping characters included', () => {
    const [one, other] = [Buffer.from('\uf7e9'), Buffer.from([0xe9])];
    assert.notEqual(nameOfBytes(one), nameOfBytes(other));
    assert.deepEqual(bytesOfName(nameOfBytes(one)), one);
  });

  it('come back from any bytes', () => {
    const next = numbers();
    const pieces = [
      Buffer.from('a'),
      Buffer.from('é'),
      Buffer.from('漢'),
      Buffer.from('🧪'),
      Buffer.from('\uf780\uf7ff'),
    ];
    const seen = new Map<string, string>();
    for (let round = 0; round < 5_000; round++) {
      const bytes = Buffer.concat(
        Array.from({ length: next() % 8 }, () => pieces[next() % 9] ?? Buffer.of(0x78 + (next() % 0x88))),
      );
      const name = nameOfBytes(bytes);
      assert.deepEqual(bytesOfName(name), bytes);
      assert.equal(seen.get(name) ?? bytes.toString('hex'), bytes.toString('hex'));
      seen.set(name, bytes.toString('hex'));
    }
  });
});

describe('paths', () => {
  it('are written for a query and for printf byte for byte', () => {
    assert.equal(percentEncoded('/a b/caf\uf7e9/é&%'), '/a%20b/caf%E9/%C3%A9%26%25');
    assert.equal(octalEscaped("/a'\n\\/caf\uf7e9"), '/a\\0047\\0012\\0134/caf\\0351');
  });

  it('have a partial name that fits into a folder', () => {
    assert.equal(partialName('data.csv', 'abc123'), '.data.csv.partial-abc123');
    for (const name of ['x'.repeat(255), 'é'.repeat(127), '漢'.repeat(85), '\uf7e9'.repeat(255)]) {
      assert.ok(bytesOfName(partialName(name, 'abc123')).length === 255);
    }
  });

  it('are absolute, and the root has no name', () => {
    assert.deepEqual(splitPath('//a/./b/'), { folder: '/a', name: 'b' });
    for (const path of ['a', '', '/a\0b', '/']) assert.throws(() => splitPath(path), failing('invalid-argument'));
  });
});
