import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { insertReadmeSection, readmeSection } from '../../../../src/dockerfile/recipes/readme-section.js';
import { sampleAnswers, sampleProject } from './sample-project.js';

/** The commands of the section. */
function commandsOf(section: string): string {
  return /```sh\n([^]*?)```/.exec(section)?.[1] ?? '';
}

/** The words of the command that begins with `docker run`, as a shell gives them to the program. */
function runWords(section: string): string[] {
  const commands = commandsOf(section).replace(/^[^]*?docker run/, 'run');
  const script = `run() { printf '%s\\0' "$@"; }\npwd() { printf /here; }\n${commands}`;
  return execFileSync('sh', { input: script, encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('section “How to run”', () => {
  it('has commands that can be pasted', () => {
    const section = readmeSection(sampleProject(), sampleAnswers(), 'study');
    assert.equal(
      commandsOf(section),
      [
        'docker build --platform linux/amd64 --tag study .',
        'mkdir -p results',
        'docker run \\',
        '  --rm \\',
        '  --platform linux/amd64 \\',
        '  --mount type=bind,source="$(pwd)/results",target=/project/results \\',
        '  study',
        '',
      ].join('\n'),
    );
    assert.match(section, /Build Research Image…[^]*Run with Output Binding…/);
  });

  it('asks for what the program needs', () => {
    const project = sampleProject({ data: ['data'], files: ['data/a.csv'] });
    const answers = sampleAnswers({
      accelerator: 'cuda',
      port: 8888,
      command: [],
      platforms: ['linux/amd64', 'linux/arm64'],
    });
    const section = readmeSection(project, answers, 'study');
    const commands = commandsOf(section);
    assert.match(commands, /--gpus all/);
    assert.match(commands, /--publish 127\.0\.0\.1:8888:8888/);
    assert.match(commands, /--interactive --tty/);
    assert.match(commands, /source="\$\(pwd\)\/data",target=\/project\/data,readonly/);
    assert.doesNotMatch(commands, /--platform/);
    assert.match(section, /<http:\/\/localhost:8888>/);
    assert.match(readmeSection(project, sampleAnswers({ accelerator: 'rocm' }), 'study'), /--device \/dev\/kfd/);
  });

  it('has a home for a user whom the image does not know, as runs of ours have', () => {
    const section = readmeSection(sampleProject(), sampleAnswers(), 'study');
    assert.match(section, /add `--user "\$\(id -u\):\$\(id -g\)" --env HOME=\/tmp`\./);
  });

  it('has names of any kind right in the shell', function () {
    if (process.platform === 'win32') this.skip();
    for (const output of ['my results', `it's "here"`, '$HOME', 'a`b`', 'ümläut', '-x', 'a,b', 'a;b&c']) {
      const words = runWords(readmeSection(sampleProject(), sampleAnswers({ output }), 'study'));
      const isCsv = /[",]/.test(output);
      const expected = isCsv
        ? ['--volume', `/here/${output}:/project/${output}`]
        : ['--mount', `type=bind,source=/here/${output},target=/project/${output}`];
      assert.deepEqual(words.slice(-3), [...expected, 'study'], output);
    }
  });

  it('makes a folder whose name looks like an option', () => {
    const section = readmeSection(sampleProject(), sampleAnswers({ output: '-x' }), 'study');
    assert.match(commandsOf(section), /^mkdir -p \.\/-x$/m);
  });

  it('has a name with backquotes right in Markdown', () => {
    const section = readmeSection(sampleProject(), sampleAnswers({ output: 'a`b' }), 'study');
    assert.match(section, /The results are in ``a`b`` then\./);
  });
});

describe('putting the section into a README', () => {
  it('makes one, or appends to one', () => {
    assert.equal(
      insertReadmeSection(undefined, '## How to run\n'),
      '<!-- research-containers:start -->\n\n## How to run\n\n<!-- research-containers:end -->\n',
    );
    const appended = insertReadmeSection('# Study\n\nText without an end', 'section');
    assert.ok(appended.startsWith('# Study\n\nText without an end\n\n<!-- research-containers:start -->\n\nsection\n'));
  });

  it('replaces the one that it made before, and leaves the rest as it is', () => {
    const before = `${insertReadmeSection('# Study\n\n  text  \n', 'old $& $1')}\n## Licence\n`;
    const after = insertReadmeSection(before, 'new $& $1');
    assert.equal(after, before.replace('old', 'new'));
    assert.equal(insertReadmeSection(after, 'new $& $1'), after);
  });

  it('takes nothing away where a marker is missing', () => {
    for (const readme of ['a\n<!-- research-containers:start -->\nb\n', 'a\n<!-- research-containers:end -->\nb\n']) {
      const once = insertReadmeSection(readme, 'one');
      assert.ok(once.startsWith(readme));
      const twice = insertReadmeSection(once, 'two');
      assert.ok(twice.startsWith(readme));
      assert.equal(twice, once.replace('one', 'two'));
    }
  });
});
