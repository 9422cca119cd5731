import assert from 'node:assert/strict';
import { type LayerEntry, layerDifferences } from '../../../src/build/layer-differences.js';

const file: LayerEntry = {
  kind: 'file',
  mode: 0o644,
  owner: '0:0',
  time: '1',
  linkTarget: '',
  attributes: '',
  content: 'a',
};
const listing = (entries: Record<string, Partial<LayerEntry>>): Map<string, LayerEntry> =>
  new Map(Object.entries(entries).map(([path, entry]) => [path, { ...file, ...entry }]));

describe('what differs between two builds of a layer', () => {
  it('is said of each path', () => {
    assert.deepEqual(
      layerDifferences(
        listing({ a: {}, b: {}, gone: {}, link: { kind: 'symlink', linkTarget: 'x' }, d: { mode: 0o755 } }),
        listing({
          a: { content: 'b' },
          b: {},
          link: { kind: 'symlink', linkTarget: 'y' },
          d: { owner: '1:1' },
          fresh: {},
        }),
      ),
      [
        'changed: a (content)',
        'changed: d (mode 755, now 644, owner 0:0, now 1:1)',
        'added: fresh',
        'removed: gone',
        'changed: link (link target x, now y)',
      ],
    );
  });

  it('is summed up where only times differ', () => {
    assert.deepEqual(layerDifferences(listing({ a: {}, b: {} }), listing({ a: { time: '2' }, b: { time: '3' } })), [
      'time: 2 files have other times: a, b',
      'hint: Only times differ, not what is in the files. They are the same if the step ends by setting them on all that it wrote, as with “touch -h -d @$SOURCE_DATE_EPOCH”; ARG SOURCE_DATE_EPOCH brings the time of the commit.',
    ]);
  });

  it('comes with what helps for the instruction that made the times', () => {
    const hint = (path: string, instruction: string): string =>
      layerDifferences(listing({ [path]: {} }), listing({ [path]: { time: '2' } }), instruction).at(-1) ?? '';
    assert.match(hint('app', 'RUN make'), /touch/);
    assert.match(hint('app', 'COPY . /app'), /files keep the time/);
    assert.match(hint('app', 'WORKDIR /app'), /time of the build/);
    assert.match(hint('etc', 'RUN make'), /the recipe cannot change it/);
  });

  it('is how it is packed where all entries are the same', () => {
    assert.match(layerDifferences(listing({ a: {} }), listing({ a: {} })).join(), /^form: the files are the same/);
  });

  it('is counted where it is much', () => {
    const many = (content: string): Map<string, LayerEntry> =>
      listing(Object.fromEntries(Array.from({ length: 100 }, (_each, index) => [`f${index}`, { content }])));
    const lines = layerDifferences(many('a'), many('b'));
    assert.deepEqual([lines.length, lines.at(-1)], [21, 'and 80 more']);
  });

  for (const [path, hint] of [
    ['usr/lib/python3/__pycache__/x.cpython-312.pyc', /PYTHONDONTWRITEBYTECODE/],
    ['var/log/dpkg.log', /apt and dpkg/],
    ['var/cache/ldconfig/aux-cache', /apt and dpkg/],
    ['root/.cache/pip/http/x', /--mount=type=cache/],
    ['tmp/build.log', /Temporary files/],
    ['src/tool/.git/index', /remove \.git/],
    ['etc/machine-id', /fixed content/],
  ] as const) {
    it(`comes with what helps for ${path}`, () => {
      const lines = layerDifferences(listing({ [path]: {} }), listing({ [path]: { content: 'b' } }));
      assert.match(lines.at(-1) ?? '', hint);
    });
  }
});
