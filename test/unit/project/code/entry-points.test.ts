import assert from 'node:assert/strict';
import { commands, entries, main } from './sample-entries.js';

describe('what can be run in a project', () => {
  it('is what has the name of a program first, then what has a main block', () => {
    const files = {
      'utils.py': main,
      'main.py': main,
      'evaluate.py': main,
      'train.py': main,
      'download_data.py': main,
    };
    assert.deepEqual(commands(files), [
      'python main.py',
      'python train.py',
      'python evaluate.py',
      'python utils.py',
      'python download_data.py',
    ]);
  });

  it('says why', () => {
    const files = {
      'main.py': main,
      'fit.py': `import argparse\np = argparse.ArgumentParser()\n${main}`,
      'plot.py': 'import x\nx.savefig("figures/a.png")\n',
      'train.py': 'def f(): pass\n',
    };
    assert.deepEqual(
      entries(files).map(({ file, because }) => `${file}: ${because}`),
      [
        'main.py: it has a main block',
        'fit.py: it has a main block and reads its command line with argparse',
        'train.py: its name is that of a program',
        'plot.py: it computes something when it is run',
      ],
    );
  });

  it('is nothing that only others use, or that only tests, documents or tools run', () => {
    const files = {
      'main.py': `from lib.model import Model\n${main}`,
      'lib/model.py': 'class Model: pass\nprint("loaded")\n',
      'lib/__init__.py': '',
      'setup.py': main,
      'tests/test_main.py': main,
      'test_other.py': main,
      'docs/conf.py': main,
      'vendor/x/main.py': main,
      '.github/run.py': main,
      'functions.py': 'def f(): pass\n',
    };
    assert.deepEqual(commands(files), ['python main.py']);
  });

  it('takes no text for a main block', () => {
    const text = '# if __name__ == "__main__":\n"""\nif __name__ == "__main__":\n"""\ndef f(): pass\n';
    assert.deepEqual(commands({ 'a.py': text }), []);
    assert.deepEqual(commands({ 'a.py': "if '__main__' == __name__: f()" }), ['python a.py']);
  });

  it('has a main block in any of its forms', () => {
    for (const condition of [
      '(__name__ == "__main__")',
      '__name__ in ("__main__", "x")',
      "__name__=='__main__' and x",
    ]) {
      assert.deepEqual(commands({ 'a.py': `def f(): pass\nif ${condition}:\n  f()\n` }), ['python a.py'], condition);
    }
    assert.deepEqual(commands({ 'a.py': 'def f(): pass\nif __name__ != "__main__":\n  f()\n' }), []);
  });

  it('computes in loops, too, but not in functions and where something is missing', () => {
    assert.deepEqual(commands({ 'a.py': 'import x\nfor y in x.z:\n  with y:\n    print(y)\n' }), ['python a.py']);
    const library = 'try:\n  import x\nexcept ImportError:\n  print("no x")\nclass A:\n  def f(self):\n    print(1)\n';
    assert.deepEqual(commands({ 'a.py': library }), []);
    assert.deepEqual(commands({ 'a.py': 'async def f():\n  for x in y:\n    print(x)\nz = 1\n' }), []);
  });

  it('is no file of functions, constants and classes of R or Julia', () => {
    const files = {
      'functions.R':
        'colours <- c("red")\nsetClass("A")\nif (!require(x)) install.packages("x")\nf <- function(x) print(x)\n',
      'functions.jl': 'f(x) = x^2\nBase.show(io::IO, x::A) = print(io, x) && g(x)\nh(x; y=f(1)) = begin\n  x\nend\n',
    };
    assert.deepEqual(commands(files), []);
    for (const condition of ['sys.nframe() == 0', '!interactive()']) {
      const program = `main <- function() {\n  print(1)\n}\nif (${condition}) {\n  main()\n}\n`;
      assert.deepEqual(commands({ 'a.R': program }), ['Rscript a.R'], condition);
    }
    assert.deepEqual(commands({ 'a.py': 'import sys\ndef main(): pass\nsys.exit(main())\n' }), ['python a.py']);
    assert.deepEqual(commands({ 'a.jl': 'f(x) = x\nf(1)\n' }), ['julia --project=. a.jl']);
  });

  it('is a package by its name', () => {
    const files = { 'src/pkg/__main__.py': main, 'src/pkg/__init__.py': '', 'other/sub/__main__.py': main };
    assert.deepEqual(commands(files).sort(), ['python -m other.sub', 'python -m pkg']);
    assert.deepEqual(commands({ 'pkg/cli.py': `from .x import y\n${main}` }), ['python -m pkg.cli']);
  });

  it('is a workflow before programs, and a Makefile behind them', () => {
    const files = {
      'main.py': main,
      Snakefile: 'rule all:\n    input: "results/a"\n',
      Makefile: 'CC := gcc\n.PHONY: all clean\nclean:\n\trm x\nall: a b\n\tpython main.py\n',
    };
    assert.deepEqual(commands(files), ['snakemake --cores all', 'python main.py', 'make all']);
    assert.deepEqual(commands({ Makefile: 'clean:\n\trm x\nx = a:b\n' }), []);
    assert.deepEqual(commands({ justfile: 'set x := "y"\nrun arg="1": build\n    python a.py\n' }), ['just run']);
    assert.deepEqual(commands({ 'dvc.yaml': 'stages: {}' }), ['dvc repro']);
    assert.deepEqual(commands({ '_targets.R': 'library(targets)\nlist(tar_target(a, 1))\n', 'main.R': 'print(1)\n' }), [
      'Rscript -e targets::tar_make()',
      'Rscript main.R',
    ]);
    assert.deepEqual(commands({ 'main.nf': 'workflow {}' }), ['nextflow run main.nf']);
  });

  it('is a script of the shell, of R or of Julia', () => {
    const files = {
      'run_all.sh': '#!/bin/bash\npython a.py\n',
      'install.sh': 'apt install x\n',
      'analysis.R': 'library(x)\nsource("functions.R")\nprint(1)\n',
      'functions.R': 'f <- function(x) {\n  print(x)\n}\n',
      'R/more.R': 'g <- function(x) x\n',
      'simulate.jl': 'using X\ninclude("model.jl")\nrun(1)\n',
      'model.jl': 'module Model\nf(1)\nend\n',
    };
    assert.deepEqual(commands(files), [
      'bash run_all.sh',
      'julia --project=. simulate.jl',
      'Rscript analysis.R',
      'bash install.sh',
    ]);
  });

  it('is a notebook, run from its first to its last cell, behind programs', () => {
    const names = ["2 it's.ipynb", '01_a.ipynb', 'main.py'];
    assert.deepEqual(commands(Object.fromEntries(names.map((name) => [name, main]))), [
      'python main.py',
      'jupyter nbconvert --to notebook --execute --inplace 01_a.ipynb',
      "jupyter nbconvert --to notebook --execute --inplace [2 it's.ipynb]",
    ]);
  });

  it('keeps names as they are', () => {
    assert.deepEqual(entries({ 'my "best" run.py': main })[0]?.command, ['python', 'my "best" run.py']);
  });
});

