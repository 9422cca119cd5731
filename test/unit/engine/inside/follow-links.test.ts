import assert from 'node:assert/strict';
import { followLinks, type LinkSource } from '../../../../src/engine/inside/follow-links.js';
import { failing } from '../../failing.js';

/** Folders end with `/`, links are `name -> target`, all else are files; the engine follows links on the way. */
function sourceOf(paths: readonly string[], isVolume = false): LinkSource {
  const kinds = new Map<string, 'file' | 'folder' | 'link'>([['/', 'folder']]);
  const targets = new Map<string, string>();
  for (const path of paths) {
    const [name = '', target] = path.split(' -> ');
    if (target !== undefined) targets.set(name, target);
    kinds.set(name.replace(/(.)\/$/, '$1'), target !== undefined ? 'link' : name.endsWith('/') ? 'folder' : 'file');
  }
  return {
    isVolume,
    lstat: (path) => {
      const kind = kinds.get(path);
      return Promise.resolve(kind && { kind, size: 0, modified: 0 });
    },
    readLink: (path) => Promise.resolve(targets.get(path) ?? ''),
  };
}

const tree = [
  '/d/',
  '/d/e/',
  '/d/e/f',
  '/to-d -> d',
  '/to-e -> /d/e',
  '/d/up -> ../to-e/f',
  '/beyond -> ../../../d/e/f',
  '/abs -> /etc/passwd',
  '/broken -> d/none',
  '/deep-broken -> d/none/none',
  '/a -> b',
  '/b -> a',
  '/self -> self',
  '/root -> /',
  '/dots -> d/e/../../d/./e',
];

describe('links', () => {
  const follow = async (path: string, last?: 'keep', isVolume = false): Promise<unknown> => {
    const { path: at, stat } = await followLinks(sourceOf(tree, isVolume), path, last);
    return [at, stat?.kind];
  };

  it('are followed on the way and at the end, from the root of the place', async () => {
    assert.deepEqual(await follow('/'), ['/', 'folder']);
    assert.deepEqual(await follow('//d/./e/'), ['/d/e', 'folder']);
    assert.deepEqual(await follow('/to-d/e/f'), ['/d/e/f', 'file']);
    assert.deepEqual(await follow('/to-e/f'), ['/d/e/f', 'file']);
    assert.deepEqual(await follow('/to-d/up'), ['/d/e/f', 'file']);
    assert.deepEqual(await follow('/dots/f'), ['/d/e/f', 'file']);
    assert.deepEqual(await follow('/root/root/d'), ['/d', 'folder']);
    assert.deepEqual(await follow('/to-e/../up'), ['/d/e/f', 'file'], '.. is that of where the link leads');
    assert.deepEqual(await follow('/to-e/..'), ['/d', 'folder']);
  });

  it('never leave the root', async () => {
    assert.deepEqual(await follow('/../../d/../../d'), ['/d', 'folder']);
    assert.deepEqual(await follow('/beyond'), ['/d/e/f', 'file']);
  });

  it('at the end are kept where they themselves are meant', async () => {
    assert.deepEqual(await follow('/to-d', 'keep'), ['/to-d', 'link']);
    assert.deepEqual(await follow('/self', 'keep'), ['/self', 'link']);
    assert.deepEqual(await follow('/to-d/up', 'keep'), ['/d/up', 'link']);
  });

  it('may lead to what is not there yet, in a folder that is', async () => {
    assert.deepEqual(await follow('/broken'), ['/d/none', undefined]);
    assert.deepEqual(await follow('/to-d/new'), ['/d/new', undefined]);
    for (const path of ['/deep-broken', '/none/x', '/d/e/f/x', '/d/e/f/..', '/d/e/f/../f']) {
      await assert.rejects(follow(path), failing('file-not-found'), path);
    }
  });

  it('in a circle are told', async () => {
    for (const path of ['/a', '/b/x', '/self']) {
      await assert.rejects(follow(path), failing('file-not-found', /circle/));
    }
  });

  it('out of a volume are told as that', async () => {
    await assert.rejects(follow('/abs', undefined, true), failing('file-not-found', /out of the volume/));
    await assert.rejects(follow('/abs'), failing('file-not-found', /nothing at/));
    assert.deepEqual(await follow('/to-e/f', undefined, true), ['/d/e/f', 'file']);
  });

  it('are followed forty times and no more', async () => {
    const chain = (length: number): string[] => [
      '/l0',
      ...Array.from({ length }, (_none, at) => `/l${at + 1} -> l${at}`),
    ];
    assert.equal((await followLinks(sourceOf(chain(40)), '/l40')).path, '/l0');
    await assert.rejects(followLinks(sourceOf(chain(41)), '/l41'), failing('file-not-found', /circle/));
  });
});
