import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IGrammar } from 'vscode-textmate';
import { assertAgreesWithParser } from './agrees-with-parser.js';
import { bareDockerfileGrammar, dockerfileGrammar } from './stand-in-grammars.js';
import { tokensOf } from './tokenize.js';

const folder = 'test/fixtures/dockerfiles-of-papers';
const read = (name: string): string => readFileSync(join(folder, `${name}.Dockerfile`), 'utf8');

describe('the colours of Dockerfiles as papers have them', () => {
  let grammar: IGrammar;
  before(async () => {
    grammar = await dockerfileGrammar();
  });

  const files = readdirSync(folder).map((name) => name.replace('.Dockerfile', ''));
  it('are looked at in twenty files', () => {
    assert.equal(files.length, 20);
  });
  for (const name of files) {
    it(`say of ${name} what the parser says`, () => {
      assertAgreesWithParser(grammar, read(name));
    });
  }

  it('would be wrong without our grammar', async () => {
    const bare = await bareDockerfileGrammar();
    assert.throws(() => {
      assertAgreesWithParser(bare, read('heredocs'));
    });
  });

  // File, line, text, its innermost scope.
  const tokens: [string, number, string, string][] = [
    ['python-requirements', 10, '"', 'punctuation.definition.string.begin'],
    ['miniconda-jax', 4, "It's the code of our paper", 'string.quoted.double'],
    ['miniconda-jax', 6, 'PATH', 'variable.other.assignment'],
    ['miniconda-jax', 19, 'jax[cuda12]', 'string.quoted.double'],
    ['cuda-pytorch', 3, 'CUDA', 'variable.other.normal'],
    ['cuda-pytorch', 9, "it's needed by opencv", 'comment.line.number-sign'],
    ['cuda-pytorch', 17, 'nproc', 'entity.name.function.call.shell'],
    ['cuda-pytorch', 20, 'chown', 'entity.other.attribute-name.flag'],
    [
      'rocker-tidyverse',
      11,
      'install.packages("brms", repos = "https://packagemanager.posit.co/cran/2023-03-01")',
      'string.quoted.single',
    ],
    ['rocker-tidyverse', 15, '8787', 'constant.numeric.port'],
    ['julia', 7, '$', 'punctuation.definition.variable'],
    ['bioinformatics', 1, 'builder', 'entity.name.type.stage'],
    ['bioinformatics', 4, 'SAMTOOLS_VERSION', 'variable.other.assignment'],
    ['bioinformatics', 15, 'in', 'keyword.control.shell'],
    ['ros', 5, 'export DISPLAY=${DISPLAY:-:0}', 'string.quoted.single'],
    ['cmake', 6, 'ctest', 'entity.name.function.call.shell'],
    ['cmake', 12, '2>&1', 'keyword.operator.redirect.shell'],
    ['fenics', 5, 'pyvista needs these', 'comment.line.number-sign'],
    ['jupyter', 12, '${', 'punctuation.definition.variable'],
    ['jupyter', 13, '/tcp', 'constant.language.protocol'],
    ['tensorflow', 6, '\\"', 'constant.character.escape'],
    ['lower-case', 2, "'", 'punctuation.definition.string.begin'],
    ['lower-case', 3, 'pip', 'entity.name.function.call.shell'],
    ['lower-case', 6, 'onbuild', 'keyword.control'],
    ['apt-comments', 6, "don't remove this, Bob's script needs it", 'comment.line.number-sign'],
    ['apt-comments', 12, '\\', 'constant.character.escape.line-continuation'],
    ['heredocs', 10, 'import', 'keyword.control.python'],
    ['heredocs', 12, 'RUN not an instruction', 'string.quoted.multi.python'],
    ['uv', 2, 'check', 'keyword.control.directive'],
    ['uv', 3, ':3.12-slim-bookworm', 'constant.other.tag'],
    ['uv', 8, 'bind', 'constant.language.mount-type'],
    ['uv', 10, 'uv', 'entity.name.function.call.shell'],
    ['uv', 12, 'network', 'entity.other.attribute-name.flag'],
    ['pixi', 6, '#!/bin/bash', 'string.quoted.double'],
    ['pixi', 14, 'simulation', 'string.quoted.double'],
    ['checksums', 4, ':-', 'keyword.operator.expansion'],
    ['checksums', 5, 'checksum', 'entity.other.attribute-name.flag'],
    ['checksums', 7, '%%', 'keyword.operator.expansion'],
    ['checksums', 13, 'CMD', 'keyword.other.special-method'],
    ['secrets', 3, 'required', 'variable.parameter.mount'],
    ['secrets', 7, 'NONE', 'constant.language.none'],
    ['latex', 4, 's/rights="none" pattern="PDF"/rights="read|write" pattern="PDF"/', 'string.quoted.single'],
    ['labels', 3, 'org.research-containers.output', 'support.type.property-name.label.research-containers'],
    ['labels', 4, 'org.research-containers.command', 'support.type.property-name.label.research-containers'],
    ['labels', 10, '--steps', 'constant.other.option.shell'],
  ];
  for (const [name, line, text, scope] of tokens) {
    it(`take ${text} in line ${line} of ${name} for ${scope}`, () => {
      const ofLine = tokensOf(grammar, read(name)).filter((token) => token.line === line);
      assert.ok(
        ofLine.some((token) => token.text === text && token.scopes.at(-1) === scope),
        JSON.stringify(ofLine),
      );
    });
  }
});
