import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Mocha's own list, and the totals as JSON in the file that RESEARCH_CONTAINERS_COUNTS names. */
export default class CountReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const file = process.env['RESEARCH_CONTAINERS_COUNTS'];
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      if (file !== undefined) writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
    });
  }
}
