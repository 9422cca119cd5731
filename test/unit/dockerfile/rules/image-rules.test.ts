import assert from 'node:assert/strict';
import { type DependencySource } from '../../../../src/project/project.js';
import { sampleProject } from '../recipes/sample-project.js';
import { type Case, checkRules, findingsOf } from './judgement.js';

const results = { folder: 'results', file: 'main.py', line: 3 };
const writes = { project: sampleProject({ outputs: [results] }) };
const git = { kind: 'commit' as const, commit: '0'.repeat(40), dirty: false, time: 1, remote: undefined };
const withPath: DependencySource = {
  ...{ kind: 'pip', files: ['requirements.txt'], requirements: ['requirements.txt'], pins: 'versions' },
  dependencies: [{ name: './lib', version: undefined, extras: [], wheels: undefined }],
};
const whole = 'FROM a:1\nCOPY . .';

const rules: Record<string, readonly Case[]> = {
  'sources-before-install': [
    ['the seed’s', 'FROM python:3.8\nWORKDIR /app\nCOPY . .\nRUN pip install --no-cache-dir -r requirements.txt', [3]],
    ['with a folder', 'FROM a:1\nADD ./ /app/\nWORKDIR /app\nRUN uv sync --locked', [2]],
    ['conda', 'FROM a:1\nCOPY . /x\nRUN conda env create -f /x/environment.yml', [2]],
    ['renv', `FROM a:1\nCOPY . .\nRUN R -e 'renv::restore()'`, [2]],
    ['a stage below', 'FROM a:1 AS b\nCOPY . .\nFROM b\nRUN poetry install', []],
    ['the file first', 'FROM a:1\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .', []],
    ['two installations', 'FROM a:1\nRUN uv sync --no-install-project\nCOPY . .\nRUN uv sync', []],
    ['the project itself', 'FROM a:1\nCOPY . .\nRUN pip install .', []],
    ['a folder', 'FROM a:1\nCOPY src /src\nRUN pip install -r /src/requirements.txt', []],
    ['another stage’s files', 'FROM a:1 AS b\nFROM c:1\nCOPY --from=b . .\nRUN pip install -r requirements.txt', []],
    [
      'requirements in the project',
      'FROM a:1\nCOPY . .\nRUN pip install -r requirements.txt',
      [],
      { project: sampleProject({ dependencies: [withPath] }) },
    ],
    ['a program', 'FROM a:1\nCOPY . .\nRUN make', []],
  ],
  'context-not-ignored': [
    ['no ignore file', whole, [2], { dockerignore: undefined }],
    ['a project with git and none', whole, [2], { dockerignore: undefined, project: sampleProject({ git }) }],
    ['git that is not ignored', whole, [2], { dockerignore: '*.pyc\n!.git\n', project: sampleProject({ git }) }],
    ['data', whole, [2], { dockerignore: '.git', project: sampleProject({ git, data: ['data'] }) }],
    ['passwords', whole, [2], { dockerignore: '.git', project: sampleProject({ files: ['.env', 'a.py'] }) }],
    ['a key in a folder', whole, [2], { dockerignore: '.git', project: sampleProject({ files: ['keys/id_ecdsa'] }) }],
    [
      'keys of a service',
      whole,
      [2],
      { dockerignore: '.git', project: sampleProject({ files: ['.aws/credentials'] }) },
    ],
    [
      'a public key',
      whole,
      [],
      { dockerignore: '.git', project: sampleProject({ files: ['id_rsa.pub', '.env.example'] }) },
    ],
    ['ADD of all', 'FROM a:1\nADD ["./", "/x"]', [2], { dockerignore: undefined }],
    [
      'an ignore file',
      whole,
      [],
      { dockerignore: '# x\n.git/\ndata/**\n.e?v', project: sampleProject({ git, data: ['data'], files: ['.env'] }) },
    ],
    [
      'all but some',
      whole,
      [],
      { dockerignore: '*\n!src\n!data/small.csv', project: sampleProject({ git, data: ['data'] }) },
    ],
    [
      'patterns for all folders',
      whole,
      [],
      { dockerignore: '**/.git\n**/raw', project: sampleProject({ git, data: ['data/raw'] }) },
    ],
    ['a pattern with a class', whole, [], { dockerignore: '.[gh]it', project: sampleProject({ git }) }],
    ['a pattern with a class of others', whole, [2], { dockerignore: '.[ab]it', project: sampleProject({ git }) }],
    ['patterns that Docker refuses', whole, [], { dockerignore: '.[git', project: sampleProject({ git }) }],
    [
      'excludes of its own',
      'FROM a:1\nCOPY --exclude=.git . .',
      [],
      { dockerignore: undefined, project: sampleProject({ git }) },
    ],
    ['a project with nothing of that', whole, [], { dockerignore: undefined, project: sampleProject() }],
    ['single files', 'FROM a:1\nCOPY src requirements.txt ./', [], { dockerignore: undefined }],
    ['another stage’s files', 'FROM a:1 AS b\nFROM a:1\nCOPY --from=b . .', [], { dockerignore: undefined }],
    ['an example of passwords', whole, [], { project: sampleProject({ files: ['.env.example'] }) }],
  ],
  'secret-in-image': [
    ['ENV', 'FROM a:1\nENV API_KEY=abc123', [2]],
    ['ENV, the old way', 'FROM a:1\nENV DB_PASSWORD very secret', [2]],
    ['one of several', 'FROM a:1\nENV A=b \\\n  MY_TOKEN="x y"', [2]],
    ['ARG with a value', 'FROM a:1\nARG GITHUB_TOKEN=abc', [2]],
    ['ARG that is given', 'FROM a:1\nARG GITHUB_TOKEN\nRUN pip install x==1', [2]],
    ['a token in a step', `FROM a:1\nRUN git clone https://me:ghp_${'a1'.repeat(18)}@github.com/a/b`, [2]],
    ['a token in a heredoc', `FROM a:1\nRUN <<EOF\nexport X=hf_${'a1'.repeat(12)}\nEOF`, [2]],
    ['a token that only passes', `FROM a:1 AS b\nENV X=ghp_${'a1'.repeat(18)}\nFROM c:1\nCOPY --from=b x y`, [2]],
    ['a file of passwords', 'FROM a:1\nCOPY .env /app/.env', [2]],
    ['a key', 'FROM a:1\nCOPY keys/id_rsa /root/.ssh/id_rsa', [2]],
    ['a mount', 'FROM a:1\nRUN --mount=type=secret,id=token,env=HF_TOKEN python download.py', []],
    ['an ARG of another stage', 'FROM a:1 AS b\nARG GITHUB_TOKEN\nFROM c:1\nCOPY --from=b x y', []],
    ['a word of language models', 'FROM a:1\nENV EOS_TOKEN=x PAD_TOKEN_ID=0 TOKENIZERS_PARALLELISM=false', []],
    ['an empty one', `FROM a:1\nENV JUPYTER_TOKEN=""`, []],
    ['a file that is named', 'FROM a:1\nENV GOOGLE_APPLICATION_CREDENTIALS_FILE=/run/secrets/g PASSWORD_FILE=/x', []],
    ['a variable in an address', 'FROM a:1\nRUN git clone https://me:$TOKEN@github.com/a/b', []],
    ['an example', 'FROM a:1\nCOPY .env.example /app/.env', []],
    ['settings of one’s own', 'FROM a:1\nCOPY .env.production /app/.env', [2]],
    ['keys of a service', 'FROM a:1\nCOPY .aws/credentials /root/.aws/', [2]],
    ['a token in front of data', `FROM a:1\nRUN echo ghp_${'a1'.repeat(18)}.${'x'.repeat(5_000)}`, [2]],
    ['the place of a key', 'FROM a:1\nENV TLS_PRIVATE_KEY="/opt/tls/server.key" SSH_KEY=~/.ssh/id_a', []],
    ['the name of a key’s file', 'FROM a:1\nENV KEY repodata/repomd.xml.key', []],
    ['a password with a slash', 'FROM a:1\nENV DB_PASSWORD=/x+y/8', [2]],
  ],
  'export-without-effect': [
    ['export', 'FROM a:1\nRUN export A=b', [2]],
    ['cd', 'FROM a:1\nRUN cd /app', [2]],
    ['activation', 'FROM a:1\nRUN . /venv/bin/activate\nRUN conda activate x', [2, 3]],
    ['several', 'FROM a:1\nRUN cd /app && source x && export A=b', [2]],
    ['an assignment', 'FROM a:1\nRUN A=b', [2]],
    ['with a command', 'FROM a:1\nRUN export A=b && make', []],
    ['a file', `FROM a:1\nRUN echo 'export A=b' >> ~/.bashrc`, []],
    ['a redirection', 'FROM a:1\nRUN export -p > /env', []],
    ['options of a shell only', 'FROM a:1\nRUN set -ex', []],
    ['nothing', 'FROM a:1\nRUN ', []],
  ],
  'path-overwritten': [
    ['a folder', 'FROM a:1\nENV PATH=/opt/conda/bin', [2]],
    ['the old way', 'FROM a:1\nENV PATH /opt/conda/bin:/x', [2]],
    ['one of several', 'FROM a:1\nENV A=b PATH="/opt/conda/bin"', [2]],
    ['what is there', 'FROM a:1\nENV PATH=/opt/conda/bin:$PATH\nENV PATH /x:${PATH}', []],
    ['all that is needed', 'FROM a:1\nENV PATH=/opt/bin:/usr/bin:/bin', []],
    ['a variable', 'FROM a:1\nENV PATH=$NEW', []],
    ['a folder in a variable', 'FROM a:1\nENV PATH=${VENV}/bin', [2]],
    ['a variable with folders', 'FROM a:1\nENV PATH=/x:$OLD_PATH', []],
    ['an image with nothing in it', 'FROM scratch\nCOPY bin /bin\nENV PATH=/opt/bin', []],
    ['another name', 'FROM a:1\nENV MY_PATH=/x PYTHONPATH=/y', []],
  ],
  'runs-as-root': [
    ['no user', 'FROM python:3.12\nRUN x', [1]],
    ['root at the end', 'FROM example/x:1\nUSER me\nUSER root', [3]],
    ['root by number', 'FROM example/x:1\nUSER 0:0', [2]],
    ['a stage below', 'FROM nvidia/cuda:12.8.1-base-ubuntu24.04 AS a\nFROM a\nRUN x', [2]],
    ['a user', 'FROM python:3.12\nUSER researcher', []],
    ['a user of a stage below', 'FROM python:3.12 AS a\nUSER 1000\nFROM a', []],
    ['root in between', 'FROM quay.io/jupyter/base-notebook:2024-01-15\nUSER root\nRUN x\nUSER ${NB_UID}', []],
    ['an image that may have a user', 'FROM mambaorg/micromamba:2.0', []],
    ['an image of one’s own', 'FROM lab.example.org/base:1', []],
    ['a user that is changed at the start', 'FROM python:3.12\nRUN apt-get install gosu\nENTRYPOINT ["/start.sh"]', []],
    ['scratch', 'FROM scratch\nCOPY a b', []],
    ['a name that begins so', 'FROM rootless:1\nUSER rooter', []],
  ],
  'no-output-folder': [
    ['a project that writes', 'FROM a:1\nWORKDIR /app', [1], writes],
    ['a label', 'FROM a:1\nLABEL org.research-containers.output=/app/results', [], writes],
    ['a volume', 'FROM a:1\nVOLUME /app/results', [], writes],
    ['a project that writes nothing', 'FROM a:1', [], { project: sampleProject() }],
    ['no project', 'FROM a:1', []],
  ],
  'no-command': [
    ['a system', 'FROM ubuntu:24.04\nRUN x', [1]],
    ['an interpreter', 'FROM python:3.12 AS x\nFROM x', [2]],
    ['a command', 'FROM ubuntu:24.04\nCMD ["x"]', []],
    ['an entrypoint of a stage below', 'FROM ubuntu:24.04 AS a\nENTRYPOINT ["x"]\nFROM a', []],
    ['our label', 'FROM ubuntu:24.04\nLABEL org.research-containers.command="[\\"x\\"]"', []],
    ['an image that starts something', 'FROM quay.io/jupyter/base-notebook:2024-01-15', []],
    ['scratch', 'FROM scratch\nCOPY a b', []],
  ],
  'no-labels': [
    ['none', 'FROM a:1\nLABEL maintainer=me', [1]],
    [
      'one of a stage that is not the last',
      'FROM a:1 AS x\nLABEL org.opencontainers.image.title=x\nFROM b:1\nCOPY --from=x a b',
      [3],
    ],
    ['one', 'FROM a:1\nLABEL org.opencontainers.image.source=https://x', []],
    ['one in quotes', 'FROM a:1\nLABEL "org.opencontainers.image.title"="x"', []],
    ['one by a variable', 'FROM a:1\nLABEL $PREFIX.title=x', []],
  ],
};

