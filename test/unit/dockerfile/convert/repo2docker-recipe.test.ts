import assert from 'node:assert/strict';
import {
  aptPackages,
  buildpackOf,
  buildpackVersions,
  cranDay,
} from '../../../../src/dockerfile/convert/repo2docker-files.js';
import { repo2dockerRecipe } from '../../../../src/dockerfile/convert/repo2docker-recipe.js';
import { parseDockerfile } from '../../../../src/dockerfile/instructions.js';
import { type DependencySource, type Project, type Repo2docker } from '../../../../src/project/project.js';
import { sampleAnswers, sampleDependencies, sampleProject } from '../recipes/sample-project.js';

function binder(files: Readonly<Record<string, string>>, folder = 'binder'): Repo2docker {
  return { folder, files: Object.keys(files), texts: new Map(Object.entries(files)) };
}

function write(project: Partial<Project> & { repo2docker: Repo2docker }, answers = sampleAnswers()): string {
  return repo2dockerRecipe.write(sampleProject(project), answers).dockerfile;
}

function pip(...lines: readonly string[]): DependencySource {
  return {
    kind: 'pip',
    files: ['binder/requirements.txt'],
    requirements: ['binder/requirements.txt'],
    pins: 'none',
    dependencies: sampleDependencies(...lines),
  };
}

describe('which way repo2docker takes', () => {
  const cases: [files: Readonly<Record<string, string>>, folder: string, expected: string][] = [
    [{ 'Project.toml': '', 'environment.yml': '', 'requirements.txt': '' }, 'binder', 'julia'],
    [{ 'runtime.txt': 'r-2023-05-01', 'environment.yml': '' }, 'binder', 'r'],
    [{ 'runtime.txt': 'r-4.1-2023-05-01' }, '', 'r'],
    [{ DESCRIPTION: '', 'apt.txt': '' }, '', 'r'],
    [{ DESCRIPTION: '', 'apt.txt': '' }, 'binder', 'python'],
    [{ 'install.R': '' }, 'binder', 'r'],
    [{ 'install.R': '', 'environment.yml': '' }, 'binder', 'conda'],
    [{ 'environment.yml': '', Pipfile: '', 'requirements.txt': '' }, '.binder', 'conda'],
    [{ 'runtime.txt': 'python-3.9', 'requirements.txt': '' }, '', 'python'],
    [{ postBuild: '' }, '', 'python'],
  ];
  for (const [files, folder, expected] of cases) {
    it(`is ${expected} for ${Object.keys(files).join(' and ')} in “${folder}”`, () => {
      assert.equal(buildpackOf(binder(files, folder)), expected);
    });
  }
});

describe('what repo2docker’s files say', () => {
  it('are packages of the system, one a line', () => {
    assert.deepEqual(aptPackages(binder({ 'apt.txt': ' gcc \n\n#no\ng++ # yes\nlibx11-dev\ntwo words\n$(rm)\n' })), {
      packages: ['gcc', 'g++', 'libx11-dev'],
      unknown: ['two words', '$(rm)'],
    });
  });

  it('are the day of CRAN', () => {
    assert.equal(cranDay(binder({ 'runtime.txt': 'r-2023-05-01\n' })), '20230501');
    assert.equal(cranDay(binder({ 'runtime.txt': 'r-4.2.1-2023-05-01' })), '20230501');
    for (const text of ['r-4.2', 'python-3.10', 'r-2023-5-1', '']) {
      assert.equal(cranDay(binder({ 'runtime.txt': text })), undefined, text);
    }
  });

  it('are the version of the language, else that of repo2docker itself', () => {
    const first = (files: Readonly<Record<string, string>>): string | undefined => {
      const choices = buildpackVersions(sampleProject(), binder(files));
      const values = choices.map(({ value }) => value);
      assert.equal(new Set(values).size, values.length);
      return values[0];
    };
    assert.equal(first({ 'runtime.txt': 'python-3.12\n' }), '3.12');
    assert.equal(first({ 'runtime.txt': 'python-2.7\n' }), '3.10');
    assert.equal(first({ 'requirements.txt': '' }), '3.10');
    assert.equal(first({ 'environment.yml': 'dependencies:\n  - python=3.11.4\n  - numpy\n' }), '3.11');
    assert.equal(first({ 'environment.yml': 'dependencies:\n  - "python >=3.9"\n' }), '3.10');
    assert.equal(first({ 'environment.yml': 'dependencies:\n  - python-dateutil=3.8\n' }), '3.10');
    assert.equal(first({ 'runtime.txt': 'r-4.1-2022-01-01' }), '4.1.3');
    assert.equal(first({ 'runtime.txt': 'r-4.1.1-2022-01-01' }), '4.1.1');
    assert.equal(first({ 'runtime.txt': 'r-3.4-2018-12-10' }), '4.4.2');
    assert.equal(first({ 'runtime.txt': 'r-2022-01-01' }), '4.4.2');
    assert.equal(first({ 'Project.toml': '' }), '1.10.12');
  });
});

