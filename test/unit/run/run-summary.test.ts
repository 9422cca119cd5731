import assert from 'node:assert/strict';
import { summaryOf } from '../../../src/run/compare-runs.js';
import { sha, running, record, lost } from './record-samples.js';

describe('the summary of a run', () => {
  it('has one fact a line', () => {
    assert.equal(
      summaryOf({ ...record, log: { file: 'x.log', size: 5, sha256: sha('f') } }),
      `image: lab/analysis:1
image configuration: sha256:${sha('2')}
image layer: sha256:${sha('3')}
image layer: sha256:${sha('4')}
platform: linux/amd64
command: python 'my run.py'
environment API_TOKEN: value not kept
environment LANG: C
environment SEED: 1
output folder: results
output folder in the container: /output
mount /data: folder data (read-only)
mount /weights: volume weights
port 6006: any free port
port 8888: 80
memory limit: 536870912 bytes
CPU limit: 1.5
GPUs: 0, 1
user: 1000:100
interactive: no
commit: abcdef
uncommitted changes: no
host engine: Docker 28.0.1
host platform: linux/amd64
host operating system: Debian 12
host cores: 8
host memory: 16000000000 bytes
host GPU: NVIDIA A100
started: 2026-03-04T05:06:07Z
state: finished
finished: 2026-03-04T05:06:19Z
exit code: 0
seconds: 12.5
out of memory: no
peak memory: 1000 bytes
CPU seconds: 11.25
log: 5 bytes, sha256 ${sha('f')}
outputs: 2
a.csv  1234  ${sha('a')}
latest  link to  a.csv
`,
    );
  });

  it('says how a run ended that did not end well', () => {
    const killed = summaryOf({ ...record, exitCode: 137, signal: 'SIGKILL', outOfMemory: true, outputs: [] });
    assert.match(killed, /^exit code: 137\nsignal: SIGKILL\nseconds: 12.5\nout of memory: yes$/m);
    assert.match(killed, /^outputs: 0\n$/m);
    assert.match(summaryOf(running), /^state: running\n$/m);
    assert.match(summaryOf(lost), /^state: lost\nlost: 2026-03-05T00:00:00Z\nreason: It is gone\.\n$/m);
    const problem = { reason: 'disk-full', message: 'No room.' };
    const unlisted = summaryOf({ ...record, outputs: [], problem });
    assert.match(unlisted, /^problem: disk-full: No room\.\n$/m);
    assert.doesNotMatch(unlisted, /^outputs/m);
  });

  it('does not depend on the order in the record', () => {
    const { environment, mounts, ports } = record;
    const shuffled = {
      ...{ environment: Object.fromEntries(Object.entries(environment).toReversed()) },
      ...{ mounts: mounts.toReversed(), ports: ports.toReversed() },
    };
    assert.equal(summaryOf({ ...record, ...shuffled }), summaryOf(record));
  });

  it('keeps values in their lines, and different values different', () => {
    const values = [
      'a\nexit code: 0',
      'a\\nexit code: 0',
      'a\r',
      'a\u2028b',
      'a\u0085b',
      '"a\\nexit code: 0"',
      '"',
      '\u001b[0m',
    ];
    const lines = summaryOf(record).split(/[\n\r\u0085\u2028\u2029]/).length;
    const summaries = values.map((value) =>
      summaryOf({
        ...record,
        ...{ command: [value], environment: { ...record.environment, SEED: value } },
        outputs: [
          { path: value, size: 1 },
          { path: 'link', link: value },
        ],
      }),
    );
    for (const summary of summaries) assert.equal(summary.split(/[\n\r\u0085\u2028\u2029]/).length, lines);
    for (const line of ['command', 'environment SEED']) {
      const seen = summaries.map((summary) => summary.split('\n').find((text) => text.startsWith(`${line}: `)));
      assert.equal(new Set(seen).size, values.length);
    }
    assert.match(summaries[0] ?? '', /^environment SEED: "a\\nexit code: 0"$/m);
    assert.match(summaries[0] ?? '', /^"a\\nexit code: 0" {2}1 {2}no checksum$/m);
  });
});
