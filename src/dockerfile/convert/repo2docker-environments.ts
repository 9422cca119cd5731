import { posix } from 'node:path';
import { compareVersions } from '../../cuda/version.js';
import { type Project, type Repo2docker } from '../../project/project.js';
import { micromambaVersion } from '../recipes/conda-recipe.js';
import { argument, copyInPlace } from '../recipes/copy-line.js';
import { juliaImage, juliaProcessors } from '../recipes/julia-recipe.js';
import { projectFolder, user } from '../recipes/parts.js';
import { datedCranPart, rImage } from '../recipes/r-images.js';
import { rSystemPackages } from '../recipes/r-system-packages.js';
import { type RecipeAnswers } from '../recipes/recipe.js';
import { type Buildpack, cranDay, pathIn } from './repo2docker-files.js';

/** What one of repo2docker's ways is made of in a Dockerfile. Empty texts are left out. */
export interface Environment {
  image: string;
  /** What the image is, for a comment. */
  system: string;
  family: 'debian' | 'ubuntu';
  /** Packages of the system besides those of `apt.txt`. */
  packages: readonly string[];
  /** Folders outside of the project's that the user owns. */
  folders: readonly string[];
  /** Done by root before there is a user. */
  asRoot: string;
  variables: Readonly<Record<string, string>>;
  /** Done by the user with the configuration files alone. */
  install: string;
  /** Done by the user with all files of the project, as one step of the shell; empty where there is nothing to do. */
  assemble: string;
  /** What programs are run through. */
  wrapper: readonly string[];
}

/** Where Python's packages are, and Jupyter. */
const environment = '/opt/env';
const conda = '/opt/conda';
const condaEnvironment = `${conda}/envs/project`;

/** The Python that Jupyter runs with where the project is in another language. */
const pythonOfJupyter = '3.12';

interface Task {
  project: Project;
  files: Repo2docker;
  answers: RecipeAnswers;
}

export function environmentOf(buildpack: Buildpack, task: Task): Environment {
  switch (buildpack) {
    case 'python':
      return python(task);
    case 'conda':
      return withConda(task);
    case 'r':
      return withR(task);
    case 'julia':
      return withJulia(task);
  }
}

function python(task: Task): Environment {
  const { files, answers } = task;
  const isInstalled = files.folder === '' && ['setup.py', 'pyproject.toml'].some((name) => files.files.includes(name));
  return {
    image: `python:${answers.version}-bookworm`,
    system: `Python ${answers.version} on Debian, with compilers and git, as repo2docker has them`,
    family: 'debian',
    packages: [],
    folders: [environment],
    asRoot: '',
    variables: { PATH: `/home/${user}/.local/bin:${environment}/bin:$PATH`, NB_PYTHON_PREFIX: environment },
    install: pipPart(task, answers.version),
    assemble: isInstalled ? `${pipRun} .` : '',
    wrapper: [],
  };
}

function withConda({ files, project, answers }: Task): Environment {
  const run = ['micromamba', 'run', '--prefix', condaEnvironment];
  const first = [`python=${answers.version}`, ...(hasJupyter(project) ? [] : ['jupyterlab=4.4.9', 'notebook=7.4.5'])];
  const named = ['environment.yml', 'requirements.txt'].filter((name) => files.files.includes(name));
  const script = pathIn(files, 'install.R');
  return {
    image: 'buildpack-deps:bookworm',
    system: 'Debian with compilers and git, as repo2docker has them',
    family: 'debian',
    packages: [],
    folders: [conda],
    asRoot: [
      '# The program that installs conda’s packages.',
      `COPY --from=mambaorg/micromamba:${micromambaVersion} /bin/micromamba /usr/local/bin/micromamba`,
    ].join('\n'),
    variables: {
      MAMBA_ROOT_PREFIX: conda,
      PATH: `/home/${user}/.local/bin:${condaEnvironment}/bin:$PATH`,
      NB_PYTHON_PREFIX: condaEnvironment,
    },
    install: [
      '# Python and Jupyter, then what the project asks for. It is installed again only when these files change.',
      copyOwned(named.map((name) => pathIn(files, name))),
      `RUN --mount=type=cache,target=${conda}/pkgs,uid=1000,sharing=locked \\`,
      `    micromamba create --yes --prefix ${condaEnvironment} --channel conda-forge ${first.join(' ')} \\`,
      ` && PIP_NO_CACHE_DIR=1 micromamba install --yes --prefix ${condaEnvironment} --file ${argument(pathIn(files, 'environment.yml'))}`,
    ].join('\n'),
    assemble: files.files.includes('install.R') ? `${run.join(' ')} Rscript ${argument(script)}` : '',
    wrapper: run,
  };
}

