import assert from 'node:assert/strict';
import { both, type Case, checkRules, findingsOf, run } from './judgement.js';

const miniconda = 'https://repo.anaconda.com/miniconda/Miniconda3-py312_25.1.1-2-Linux-x86_64.sh';
const commit = '3f2c1ab9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3';

const rules: Record<string, readonly Case[]> = {
  'clone-without-commit': [
    ['a clone', run('git clone https://github.com/a/b.git'), [2]],
    ['a shallow clone', run('git clone --depth 1 --recursive https://github.com/a/b /b && make -C /b'), [2]],
    ['a branch', run('git clone -b main https://github.com/a/b'), [2]],
    ['a branch that is checked out', run('git clone https://github.com/a/b && cd b && git checkout develop'), [2]],
    ['a new branch', run('git clone https://github.com/a/b && cd b && git checkout -b work'), [2]],
    ['the second of two', run('git clone https://a/b && git -C b checkout v1 \\\n && git clone https://a/c'), [3]],
    ['ADD', 'FROM a:1\nADD https://github.com/a/b.git /b', [2]],
    ['ADD of a branch', 'FROM a:1\nADD git@github.com:a/b.git#main:dir /b', [2]],
    ['pip', run('pip install git+https://github.com/a/b.git "c @ git+https://github.com/a/c@master#egg=c"'), [2, 2]],
    ['pip with a user', run('pip install git+ssh://git@github.com/a/b.git'), [2]],
    ['R', run(`Rscript -e "remotes::install_github('a/b')"`), [2]],
    ['littler', run('installGithub.r a/b c/d@v1'), [2]],
    ['littler at a tag', run('installGithub.r --deps TRUE c/d@v1'), []],
    ['a commit', run(`git clone https://github.com/a/b && cd b && git checkout ${commit}`), []],
    [
      'a short commit in a later step',
      `FROM a:1\nRUN git clone https://github.com/a/b\nWORKDIR b\nRUN git reset --hard 3f2c1ab`,
      [],
    ],
    ['a tag', run('git clone --branch v1.2.0 --depth 1 https://github.com/a/b'), []],
    ['a tag of a paper', run('git clone -b camera-ready https://github.com/a/b'), []],
    [
      'a variable',
      run('git clone https://github.com/a/b && git -C b checkout $COMMIT && git clone -b ${V} https://a/c'),
      [],
    ],
    ['a variable address', run('git clone $REPOSITORY'), []],
    [
      'ADD of a commit',
      `FROM a:1\nADD https://github.com/a/b.git#${commit} /b\nADD https://github.com/a/c.git?tag=v1 /c`,
      [],
    ],
    [
      'pip at a tag',
      run('pip install git+https://github.com/a/b@v1.0 git+https://github.com/a/c.git@3f2c1ab#egg=c'),
      [],
    ],
    ['R at a tag', run(`R -e "remotes::install_github('a/b@v1'); devtools::install_github('c/d', ref = 'v2')"`), []],
    ['other uses of git', run('git config --global a b && git submodule update --init && git lfs install'), []],
    ['a stage that is not needed', 'FROM a:1 AS b\nRUN git clone https://a/b\nFROM c:1', []],
  ],
  'download-latest': [
    ['Miniconda', run('wget https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-x86_64.sh -O /m.sh'), [2]],
    ['a latest release', run('curl -fsSLO https://github.com/a/b/releases/latest/download/c.tar.gz'), [2]],
    ['a branch', run('curl -L https://github.com/a/b/archive/refs/heads/work.zip -o b.zip'), [2]],
    ['a file of a branch', run('wget https://raw.githubusercontent.com/a/b/master/c.py'), [2]],
    ['the line', run('apt-get update \\\n && wget \\\n https://a.org/b-latest.tar.gz'), [4]],
    ['ADD', 'FROM a:1\nADD https://github.com/a/b/archive/main.tar.gz /b/', [2]],
    ['a version', run('wget https://github.com/a/b/releases/download/v1.0/c.tar.gz'), []],
    ['a word with such letters', run('wget https://a.org/translatest/latestnews-1.0.tgz https://a.org/b?latest=1'), []],
    ['a script that is run, which is another rule’s', run('curl https://a.org/latest/install.sh | sh'), []],
    ['a key', run('wget -O - https://a.org/keys/archive-latest.asc | gpg --dearmor - > /usr/share/keyrings/a.gpg'), []],
    [
      'what is no download',
      run('echo https://a.org/latest/b && pip install x==1 --index-url https://a.org/latest/simple'),
      [],
    ],
  ],
  'script-from-network': [
    ['a pipe', run('curl -sSL https://install.python-poetry.org | python3 -'), [2]],
    ['sudo and options', run('curl -fsSL https://deb.nodesource.com/setup_18.x | sudo -E bash -'), [2]],
    ['wget', run('wget -qO- https://a.org/install.sh | bash -s -- --yes'), [2]],
    ['a substitution', run('sh -c "$(curl -fsSL https://a.org/install.sh)"'), [2]],
    ['a process substitution', run('bash <(curl -s https://a.org/install.sh)'), [2]],
    ['eval', run('eval "$(curl -s https://a.org/x)"'), [2]],
    ['a pipe over lines', run('curl https://a.org/x \\\n  | bash'), [2]],
    ['a version in the address', run('curl -LsSf https://astral.sh/uv/0.5.4/install.sh | sh'), []],
    ['a commit in the address', run(`curl https://raw.githubusercontent.com/a/b/${commit}/install.sh | sh`), []],
    ['a version that a variable has', run('curl https://a.org/b/${B_VERSION}/install.sh | sh'), []],
    ['a variable in a name', run('curl https://a.org/setup_${NODE_VERSION}.x | bash -'), [2]],
    ['an archive', run('curl -L https://a.org/b-1.0.tgz | tar xz -C /opt'), []],
    [
      'text for a program',
      run(`curl https://a.org/x | python3 -c 'import json' && curl https://a.org/y | bash /z.sh`),
      [],
    ],
    ['a shell behind it', run('curl -o x https://a.org/x && bash -c "make"'), []],
    ['another pipe', run('curl -o x https://a.org/x; echo make | sh'), []],
  ],
  'download-without-checksum': [
    ['wget', run('wget https://a.org/b-1.0.tar.gz && tar xf b-1.0.tar.gz'), [2]],
    ['curl into tar', run('curl -sSL https://a.org/b-${V}.tgz | tar xz'), [2]],
    ['ADD', 'FROM a:1\nADD https://a.org/b-1.0.tgz /b/', [2]],
    ['two', run('wget https://a.org/b-1.0 \\\n https://a.org/c-1.0'), [2, 3]],
    ['a checksum', run('wget https://a.org/b-1.0 && echo "1234  b-1.0" | sha256sum -c -'), []],
    ['a signature', run('curl -O https://a.org/b-1.0 && gpg --batch --verify b.sig b-1.0'), []],
    ['ADD --checksum', `FROM a:1\nADD --checksum=sha256:${'0'.repeat(64)} https://a.org/b-1.0.tgz /b/`, []],
    [
      'a key',
      run('curl -fsSL https://a.org/key.gpg -o /usr/share/keyrings/a.gpg && wget -qO- https://b.org/k | apt-key add -'),
      [],
    ],
    ['a check of health', 'FROM a:1\nHEALTHCHECK CMD curl -f http://localhost:80/\nRUN curl http://127.0.0.1/x', []],
    ['a question', run('curl -I https://a.org/b && curl -X POST https://a.org/c && curl -d x https://a.org/d'), []],
    ['what is newest, which is another rule’s', run('wget https://a.org/latest/b.tgz'), []],
    ['a file of a commit', run(`wget https://raw.githubusercontent.com/a/b/${commit}/c.py`), []],
    ['a variable address', run('wget $URL'), []],
    ['ADD of a folder', 'FROM a:1\nADD src /src', []],
  ],
  'url-for-one-architecture': [
    ['x86_64', run(`wget ${miniconda}`), [2], both],
    ['amd64', run('curl -L https://a.org/b_1.0_linux_amd64.tar.gz | tar xz'), [2], both],
    ['aarch64', run('wget https://a.org/b-aarch64.tgz'), [2], both],
    ['the only platform, another one', run(`wget ${miniconda}`), [2], { platforms: ['linux/arm64'] }],
    ['ADD', 'FROM a:1\nADD https://a.org/b-linux64.tgz /b/', [2], both],
    ['the only platform', run(`wget ${miniconda}`), []],
    ['platforms that are not known', run(`wget ${miniconda}`), [], { platforms: [] }],
    [
      'TARGETARCH',
      'FROM a:1\nARG TARGETARCH\nRUN if [ $TARGETARCH = amd64 ]; then wget https://a.org/amd64; fi',
      [],
      both,
    ],
    ['uname', run('case $(uname -m) in x86_64) wget https://a.org/x86_64;; esac'), [], both],
    ['dpkg', run('[ "$(dpkg --print-architecture)" != amd64 ] || wget https://a.org/amd64.deb'), [], both],
    ['a stage for one platform', `FROM --platform=linux/amd64 a:1\nRUN wget ${miniconda}`, [], both],
    ['part of a word', run('wget https://a.org/max64/b-arm64x.tgz?arch=amd64'), [], both],
    [
      'a stage that the platform chooses',
      `FROM a:1 AS build-amd64\nRUN wget ${miniconda}\nFROM a:1 AS build-arm64\nFROM build-\${TARGETARCH}\nRUN x`,
      [],
      both,
    ],
    [
      'a stage below one that the platform chooses',
      `FROM a:1 AS x86\nRUN wget ${miniconda}\nFROM x86 AS base-amd64\nFROM a:1 AS base-arm64\nFROM base-$TARGETARCH`,
      [],
      both,
    ],
    [
      'a stage beside those that the platform chooses',
      `FROM a:1 AS build-amd64\nFROM a:1 AS files\nRUN wget ${miniconda}\nFROM build-$TARGETARCH\nCOPY --from=files a b`,
      [3],
      both,
    ],
    ['both', run('wget https://a.org/b-amd64-arm64.tgz'), [], both],
  ],
};

checkRules(rules);

describe('what is said of an address', () => {
  it('has neither its password nor its query', () => {
    const [finding] = findingsOf('download-without-checksum', run('wget "https://me:secret@a.org/b?token=1"'));
    assert.match(finding?.message ?? '', /^https:\/\/a\.org\/b is/);
    const [clone] = findingsOf('clone-without-commit', run('git clone https://me:secret@a.org/b'));
    assert.match(clone?.message ?? '', /^https:\/\/a\.org\/b is/);
  });
});
