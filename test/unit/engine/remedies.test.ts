import assert from 'node:assert/strict';
import { type Trouble } from '../../../src/engine/diagnose.js';
import { type Endpoint, parseHost } from '../../../src/engine/endpoint.js';
import { remediesFor } from '../../../src/engine/remedies.js';
import { instructionOf } from '../../../src/engine/image-operations.js';
import { Failure } from '../../../src/host/failure.js';

const failure = new Failure('engine-unreachable', 'x', 'x');

function commands(
  name: string,
  state: Trouble,
  platform: NodeJS.Platform,
  host = 'unix:///x',
  source: Endpoint['source'] = 'well-known',
): string[] {
  const endpoint = { name, source, ...parseHost(host, undefined) };
  return remediesFor({ endpoint, state, failure }, platform).map((remedy) =>
    remedy.kind === 'terminal' ? remedy.command : remedy.url,
  );
}

describe('what helps', () => {
  const cases: [string, Trouble, NodeJS.Platform, string][] = [
    ['Docker Engine', 'not-running', 'linux', 'sudo systemctl start docker'],
    ['Docker Engine', 'no-permission', 'linux', 'sudo usermod -aG docker $USER'],
    ['Rootless Docker', 'not-running', 'linux', 'systemctl --user start docker'],
    ['Podman', 'not-there', 'linux', 'systemctl --user start podman.socket'],
    ['Docker Desktop', 'not-running', 'darwin', 'open -a Docker'],
    ['Docker Desktop', 'not-running', 'win32', 'Start-Process "$Env:ProgramFiles\\Docker\\Docker\\Docker Desktop.exe"'],
    ['Colima', 'not-running', 'darwin', 'colima start'],
    ["Colima (it's mine; rm -rf ~)", 'not-running', 'darwin', "colima start 'it'\\''s mine; rm -rf ~'"],
    ['OrbStack', 'not-running', 'darwin', 'open -a OrbStack'],
    ['Rancher Desktop', 'not-running', 'darwin', 'rdctl start'],
    ['Setting', 'not-there', 'linux', 'https://docs.docker.com/get-started/get-docker/'],
  ];
  for (const [name, state, platform, expected] of cases) {
    it(`where ${name} on ${platform} is ${state}`, () => {
      assert.equal(commands(name, state, platform)[0], expected);
    });
  }

  it('where a host that is reached by ssh is in the way', () => {
    const host = 'ssh://ada@lab:2222';
    assert.equal(commands('x', 'host-key-unknown', 'linux', host)[0], "ssh -l 'ada' -p 2222 'lab'");
    assert.equal(commands('x', 'ssh-denied', 'linux', host)[0], 'ssh-add');
    const start = "ssh -t -l 'ada' -p 2222 'lab' 'sudo systemctl start docker'";
    assert.equal(commands('x', 'not-running', 'linux', host)[0], start);
  });

  it('where a docker context keeps all other engines from being found', () => {
    const offered = commands('Context “lab”', 'unreachable', 'linux', 'tcp://lab:1', 'current-context');
    assert.deepEqual(offered, ['docker context use default']);
  });
});

describe('an instruction of the history', () => {
  const cases: [string, string][] = [
    ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
    ['/bin/sh -c apt-get update', 'RUN apt-get update'],
    ['RUN /bin/sh -c pip install numpy # buildkit', 'RUN pip install numpy'],
    ['RUN |1 VERSION=3 /bin/sh -c echo $VERSION # buildkit', 'RUN echo $VERSION'],
    ['COPY . /app # buildkit', 'COPY . /app'],
    ['', ''],
  ];
  for (const [recorded, expected] of cases) {
    it(`“${recorded}” was “${expected}”`, () => {
      assert.equal(instructionOf(recorded), expected);
    });
  }
});
