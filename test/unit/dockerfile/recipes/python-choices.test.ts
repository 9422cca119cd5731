import assert from 'node:assert/strict';
import { condaRecipe } from '../../../../src/dockerfile/recipes/conda-recipe.js';
import { minicondaRecipe } from '../../../../src/dockerfile/recipes/miniconda-recipe.js';
import { pipRecipe } from '../../../../src/dockerfile/recipes/pip-recipe.js';
import { pixiRecipe } from '../../../../src/dockerfile/recipes/pixi-recipe.js';
import { plainPythonRecipe } from '../../../../src/dockerfile/recipes/plain-python-recipe.js';
import { type Recipe, type RecipeAnswers } from '../../../../src/dockerfile/recipes/recipe.js';
import { uvRecipe } from '../../../../src/dockerfile/recipes/uv-recipe.js';
import { webAppRecipe } from '../../../../src/dockerfile/recipes/web-app-recipe.js';
import { type EntryPoint, type Project } from '../../../../src/project/project.js';
import { condaSample, pipSample, pixiSample, uvSample } from './python-samples.js';
import { sampleAnswers, sampleImports, sampleProject, sampleScript, sampleVersion } from './sample-project.js';

function written(recipe: Recipe, project: Project, answers: Partial<RecipeAnswers> = {}): string {
  return recipe.write(project, sampleAnswers(answers)).dockerfile;
}

function firstVersion(...versions: Parameters<typeof sampleVersion>[1][]): string | undefined {
  const project = sampleProject({
    dependencies: [pipSample([])],
    versions: versions.map((wanted) => sampleVersion('python', wanted)),
  });
  return pipRecipe.versions(project)[0]?.value;
}

describe('The version of Python', () => {
  const cases: [wanted: string[], version: string][] = [
    [[], '3.12'],
    [['3.11'], '3.11'],
    [['3.12.4'], '3.12.4'],
    [['3.14.0'], '3.14.0'],
    [['>=3.10'], '3.12'],
    [['>=3.13'], '3.13'],
    [['<3.10'], '3.9'],
  ];
  for (const [wanted, version] of cases) {
    it(`is ${version} for ${wanted.join(' and ') || 'a project that says nothing'}`, () => {
      assert.equal(firstVersion(...wanted), version);
    });
  }

  it('is one that has an image on Debian 12, whatever is asked for', () => {
    assert.equal(firstVersion('3.11.2'), '3.11');
    assert.equal(firstVersion('3.7'), '3.12');
    assert.equal(firstVersion('2.7.18'), '3.12');
  });

  it('is offered in all series, each once', () => {
    const values = pipRecipe.versions(sampleProject({ dependencies: [pipSample([])] })).map(({ value }) => value);
    assert.deepEqual([...values].sort(), ['3.10', '3.11', '3.12', '3.13', '3.14', '3.9']);
  });
});