function withR(task: Task): Environment {
  const { files, answers, project } = task;
  const libraries = `${environment}/rlibs`;
  const script = pathIn(files, 'install.R');
  const asks = project.dependencies.filter(({ kind }) => kind === 'r').flatMap(({ dependencies }) => dependencies);
  const kernel = `install.packages("IRkernel"); IRkernel::installspec(prefix = "${environment}")`;
  const hasScript = files.files.includes('install.R');
  return {
    image: rImage(answers.version),
    system: `R ${answers.version}, compiled on Ubuntu`,
    family: 'ubuntu',
    packages: [
      ...['git', 'libcurl4-openssl-dev', 'libssl-dev', 'libxml2-dev', 'libzmq3-dev', 'python3', 'python3-venv'],
      ...rSystemPackages(asks),
    ],
    folders: [environment, libraries],
    asRoot: datedCranPart(cranDay(files) ?? answers.snapshot),
    variables: {
      R_LIBS_USER: libraries,
      PATH: `/home/${user}/.local/bin:${environment}/bin:$PATH`,
      NB_PYTHON_PREFIX: environment,
    },
    install: [
      pipPart(task, pythonOfUbuntu(answers.version)),
      '',
      '# R for Jupyter, and the R packages of the project. They are installed again only when these files change.',
      ...(hasScript ? [copyOwned([script])] : []),
      `RUN Rscript -e 'options(warn = 2)' -e '${kernel}'${hasScript ? ' \\' : ''}`,
      ...(hasScript ? [` && Rscript ${argument(script)}`] : []),
    ].join('\n'),
    assemble:
      files.folder === '' && files.files.includes('DESCRIPTION')
        ? `Rscript -e 'options(warn = 2)' -e 'install.packages("remotes"); remotes::install_local(".", upgrade = "never")'`
        : '',
    wrapper: [],
  };
}

/** Before that, R was built on an Ubuntu with an older Python. */
const firstOnUbuntu22 = '4.2.2';

function pythonOfUbuntu(r: string): string {
  return (compareVersions(r, firstOnUbuntu22) ?? 0) < 0 ? '3.8' : pythonOfJupyter;
}

function withJulia(task: Task): Environment {
  const { files, answers, project } = task;
  const source = project.dependencies.find(({ kind }) => kind === 'julia');
  const manifest = pathIn(files, files.files.includes('Project.toml') ? 'Project.toml' : 'JuliaProject.toml');
  const folder = posix.join(projectFolder, files.folder);
  const kernel = `Pkg.add(${ijulia(answers.version)}); using IJulia; installkernel("Julia", "--project=${folder}")`;
  return {
    image: `python:${pythonOfJupyter}-bookworm`,
    system: 'Python on Debian, for Jupyter',
    family: 'debian',
    packages: [],
    folders: [environment, '/opt/julia'],
    asRoot: [
      `# Julia ${answers.version}, from its official image.`,
      `COPY --from=${juliaImage(answers.version)} /usr/local/julia /usr/local/julia`,
    ].join('\n'),
    variables: {
      JULIA_PROJECT: folder,
      JULIA_DEPOT_PATH: '/opt/julia:',
      JULIA_CPU_TARGET: juliaProcessors(answers.platforms),
      PATH: `/home/${user}/.local/bin:${environment}/bin:/usr/local/julia/bin:$PATH`,
      NB_PYTHON_PREFIX: environment,
    },
    install: [
      pipPart(task, pythonOfJupyter),
      '',
      '# Julia for Jupyter, and the packages of the project. They are installed again only when these files change.',
      copyOwned([...new Set([manifest, ...(source?.files ?? [])])]),
      '# The kernel is not the project’s: it is in Julia’s own environment.',
      `RUN julia --project=@v#.# -e ${argument(`using Pkg; ${kernel}`)} \\`,
      " && julia -e 'using Pkg; Pkg.instantiate()'",
    ].join('\n'),
    assemble: '',
    wrapper: [],
  };
}