describe('web applications', () => {
  const cases: [file: string, text: string, command: string, port: number][] = [
    [
      'app.py',
      'from flask import Flask\napp = Flask(__name__)\napp.run(port=8080)',
      'flask --app app run --host=0.0.0.0 --port=8080',
      8080,
    ],
    ['app.py', 'import flask\nserver = flask.Flask("x")', 'flask --app app run --host=0.0.0.0', 5000],
    [
      'web/app.py',
      'from flask import Flask\ndef create_app():\n  return Flask("x")',
      'flask --app web/app.py run --host=0.0.0.0',
      5000,
    ],
    [
      'app.py',
      'from flask import Flask\napp = Flask("x")\nif __name__ == "__main__":\n  app.run("0.0.0.0", port=81)',
      'python app.py',
      81,
    ],
    [
      'app.py',
      'import os\nfrom flask import Flask\napp = Flask("x")\napp.run(host="0.0.0.0", port=int(os.environ.get("PORT", 8081)))',
      'python app.py',
      8081,
    ],
    [
      'main.py',
      'from fastapi import FastAPI\napi = FastAPI(title="x")',
      'uvicorn main:api --host 0.0.0.0 --port 8000',
      8000,
    ],
    [
      'src/a/b.py',
      'from fastapi import FastAPI\napp = FastAPI()',
      'uvicorn --app-dir src a.b:app --host 0.0.0.0 --port 8000',
      8000,
    ],
    [
      'main.py',
      'import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\nuvicorn.run(app, host="0.0.0.0", port=9000)',
      'python main.py',
      9000,
    ],
    [
      'main.py',
      'import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\nuvicorn.run(app, port=9001)',
      'uvicorn main:app --host 0.0.0.0 --port 9001',
      9001,
    ],
    [
      'app.py',
      'import streamlit as st\nst.title("x")',
      'streamlit run app.py --server.address=0.0.0.0 --server.port=8501 --server.headless=true',
      8501,
    ],
    [
      'app.py',
      'import streamlit\ndef main():\n  streamlit.title("x")\nif __name__ == "__main__":\n  main()',
      'streamlit run app.py --server.address=0.0.0.0 --server.port=8501 --server.headless=true',
      8501,
    ],
    [
      'app.py',
      'from flask import Flask\napp = Flask("x")\napp.run("127.0.0.1", 8081)',
      'flask --app app run --host=0.0.0.0 --port=8081',
      8081,
    ],
    [
      'app.py',
      'from dash import Dash\napp = Dash()\napp.run_server(debug=True)',
      'env HOST=0.0.0.0 python app.py',
      8050,
    ],
    ['app.py', 'from dash import Dash\napp = Dash()\napp.run(host="0.0.0.0", port=80)', 'python app.py', 80],
    [
      'app.py',
      'import gradio as gr\ndemo = gr.Interface(f)\ndemo.launch()',
      'env GRADIO_SERVER_NAME=0.0.0.0 python app.py',
      7860,
    ],
    [
      'app.py',
      'import gradio as gr\ngr.Interface(f).launch(server_name="0.0.0.0", server_port=99)',
      'python app.py',
      99,
    ],
    [
      'app.py',
      'from bokeh.plotting import curdoc\ncurdoc().add_root(x)',
      'bokeh serve app.py --address=0.0.0.0 --port=5006 --allow-websocket-origin=*',
      5006,
    ],
    [
      'app.py',
      'import panel as pn\npn.Row(1).servable()',
      'panel serve app.py --address=0.0.0.0 --port=5006 --allow-websocket-origin=*',
      5006,
    ],
    ['app.py', 'from shiny import App\napp = App(ui, server)', 'shiny run --host 0.0.0.0 --port 8000 app.py', 8000],
    [
      'manage.py',
      'def main():\n  from django.core.management import x\n',
      'python manage.py runserver 0.0.0.0:8000',
      8000,
    ],
    [
      'app.R',
      'library(shiny)\nshinyApp(ui, server)',
      'Rscript -e [shiny::runApp(".", host = "0.0.0.0", port = 3838)]',
      3838,
    ],
  ];
  for (const [file, text, command, port] of cases) {
    it(`are started so that they are reached: ${command.split(' ', 3).join(' ')} … on ${port}`, () => {
      const [first] = entries({ [file]: text });
      assert.equal(first?.kind, 'web-app');
      assert.equal(first.port, port);
      assert.equal(commands({ [file]: text })[0], command);
    });
  }

  it('are no text about them', () => {
    assert.deepEqual(commands({ 'a.py': '# from flask import Flask\n"app = Flask()"\nimport flask\n' }), []);
  });

  it('are no parts of one that only have functions', () => {
    assert.deepEqual(commands({ 'parts.py': 'import streamlit as st\ndef f():\n  st.title("x")\n' }), []);
  });

  it('are Shiny’s two files, too', () => {
    assert.deepEqual(
      entries({ 'shiny/ui.R': 'fluidPage()', 'shiny/server.R': 'function(input, output) {}' }).map(({ kind }) => kind),
      ['web-app'],
    );
  });
});
