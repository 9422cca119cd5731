import assert from 'node:assert/strict';
import { StepLog } from '../../../src/build/step-log.js';
import { type ProgressReport } from '../../../src/host/progress.js';

const step = { kind: 'step', cached: false, started: 1, completed: undefined, error: undefined } as const;

describe('the log of a build', () => {
  it('reports each step once, its output by lines, and how far it is', () => {
    const reports: ProgressReport[] = [];
    const log = new StepLog((report) => reports.push(report));
    log.add({ ...step, id: 'a', name: '[1/3] FROM x' });
    log.add({ ...step, id: 'a', name: '[1/3] FROM x' });
    log.add({ kind: 'output', id: 'a', text: Buffer.from('one\ntw') });
    log.add({ kind: 'output', id: 'a', text: Buffer.from('o\n') });
    log.add({ ...step, id: 'a', name: '[1/3] FROM x', cached: true, completed: 2 });
    assert.deepEqual(
      reports.map((report) => report.output?.replace(/\d+\.\d\d /, '# ')),
      ['#1 [1/3] FROM x', '#1 # one', '#1 # two', '#1 CACHED'],
    );
    assert.deepEqual(new Set(reports.map((report) => report.fraction)), new Set([0, 0.25]));
  });

  it('blames the step that failed, not those that were ended with it, and keeps its last lines', () => {
    const log = new StepLog(() => undefined);
    log.add({ ...step, id: 'b', name: '[2/3] RUN sleep', error: 'process did not complete: context canceled' });
    log.add({ ...step, id: 'a', name: '[3/3] RUN make' });
    for (let line = 0; line < 100; line++) log.add({ kind: 'output', id: 'a', text: Buffer.from(`line ${line}\n`) });
    log.add({ kind: 'output', id: 'a', text: Buffer.from('the end') });
    log.add({ ...step, id: 'a', name: '[3/3] RUN make', error: 'exit code: 2' });
    const failed = log.failedStep(undefined);
    assert.equal(failed?.name, '[3/3] RUN make');
    assert.equal(failed.output.length, 41);
    assert.equal(failed.output.at(-1), 'the end');
    assert.equal(failed.output[0], 'line 60');
  });
});
