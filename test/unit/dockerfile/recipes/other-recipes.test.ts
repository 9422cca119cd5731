import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { parseDockerfile } from '../../../../src/dockerfile/instructions.js';
import { pinReferences, referencesToPin } from '../../../../src/dockerfile/pin-references.js';
import { dockerignoreText } from '../../../../src/dockerfile/recipes/dockerignore.js';
import { recipes } from '../../../../src/dockerfile/recipes/recipes.js';
import { judgeDockerfile } from '../../../../src/dockerfile/rules/judge.js';
import { stages } from '../../../../src/dockerfile/stages.js';
import { samples } from './other-samples.js';
import { sampleProject } from './sample-project.js';
import { labelsOf } from './written-dockerfile.js';

/** What the rules find where a lock file is missing. */
const unpinned = new Map([
  ['julia-package', ['julia-packages-unlocked']],
  ['repo2docker-conda', ['conda-without-lock']],
]);

describe('recipes for R, Julia, CMake, CUDA and Binder', () => {
  for (const { file, recipe, project, answers } of samples) {
    describe(file, () => {
      const { dockerfile: text } = recipe.write(project, answers);
      const parsed = parseDockerfile(text);
      const all = stages(parsed);
      const last = all.at(-1)?.instructions ?? [];

      it('is written as it was looked over', () => {
        const golden = join('test/fixtures/dockerfiles', `${file}.Dockerfile`);
        // To be looked over again in the difference that git shows.
        if (process.env['UPDATE_DOCKERFILES'] === '1') writeFileSync(golden, text);
        assert.equal(text, readFileSync(golden, 'utf8'));
      });

      it('breaks no rule but where the project’s own files pin nothing', () => {
        const pinned = pinReferences(text, () => `sha256:${'0'.repeat(64)}`).text;
        const { findings } = judgeDockerfile({
          text: pinned,
          dockerfile: parseDockerfile(pinned),
          platforms: answers.platforms,
          project,
          dockerignore: dockerignoreText(project, answers, recipe.write(project, answers).ignored),
        });
        assert.deepEqual(
          findings.map(({ rule }) => rule),
          unpinned.get(file) ?? [],
        );
      });

      it('is the recipe that fits, with a version and an accelerator to propose', () => {
        assert.ok(recipes.includes(recipe));
        assert.notEqual(recipe.fit(project), undefined);
        assert.notEqual(recipe.versions(project)[0], undefined);
        assert.equal(recipe.accelerators(project)[0]?.value, answers.accelerator);
      });

      it('is read by another parser as by ours', () => {
        const others = DockerfileParser.parse(text).getInstructions();
        assert.deepEqual(
          others.map((instruction) => instruction.getKeyword()),
          parsed.instructions.map(({ keyword }) => keyword),
        );
        assert.equal(parsed.syntax, undefined);
      });

      it('begins with images that can be pinned, each with a tag that stays', () => {
        const references = referencesToPin(text);
        assert.ok(references.length > 0);
        for (const reference of references) assert.match(reference, /:[\w.-]*(?:\d|bookworm)[\w.-]*$/);
        assert.ok(all.every(({ base }) => base.kind === 'image'));
        assert.doesNotMatch(text, /latest/);
      });

      it('runs as a user without special rights, who owns the folder for results', () => {
        const user = last.findLast(({ keyword }) => keyword === 'USER');
        assert.equal(user?.arguments, 'researcher');
        assert.match(text, /install --directory --owner=researcher --group=researcher \/project \/project\/results\b/);
      });

      it('copies all files only behind what takes long', () => {
        const copies = last.findIndex(({ keyword, text: line }) => keyword === 'COPY' && / \.$/.test(line));
        const slow = last.findLastIndex(({ text: line }) => /apt-get|pip install -r|instantiate|restore\(/.test(line));
        assert.ok(copies > slow, `${copies} and ${slow}`);
        const epoch = last.findIndex(({ text: line }) => line === 'ARG SOURCE_DATE_EPOCH');
        assert.ok(epoch > slow && epoch < last.length - 1);
      });

      it('has a comment for every step', () => {
        for (const part of text.split('\n\n')) {
          if (/^(?:RUN|COPY|LABEL|CMD|ENTRYPOINT|ENV|FROM|WORKDIR|ARG|EXPOSE) /m.test(part))
            assert.match(part, /^# /, part);
        }
      });

      it('says in labels where results go and what runs', () => {
        const labels = labelsOf(text);
        assert.equal(labels.get('org.research-containers.output'), '/project/results');
        const command = last.findLast(({ keyword }) => keyword === 'CMD');
        assert.deepEqual(
          JSON.parse(labels.get('org.research-containers.command') ?? ''),
          JSON.parse(command?.arguments ?? ''),
        );
      });

      it('installs from archives of one day, and nothing that is recommended only', () => {
        for (const { text: line } of parsed.instructions.filter((each) => each.text.includes('apt-get install'))) {
          assert.match(line, /snapshot\.(?:debian\.org\/archive|ubuntu\.com\/ubuntu)\/.*20261126T000000Z/);
          assert.match(line, /--no-install-recommends/);
        }
      });

      it('has steps that a shell can read', function () {
        if (process.platform === 'win32') this.skip();
        const steps = parsed.instructions.filter(({ keyword }) => keyword === 'RUN').map((run) => run.arguments);
        execFileSync('sh', ['-n'], { input: steps.join('\n'), stdio: ['pipe', 'ignore', 'pipe'] });
      });
    });
  }

  for (const recipe of new Set(samples.map((sample) => sample.recipe))) {
    it(`does not fit an empty folder: ${recipe.id}`, () => {
      assert.equal(recipe.fit(sampleProject()), undefined);
    });
  }
});