describe('recipe for Binder', () => {
  it('is for projects that mean it', () => {
    const fit = (given: Partial<Project>): string | undefined => repo2dockerRecipe.fit(sampleProject(given))?.degree;
    const uv: DependencySource = {
      kind: 'uv',
      files: ['uv.lock'],
      lock: 'uv.lock',
      isPackage: false,
      members: [],
      dependencies: [],
    };
    assert.equal(fit({}), undefined);
    assert.equal(fit({ repo2docker: binder({ 'requirements.txt': '' }) }), 'made');
    assert.equal(fit({ repo2docker: binder({ postBuild: '' }, '') }), 'made');
    assert.equal(fit({ repo2docker: binder({ 'runtime.txt': 'python-3.9', 'requirements.txt': '' }, '') }), 'possible');
    assert.equal(fit({ repo2docker: binder({ 'runtime.txt': 'r-2023-05-01' }, '') }), 'made');
    assert.equal(fit({ repo2docker: binder({ postBuild: '' }, ''), dependencies: [uv] }), 'possible');
    assert.equal(fit({ repo2docker: binder({ postBuild: '' }), dependencies: [uv] }), 'made');
    assert.equal(fit({ repo2docker: binder({ Dockerfile: '' }) }), 'possible');
  });

  it('serves JupyterLab where there are notebooks', () => {
    const command = (notebooks: Project['notebooks']): unknown =>
      repo2dockerRecipe.command?.(sampleProject({ notebooks }), 'results');
    assert.deepEqual(command([{ file: 'a.ipynb', language: 'python' }]), {
      command: ['jupyter', 'lab', '--ip=0.0.0.0', '--port=8888', '--no-browser'],
      port: 8888,
    });
    assert.equal(command([]), undefined);
  });

  it('opens a port only where something listens', () => {
    const repo2docker = binder({ postBuild: '' });
    assert.doesNotMatch(write({ repo2docker }), /EXPOSE/);
    assert.match(write({ repo2docker }, sampleAnswers({ command: ['jupyter', 'lab'] })), /^EXPOSE 8888$/m);
    assert.match(write({ repo2docker }, sampleAnswers({ port: 5006 })), /^EXPOSE 5006$/m);
  });

  it('runs postBuild as the user, behind the files of the project, and start before everything', () => {
    const text = write({ repo2docker: binder({ postBuild: '', start: '' }, '.binder') });
    const steps = parseDockerfile(text).instructions;
    const at = (pattern: RegExp): number => steps.findIndex((step) => pattern.test(step.text));
    const user = at(/^USER researcher/);
    const copy = at(/^COPY .* \. \.$/);
    const build = at(/\.\/\.binder\/postBuild/);
    assert.ok(user >= 0 && user < copy && copy < build, text);
    assert.match(text, /^ENTRYPOINT \["\/project\/\.binder\/start"\]$/m);
    assert.equal(steps.filter(({ keyword }) => keyword === 'USER').length, 1);
  });

  it('has neither entrypoint nor steps for scripts that are not there', () => {
    assert.doesNotMatch(
      write({ repo2docker: binder({ 'requirements.txt': '' }) }),
      /ENTRYPOINT|postBuild\b(?!,)|chmod/,
    );
  });

  it('leaves the Jupyter of the project to itself', () => {
    const repo2docker = binder({ 'requirements.txt': '' });
    assert.match(write({ repo2docker, dependencies: [pip('numpy')] }), /pip install jupyterlab==/);
    assert.doesNotMatch(write({ repo2docker, dependencies: [pip('jupyterlab==3.6.1')] }), /pip install jupyterlab==/);
  });

  it('installs a Jupyter that an old Python runs', () => {
    const repo2docker = binder({ 'requirements.txt': '' });
    assert.match(write({ repo2docker }, sampleAnswers({ version: '3.8' })), /jupyterlab==3\.6/);
    const r = binder({ 'runtime.txt': 'r-4.1-2022-01-01' });
    assert.match(write({ repo2docker: r }, sampleAnswers({ version: '4.1.3' })), /jupyterlab==3\.6/);
  });

  it('gets Jupyter a kernel that its Julia runs', () => {
    const text = (version: string): string =>
      write({ repo2docker: binder({ 'Project.toml': '' }) }, sampleAnswers({ version }));
    assert.match(text('1.10.12'), /Pkg\.add\(PackageSpec\(name = "IJulia", version = "1\.34\.4"\)\)/);
    assert.match(
      text('1.9.4'),
      /name = "IJulia", version = "1\.26\.0"\), PackageSpec\(name = "JSON", version = "0\.21\.4"/,
    );
  });

  it('copies requirements that others include', () => {
    const source: DependencySource = {
      ...pip('numpy'),
      kind: 'pip',
      requirements: ['binder/requirements.txt'],
      pins: 'none',
      files: ['binder/requirements.txt', 'binder/base.txt', 'constraints.txt'],
    };
    const text = write({ repo2docker: binder({ 'requirements.txt': '' }), dependencies: [source] });
    assert.match(
      text,
      /^COPY --chown=researcher:researcher binder\/requirements\.txt binder\/base\.txt \.\/binder\/$/m,
    );
    assert.match(text, /^COPY --chown=researcher:researcher constraints\.txt \.\/$/m);
  });

  it('tells what it does otherwise, and what is not pinned', () => {
    const hints = (files: Readonly<Record<string, string>>, dependencies: DependencySource[] = []): string =>
      repo2dockerRecipe
        .write(sampleProject({ repo2docker: binder(files), dependencies }), sampleAnswers())
        .hints.map(({ message, command }) => `${message} ${command ?? ''}`)
        .join('\n');
    assert.match(hints({ 'apt.txt': 'two words' }), /binder\/apt\.txt has “two words”/);
    assert.match(hints({ Dockerfile: '' }), /binder\/Dockerfile/);
    assert.match(hints({ REQUIRE: '' }), /Julia 0\.6/);
    assert.match(hints({ 'runtime.txt': 'r-2022-01-01' }), /RStudio/);
    assert.match(hints({ 'environment.yml': '' }), /conda-lock --file binder\/environment\.yml/);
    assert.match(hints({ 'requirements.txt': '' }, [pip('numpy')]), /pip freeze > binder\/requirements\.txt/);
    assert.equal(hints({ 'requirements.txt': '' }), '');
  });
});
