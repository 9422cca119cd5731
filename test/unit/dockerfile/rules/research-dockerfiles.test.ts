import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { applyEdits } from '../../../../src/dockerfile/text-edit.js';
import { judge } from './judgement.js';

const folder = 'test/fixtures/dockerfiles-judged';
/** What a careful reader of each file would agree with, and nothing else. */
const expected = v.parse(
  v.pipe(
    v.string(),
    v.parseJson(),
    v.record(v.string(), v.object({ score: v.number(), findings: v.array(v.string()) })),
  ),
  readFileSync(`${folder}/findings.json`, 'utf8'),
);
const names = readdirSync(folder).flatMap((file) => /^(.*)\.Dockerfile$/.exec(file)?.[1] ?? []);
const given = { platforms: ['linux/amd64', 'linux/arm64'], dockerignore: undefined };

describe('Dockerfiles as they are found with papers', () => {
  it('are all judged', () => {
    assert.deepEqual(names.sort(), Object.keys(expected).sort());
    assert.ok(names.length >= 20);
  });

  for (const name of names) {
    it(`are judged rightly: ${name}`, () => {
      const { score, findings } = judge(readFileSync(`${folder}/${name}.Dockerfile`, 'utf8'), given);
      assert.deepEqual({ score, findings: findings.map(({ line, rule }) => `${line} ${rule}`) }, expected[name]);
    });

    it(`lose each finding that an edit mends, and win no other: ${name}`, () => {
      const text = readFileSync(`${folder}/${name}.Dockerfile`, 'utf8');
      const before = judge(text, given);
      for (const { fix, rule } of before.findings) {
        if (fix?.kind !== 'edit') continue;
        const after = judge(applyEdits(text, fix.edits), given);
        const count = (found: typeof before): number => found.findings.filter((each) => each.rule === rule).length;
        assert.equal(count(after), count(before) - 1, rule);
        const known = new Set(before.findings.map((each) => each.rule));
        assert.deepEqual(
          after.findings.filter((each) => !known.has(each.rule)),
          [],
        );
      }
    });
  }
});
