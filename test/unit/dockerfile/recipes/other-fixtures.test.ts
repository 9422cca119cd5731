import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../../src/dockerfile/instructions.js';
import { dockerignoreText } from '../../../../src/dockerfile/recipes/dockerignore.js';
import { type Recipe, type RecipeAnswers, type Written } from '../../../../src/dockerfile/recipes/recipe.js';
import { recipes } from '../../../../src/dockerfile/recipes/recipes.js';
import { Patterns, readIgnoreFile } from '../../../../src/host/ignore-patterns.js';
import { detectProject } from '../../../../src/project/detect-project.js';
import { listProject } from '../../../../src/project/listing.js';
import { type Project } from '../../../../src/project/project.js';
import { sampleAnswers } from './sample-project.js';

/** What the first recipe that was made for a project writes for it. */
async function writtenFor(
  name: string,
): Promise<{ project: Project; recipe: Recipe; answers: RecipeAnswers; written: Written }> {
  const project = await detectProject(await listProject(`test/fixtures/projects/${name}`));
  const recipe = recipes.find((each) => each.fit(project)?.degree === 'made');
  assert.ok(recipe !== undefined);
  const own = recipe.command?.(project, 'results');
  const answers = sampleAnswers({
    version: recipe.versions(project)[0]?.value ?? '',
    accelerator: recipe.accelerators(project)[0]?.value ?? 'cpu',
    command: own?.command ?? project.entries[0]?.command ?? [],
    port: own?.port,
  });
  return { project, recipe, answers, written: recipe.write(project, answers) };
}

describe('real projects', () => {
  const cases: [name: string, id: string, version: string, expected: RegExp[]][] = [
    [
      'cmake-study',
      'cuda-source',
      '12.8.1',
      [/^FROM nvidia\/cuda:12\.8\.1-devel-ubuntu24\.04 AS build$/m, /libeigen3-dev/, /^CMD \["wave-solver"\]$/m],
    ],
    [
      'renv-study',
      'renv',
      '4.3.2',
      [
        /^FROM rocker\/r-ver:4\.3\.2$/m,
        /^COPY renv\/activate\.R renv\/settings\.json \.\/renv\/$/m,
        /Rscript", "analysis\.R/,
      ],
    ],
    [
      'julia-study',
      'julia',
      '1.10.4',
      [/^FROM julia:1\.10\.4-bookworm$/m, /^COPY Project\.toml Manifest\.toml \.\/$/m, /"--project=\.", "main\.jl"/],
    ],
    [
      'binder-study',
      'repo2docker',
      '3.10',
      [
        /^ {6}graphviz \\$/m,
        /--file binder\/environment\.yml$/m,
        /\.\/binder\/postBuild$/m,
        /^CMD \["jupyter", "lab", /m,
      ],
    ],
  ];
  for (const [name, id, version, expected] of cases) {
    it(`get a Dockerfile that they were made for: ${name}`, async () => {
      const { project, recipe, answers, written } = await writtenFor(name);
      assert.equal(recipe.id, id);
      assert.equal(answers.version, version);
      for (const pattern of expected) assert.match(written.dockerfile, pattern);

      const ignored = new Patterns(readIgnoreFile(dockerignoreText(project, answers, written.ignored)));
      const copied = parseDockerfile(written.dockerfile)
        .instructions.filter(({ keyword, flags }) => keyword === 'COPY' && !flags.some((flag) => flag.name === 'from'))
        .flatMap((copy) => copy.arguments.split(' ').slice(0, -1))
        .filter((file) => file !== '.');
      for (const file of copied) {
        assert.ok(project.listing.files.includes(file), file);
        assert.ok(!ignored.match(file, undefined).matches, file);
      }
    });
  }
});