checkRules(rules);

describe('how bad a finding is', () => {
  it('depends on whether only tools that install have no version', () => {
    const [tools] = findingsOf('pip-install-unpinned', 'FROM a:1\nRUN pip install setuptools wheel');
    const [others] = findingsOf('pip-install-unpinned', 'FROM a:1\nRUN pip install setuptools numpy');
    assert.deepEqual([tools?.severity, others?.severity], ['information', 'warning']);
  });

  it('depends on whether a secret is known or given', () => {
    const [written] = findingsOf('secret-in-image', 'FROM a:1\nENV API_KEY=abc123');
    const [given] = findingsOf('secret-in-image', 'FROM a:1\nARG API_KEY');
    assert.deepEqual([written?.severity, given?.severity], ['error', 'warning']);
  });

  it('depends on what the ignore file lets in', () => {
    const severities = [['.env'], []].map((files) => {
      const project = sampleProject({ files, git });
      return findingsOf('context-not-ignored', whole, { dockerignore: '', project })[0]?.severity;
    });
    assert.deepEqual(severities, ['error', 'information']);
  });

  it('never repeats the secret', () => {
    const token = `ghp_${'a1'.repeat(18)}`;
    const found = findingsOf('secret-in-image', `FROM a:1\nENV A_TOKEN=${token} B_PASSWORD=hunter2`);
    assert.ok(found.length > 0);
    assert.doesNotMatch(JSON.stringify(found), /ghp_|hunter2/);
  });
});

describe('what is said of an upgrade', () => {
  it('names the command, whatever options are in front of it', () => {
    const [finding] = findingsOf('upgrade-to-newest', 'FROM a:1\nRUN apt-get -yq -o A::B=c upgrade && true');
    assert.match(finding?.message ?? '', /^“apt-get upgrade” brings/);
  });
});
