import assert from 'node:assert/strict';
import { type ResolveDigest } from '../../../../src/dockerfile/create-dockerfile.js';
import { Digests } from '../../../../src/ui/wizard/digests.js';

const { signal } = new AbortController();
const digest = `sha256:${'a'.repeat(64)}`;

describe('digests that are asked for in the background', () => {
  let asked: {
    reference: string;
    signal: AbortSignal;
    answer: (digest: string | undefined) => void;
    fail: () => void;
  }[];
  let found: number;
  let digests: Digests;
  beforeEach(() => {
    asked = [];
    found = 0;
    const resolve: ResolveDigest = (reference, ending) =>
      new Promise((answer, reject) => {
        asked.push({
          reference,
          signal: ending,
          answer,
          fail: () => {
            reject(new Error('no network'));
          },
        });
      });
    digests = new Digests(resolve, () => {
      found++;
    });
  });
  afterEach(() => {
    digests.dispose();
  });

  it('are not waited for, and told when they come', async () => {
    assert.equal(await digests.known('python:3.12', signal), undefined);
    asked[0]?.answer(digest);
    assert.equal(await digests.final('python:3.12', signal), digest);
    assert.equal(found, 1);
    assert.equal(await digests.known('python:3.12', signal), digest);
    assert.equal(asked.length, 1);
  });

  it('are asked for once, however often a text is written', async () => {
    await Promise.all([digests.known('a', signal), digests.known('a', signal), digests.known('b', signal)]);
    assert.deepEqual(
      asked.map(({ reference }) => reference),
      ['a', 'b'],
    );
  });

  it('that nobody could say are asked for again only at the end', async () => {
    await digests.known('a', signal);
    asked[0]?.answer(undefined);
    await new Promise(setImmediate);
    assert.equal(await digests.known('a', signal), undefined);
    assert.equal(asked.length, 1);
    const final = digests.final('a', signal);
    asked[1]?.answer(digest);
    assert.equal(await final, digest);
    assert.equal(await digests.known('a', signal), digest);
  });

  it('are none where asking fails', async () => {
    const final = digests.final('a', signal);
    asked[0]?.fail();
    assert.equal(await final, undefined);
    assert.equal(found, 0);
  });

  it('are not waited for by somebody who cancels, and still come for others', async () => {
    const controller = new AbortController();
    const final = digests.final('a', controller.signal);
    controller.abort();
    await assert.rejects(final, { reason: 'cancelled' });
    asked[0]?.answer(digest);
    assert.equal(await digests.final('a', signal), digest);
  });

  it('are not asked for any longer when the questions are over', async () => {
    await digests.known('a', signal);
    digests.dispose();
    assert.equal(asked[0]?.signal.aborted, true);
    asked[0].answer(digest);
    await new Promise(setImmediate);
    assert.equal(found, 0);
  });
});
