import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { installedBySteps } from '../../../src/gpu/installed-by-steps.js';

/** The packages by name and version, with the index of their wheels, and what is not read. */
function read(steps: string): string[] {
  const { dependencies, unread } = installedBySteps(parseDockerfile(steps).instructions, ['requirements.txt']);
  const named = dependencies.map(({ name, version, wheels }) =>
    [name, version, wheels].filter((each) => each !== undefined).join(' '),
  );
  return [...named, ...(unread === undefined ? [] : [`unread ${unread}`])];
}

describe('what steps install', () => {
  const cases: readonly (readonly [what: string, steps: string, found: readonly string[]])[] = [
    ['names', 'RUN pip install numpy torch==2.6.0', ['numpy', 'torch 2.6.0']],
    ['python -m pip', 'RUN python3.12 -m pip install --no-cache-dir torch==2.6.0', ['torch 2.6.0']],
    ['a later version of pip', 'RUN pip3.11 install vllm', ['vllm']],
    ['a heredoc', 'RUN <<EOF\nset -e\npip install torch==2.6.0\nEOF', ['torch 2.6.0']],
    ['the JSON form', 'RUN ["pip", "install", "torch==2.6.0"]', ['torch 2.6.0']],
    ['a script in quotes', 'RUN bash -c "source activate x && pip install torch==2.6.0"', ['torch 2.6.0']],
    ['a shell of one’s own', 'SHELL ["/bin/bash", "-c"]\nRUN pip install torch==2.6.0', ['torch 2.6.0']],
    [
      'an index',
      'RUN pip install "torch==2.6.0" --extra-index-url=https://download.pytorch.org/whl/cu124',
      ['torch 2.6.0 cu124'],
    ],
    ['a version by a variable', 'RUN pip install torch==${TORCH_VERSION}', ['torch']],
    ['values of options', 'RUN pip install -t /x --progress-bar off --platform any torch', ['torch']],
    ['conda', 'RUN conda install -y -c pytorch pytorch=2.5.1 conda-forge::numpy', ['pytorch 2.5.1', 'numpy']],
    ['uv, poetry and pixi', 'RUN uv add torch && poetry add jax@0.4 && pixi add numpy', ['torch', 'jax', 'numpy']],
    ['a file that is read elsewhere', 'RUN pip install -r /tmp/requirements.txt', []],
    ['a file that is not', 'RUN pip install -r/tmp/gpu.txt', ['unread gpu.txt']],
    ['an environment', 'RUN mamba env create --file=env/gpu.yml', ['unread gpu.yml']],
    ['a lock', 'RUN uv --quiet sync --locked', ['unread uv.lock']],
    ['the project', 'RUN pip install -e ".[gpu]"', ['unread pyproject.toml']],
    ['packages of the system', 'RUN apt-get install -y git cuda-toolkit-12-4', ['unread cuda-toolkit-12-4']],
    ['those of another system', 'RUN dnf -y install cuda-12-4', ['unread cuda-12-4']],
    ['their removal', 'RUN apt-get remove -y nvidia-driver && apt-mark hold cuda-x', []],
    ['a text', `RUN echo 'pip install torch' && echo "conda install cuda" # pip install vllm`, []],
    ['a file in a heredoc', 'RUN cat <<EOF > x.sh\npip install torch\nEOF', []],
    ['another program', 'RUN npm install torch && ./pip-install.sh install vllm', []],
    ['no RUN', 'CMD pip install torch', []],
    ['a history', 'RUN /bin/sh -c pip install torch==2.6.0 && pip install "vllm" # buildkit', ['torch 2.6.0', 'vllm']],
    [
      'a history with arguments and another shell',
      'RUN |2 A=x y B= /bin/bash -o pipefail -c set -e; pip install torch # buildkit',
      ['torch'],
    ],
    [
      'a history of NVIDIA’s',
      'RUN |1 TARGETARCH=amd64 /bin/sh -c apt-get update && apt-get install -y cuda-cudart-12-2=${V} && rm -rf /x # buildkit',
      ['unread cuda-cudart-12-2=${V}'],
    ],
  ];
  for (const [what, steps, found] of cases) {
    it(`is read of ${what}`, () => {
      assert.deepEqual(read(steps), found);
    });
  }

  it('is read in time that grows with the length only', () => {
    const start = process.cpuUsage();
    read(
      `RUN |1 ${'A=x '.repeat(20_000)}\nRUN ${'/bin/sh -x '.repeat(5_000)}\nRUN ${'pip install x && '.repeat(500)}true`,
    );
    assert.ok(process.cpuUsage(start).user < 1_900_000);
  }).timeout(20_000);
});
