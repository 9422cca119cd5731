import { type DependencySource } from '../../../../src/project/project.js';
import { sampleDependencies, sampleProject } from '../recipes/sample-project.js';
import { type Case, checkRules, type Given, run } from './judgement.js';

function pip(pins: 'hashes' | 'versions' | 'none', file = 'requirements.txt'): DependencySource {
  return { kind: 'pip', files: [file], requirements: [file], dependencies: sampleDependencies('numpy'), pins };
}

function withSources(...dependencies: DependencySource[]): Given {
  return { project: sampleProject({ dependencies }) };
}

const uv: DependencySource = {
  ...{ kind: 'uv', files: ['uv.lock', 'pyproject.toml'], dependencies: sampleDependencies('numpy==2.1.3') },
  ...{ lock: 'uv.lock', isPackage: false, members: [] },
};
const conda: DependencySource = {
  ...{ kind: 'conda', files: ['environment.yml'], dependencies: sampleDependencies('numpy=1.26') },
  ...{ environment: 'environment.yml', explicit: undefined, lock: undefined, hasPip: false },
};
const julia: DependencySource = {
  ...{ kind: 'julia', files: ['Project.toml'], dependencies: [], manifest: 'Project.toml', lock: undefined },
};

const rules: Record<string, readonly Case[]> = {
  'pip-install-unpinned': [
    ['a name', run('pip install numpy'), [2]],
    ['a name beside a version', run('pip install --no-cache-dir numpy==1.26 pandas'), [2]],
    ['a range', run(`pip install 'numpy>=1.20,<2'`), [2]],
    ['a compatible version', run('pip install numpy~=1.26.0'), [2]],
    ['a version with a star', run('pip install numpy==1.*'), [2]],
    ['extras', run('pip install "jax[cuda12]"'), [2]],
    ['each command on its line', run('pip install a \\\n  && pip3 install \\\n      b==1 \\\n      c'), [2, 3]],
    ['python -m pip', run('/opt/venv/bin/python3.11 -u -m pip install numpy'), [2]],
    ['uv pip', run('uv pip install --system numpy'), [2]],
    ['uv tool and pipx', run('uv tool install ruff && pipx install poetry'), [2, 2]],
    ['an index', run('pip install torch --index-url https://download.pytorch.org/whl/cu118'), [2]],
    ['a cached pip', run('--mount=type=cache,target=/root/.cache/pip pip install numpy'), [2]],
    ['bash -c', run('bash -c "source activate x && pip install numpy"'), [2]],
    ['the JSON form', run('["pip", "install", "numpy"]'), [2]],
    ['conda run', run('conda run -n x pip install numpy'), [2]],
    ['a heredoc', run('<<EOF\nset -e\npip install numpy\nEOF'), [4]],
    ['a version', run('pip install numpy==1.26.4 "torch===2.1.0+cu118"'), []],
    ['a version with a marker', run(`pip install 'a==1.0; python_version < "3.9"' "b[c] == 2"`), []],
    ['a version and a bound', run('pip install "a==1.0,<2"'), []],
    ['a variable', run('pip install $PACKAGES "numpy==${NUMPY_VERSION}" "torch${V}" $(cat list)'), []],
    ['a requirements file', run('pip install -r requirements.txt -rother.txt --requirement=a.txt'), []],
    ['the project', run('pip install . -e . --editable ./a ".[dev]" /src /tmp/a.whl a-1.0.tar.gz dist/*.whl'), []],
    ['an address', run('pip install git+https://github.com/a/b@v1 https://a.b/c.zip "d @ https://a.b/d.whl"'), []],
    ['constraints', run('pip install -c constraints.txt numpy'), []],
    ['constraints by a variable', 'FROM a:1\nENV PIP_CONSTRAINT=/c.txt\nRUN pip install numpy', []],
    ['a date', run('uv pip install --exclude-newer 2024-05-01 numpy'), []],
    ['values of options', run('pip install --progress-bar off --target /x --platform any -i https://a/b numpy==1'), []],
    ['options in front', run('pip --no-cache-dir --cache-dir /c install numpy==1'), []],
    ['another subcommand', run('pip config set a b && pip uninstall numpy && pip list && uv sync && pip check'), []],
    ['another program', run('npm install express && echo pip install numpy && "pip install x"'), []],
    ['a comment', run('true # pip install numpy'), []],
    ['a comment in between', run('true \\\n# pip install numpy\n && true'), []],
    ['a file in a heredoc', run('cat <<EOF > /x\npip install numpy\nEOF'), []],
    ['a stage that is not needed', 'FROM a:1 AS b\nRUN pip install numpy\nFROM c:1', []],
    ['ONBUILD', 'FROM a:1\nONBUILD RUN pip install numpy', []],
    ['an upgrade, which is another rule’s', run('pip install -U numpy'), []],
    ['a bound by a variable', run('pip install "numpy>=${V}"'), [2]],
    ['a version by a substitution', run('pip install "numpy==$(cat /version)"'), []],
    ['values of options of uv', run('uv pip install --python-preference system --python-platform linux a==1'), []],
  ],
  'upgrade-to-newest': [
    ['the seed’s', run('pip install --upgrade "jax[cuda12]"'), [2]],
    ['pip', run('python -m pip install -U pip setuptools wheel'), [2]],
    ['letters together', run('pip install -qU numpy'), [2]],
    ['conda', run('conda update -n base -c defaults conda'), [2]],
    ['apt', run('apt-get update && apt-get -y dist-upgrade && apt-get install -y --no-install-recommends a'), [2]],
    ['a version', run('pip install --upgrade pip==24.0'), []],
    ['a requirements file', run('pip install -U -r requirements.txt'), []],
    ['a strategy', run('pip install --upgrade-strategy only-if-needed numpy==1'), []],
    ['conda to a version', run('conda update conda=24.1'), []],
    ['a package of that name', run('apt-get install -y unattended-upgrades'), []],
    ['a package that is called upgrade', run('apt-get install -y upgrade'), []],
    ['conda by the other word', run('conda upgrade --all'), [2]],
    ['dnf and its kin', run('dnf -y upgrade && yum update -y glibc && microdnf update -y', 'fedora:42'), [2, 2, 2]],
    ['zypper', run('zypper --non-interactive dup && zypper up -y', 'opensuse/leap:15.6'), [2, 2]],
    ['a question for upgrades', run('yum check-update; dnf install -y dnf-plugin-system-upgrade', 'fedora:42'), []],
    ['Amazon Linux, whose archive stays', run('dnf upgrade -y', 'amazonlinux:2023.6.20241212.0'), []],
  ],
  'requirements-unpinned': [
    ['no versions', run('pip install -r requirements.txt'), [2], withSources(pip('none'))],
    ['a copy elsewhere', run('pip install -r /tmp/requirements.txt'), [2], withSources(pip('none'))],
    ['versions', run('pip install -r requirements.txt'), [], withSources(pip('versions'))],
    ['hashes', run('pip install -r requirements.txt'), [], withSources(pip('hashes'))],
    ['another file', run('pip install -r other.txt'), [], withSources(pip('none'))],
    ['constraints', run('pip install -r requirements.txt -c c.txt'), [], withSources(pip('none'))],
    ['no project', run('pip install -r requirements.txt'), []],
  ],
  'conda-install-unpinned': [
    ['a name', run('conda install -y numpy'), [2]],
    ['some names', run('mamba install -y -c conda-forge python=3.10 xarray "dask>=2"'), [2]],
    ['a new environment', run('conda create -n env -y python'), [2]],
    ['micromamba', run('micromamba install -y -n base -c conda-forge gdal'), [2]],
    ['with a folder', run('/opt/conda/bin/conda install -y ipython'), [2]],
    ['versions', run('conda install -y -c pytorch pytorch=2.1 conda-forge::numpy==1.26.4 "scipy=1.11=py310*"'), []],
    ['files', run('conda env create -f environment.yml && conda install --file requirements.txt'), []],
    ['variables', run('conda install -y $PACKAGES python=${V}'), []],
    ['pip beside Python', run('conda create -n env python=3.10 pip'), []],
    ['a clone', run('conda create --name x --clone base'), []],
    ['others', run('conda clean -afy && conda init bash && conda config --add channels conda-forge'), []],
  ],
  'conda-without-lock': [
    ['an environment file', run('conda env create -f environment.yml'), [2]],
    ['an environment file by itself', run('mamba env update -n base'), [2]],
    ['micromamba', run('micromamba install -y -n base -f /tmp/env.yaml'), [2], withSources(conda)],
    ['a lock for Linux', run('conda create -n e --file conda-linux-64.lock'), []],
    ['conda-lock', run('micromamba create -y -n e -f conda-lock.yml && conda-lock install -n e'), []],
    ['an explicit list', run('conda create --name e --file explicit.txt'), []],
    ['a variable', run('conda env create -f $ENV_FILE'), []],
    [
      'an explicit list by another name',
      run('conda install --file packages.txt'),
      [],
      withSources({ ...conda, explicit: 'packages.txt' }),
    ],
    [
      'an environment that was exported',
      run('conda env create -f environment.yml'),
      [],
      withSources({
        ...conda,
        dependencies: sampleDependencies(...Array.from({ length: 40 }, (_, at) => `p${at}=1.0`)),
      }),
    ],
  ],
  'r-packages-undated': [
    ['the newest', run(`R -e "install.packages('ggplot2')"`, 'r-base:4.3.1'), [2]],
    [
      'CRAN',
      run(`Rscript -e 'install.packages(c("a", "b"), repos = "https://cloud.r-project.org")'`, 'ubuntu:22.04'),
      [2],
    ],
    ['littler', run('install2.r --error sf terra', 'rocker/r-ver:latest'), [2]],
    ['rocker’s release', run('install2.r --error sf terra', 'rocker/tidyverse:4.2.2'), []],
    [
      'a dated CRAN',
      run(`R -e 'install.packages("a", repos="https://packagemanager.posit.co/cran/2024-03-01")'`, 'r-base:4.3.1'),
      [],
    ],
    [
      'a CRAN that is dated before',
      `FROM r-base:4.3.1\nRUN echo 'options(repos = "https://p3m.dev/cran/__linux__/jammy/2024-03-01")' >> /etc/R/Rprofile.site\nRUN R -e 'install.packages("a")'`,
      [],
    ],
    ['renv', run(`R -e 'install.packages("renv")' -e 'renv::restore()'`, 'r-base:4.3.1'), []],
    ['a version', run(`R -e 'remotes::install_version("a", "1.0")'`, 'r-base:4.3.1'), []],
    ['a script', run('Rscript install.R', 'r-base:4.3.1'), []],
    [
      'the newest on an image that is dated',
      run('install2.r --error --repos https://packagemanager.posit.co/cran/latest sf', 'rocker/r-ver:4.2.3'),
      [2],
    ],
    [
      'CRAN itself on an image that is dated',
      run(`R -e "install.packages('sf', repos = 'https://cran.rstudio.com')"`, 'rocker/r-ver:4.2.3'),
      [2],
    ],
    ['other installers', run(`R -e "remotes::install_cran('a')" && R -e 'renv::install("b")'`, 'r-base:4.3.1'), [2, 2]],
    [
      'a package beside an installer',
      run(`R -e 'install.packages("remotes"); install.packages("a")'`, 'r-base:4'),
      [2],
    ],
    [
      'an installer that may be there',
      run(`Rscript -e "if (!requireNamespace('remotes')) install.packages('remotes')"`, 'r-base:4.3.1'),
      [],
    ],
    [
      'an archive of one version',
      run(
        `R -e "install.packages('https://a.org/Archive/a_1.0.tar.gz', repos = NULL, type = 'source')"`,
        'r-base:4.3.1',
      ),
      [],
    ],
    ['a package of a version', run(`R -e 'pak::pkg_install("a@1.0"); renv::install("b@2")'`, 'r-base:4.3.1'), []],
    [
      'a release of Bioconductor',
      run(`R -e 'BiocManager::install("DESeq2")'`, 'bioconductor/bioconductor_docker:RELEASE_3_18'),
      [],
    ],
    [
      'Bioconductor’s own trunk',
      run(`R -e 'BiocManager::install("a")'`, 'bioconductor/bioconductor_docker:devel'),
      [2],
    ],
    ['Bioconductor of the day', run(`R -e 'BiocManager::install("DESeq2")'`, 'r-base:4.3.1'), [2]],
  ],
  'julia-packages-unlocked': [
    ['Pkg.add', run(`julia -e 'using Pkg; Pkg.add("DataFrames")'`, 'julia:1.10.4'), [2]],
    ['several', run(`julia -e 'using Pkg; Pkg.add(["A", "B"])'`, 'julia:1.10.4'), [2]],
    [
      'instantiate without a manifest',
      run(`julia --project=. -e 'using Pkg; Pkg.instantiate()'`, 'julia:1.10.4'),
      [2],
      withSources(julia),
    ],
    [
      'instantiate with one',
      run(`julia --project=. -e 'using Pkg; Pkg.instantiate()'`, 'julia:1.10.4'),
      [],
      withSources({ ...julia, lock: 'Manifest.toml' }),
    ],
    ['instantiate of who knows what', run(`julia -e 'using Pkg; Pkg.instantiate()'`, 'julia:1.10.4'), []],
    ['a version', run(`julia -e 'using Pkg; Pkg.add(name="A", version="1.2"); pkg"add B@1.3"'`, 'julia:1.10.4'), []],
    ['a program', run('julia main.jl', 'julia:1.10.4'), [], withSources(julia)],
  ],
  'lock-file-unused': [
    [
      'another list',
      'FROM a:1\nCOPY requirements.txt .\nRUN pip install -r requirements.txt',
      [3],
      withSources(uv, pip('versions')),
    ],
    ['names', run('pip install numpy==1.26'), [2], withSources(uv)],
    ['the project by pip', run('pip install .'), [2], withSources(uv)],
    ['uv sync', run('pip install uv==0.9 numpy==1 && uv sync --locked'), [], withSources(uv)],
    ['what is exported', run('uv export -o r.txt && pip install -r r.txt'), [], withSources(uv)],
    ['an export that is committed', run('pip install -r requirements.txt'), [], withSources(uv)],
    ['the lock by name', 'FROM a:1\nCOPY uv.lock .\nRUN ./install.sh && pip install .', [], withSources(uv)],
    ['another language', run('apt-get install -y a=1', 'gcc:13'), [], withSources(uv)],
    ['tools only', run('pip install poetry==1.8'), [], withSources(uv)],
    ['no lock', run('pip install numpy==1.26'), [], withSources({ ...uv, lock: undefined })],
    ['no project', run('pip install numpy==1.26'), []],
  ],
  'wheels-for-another-cuda': [
    [
      'an index',
      run(
        'pip install torch==2.1 --index-url https://download.pytorch.org/whl/cu118',
        'nvidia/cuda:12.1.1-devel-ubuntu22.04',
      ),
      [2],
    ],
    [
      'a local version',
      run('pip install torch==2.1.0+cu121 -f https://x/y', 'nvidia/cuda:11.8.0-devel-ubuntu22.04'),
      [2],
    ],
    [
      'JAX with local CUDA',
      run('pip install "jax[cuda12_local]==0.4.30"', 'nvidia/cuda:11.8.0-devel-ubuntu22.04'),
      [2],
    ],
    ['a stage below', 'FROM nvidia/cuda:12.1.1-base-ubuntu22.04 AS a\nFROM a\nRUN pip install torch==2+cu118', [3]],
    ['the same', run('pip install torch==2.1.0+cu121', 'nvidia/cuda:12.4.1-devel-ubuntu22.04'), []],
    ['no CUDA below', run('pip install torch==2.1.0+cu118'), []],
    ['JAX that brings its own', run('pip install "jax[cuda12]==0.4.30"', 'nvidia/cuda:11.8.0-base-ubuntu22.04'), []],
    [
      'wheels for the CPU',
      run(
        'pip install torch==2 --index-url https://download.pytorch.org/whl/cpu',
        'nvidia/cuda:12.4.1-base-ubuntu22.04',
      ),
      [],
    ],
  ],
  'library-path-over-wheels': [
    [
      'JAX',
      'FROM a:1\nENV LD_LIBRARY_PATH=/usr/local/cuda/lib64:$LD_LIBRARY_PATH\nRUN pip install "jax[cuda12]==0.4.30"',
      [2],
    ],
    [
      'PyTorch, the old way',
      'FROM a:1\nRUN pip install torch==2.1\nENV LD_LIBRARY_PATH /usr/local/cuda-12.1/lib64',
      [3],
    ],
    [
      'JAX with local CUDA',
      'FROM a:1\nENV LD_LIBRARY_PATH=/usr/local/cuda/lib64\nRUN pip install "jax[cuda12-local]==0.4.30"',
      [],
    ],
    [
      'the libraries of the wheels',
      'FROM a:1\nENV LD_LIBRARY_PATH=/opt/lib/python3.12/site-packages/nvidia/cudnn/lib\nRUN pip install torch==2.1',
      [],
    ],
    ['other libraries', 'FROM a:1\nENV LD_LIBRARY_PATH=/opt/lib\nRUN pip install torch==2.1', []],
    [
      'the driver’s',
      'FROM a:1\nENV LD_LIBRARY_PATH="$LD_LIBRARY_PATH:/usr/local/nvidia/lib:/usr/local/nvidia/lib64"\nRUN pip install torch==2.1',
      [],
    ],
    [
      'wheels without CUDA',
      'FROM a:1\nENV LD_LIBRARY_PATH=/usr/local/cuda/lib64\nRUN pip install torch==2.1 --index-url https://download.pytorch.org/whl/cpu && pip install torchvision==0.16+cpu',
      [],
    ],
    ['another program', 'FROM a:1\nENV LD_LIBRARY_PATH=/usr/local/cuda/lib64\nRUN make', []],
  ],
};

checkRules(rules);
