import assert from 'node:assert/strict';
import { parseListed } from '../../../../src/engine/inside/list-by-shell.js';

const bytes = (...fields: string[]): Buffer => Buffer.from(fields.map((field) => `${field}\0`).join(''), 'latin1');

describe('what the listing script writes', () => {
  it('is kinds, sizes, times and links, batch by batch', () => {
    const output = Buffer.concat([
      bytes('./a', './d', './l', '', '81a4 5 10 /./a\n41ed 4096 -5 /./d\na1ff 1 0 /./l\n', './l', 'd', 'x', ''),
      bytes('./p', './c', '', '11a4 0 1 /./p\n21b6 0 1 /./c\n', ''),
    ]);
    assert.deepEqual(parseListed(output), {
      entries: [
        { name: 'a', kind: 'file', size: 5, modified: 10_000 },
        { name: 'd', kind: 'folder', size: 4096, modified: 0 },
        { name: 'l', kind: 'link', size: 1, modified: 0, link: { target: 'x', kind: 'folder' } },
        { name: 'p', kind: 'other', size: 0, modified: 1000 },
        { name: 'c', kind: 'other', size: 0, modified: 1000 },
      ],
      unknown: [],
      untold: [],
    });
    assert.deepEqual(parseListed(Buffer.alloc(0)), { entries: [], unknown: [], untold: [] });
  });

  it('may have lines in names that look like those of others', () => {
    const evil = './x\n81a4 9 9 /./b';
    const output = bytes(evil, './b', './caf\xe9', '', `81a4 1 0 /${evil}\n81a4 2 0 /./b\n81a4 3 0 /./caf\xe9\n`, '');
    assert.deepEqual(
      parseListed(output).entries.map(({ name, size }) => [name, size]),
      [
        ['x\n81a4 9 9 /./b', 1],
        ['b', 2],
        ['caf\uf7e9', 3],
      ],
    );
  });

  it('leaves names unknown that have no line', () => {
    assert.deepEqual(parseListed(bytes('./gone', './b', '', '81a4 2 0 /./b\n', '')).unknown, ['gone']);
    assert.deepEqual(parseListed(bytes('./a', './b', '', '', '')).unknown, ['a', 'b'], 'no stat at all');
  });

  it('says of links what is not known', () => {
    const stats = 'a1ff 1 0 /./u\na1ff 1 0 /./n\n';
    const { entries, untold } = parseListed(bytes('./u', './n', '', stats, './u', 'u', '/x', './n', 'n', '', ''));
    assert.deepEqual(untold, ['u']);
    assert.deepEqual(
      entries.map(({ link }) => link),
      [
        { target: '/x', kind: undefined },
        { target: undefined, kind: undefined },
      ],
    );
  });

  it('may be cut off anywhere', () => {
    const output = bytes('./a', './l', '', '81a4 5 10 /./a\na1ff 1 0 /./l\n', './l', 'd', 'x', '', './b', '', '', '');
    for (let length = 0; length < output.length; length++) {
      const { entries, unknown } = parseListed(output.subarray(0, length));
      assert.ok(entries.length + unknown.length <= 3);
    }
  });
});
