import assert from 'node:assert/strict';
import { type Place, type Reply, runSteps, type Step } from '../../../../src/ui/wizard/steps.js';

type State = Readonly<Record<string, string>>;
type Script = (state: State, place: Place) => Reply<State>;

describe('questions that are asked one after the other', () => {
  let asked: string[];
  beforeEach(() => {
    asked = [];
  });

  /** A question that is answered by the next entry of its script; it notes what it was asked with. */
  const step = (name: string, replies: Script[], applies: Step<State>['applies'] = () => true): Step<State> => ({
    applies,
    ask: (state, place) => {
      asked.push(`${name} ${place.step}/${place.total} ${JSON.stringify(state)}`);
      const reply = replies.shift();
      assert.ok(reply, `${name} is asked once too often`);
      return Promise.resolve(reply(state, place));
    },
  });
  const next =
    (added: State): Script =>
    (state) => ({ kind: 'next', state: { ...state, ...added } });
  const back: Script = () => ({ kind: 'back' });
  const end: Script = () => ({ kind: 'end' });

  it('lead to the state after the last one, and know where they stand', async () => {
    const last = await runSteps({}, [step('a', [next({ a: '1' })]), step('b', [next({ b: '2' })])]);
    assert.deepEqual(last, { a: '1', b: '2' });
    assert.deepEqual(asked, ['a 1/2 {}', 'b 2/2 {"a":"1"}']);
  });

  it('can be gone back to, and keep what was answered, of later ones too', async () => {
    const last = await runSteps({}, [
      step('a', [next({ a: '1' }), next({ a: 'changed' })]),
      step('b', [next({ b: '2' }), back, next({})]),
      step('c', [back, next({ c: '3' })]),
    ]);
    assert.deepEqual(last, { a: 'changed', b: '2', c: '3' });
    assert.deepEqual(asked, [
      'a 1/3 {}',
      'b 2/3 {"a":"1"}',
      'c 3/3 {"a":"1","b":"2"}',
      'b 2/3 {"a":"1","b":"2"}',
      'a 1/3 {"a":"1","b":"2"}',
      'b 2/3 {"a":"changed","b":"2"}',
      'c 3/3 {"a":"changed","b":"2"}',
    ]);
  });

  it('are left out, forwards and backwards, where they do not apply, and not counted', async () => {
    const last = await runSteps({}, [
      step('a', [next({}), next({ gpu: 'yes' })]),
      step('gpu', [next({ cuda: '12' })], (state) => state['gpu'] === 'yes'),
      step('c', [back, next({})]),
    ]);
    assert.deepEqual(last, { gpu: 'yes', cuda: '12' });
    assert.deepEqual(asked, [
      'a 1/2 {}',
      'c 2/2 {}',
      'a 1/2 {}',
      'gpu 2/3 {"gpu":"yes"}',
      'c 3/3 {"gpu":"yes","cuda":"12"}',
    ]);
  });

  it('are asked again with what was found out meanwhile', async () => {
    const again: Script = (state) => ({ kind: 'again', state: { ...state, looked: 'yes' } });
    await runSteps({}, [step('a', [again, next({})])]);
    assert.deepEqual(asked, ['a 1/1 {}', 'a 1/1 {"looked":"yes"}']);
  });

  it('go on where one does not apply any more after it was to be asked again', async () => {
    const solved: Script = (state) => ({ kind: 'again', state: { ...state, solved: 'yes' } });
    const conflict = step('conflict', [solved], (state) => state['solved'] === undefined);
    await runSteps({}, [conflict, step('b', [next({})])]);
    assert.deepEqual(asked, ['conflict 1/2 {}', 'b 1/1 {"solved":"yes"}']);
  });

  it('stay at the first one, where nothing is before it', async () => {
    assert.deepEqual(await runSteps({}, [step('a', [back, next({ a: '1' })])]), { a: '1' });
  });

  it('lead to nothing when a person ends them, whatever was answered', async () => {
    assert.equal(await runSteps({}, [step('a', [next({ a: '1' })]), step('b', [end])]), undefined);
  });

  it('lead to nothing where none applies', async () => {
    assert.equal(await runSteps({}, [step('a', [], () => false)]), undefined);
    assert.deepEqual(asked, []);
  });

  it('end with what one of them fails with', async () => {
    const fails: Step<State> = { applies: () => true, ask: () => Promise.reject(new Error('gone')) };
    await assert.rejects(runSteps({}, [fails]), /gone/);
  });
});
