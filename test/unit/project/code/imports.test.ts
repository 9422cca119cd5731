import assert from 'node:assert/strict';
import { importedPackages, OwnModules } from '../../../../src/project/code/imported-packages.js';
import { importedModules } from '../../../../src/project/code/python-imports.js';
import { tokenize } from '../../../../src/project/code/tokens.js';

function modules(text: string): string[] {
  return importedModules(tokenize(text, 'python')).map(({ module, line }) => `${module}:${line}`);
}

/** The packages that a file needs in a project of these files. */
function packages(text: string, listed: readonly string[] = [], file = 'main.py'): string[] {
  const imported = importedModules(tokenize(text, 'python')).map(({ module }) => module);
  return importedPackages([{ file, modules: imported, requirements: [] }], new OwnModules([file, ...listed])).map(
    ({ name, module }) => (name === module ? name : `${name} (${module})`),
  );
}

describe('the modules that Python imports', () => {
  const cases: [text: string, expected: string[]][] = [
    ['import a.b as c, d', ['a.b:1', 'd:1']],
    ['from a import b as c, d', ['a.b:1', 'a.d:1']],
    ['from a import *', ['a:1']],
    ['from a import (\n  b,  # import x\n  c,\n)', ['a.b:1', 'a.c:1']],
    ['from a \\\n  import b', ['a.b:1']],
    ['from . import a\nfrom .b import c\nfrom .. import d\nfrom ...e import f', []],
    ['def f():\n  import a\ntry: import b\nexcept ImportError: b = None', ['a:2', 'b:3']],
    ['x = 1; import a; from b import c', ['a:1', 'b.c:1']],
    ["\"import a\"\n'''\nimport b\n'''\n# import c\nf\"import {d}\"", []],
    ['x = """\nfrom a import b\n""" + "import c"', []],
    ['raise E from e\nyield from imports\nfrom_x = 1\nimport_module("a")', []],
    ['x = [\n  important,\n]\nprint("from a import b")', []],
    ['', []],
    ['import', []],
    ['from', []],
    ['import a.', ['a:1']],
  ];
  for (const [text, expected] of cases) {
    it(`are ${expected.join() || 'none'} in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(modules(text), expected);
    });
  }
});

describe('the packages that the code imports', () => {
  it('have the names of their index, sorted, each once', () => {
    assert.deepEqual(packages('import yaml, cv2\nfrom sklearn.svm import SVC\nimport sklearn\nfrom PIL import Image'), [
      'opencv-python-headless (cv2)',
      'pillow (PIL)',
      'pyyaml (yaml)',
      'scikit-learn (sklearn)',
    ]);
    assert.deepEqual(packages('import Some_Package, mpl_toolkits.mplot3d'), [
      'matplotlib (mpl_toolkits)',
      'some-package (Some_Package)',
    ]);
  });

  it('are none of the standard library, of any Python', () => {
    const standard = 'import os.path, tomllib, distutils, imp, formatter, annotationlib, compression.zstd, _thread';
    assert.deepEqual(packages(`${standard}\nfrom __future__ import annotations\nimport asyncio, zoneinfo`), []);
  });

  it('tell apart what shares a folder', () => {
    assert.deepEqual(
      packages(
        'from google.protobuf import message\nfrom google.cloud import storage\nfrom google import genai\nimport google.unknown\nfrom ruamel.yaml import YAML\nimport ruamel\nfrom google.colab import drive',
      ),
      [
        'google-cloud-storage (google.cloud.storage)',
        'google-genai (google.genai)',
        'protobuf (google.protobuf)',
        'ruamel-yaml (ruamel.yaml)',
      ],
    );
  });

  it('are none of the project itself, wherever it has them', () => {
    const listed = [
      'helpers.py',
      'src/mypkg/__init__.py',
      'code/deep/thing.py',
      'names/space/x.py',
      'fast.cpython-312-x86_64-linux-gnu.so',
    ];
    assert.deepEqual(packages('import helpers, mypkg.sub, thing, names.space.x, fast, numpy', listed), ['numpy']);
  });

  it('are those of others, though a folder of the project has the same name', () => {
    const listed = ['experiments/torch/train.py', 'models/jax/__init__.py', 'docs/numpy.py'];
    assert.deepEqual(packages('import torch, jax, numpy', listed), ['jax', 'numpy', 'torch']);
  });

  it('are not those of others, where Python itself finds a file of the project first', () => {
    assert.deepEqual(packages('import datasets', ['datasets.py']), []);
    assert.deepEqual(packages('import datasets', ['src/datasets/__init__.py']), []);
    assert.deepEqual(packages('import datasets', ['scripts/datasets.py'], 'scripts/run.py'), []);
    assert.deepEqual(packages('import datasets', ['datasets/a.csv']), ['datasets']);
    assert.deepEqual(packages('import numpy', [], 'numpy.py'), ['numpy']);
  });

  it('are none with the names of files that people have, and that are missing here', () => {
    assert.deepEqual(packages('from utils import x\nimport config, helpers, plot_utils, my_model'), []);
  });

  it('are no others for what no index has', () => {
    assert.deepEqual(packages('import win32api, arcpy, ROOT, graph_tool, apex, dolfin'), []);
    const ofPython2 = 'import cPickle, urllib2, ConfigParser, Queue, StringIO, Tkinter, urlparse';
    assert.deepEqual(packages(`try:\n  ${ofPython2}\nexcept ImportError: pass`), []);
  });

  it('name the first file, and take what a notebook installs itself', () => {
    const files = [
      { file: 'b.ipynb', modules: ['numpy'], requirements: ['Foo_Bar'] },
      { file: 'a.py', modules: ['numpy.linalg'], requirements: [] },
    ];
    assert.deepEqual(importedPackages(files, new OwnModules([])), [
      { name: 'foo-bar', module: 'Foo_Bar', file: 'b.ipynb' },
      { name: 'numpy', module: 'numpy', file: 'b.ipynb' },
    ]);
  });
});
