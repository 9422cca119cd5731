import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { DockerfileParser } from 'dockerfile-ast';
import { parseDockerfile } from '../../../../src/dockerfile/instructions.js';
import { commandLabel, outputLabel } from '../../../../src/image/own-labels.js';
import { samples } from './python-samples.js';
import { execForm, labelsOf } from './written-dockerfile.js';

describe('The recipes of Python', () => {
  for (const { file, recipe, project, answers } of samples) {
    describe(`for ${file}`, () => {
      const { dockerfile, ignored, hints } = recipe.write(project, answers);
      const { instructions, syntax } = parseDockerfile(dockerfile);
      const keywords = instructions.map(({ keyword }) => keyword);
      const of = (keyword: string) => instructions.filter((instruction) => instruction.keyword === keyword);
      const whole = instructions.findLastIndex(
        ({ keyword, arguments: words }) => keyword === 'COPY' && words === '. .',
      );

      it('write the text that is expected', () => {
        const golden = `test/fixtures/dockerfiles/${file}.Dockerfile`;
        // To be looked over again in the difference that git shows.
        if (process.env['UPDATE_DOCKERFILES'] === '1') writeFileSync(golden, dockerfile);
        assert.equal(dockerfile, readFileSync(golden, 'utf8'));
      });

      it('fit, and offer what was answered', () => {
        assert.ok(recipe.fit(project));
        assert.ok(recipe.versions(project).length > 0);
        assert.ok(recipe.accelerators(project).some(({ value }) => value === answers.accelerator));
      });

      it('write what two parsers read alike, without a frontend of its own', () => {
        const other = DockerfileParser.parse(dockerfile).getInstructions();
        assert.deepEqual(
          other.map((instruction) => instruction.getKeyword()),
          keywords,
        );
        assert.equal(syntax, undefined);
        assert.ok(instructions.every(({ heredocs }) => heredocs.length === 0));
        assert.ok(dockerfile.endsWith('\n') && !dockerfile.endsWith('\n\n'));
        assert.doesNotMatch(dockerfile, /[ \t]$|\n\n\n|undefined/m);
      });

      it('say before each step what it is for', () => {
        for (const paragraph of dockerfile.trimEnd().split('\n\n')) assert.match(paragraph, /^# /);
      });

      it('name each image with a version', () => {
        const stages = new Set<string>();
        for (const { keyword, arguments: words, flags } of instructions) {
          const from = flags.find(({ name }) => name === 'from')?.value;
          const [image, , stage] = words.split(' ');
          if (keyword === 'FROM') assert.match(image ?? '', /^[\w./-]+:(?:\d[\w.-]*|bookworm-slim)$/);
          if (keyword === 'FROM' && stage !== undefined) stages.add(stage);
          if (typeof from === 'string' && !stages.has(from)) assert.match(from, /^[\w./-]+:\d+\.\d+\.\d+$/);
        }
      });

      it('copy the sources behind the packages, and the time of the commit just before', () => {
        const last = keywords.lastIndexOf('FROM');
        assert.ok(whole > last);
        const before = instructions.slice(last, whole);
        const time = before.findIndex(({ text }) => text === 'ARG SOURCE_DATE_EPOCH');
        assert.ok(time > 0);
        assert.ok(before.slice(time).every(({ text }) => !/(?:pip|sync|micromamba|pixi) ?(?:install)?\b/.test(text)));
      });

      it('run as a user without special rights from then on', () => {
        const user = keywords.lastIndexOf('USER');
        assert.ok(user > whole);
        assert.match(instructions[user]?.arguments ?? '', /^(?:researcher|mambauser)$/);
        assert.ok(!keywords.slice(user).includes('RUN'));
      });

      it('keep downloads out of the image, and times out of compiled files', () => {
        const installs = of('RUN').filter(({ arguments: words }) =>
          /\b(?:pip|uv|poetry|pdm|pipenv|micromamba|pixi) (?:sync|install|pip|tool)/.test(words),
        );
        assert.equal(installs.length > 0, file !== 'plain-python-alone');
        for (const { flags, arguments: words } of installs) {
          assert.match(String(flags.find(({ name }) => name === 'mount')?.value), /^type=cache,target=\//);
          assert.match(words, /^SOURCE_DATE_EPOCH=\d+ /);
        }
      });

      it('name output and command in labels, and run the command', () => {
        const found = labelsOf(dockerfile);
        assert.equal(found.get(outputLabel), `/project/${answers.output}`);
        const command = execForm(of('CMD').at(-1)?.arguments ?? '');
        const label = found.get(commandLabel);
        assert.deepEqual(label === undefined ? ['bash'] : JSON.parse(label), command);
        if (answers.command.length > 0 && recipe.id !== 'notebook') assert.deepEqual(command, answers.command);
        assert.equal(keywords.filter((keyword) => keyword === 'CMD').length, 1);
      });

      it('ask for an NVIDIA GPU only where it is wanted', () => {
        const environment = of('ENV')
          .map(({ arguments: words }) => words)
          .join(' ');
        assert.equal(/NVIDIA_REQUIRE_CUDA="cuda>=\d+\.\d+"/.test(environment), answers.accelerator === 'cuda');
        assert.doesNotMatch(dockerfile, /LD_LIBRARY_PATH/);
      });

      it('leave out nothing that is copied, and give hints as sentences', () => {
        assert.ok(!ignored.includes('**/*.py'));
        for (const { message } of hints) assert.match(message, /^[A-Z\w].*\.$/);
      });
    });
  }
});
