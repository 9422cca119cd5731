import assert from 'node:assert/strict';
import { commands, entries, main } from './sample-entries.js';

/** The first command of a project with such a README, where it is one that the README names. */
function shown(
  readme: string,
  files: Readonly<Record<string, string>> = { 'run.py': main },
  name = 'README.md',
): string | undefined {
  const [first] = entries({ ...files, [name]: readme });
  return first?.because === `${name} says so` ? JSON.stringify(first.command) : undefined;
}

describe('what a README says to run', () => {
  const cases: [readme: string, expected: readonly string[] | undefined][] = [
    ['# X\n```\npython run.py --model big\n```\n', ['python', 'run.py', '--model', 'big']],
    ['```bash\n$ python3 ./run.py --name "a b"  # slow\n```\n', ['python', 'run.py', '--name', 'a b']],
    ['```console\n(env) me@host:~/x$ python run.py\nepoch 1\n```', ['python', 'run.py']],
    ['~~~sh\npython run.py \\\n  --a 1 \\\n  --b 2\n~~~', ['python', 'run.py', '--a', '1', '--b', '2']],
    ['Run `python run.py --fast`.', ['python', 'run.py', '--fast']],
    ['Run it:\n\n    python run.py --x 1\n', ['python', 'run.py', '--x', '1']],
    ['```\npython run.py > log.txt 2>&1 &\n```', ['python', 'run.py']],
    ['```\npython run.py --x 1 | tee log; echo done\n```', ['python', 'run.py', '--x', '1']],
    ['```\npython run.py --data <path to data>\n```', ['python', 'run.py']],
    ['```\npython run.py --data $DATA\n```', ['python', 'run.py']],
    ['```\npython run.py --data /path/to/data\n```', ['python', 'run.py']],
    ['```\npython run.py --data {data} ...\n```', ['python', 'run.py']],
    ['```\npython run.py [OPTIONS]\n```', ['python', 'run.py']],
    ['```\nCUDA_VISIBLE_DEVICES=0 python run.py\n```', ['python', 'run.py']],
    ['```\nPYTHONPATH=. python run.py\n```', ['env', 'PYTHONPATH=.', 'python', 'run.py']],
    ['```\nPYTHONPATH=$(pwd):$PYTHONPATH python run.py\n```', ['env', 'PYTHONPATH=.:', 'python', 'run.py']],
    ['```\nDATA=/path/to/data python run.py --n 1\n```', ['python', 'run.py', '--n', '1']],
    ['```\npython run.py --out $PWD/x\n```', ['python', 'run.py', '--out', './x']],
    ['```\nconda run -n env --no-capture-output python run.py --x 1\n```', ['python', 'run.py', '--x', '1']],
    ['```\nsrun -n 4 --gres=gpu:1 python run.py --x 1\n```', ['python', 'run.py', '--x', '1']],
    ['```\npython -W ignore -X utf8 -u run.py --x 1\n```', ['python', 'run.py', '--x', '1']],
    [
      '```\npython -m torch.distributed.launch --nproc_per_node 2 run.py --x 1\n```',
      ['python', '-m', 'torch.distributed.launch', '--nproc_per_node', '2', 'run.py', '--x', '1'],
    ],
    ['```\nPS C:\\Users\\me> python run.py --x 1\nC:\\> x\n```', ['python', 'run.py', '--x', '1']],
    ['```\npython run.py --help\npython run.py -h\n```', undefined],
    ['```\nuv run python run.py\n```', ['python', 'run.py']],
    ['```\nuv run run.py --x 1\n```', ['python', 'run.py', '--x', '1']],
    ['```\npip install -r requirements.txt && python run.py\n```', ['python', 'run.py']],
    ['```\ngit clone x && cd x-repository\npython run.py\n```', ['python', 'run.py']],
    ['```\ntorchrun --nproc_per_node=4 run.py --x 1\n```', ['torchrun', '--nproc_per_node=4', 'run.py', '--x', '1']],
    ['```\nmpirun -n 4 python run.py\n```', ['mpirun', '-n', '4', 'python', 'run.py']],
    [
      `\`\`\`\n$ ./fetch\nIt doesn't end.\n$ python run.py --a "b # c" # isn't it\n$ x\n\`\`\``,
      ['python', 'run.py', '--a', 'b # c'],
    ],
    ['```\nfor s in 1 2; do\n  python run.py --seed $s\ndone\n```', ['python', 'run.py']],
    ['```\nif [ -e x ]; then (time python run.py --x 1); fi\n```', ['python', 'run.py', '--x', '1']],
    ['```\nexport N=3\npython run.py --n $N --here $OTHER\n```', ['python', 'run.py']],
    ['```\nexport N=3\npython run.py --n $N\n```', ['python', 'run.py', '--n', '3']],
    ['```\nin case of doubt, for example:\npython run.py\n```', ['python', 'run.py']],
    ['```python\npython run.py\n```', undefined],
    ['```\npython other.py\n```', undefined],
    ['```\npython ../run.py\n```', undefined],
    ['```\npython -c "import run.py"\npython -m pip install run.py\npip install run.py\nvim run.py\n```', undefined],
    ['`run.py` computes everything.', undefined],
    ['`./run.py 1`', ['python', 'run.py', '1']],
    ['python runs.', undefined],
    ['', undefined],
  ];
  for (const [readme, expected] of cases) {
    it(`is ${expected?.join(' ') ?? 'nothing'} in ${JSON.stringify(readme)}`, () => {
      assert.equal(shown(readme), expected === undefined ? undefined : JSON.stringify(expected));
    });
  }

  const others: [readme: string, file: string, expected: readonly string[] | undefined][] = [
    ['`bash run.sh`', 'run.sh', ['bash', 'run.sh']],
    ['`./run.sh 1`', 'run.sh', ['bash', 'run.sh', '1']],
    ['`Rscript --vanilla analysis.R 10`', 'analysis.R', ['Rscript', 'analysis.R', '10']],
    ['`R CMD BATCH analysis.R`', 'analysis.R', ['Rscript', 'analysis.R']],
    ['`julia -t 4 main.jl`', 'main.jl', ['julia', '--project=.', '-t', '4', 'main.jl']],
    ['`julia --project main.jl`', 'main.jl', ['julia', '--project', 'main.jl']],
    ['`snakemake -n`\n`snakemake`', 'Snakefile', ['snakemake', '--cores', 'all']],
    ['`snakemake --cores 4 all`', 'Snakefile', ['snakemake', '--cores', '4', 'all']],
    ['`make install`\n`make paper`', 'Makefile', ['make', 'paper']],
    ['`python -m pkg.cli --x`', 'src/pkg/cli.py', ['python', '-m', 'pkg.cli', '--x']],
    ['`python -m pkg`', 'pkg/__main__.py', ['python', '-m', 'pkg']],
    [
      '`jupyter nbconvert --execute a.ipynb --to html`',
      'a.ipynb',
      ['jupyter', 'nbconvert', '--execute', 'a.ipynb', '--to', 'html'],
    ],
    ['`jupyter notebook a.ipynb`', 'a.ipynb', undefined],
    ['`voila a.ipynb`', 'a.ipynb', ['voila', 'a.ipynb', '--no-browser', '--Voila.ip=0.0.0.0', '--port=8866']],
    ['```\ncd code\npython run.py --x 1\n```', 'code/run.py', ['bash', '-c', 'cd code && python run.py --x 1']],
    [
      '```\ngit clone https://x.org/project\ncd project\ncd code\npython run.py\n```',
      'code/run.py',
      ['bash', '-c', 'cd code && python run.py'],
    ],
    [
      '```\ncd /path/to/project\ncd <project>/code; python run.py\n```',
      'code/run.py',
      ['bash', '-c', 'cd code && python run.py'],
    ],
    ['```\n(cd code && python a.py)\npython run.py --x 1\n```', 'run.py', ['python', 'run.py', '--x', '1']],
    ['```\ncd "my code" && python "a b.py"\n```', 'my code/a b.py', ['bash', '-c', "cd 'my code' && python 'a b.py'"]],
  ];
  for (const [readme, file, expected] of others) {
    it(`is ${expected?.join(' ') ?? 'nothing'} in ${JSON.stringify(readme)} with ${file}`, () => {
      assert.equal(shown(readme, { [file]: '' }), expected === undefined ? undefined : JSON.stringify(expected));
    });
  }

  it('comes before all else, the likeliest of it first, and each command once', () => {
    const files = {
      'main.py': main,
      'download.py': main,
      'train.py': main,
      'README.md':
        '```\npython download.py\npython train.py --a 1\npython train.py --a 2\npython train.py --a 1\n```\n',
    };
    assert.deepEqual(commands(files), [
      'python train.py --a 1',
      'python train.py --a 2',
      'python download.py',
      'python main.py',
      'python train.py',
    ]);
  });

  it('is a workflow before the programs that are its steps', () => {
    const files = { 'plot.py': main, Snakefile: '', 'README.md': '`python plot.py`, or all: `snakemake -c1`' };
    assert.deepEqual(commands(files), ['snakemake -c1', 'python plot.py', 'snakemake --cores all']);
  });

  it('is nothing in lines that nobody writes', () => {
    for (const piece of [' ', '`', 'a@b', '$ ', '<a']) assert.equal(shown(piece.repeat(50_000)), undefined);
  });

  it('does not hide a web application from outside of its container', () => {
    const [first] = entries({
      'app.py': 'from flask import Flask\napp = Flask("x")\napp.run()',
      'main.py': main,
      'README.md': '`python app.py`',
    });
    assert.equal(first?.command.join(' '), 'flask --app app run --host=0.0.0.0');
    assert.equal(first.because, 'README.md says so');
  });

  it('is found in reStructuredText and plain text, and in names of other cases', () => {
    assert.equal(
      shown('Run\n===\n\n.. code-block:: bash\n\n   python run.py --x 1\n', undefined, 'README.rst'),
      '["python","run.py","--x","1"]',
    );
    assert.equal(shown('Run::\n\n    $ python run.py\n', undefined, 'README.rst'), '["python","run.py"]');
    assert.equal(shown('To run:\npython run.py\n', undefined, 'readme.txt'), '["python","run.py"]');
  });
});
