import assert from 'node:assert/strict';
import { applyEdits } from '../../../../src/dockerfile/text-edit.js';
import { isFixable, offersFor } from '../../../../src/ui/reproducibility/offers.js';
import { sampleProject } from '../../dockerfile/recipes/sample-project.js';
import { judged } from './judged.js';

/** The titles of what is offered on a line, counted from 1. */
function titles(file: ReturnType<typeof judged>, line: number, isTrusted = true): string[] {
  const found = file.findings.filter((finding) => finding.line <= line && finding.endLine >= line);
  return offersFor(found, file, isTrusted).map(({ title }) => title);
}

describe('what is offered for findings', () => {
  it('pins one image, or all of several, where registries may be asked', () => {
    const one = judged('FROM python:3.12\nCMD ["python"]\n');
    assert.deepEqual(
      titles(one, 1).filter((title) => /pin|digest of/i.test(title) && !title.startsWith('Why')),
      ['Append the digest of python:3.12'],
    );
    const two = judged('FROM gcc:14 AS build\nRUN make\nFROM python:3.12\nCOPY --from=build /a /a\n');
    assert.deepEqual(titles(two, 1).slice(0, 2), ['Append the digest of gcc:14', 'Pin All Base Images']);
    assert.deepEqual(
      titles(two, 1, false).filter((title) => !/^(?:Why\?|Ignore)/.test(title)),
      [],
    );
  });

  it('offers the same only once', () => {
    const file = judged('FROM python\nFROM python\n');
    for (const line of [1, 2]) {
      const all = titles(file, line);
      assert.equal(new Set(all).size, all.length);
    }
  });

  it('explains and silences each rule, behind what mends', () => {
    const file = judged('FROM python:3.12\nENV PATH=/opt/bin\n');
    assert.deepEqual(titles(file, 2), [
      'Keep the folders that are in it',
      'Why? PATH is added to, not replaced',
      'Ignore This Rule Here: path-overwritten',
    ]);
  });

  it('silences what it says that it silences, and mends what it says that it mends', () => {
    const text = 'FROM python:3.12\r\nENV PATH=/opt/bin\r\n';
    const file = judged(text);
    const found = file.findings.filter(({ rule }) => rule === 'path-overwritten');
    const offers = offersFor(found, file, true).filter((offer) => 'edits' in offer);
    assert.deepEqual(
      offers.map(({ kind }) => kind),
      ['edit', 'ignore'],
    );
    for (const { edits } of offers) {
      const after = judged(applyEdits(text, edits));
      assert.ok(after.findings.every(({ rule }) => rule !== 'path-overwritten'));
    }
  });

  it('writes the ignore file, or adds to the one that is there', () => {
    const text = 'FROM python:3.12\nCOPY . .\n';
    const project = sampleProject({ files: ['.env', 'main.py'] });
    assert.ok(titles(judged(text, { project }), 2).includes('Write .dockerignore'));
    assert.ok(titles(judged(text, { project, dockerignore: '*.log\n' }), 2).includes('Add to .dockerignore'));
    assert.ok(!titles(judged(text), 2).some((title) => title.includes('.dockerignore') && !title.startsWith('Why')));
  });

  it('agrees with what is called fixable', () => {
    const project = sampleProject({ files: ['.env', 'main.py'] });
    const file = judged('FROM python:3.12\nCOPY . .\nRUN apt-get update && apt-get install -y gcc\n', { project });
    assert.ok(file.findings.length > 3);
    for (const finding of file.findings) {
      const mends = offersFor([finding], file, true).some(({ kind }) => kind !== 'why' && kind !== 'ignore');
      assert.equal(mends, isFixable(finding, file), finding.rule);
    }
  });
});