describe('pip', () => {
  it('says how firmly the file pins', () => {
    const pinned = pipRecipe.fit(sampleProject({ dependencies: [pipSample(['a==1', 'b==2'])] }));
    assert.deepEqual(pinned, { degree: 'made', because: 'requirements.txt pins 2 packages' });
    const open = pipRecipe.fit(sampleProject({ dependencies: [pipSample(['a'], { pins: 'none' })] }));
    assert.match(open?.because ?? '', /not all in one version/);
    assert.equal(pipRecipe.fit(sampleProject()), undefined);
  });

  it('compares checksums where all lines have one', () => {
    const text = written(pipRecipe, sampleProject({ dependencies: [pipSample(['a==1'], { pins: 'hashes' })] }));
    assert.match(text, /pip install --require-hashes --requirement requirements\.txt$/m);
  });

  it('takes the state of a day for what is not pinned, and says how to pin it', () => {
    const project = sampleProject({ dependencies: [pipSample(['a'], { pins: 'none' })] });
    const { dockerfile, hints } = pipRecipe.write(project, sampleAnswers({ snapshot: '20250131' }));
    assert.match(dockerfile, /--exclude-newer 2025-01-31T00:00:00Z /);
    assert.equal(hints[0]?.command, 'pip freeze > requirements.lock.txt');
  });

  it('asks an index that knows no days by pip', () => {
    const project = sampleProject({ dependencies: [pipSample(['torch+cu126', 'a'], { pins: 'none' })] });
    const withIndex = sampleProject({
      dependencies: [
        pipSample([], {
          pins: 'none',
          dependencies: [{ name: 'torch', version: undefined, extras: [], wheels: 'cu126' }],
        }),
      ],
    });
    assert.match(written(pipRecipe, project), /exclude-newer/);
    assert.doesNotMatch(written(pipRecipe, withIndex, { accelerator: 'cuda' }), /exclude-newer|uv /);
  });

  it('takes the file that is called by the hardware', () => {
    const named = (name: string) => pipSample([], { files: [name], requirements: [name] });
    const project = sampleProject({ dependencies: [named('requirements-cpu.txt'), named('requirements-gpu.txt')] });
    assert.deepEqual(
      pipRecipe.accelerators(project).map(({ value }) => value),
      ['cpu', 'cuda'],
    );
    assert.match(written(pipRecipe, project, { accelerator: 'cuda' }), /^COPY requirements-gpu\.txt \.\/$/m);
    assert.match(written(pipRecipe, project), /^COPY requirements-cpu\.txt \.\/$/m);
  });

  it('copies what a file includes, and not what it was made from', () => {
    const files = ['requirements.txt', 'requirements/base.txt', 'constraints.txt', 'requirements.in'];
    const text = written(pipRecipe, sampleProject({ dependencies: [pipSample(['a==1'], { files })] }));
    assert.match(
      text,
      /^COPY requirements\.txt constraints\.txt \.\/\nCOPY requirements\/base\.txt \.\/requirements\/$/m,
    );
  });

  it('installs folders of the project when they are there, with what they need', () => {
    const dependencies = ['numpy', '.[gpu]', './libs/my tool', './old.whl'].map((name) => ({
      ...{ name, version: undefined, extras: [], wheels: undefined },
    }));
    const text = (pins: 'hashes' | 'none') =>
      written(pipRecipe, sampleProject({ dependencies: [pipSample([], { dependencies, pins })] }));
    const words = "--editable '.[gpu]' --editable './libs/my tool' ./old.whl\n\n";
    assert.ok(text('none').includes(`uv pip install --exclude-newer 2026-11-26T00:00:00Z ${words}`));
    assert.ok(text('hashes').includes(`pip install ${words}`));
    assert.ok(text('hashes').indexOf(words) > text('hashes').indexOf('COPY --chown'));
  });

  it('gets files with odd names right', () => {
    const name = 'my $files/the list "a".txt';
    const text = written(
      pipRecipe,
      sampleProject({ dependencies: [pipSample(['a==1'], { files: [name], requirements: [name] })] }),
    );
    assert.match(text, /^COPY \["my /m);
    assert.ok(text.includes(`--requirement '${name}'`));
  });

  it('installs what packages need of Debian, and says which', () => {
    const project = sampleProject({
      dependencies: [pipSample(['opencv-python==4.11.0.86', 'psycopg2==2.9.10'])],
      files: ['fast loop.pyx'],
    });
    const text = written(pipRecipe, project);
    assert.match(text, /^# opencv-python needs libgl1, libglib2\.0-0\.$/m);
    assert.match(text, /^# To compile "fast loop\.pyx" it takes build-essential\.$/m);
    assert.equal(text.match(/^ {6}build-essential \\$/gm)?.length, 1);
    assert.doesNotMatch(written(pipRecipe, sampleProject({ dependencies: [pipSample(['numpy==2.1.3'])] })), /apt-get/);
  });
});

describe('A package of Python', () => {
  const cases: [line: string, debian: readonly string[]][] = [
    ['openai-whisper==20250625', ['ffmpeg']],
    ['pyspark==3.5.3', ['default-jre-headless']],
    ['pymc==5.16.2', ['g++']],
    ['mysqlclient==2.2.4', ['build-essential', 'default-libmysqlclient-dev', 'pkg-config']],
  ];
  for (const [line, debian] of cases) {
    it(`gets the programs that it starts, or is built with: ${line}`, () => {
      const text = written(pipRecipe, sampleProject({ dependencies: [pipSample([line])] }));
      assert.deepEqual(
        [...text.matchAll(/^ {6}([a-z][\w.+-]*) \\$/gm)].map(([, name]) => name),
        debian,
      );
    });
  }
});

describe('A project that is compiled', () => {
  it('gets a compiler', () => {
    const text = (...files: string[]) =>
      written(uvRecipe, sampleProject({ dependencies: [uvSample(['numpy==2.1.3'])], files }));
    assert.match(text('pyproject.toml', 'src/fast.c'), /^# To compile "src\/fast\.c" it takes build-essential\.$/m);
    assert.doesNotMatch(text('benchmark.c'), /apt-get/);
  });
});

describe('uv', () => {
  it('installs the project only where it is a package', () => {
    const text = (isPackage: boolean) =>
      written(uvRecipe, sampleProject({ dependencies: [uvSample(['numpy==2.1.3'], { isPackage })] }));
    assert.equal(text(false).match(/uv sync/g)?.length, 1);
    assert.equal(text(true).match(/uv sync/g)?.length, 2);
  });

  it('takes the state of a day, and says how to lock, without a lock file', () => {
    const project = sampleProject({ dependencies: [uvSample(['numpy'], { lock: undefined })] });
    const { dockerfile, hints } = uvRecipe.write(project, sampleAnswers());
    assert.match(dockerfile, /^COPY pyproject\.toml \.\/$/m);
    assert.match(dockerfile, /uv sync --exclude-newer 2026-11-26T00:00:00Z --no-install-project/);
    assert.equal(hints[0]?.command, 'uv lock');
  });
});

describe('uv without a lock file', () => {
  it('takes no state of a day from an index that knows none', () => {
    const project = sampleProject({
      dependencies: [uvSample(['numpy', 'torch==2.6.0+cu126'], { lock: undefined, isPackage: true })],
    });
    const text = written(uvRecipe, project, { accelerator: 'cuda' });
    const flags = '--exclude-newer 2026-11-26T00:00:00Z --exclude-newer-package torch=false';
    assert.ok(text.includes(`uv sync ${flags} --no-install-project\n`), text);
    assert.ok(text.includes(`uv sync ${flags} --inexact\n`));
  });
});

describe('conda', () => {
  const lists = { files: ['linux-64.lock', 'environment.yml'], explicit: 'linux-64.lock' };

  it('installs a list for one platform there only', () => {
    const project = sampleProject({ dependencies: [condaSample(['numpy=2.1.3'], lists)] });
    assert.match(written(condaRecipe, project), /--file linux-64\.lock /);
    assert.match(
      written(condaRecipe, project, { platforms: ['linux/amd64', 'linux/arm64'] }),
      /--file environment\.yml /,
    );
  });

  it('prefers a lock for all platforms', () => {
    const lock = { ...lists, lock: 'conda-lock.yml' };
    const project = sampleProject({ dependencies: [condaSample(['numpy=2.1.3'], lock)] });
    assert.match(written(condaRecipe, project, { platforms: ['linux/arm64'] }), /--file conda-lock\.yml /);
    assert.equal(condaRecipe.fit(project)?.because, 'conda-lock.yml pins 1 package');
  });

  it('names the platforms to lock for', () => {
    const project = sampleProject({ dependencies: [condaSample(['numpy'])] });
    const { hints } = condaRecipe.write(project, sampleAnswers({ platforms: ['linux/amd64', 'linux/arm64'] }));
    assert.equal(
      hints[0]?.command,
      'conda-lock lock --file environment.yml --platform linux-64 --platform linux-aarch64',
    );
  });

  it('keeps what pip downloads for it out of the image, too', () => {
    const text = (hasPip: boolean) =>
      written(condaRecipe, sampleProject({ dependencies: [condaSample(['numpy'], { hasPip })] }));
    assert.match(
      text(true),
      /^RUN --mount=type=cache,target=\/opt\/conda\/pkgs --mount=type=cache,target=\/root\/\.cache\/pip \\$/m,
    );
    assert.doesNotMatch(text(false), /cache\/pip/);
  });

  it('chooses packages for a GPU that the builder does not have', () => {
    const project = sampleProject({ dependencies: [condaSample(['pytorch', 'cuda-version=12.4'])] });
    assert.equal(condaRecipe.accelerators(project)[0]?.value, 'cuda');
    assert.match(written(condaRecipe, project, { accelerator: 'cuda' }), /CONDA_OVERRIDE_CUDA=12\.4 micromamba/);
    assert.doesNotMatch(written(condaRecipe, project), /CONDA_OVERRIDE_CUDA/);
  });

  it('installs what a package of pip needs of Debian, and nothing for one of conda', () => {
    const lines = ['opencv-python==4.11.0.86', 'graphviz=12.0'];
    const text = (hasPip: boolean) =>
      written(condaRecipe, sampleProject({ dependencies: [condaSample(lines, { hasPip })], files: ['a.pyx'] }));
    assert.match(text(true), / libgl1 \\$/m);
    assert.doesNotMatch(text(true), / graphviz \\$|build-essential/m);
    assert.doesNotMatch(text(false), /apt-get/);
  });
});

describe('pixi', () => {
  it('takes the environment for running', () => {
    const text = (environments: string[]) =>
      written(pixiRecipe, sampleProject({ dependencies: [pixiSample({ environments })] }), { version: '0.73.0' });
    assert.match(text(['default', 'prod']), /COPY --from=build \/project\/\.pixi\/envs\/prod /);
    assert.match(text(['default', 'dev']), /COPY --from=build \/project\/\.pixi\/envs\/default /);
    assert.match(text(['cpu', 'gpu']), /COPY --from=build \/project\/\.pixi\/envs\/cpu /);
  });

  it('keeps pixi in the image only for its tasks', () => {
    const project = sampleProject({ dependencies: [pixiSample()] });
    assert.match(written(pixiRecipe, project, { command: ['python', 'a.py'] }), /^FROM debian:bookworm-slim$/m);
    assert.doesNotMatch(written(pixiRecipe, project, { command: ['pixi', 'run', 'a'] }), /^FROM debian/m);
  });
});

describe('Plain Python', () => {
  it('fits code without a file that says what it needs', () => {
    const fit = (given: Parameters<typeof sampleProject>[0]) => plainPythonRecipe.fit(sampleProject(given));
    assert.equal(fit({ files: ['main.py'] })?.because, 'its code needs nothing but Python');
    assert.equal(
      fit({ files: ['main.py'], imports: sampleImports('a', 'b', 'c', 'd', 'e') })?.because,
      'its code imports a, b, c, d and 1 more',
    );
    assert.equal(fit({ files: ['main.py'] })?.degree, 'possible');
    assert.equal(fit({ files: ['analysis.R'] }), undefined);
    assert.equal(fit({ files: ['main.py'], dependencies: [pipSample([])] }), undefined);
  });

  it('installs nothing where nothing is needed', () => {
    const { dockerfile, hints } = plainPythonRecipe.write(sampleProject({ files: ['main.py'] }), sampleAnswers());
    assert.doesNotMatch(dockerfile, /pip|uv/i);
    assert.deepEqual(hints, []);
  });

  it('pins what it knows for that Python, takes the rest from a day, and names it', () => {
    const project = sampleProject({ files: ['main.py'], imports: sampleImports('numpy', 'oddity') });
    const { dockerfile, hints } = plainPythonRecipe.write(project, sampleAnswers({ version: '3.9' }));
    assert.match(dockerfile, /--exclude-newer \S+ numpy==2\.0\.2 \\\n {6}oddity$/m);
    assert.match(dockerfile, /^# The newest of that day, as nothing tells which .*: oddity\.$/m);
    assert.match(hints[0]?.message ?? '', /Those of oddity are the newest of 2026-11-26/);
    assert.equal(hints[0]?.command, 'pip freeze > requirements.txt');
  });

  it('takes PyTorch for the CPU from PyTorch’s index first', () => {
    const project = sampleProject({ files: ['main.py'], imports: sampleImports('torch') });
    const text = written(plainPythonRecipe, project, { accelerator: 'cpu' });
    assert.match(text, /--index-url https:\/\/download\.pytorch\.org\/whl\/cpu torch==2\.9\.1$/m);
    assert.ok(text.indexOf('whl/cpu') < text.indexOf('exclude-newer'));
    assert.doesNotMatch(written(plainPythonRecipe, project, { accelerator: 'cuda' }), /whl/);
  });
});

describe('A web application', () => {
  const entry: EntryPoint = {
    ...sampleScript,
    kind: 'web-app',
    file: 'app.py',
    command: ['streamlit', 'run', 'app.py'],
    port: 8501,
    because: 'it is an application of Streamlit',
  };

  it('is found among what can be run, and brings command and port', () => {
    const project = sampleProject({ entries: [sampleScript, entry], files: ['app.py'] });
    assert.deepEqual(webAppRecipe.fit(project), { degree: 'possible', because: entry.because });
    assert.equal(webAppRecipe.fit(sampleProject({ entries: [entry] }))?.degree, 'made');
    assert.equal(webAppRecipe.fit(sampleProject({ entries: [sampleScript] })), undefined);
    assert.deepEqual(webAppRecipe.command?.(project, 'results'), { command: entry.command, port: 8501 });
    assert.equal(webAppRecipe.fit(sampleProject({ entries: [{ ...entry, file: 'app.R' }] })), undefined);
  });

  it('listens where it is told to', () => {
    const project = sampleProject({ entries: [entry], files: ['app.py'] });
    assert.match(written(webAppRecipe, project, { port: 9000 }), /^EXPOSE 9000$/m);
    assert.match(written(webAppRecipe, project), /^EXPOSE 8501$/m);
  });
});

describe('Miniconda', () => {
  it('fits what pip installs, and a Python that it has', () => {
    const fit = (given: Parameters<typeof sampleProject>[0]) => minicondaRecipe.fit(sampleProject(given))?.degree;
    assert.equal(fit({ dependencies: [pipSample(['numpy==2.1.3'])] }), 'possible');
    assert.equal(fit({ files: ['a.py'], imports: sampleImports('jax') }), 'possible');
    assert.equal(fit({ files: ['a.py'] }), undefined);
    assert.equal(fit({ dependencies: [uvSample(['numpy==2.1.3'])] }), undefined);
    const old = [sampleVersion('python', '3.9')];
    assert.equal(fit({ dependencies: [pipSample(['numpy==2.1.3'])], versions: old }), undefined);
  });

  it('offers those releases whose Python fits', () => {
    const project = sampleProject({
      dependencies: [pipSample(['numpy==2.1.3'])],
      versions: [sampleVersion('python', '>=3.13')],
    });
    assert.deepEqual(
      minicondaRecipe.versions(project).map(({ value }) => value),
      ['25.3.1-1'],
    );
  });
});
