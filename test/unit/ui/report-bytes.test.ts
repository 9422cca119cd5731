import assert from 'node:assert/strict';
import { type ProgressReport } from '../../../src/host/progress.js';
import { reportBytes } from '../../../src/ui/commands/report-bytes.js';

describe('what is told of bytes', () => {
  it('is the size, each time that it reads differently', () => {
    const reports: ProgressReport[] = [];
    const report = reportBytes((one) => reports.push(one), 'Read');
    for (let bytes = 0; bytes <= 10_000_000; bytes += 1000) report(bytes);
    assert.deepEqual(reports.at(-1), { message: 'Read: 10.0 MB' });
    assert.ok(reports.length < 1200, String(reports.length));
  });

  it('is the part, where the whole is known, and never more than all', () => {
    const reports: ProgressReport[] = [];
    const report = reportBytes((one) => reports.push(one), 'Read', 200);
    for (const bytes of [0, 1, 2, 100, 200, 300]) report(bytes);
    assert.deepEqual(
      reports.map(({ message, fraction }) => [message, fraction]),
      [
        ['Read: 0 %', 0],
        ['Read: 1 %', 0.01],
        ['Read: 50 %', 0.5],
        ['Read: 100 %', 1],
      ],
    );
    reportBytes((one) => reports.push(one), 'Read', 0)(0);
    assert.equal(reports.at(-1)?.fraction, 0);
  });
});
