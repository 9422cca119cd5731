import assert from 'node:assert/strict';
import { join } from 'node:path';
import { detectProject } from '../../../src/project/detect-project.js';
import { listProject } from '../../../src/project/listing.js';
import { type Project } from '../../../src/project/project.js';

async function detect(name: string): Promise<Project> {
  return detectProject(await listProject(join('test/fixtures/projects', name)));
}

/** What a person would say of a project in a few lines. */
function told(project: Project): unknown {
  return {
    name: project.name,
    dependencies: project.dependencies.map(({ kind, files }) => `${kind}: ${files.join(', ')}`),
    versions: project.versions.map(({ language, wanted, file }) => `${language} ${wanted} in ${file}`),
    entries: project.entries.map(({ command }) => command.join(' ')),
    outputs: project.outputs.map(({ folder }) => folder),
    data: project.data,
    problems: project.problems,
  };
}

describe('what a project is', () => {
  it('is known of one with uv, whose package has a command', async () => {
    assert.deepEqual(told(await detect('uv-study')), {
      name: 'tides',
      dependencies: ['uv: uv.lock, pyproject.toml'],
      versions: ['python 3.12 in .python-version', 'python >=3.10 in uv.lock', 'python >=3.10 in pyproject.toml'],
      entries: ['tides', 'python src/tides/table.py'],
      outputs: ['results'],
      data: ['data'],
      problems: [],
    });
  });

  it('is known of one with Poetry', async () => {
    assert.deepEqual(told(await detect('poetry-study')), {
      name: 'reed-warblers',
      dependencies: ['poetry: poetry.lock, pyproject.toml'],
      versions: ['python ^3.10 in poetry.lock', 'python ^3.10 in pyproject.toml'],
      entries: ['warblers'],
      outputs: [],
      data: [],
      problems: [],
    });
  });

  it('is known of one with pip, which cites itself', async () => {
    const project = await detect('pip-study');
    assert.deepEqual(told(project), {
      name: 'Means of small numbers',
      dependencies: ['pip: requirements.txt, requirements/base.txt, constraints.txt'],
      versions: ['python 3.11 in runtime.txt'],
      entries: ['python main.py'],
      outputs: ['results'],
      data: [],
      problems: [],
    });
    assert.equal(project.citation?.version, '1.2.0');
    assert.deepEqual(
      project.imports.map(({ name }) => name),
      ['numpy', 'tabulate'],
    );
  });

  it('is known of one whose list pip-compile has made', async () => {
    const [source] = (await detect('pip-tools-study')).dependencies;
    assert.ok(source?.kind === 'pip');
    assert.equal(source.pins, 'hashes');
    assert.deepEqual(source.files, ['requirements.txt', 'requirements.in']);
  });

  it('is known of one with conda and a notebook', async () => {
    const project = await detect('conda-study');
    assert.deepEqual(
      project.dependencies.map(({ kind, files }) => `${kind}: ${files.join(', ')}`),
      ['conda: environment.yml, requirements.txt'],
    );
    assert.deepEqual(project.notebooks, [{ file: 'lakes.ipynb', language: 'python' }]);
    assert.deepEqual(
      project.outputs.map(({ folder }) => folder),
      ['figures'],
    );
  });

  it('is known of one with pixi, whose tasks stand behind its script', async () => {
    const project = await detect('pixi-study');
    assert.deepEqual(
      project.entries.map(({ command }) => command.join(' ')),
      ['python melt.py', 'pixi run melt'],
    );
    assert.deepEqual(project.versions[0], {
      language: 'python',
      wanted: '3.12.7',
      exact: '3.12.7',
      file: 'pixi.lock',
      line: undefined,
    });
  });

  it('is known of one of R', async () => {
    assert.deepEqual(told(await detect('renv-study')), {
      name: 'renv-study',
      dependencies: ['renv: renv.lock, .Rprofile, renv/activate.R, renv/settings.json'],
      versions: ['r 4.3.2 in renv.lock'],
      entries: ['Rscript analysis.R'],
      outputs: ['results'],
      data: [],
      problems: [],
    });
  });

  it('is known of one of Julia', async () => {
    assert.deepEqual(told(await detect('julia-study')), {
      name: 'Dunes',
      dependencies: ['julia: Manifest.toml, Project.toml'],
      versions: ['julia 1.10.4 in Manifest.toml', 'julia 1.10 in Project.toml'],
      entries: ['julia --project=. main.jl'],
      outputs: ['results'],
      data: [],
      problems: [],
    });
  });

  it('is known of one of CMake, whose program comes before a script', async () => {
    const project = await detect('cmake-study');
    assert.deepEqual(
      project.entries.map(({ command }) => command.join(' ')),
      ['wave-solver', 'python plot.py'],
    );
    const [source] = project.dependencies;
    assert.ok(source?.kind === 'cmake');
    assert.equal(source.usesCuda, true);
  });

  it('is known of one for repo2docker', async () => {
    const project = await detect('binder-study');
    assert.equal(project.repo2docker?.folder, 'binder');
    assert.deepEqual(
      project.dependencies.map(({ kind, files }) => `${kind}: ${files.join(', ')}`),
      ['conda: binder/environment.yml'],
    );
  });
});
