import assert from 'node:assert/strict';
import { type Place } from '../../../../src/engine/inside/place.js';
import {
  addressedBy,
  baseName,
  filesScheme,
  folderOf,
  pathIn,
  placeKey,
  placeUri,
} from '../../../../src/ui/files/place-uri.js';

const id = 'ab12'.repeat(16);
const container: Place = { kind: 'container', id };
const places: [Place, string][] = [
  [container, 'train'],
  [{ kind: 'volume', name: 'Data_1.old-copy' }, 'Data_1.old-copy'],
  [{ kind: 'volume', name: 'data_1.old-copy' }, 'data_1.old-copy'],
  [{ kind: 'image', reference: 'localhost:5000/Team/Image_2:V1@sha256:0f' }, 'localhost:5000/Team/Image_2:V1'],
  [{ kind: 'image', reference: `sha256:${id}` }, 'busybox:1'],
];
const names = [
  'plain.txt',
  'with spaces  two',
  '100%',
  '%2F',
  '%',
  '#1',
  'who?',
  `"quoted" and 'so'`,
  'line\nend',
  'back\\slash',
  'semi;colon&amp=+',
  'ünï 画像 🐳',
  'cafe\u0301',
  'odd \uE0FF\uF8FF bytes',
  '...',
  '~',
];

/** As VS Code writes URIs down and reads them again: each part escaped and unescaped, the authority in small letters. */
function writtenDown({ scheme, authority, path }: ReturnType<typeof placeUri>): ReturnType<typeof placeUri> {
  const text = `${scheme}://${encodeURIComponent(authority.toLowerCase())}${path.split('/').map(encodeURIComponent).join('/')}`;
  const [, readScheme = '', readAuthority = '', readPath = ''] = /^([^:]+):\/\/([^/]*)(\/[^?#]*)$/.exec(text) ?? [];
  return {
    scheme: readScheme,
    authority: decodeURIComponent(readAuthority),
    path: decodeURIComponent(readPath),
  };
}

describe('the URI of something inside a place', () => {
  it('keeps every place and name', () => {
    for (const [place, label] of places) {
      for (const name of names) {
        const path = `/output/${name}/${name}`;
        const addressed = addressedBy(writtenDown(placeUri({ place, label, path })));
        assert.deepEqual(addressed, { kind: 'inside', place, label: label.replaceAll('/', '∕'), path });
      }
      const root = addressedBy(writtenDown(placeUri({ place, label, path: '/' })));
      assert.deepEqual(root, { kind: 'inside', place, label: label.replaceAll('/', '∕'), path: '/' });
    }
  });

  it('shows a person the name of the place and not its identifier', () => {
    const { path } = placeUri({ place: container, label: 'train', path: '/output/plot.png' });
    assert.equal(path, '/containers/train/output/plot.png');
    const image: Place = { kind: 'image', reference: `sha256:${id}` };
    assert.equal(
      placeUri({ place: image, label: 'ghcr.io/team/image:1', path: '/' }).path,
      '/images/ghcr.io∕team∕image:1',
    );
  });

  it('means the same container after it was renamed', () => {
    const before = addressedBy(placeUri({ place: container, label: 'old', path: '/a' }));
    const after = addressedBy(placeUri({ place: container, label: 'new', path: '/a' }));
    assert.ok(before?.kind === 'inside' && after?.kind === 'inside');
    assert.equal(placeKey(before.place), placeKey(after.place));
  });

  it('tells places apart whose names differ in capitals only, or in their kind', () => {
    const keys = [
      placeKey({ kind: 'volume', name: 'data' }),
      placeKey({ kind: 'volume', name: 'Data' }),
      placeKey({ kind: 'volume', name: '_64ata' }),
      placeKey({ kind: 'image', reference: 'data' }),
      placeKey({ kind: 'container', id: 'data' }),
    ];
    assert.equal(new Set(keys).size, keys.length);
    for (const key of keys) assert.equal(key, key.toLowerCase());
  });

  it('has folders above the root of a place, for breadcrumbs', () => {
    const { scheme, authority } = placeUri({ place: container, label: 'train', path: '/' });
    assert.deepEqual(addressedBy({ scheme, authority, path: '/' }), { kind: 'above', child: 'containers' });
    assert.deepEqual(addressedBy({ scheme, authority, path: '/containers' }), {
      kind: 'above',
      child: id.slice(0, 12),
    });
    assert.equal(addressedBy({ scheme, authority, path: '/volumes/train/a' }), undefined);
  });

  it('is nothing where it is not one of ours', () => {
    const path = '/containers/train/a';
    for (const authority of ['', 'container', 'container.', 'machine.a', 'volume._zz', 'volume.a b', 'volume._4']) {
      assert.equal(addressedBy({ scheme: filesScheme, authority, path }), undefined, authority);
    }
    assert.equal(addressedBy({ scheme: 'file', authority: placeKey(container), path }), undefined);
  });

  it('has paths that are put together and taken apart', () => {
    assert.equal(pathIn('/', 'a'), '/a');
    assert.equal(pathIn('/a', 'b'), '/a/b');
    assert.equal(folderOf('/a/b'), '/a');
    assert.equal(folderOf('/a'), '/');
    assert.equal(folderOf('/'), '/');
    assert.equal(baseName('/a/b'), 'b');
  });
});
