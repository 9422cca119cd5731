import assert from 'node:assert/strict';
import { jsonErrorLine } from '../../../../src/project/code/json-error.js';
import {
  lineInNotebook,
  type NotebookCode,
  readNotebook,
  readNotebookEnds,
} from '../../../../src/project/code/notebook.js';

const kernel = { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } };

function code(source: string | string[]): object {
  return { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source };
}

function notebook(cells: object[], metadata: object = kernel): string {
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1);
}

function read(text: string): NotebookCode {
  const reading = readNotebook(text);
  assert.ok(reading.kind === 'read', JSON.stringify(reading));
  return reading.notebook;
}

describe('a notebook', () => {
  it('has the code of its code cells', () => {
    const markdown = { cell_type: 'markdown', metadata: {}, source: ['import x\n'] };
    const text = notebook([markdown, code(['import a\n', 'b = 1']), code('c = 2')]);
    assert.deepEqual(read(text), { language: 'python', code: 'import a\nb = 1\nc = 2', requirements: [] });
  });

  it('of nbformat 3 has its cells in worksheets, and its language in them', () => {
    const cell = { cell_type: 'code', collapsed: false, input: ['x <- 1'], language: 'R', metadata: {}, outputs: [] };
    const text = JSON.stringify({
      metadata: { name: '' },
      nbformat: 3,
      nbformat_minor: 0,
      worksheets: [{ cells: [cell] }],
    });
    assert.deepEqual(read(text), { language: 'R', code: 'x <- 1', requirements: [] });
  });

  const languages: [metadata: object, expected: string | undefined][] = [
    [{ kernelspec: { name: 'ir', language: 'R' } }, 'R'],
    [{ kernelspec: { name: 'ir' } }, 'R'],
    [{ kernelspec: { name: 'julia-1.10' } }, 'julia'],
    [{ language_info: { name: 'julia', version: '1.10.0' } }, 'julia'],
    [{ language_info: { name: 'python' }, kernelspec: { name: 'conda-env' } }, 'python'],
    [{ kernelspec: { name: 'conda-env' } }, undefined],
    [{ kernelspec: { name: 'xcpp17', language: 'C++17' } }, 'c++17'],
    [{}, undefined],
  ];
  for (const [metadata, expected] of languages) {
    it(`is in ${expected ?? 'an unknown language'} by ${JSON.stringify(metadata)}`, () => {
      assert.equal(read(notebook([], metadata)).language, expected);
    });
  }

  it('loses magics, and keeps what they install', () => {
    const cell = code(
      '%matplotlib inline\n%pip install -q "foo==1.2" bar[extra]>=2 -r req.txt # x\n!pip3 install git+https://x.org/y baz ./local\n!ls results > x\nx?\ny = 1',
    );
    assert.deepEqual(read(notebook([cell, code('%%bash\npip install no\nimport x'), code('%%time\nz = 1')])), {
      language: 'python',
      code: '\n\n\n\n\ny = 1\n\n\n\n\nz = 1',
      requirements: ['foo', 'bar', 'baz'],
    });
  });

  it('keeps lines that go on with an expression', () => {
    const source = 'print("%s"\n  % (a,\n b))\nx = (y\n != z)\nimport b';
    assert.equal(read(notebook([code(source)])).code, source);
  });

  it('installs packages in all ways in which people write that', () => {
    const lines = [
      '!{sys.executable} -m pip install a',
      'pip install b',
      '!uv pip install c',
      '!pip -q install d',
      '  %pip install e',
      '# pip install f',
      'pip = 1',
    ];
    assert.deepEqual(read(notebook([code(lines.join('\n'))])), {
      language: 'python',
      code: '\n\n\n\n\n# pip install f\npip = 1',
      requirements: ['a', 'b', 'c', 'd', 'e'],
    });
  });

  const broken: [text: string, line: number | undefined, message: RegExp][] = [
    ['', undefined, /empty/],
    ['{\n "cells": [\n  {,}\n ]\n}', 3, /not valid JSON/],
    ['{\n "cells": [\n', 3, /not valid JSON/],
    ['{\n<<<<<<< HEAD\n "cells": []\n=======\n "cells": [1]\n>>>>>>> x\n}', 2, /merge/],
    ['[1, 2]', undefined, /not a notebook/],
    ['{"a": 1}', undefined, /not a notebook/],
    ['{"cells": 1}', undefined, /not a notebook/],
    ['{"cells": [{"cell_type": "code", "source": 1}]}', undefined, /not a notebook/],
  ];
  for (const [text, line, message] of broken) {
    it(`is a problem where it is ${JSON.stringify(text)}`, () => {
      const reading = readNotebook(text);
      assert.ok(reading.kind === 'problem');
      assert.equal(reading.line, line);
      assert.match(reading.message, message);
    });
  }

  it('that is too large is read from its ends', () => {
    const large = {
      ...code('import b'),
      outputs: [{ output_type: 'display_data', data: { 'image/png': 'A'.repeat(5000) } }],
    };
    const text = notebook([
      code('import "a}]\\""'),
      { cell_type: 'markdown', metadata: {}, source: [] },
      large,
      code('import c'),
    ]);
    for (const metadata of [text.slice(-300), text.slice(-300).replace('"language": "python",', '')]) {
      const reading = readNotebookEnds(text.slice(0, 4000), metadata);
      assert.ok(reading.kind === 'read');
      assert.equal(reading.notebook.code, 'import "a}]\\""');
      assert.equal(reading.notebook.language, metadata.includes('"language"') ? 'python' : undefined);
    }
    const inFirst = readNotebookEnds(
      notebook([large]).slice(0, 1000),
      '"language_info": {\n "codemirror_mode": {"name": "x"},\n "name": "R"\n}',
    );
    assert.deepEqual(inFirst, { kind: 'read', notebook: { language: 'R', code: '', requirements: [] } });
  });

  it('has its code on lines of its file', () => {
    const text = notebook([code(['x = "a"\n', 'y = 2\n']), code(['z = 3'])]);
    const { code: all } = read(text);
    assert.equal(text.split('\n')[lineInNotebook(text, all, 1) - 1]?.includes('x = '), true);
    assert.equal(text.split('\n')[lineInNotebook(text, all, 4) - 1]?.includes('z = 3'), true);
    assert.equal(lineInNotebook(text, all, 99), 1);
  });
});

describe('the line where a text stops being JSON', () => {
  const cases: [text: string, line: number][] = [
    ['{\n"a": 1,\n}', 3],
    ['{"a"\n: 1\n"b": 2}', 3],
    ['[1,\n2\n3]', 3],
    ['{"a": "x\ny"}', 1],
    ['{"a": tru}', 1],
    ['{}\n\nx', 3],
    ['{"a":\n[{}, [], -1.5e3, "\\u00e9", null, true]\n', 3],
    ['{"a": 1]\n', 1],
    ["\n\n{'a': 1}", 3],
  ];
  for (const [text, line] of cases) {
    it(`is ${line} in ${JSON.stringify(text)}`, () => {
      assert.throws(() => JSON.parse(text) as unknown);
      assert.equal(jsonErrorLine(text), line);
    });
  }
});
