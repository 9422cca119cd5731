import assert from 'node:assert/strict';
import { type EntryPoint } from '../../../../src/project/project.js';
import { commandChoices, outputChoices, platformChoices, servesWeb } from '../../../../src/ui/wizard/proposals.js';

const script: EntryPoint = {
  kind: 'script',
  command: ['python', 'run.py'],
  file: 'run.py',
  port: undefined,
  because: 'it has a main block',
};
const web: EntryPoint = {
  kind: 'web-app',
  command: ['python', 'app.py'],
  file: 'app.py',
  port: 5000,
  because: 'it makes a Flask application',
};
const commandsOf = (choices: ReturnType<typeof commandChoices>): string[] =>
  choices.map(({ entry }) => entry.command.join(' '));

describe('commands to choose from', () => {
  it('are those that were found, with their reasons, and a shell', () => {
    const choices = commandChoices([script, web], script.command);
    assert.deepEqual(commandsOf(choices), ['python run.py', 'python app.py', '']);
    assert.equal(choices[0]?.because, 'run.py: it has a main block');
    assert.equal(choices[1]?.entry.port, 5000);
  });

  it('begin with the one that counts now where it was not found', () => {
    assert.deepEqual(commandsOf(commandChoices([script], ['make', 'all'])), ['make all', 'python run.py', '']);
  });

  it('name nothing twice', () => {
    assert.deepEqual(commandsOf(commandChoices([script, script], [])), ['python run.py', '']);
    assert.deepEqual(commandsOf(commandChoices([], [])), ['']);
  });

  it('are told apart by their words, not by how they look', () => {
    assert.deepEqual(commandChoices([script], ['python run.py']).length, 3);
  });
});

describe('a web application', () => {
  it('is what was found as one', () => {
    assert.equal(servesWeb([script, web], web.command), true);
    assert.equal(servesWeb([script, web], script.command), false);
  });

  it('may be a command that is not known, where the project has one', () => {
    assert.equal(servesWeb([script, web], ['gunicorn', 'app:app']), true);
    assert.equal(servesWeb([script], ['gunicorn', 'app:app']), false);
    assert.equal(servesWeb([script, web], []), false);
  });
});

describe('folders to choose from', () => {
  const written = { folder: 'out', file: 'run.py', line: 12 };
  it('are those that the code writes to, the one that counts now, and the usual one', () => {
    assert.deepEqual(outputChoices([written], 'figures'), [
      { folder: 'out', because: 'written to in run.py:12' },
      { folder: 'figures', because: '' },
      { folder: 'results', because: 'the usual one' },
    ]);
  });

  it('name nothing twice, with the best reason', () => {
    assert.deepEqual(outputChoices([{ ...written, folder: 'results' }], 'results'), [
      { folder: 'results', because: 'written to in run.py:12' },
    ]);
  });
});

describe('platforms to choose from', () => {
  const chosenOf = (choices: ReturnType<typeof platformChoices>): string[] =>
    choices.filter(({ isChosen }) => isChosen).map(({ platform }) => platform);

  it('propose the usual one and the engine’s', () => {
    assert.deepEqual(chosenOf(platformChoices(undefined, 'linux/arm64')), ['linux/amd64', 'linux/arm64']);
    assert.deepEqual(chosenOf(platformChoices(undefined, 'linux/amd64')), ['linux/amd64']);
    assert.deepEqual(chosenOf(platformChoices(undefined, undefined)), ['linux/amd64']);
  });

  it('keep what was chosen, of which the engine may know nothing', () => {
    const choices = platformChoices(['linux/riscv64'], 'linux/arm64');
    assert.deepEqual(chosenOf(choices), ['linux/riscv64']);
    assert.deepEqual(
      choices.map(({ platform }) => platform),
      ['linux/amd64', 'linux/arm64', 'linux/riscv64'],
    );
    assert.match(choices[1]?.about ?? '', /this engine’s own/);
  });
});
