import assert from 'node:assert/strict';
import { rules } from '../../../../src/dockerfile/rules/rules.js';
import {
  checkText,
  findingText,
  pinnedText,
  scoreText,
  sourceOf,
} from '../../../../src/ui/reproducibility/finding-text.js';
import { lensLines } from '../../../../src/ui/reproducibility/lens-lines.js';
import { judged } from './judged.js';

const finding = {
  rule: 'a',
  severity: 'warning' as const,
  line: 3,
  endLine: 3,
  message: 'It is so.',
  remedy: 'Do this.',
  fix: undefined,
};

describe('findings as text', () => {
  it('say what is wrong and what helps, in one line that shows all that is in it', () => {
    assert.equal(findingText(finding), 'It is so. Do this.');
    assert.equal(findingText({ ...finding, message: 'a\nb\u202E.' }), 'a⏎b\\u202e. Do this.');
  });

  it('are counted', () => {
    assert.equal(scoreText({ score: 100, findings: [] }), 'Reproducibility 100 of 100');
    assert.equal(scoreText({ score: 94, findings: [finding] }), 'Reproducibility 94 of 100 · 1 finding');
    assert.equal(scoreText({ score: 0, findings: [finding, finding] }), 'Reproducibility 0 of 100 · 2 findings');
  });

  it('are told with the gravest first', () => {
    const findings = [
      { ...finding, severity: 'information' as const, line: 1, message: 'Small.' },
      { ...finding, line: 2, message: 'Middling.' },
      { ...finding, severity: 'error' as const, line: 9, message: 'Grave.' },
    ];
    assert.equal(
      checkText('/study/Dockerfile', { score: 50, findings }),
      'Dockerfile: Reproducibility 50 of 100 · 3 findings. Line 9: Grave. Line 2: Middling. And 1 more.',
    );
    assert.equal(
      checkText('/study/Dockerfile', { score: 100, findings: [] }),
      'Dockerfile: Reproducibility 100 of 100.',
    );
    assert.equal(
      checkText('/study/Dockerfile', judged('# nothing yet\n')),
      'Dockerfile: Reproducibility 0 of 100. It has no FROM, and makes no image.',
    );
  });

  it('say what was pinned, and why something was not', () => {
    const pinned = [{ from: 'python:3.12' }, { from: 'gcc:14' }];
    assert.equal(pinnedText(pinned, new Map()), 'Pinned 2 images: python:3.12, gcc:14.');
    assert.equal(
      pinnedText(pinned.slice(0, 1), new Map([['mine/a', { message: 'The registry refused access.' }]])),
      'Pinned 1 image: python:3.12. mine/a has no digest: The registry refused access.',
    );
    assert.equal(pinnedText([], new Map()), 'Nothing is left to pin.');
  });
});

describe('the sources of rules', () => {
  for (const rule of rules) {
    it(`${rule.id}: an address, where it names one`, () => {
      const source = sourceOf(rule);
      assert.equal(source !== undefined, rule.why.includes('https://'));
      if (source !== undefined) assert.ok(URL.canParse(source) && /[\w/]$/.test(source), source);
    });
  }
});

describe('what stands over the first FROM', () => {
  const text =
    '# syntax=docker/dockerfile:1\nARG A=1\nFROM gcc:14 AS build\nFROM python:3.12\nCOPY --from=build /a /a\n';

  it('is the score, and the images to pin', () => {
    const file = judged(text);
    assert.deepEqual(lensLines(file, true), [
      { line: 2, title: scoreText(file), action: 'show-problems' },
      { line: 2, title: 'Pin 2 images', action: 'pin' },
    ]);
    assert.ok(file.findings.length > 0);
  });

  it('offers no pinning where registries may not be asked, or nothing is open', () => {
    assert.equal(lensLines(judged(text), false).length, 1);
    const pinned = judged(`FROM python:3.12@sha256:${'a'.repeat(64)}\n`);
    assert.equal(lensLines(pinned, true).length, 1);
  });

  it('opens nothing where nothing was found', () => {
    const [score] = lensLines({ ...judged('FROM scratch\n'), score: 100, findings: [] }, true);
    assert.deepEqual(score, { line: 0, title: 'Reproducibility 100 of 100', action: 'none' });
  });

  it('is nothing without a FROM', () => {
    assert.deepEqual(lensLines(judged('# nothing yet\n'), true), []);
    assert.deepEqual(lensLines(judged(''), true), []);
  });
});
