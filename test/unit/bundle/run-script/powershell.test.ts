import assert from 'node:assert/strict';
import { formatRunPowerShell } from '../../../../src/bundle/run-script.js';
import { forArm, image } from './script-images.js';

describe('run.ps1', () => {
  /** The strings in single quotes, read as PowerShell reads them: any of five quotes ends one, and two stand for one. */
  function literals(script: string): string[] {
    return [...script.matchAll(/(?<![\w'‘’‚‛])'((?:[^'‘’‚‛]|['‘’‚‛]{2})*)'/g)].map(([, inner = '']) =>
      inner.replace(/(['‘’‚‛])['‘’‚‛]/g, '$1'),
    );
  }

  it('quotes whatever is in an image, typographic quotes too', () => {
    const odd = `it's ‘odd’ ‚low‛ $env:PATH \`n "x" É\nline`;
    const script = formatRunPowerShell([{ ...image, reference: odd, command: [odd, ''] }]);
    const block = script.slice(script.indexOf('$images = @('), script.indexOf('function Write-Message'));
    assert.deepEqual(literals(block), [
      'linux/amd64',
      image.file,
      odd,
      'c'.repeat(64),
      'd'.repeat(64),
      '/out put',
      odd,
      '',
    ]);
  });

  it('begins with a byte order mark and has the line ends of Windows', () => {
    const script = formatRunPowerShell([image]);
    assert.ok(script.startsWith('\uFEFF# '));
    assert.doesNotMatch(script, /[^\r]\n/);
    assert.ok(script.endsWith('exit $code\r\n'));
  });

  it('has each image, in order, and an image without a command as an empty list', () => {
    const script = formatRunPowerShell([image, { ...forArm, command: [] }]);
    assert.ok(script.indexOf("Platform  = 'linux/amd64'") < script.indexOf("Platform  = 'linux/arm64'"));
    assert.ok(script.includes("Command   = @('python', 'it''s.py')\r\n"));
    assert.ok(script.includes('Command   = @()\r\n'));
    assert.ok(formatRunPowerShell([]).includes('$images = @(\r\n)\r\n'));
  });

  it('closes every bracket and quote that it opens', () => {
    const script = formatRunPowerShell([image, forArm]).replace(/^\uFEFF?\s*#.*$/gm, '');
    const code = script.replace(/'(?:[^']|'')*'|"[^"]*"/g, '');
    assert.doesNotMatch(code, /['"]/);
    for (const [open, close] of ['()', '{}', '[]'].map((pair) => pair.split(''))) {
      assert.equal(code.split(open ?? '').length, code.split(close ?? '').length, open);
    }
  });

  it('checks the archive before it loads, and looks before both for an engine', () => {
    const script = formatRunPowerShell([image]);
    const steps = [
      'Get-Command $name',
      'Get-FileHash',
      'is damaged',
      'image inspect',
      'load --input',
      '& $engine @arguments',
    ];
    const places = steps.map((step) => script.indexOf(step));
    assert.ok(places.every((place) => place > 0));
    assert.deepEqual(
      places.toSorted((left, right) => left - right),
      places,
    );
  });

  it('keeps SELinux from keeping Podman from the folder, and Podman alone', () => {
    const script = formatRunPowerShell([image]);
    const line = script.split('\r\n').find((each) => each.includes('label=disable'));
    assert.match(line ?? '', /^if \(\$engineName -eq 'podman'\)/);
    assert.ok(script.indexOf('label=disable') < script.indexOf('$arguments += $reference'), 'it is an option of run');
  });
});