/** The last release of the kernel that a version of Julia runs; the older one takes a JSON that it does not work with. */
function ijulia(julia: string): string {
  return (compareVersions(julia, '1.10') ?? 0) < 0
    ? '[PackageSpec(name = "IJulia", version = "1.26.0"), PackageSpec(name = "JSON", version = "0.21.4")]'
    : 'PackageSpec(name = "IJulia", version = "1.34.4")';
}

const pipRun = 'pip install --no-cache-dir';

/** Jupyter, and what `requirements.txt` or `Pipfile` ask for, in an environment that the user may change. */
function pipPart({ files, project }: Task, version: string): string {
  const has = (name: string): boolean => files.files.includes(name);
  const isPipenv = has('Pipfile') || has('Pipfile.lock');
  const pipenv = has('Pipfile.lock') ? 'sync --system --dev' : 'install --system --dev --skip-lock';
  const steps = [
    ...(hasJupyter(project) ? [] : [`pip install ${jupyter(version)}`]),
    ...(isPipenv
      ? [
          'pip install pipenv==2024.4.1',
          `PIPENV_PIPFILE=${argument(`${projectFolder}/${pathIn(files, 'Pipfile')}`)} pipenv ${pipenv}`,
        ]
      : has('requirements.txt')
        ? [`pip install -r ${argument(pathIn(files, 'requirements.txt'))}`]
        : []),
  ];
  const named = (isPipenv ? ['Pipfile', 'Pipfile.lock'] : ['requirements.txt']).filter(has);
  const included = project.dependencies.filter(({ kind }) => kind === 'pip').flatMap((source) => source.files);
  const copied = [...new Set([...named.map((name) => pathIn(files, name)), ...(isPipenv ? [] : included)])];
  return [
    '# Jupyter and the Python packages of the project. They are installed again only when these files change.',
    ...(copied.length === 0 ? [] : [copyOwned(copied)]),
    `RUN python3 -m venv ${environment}`,
    ...(steps.length === 0
      ? []
      : [
          // Not below the home folder: the folders on the way to it would be root's.
          'RUN --mount=type=cache,target=/var/cache/pip,uid=1000,sharing=locked \\',
          `    export PIP_CACHE_DIR=/var/cache/pip \\\n && ${steps.join(' \\\n && ')}`,
        ]),
  ].join('\n');
}

/** The last releases of JupyterLab and Notebook for a version of Python. */
function jupyter(version: string): string {
  return /^3\.[78]$/.test(version) ? 'jupyterlab==3.6.8 notebook==6.5.7' : 'jupyterlab==4.4.9 notebook==7.4.5';
}

/** Whether the project asks for JupyterLab itself: its own version is the one to be taken. */
function hasJupyter({ dependencies }: Project): boolean {
  return dependencies.some((source) =>
    source.dependencies.some(({ name }) => ['jupyter', 'jupyterlab'].includes(name)),
  );
}

function copyOwned(files: readonly string[]): string {
  return copyInPlace(files).replaceAll(/^COPY /gm, `COPY --chown=${user}:${user} `);
}
