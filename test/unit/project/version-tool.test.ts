import assert from 'node:assert/strict';
import { versionTool } from '../../../src/project/version-tool.js';
import { projectOf } from './project-texts.js';

function requiring(...names: readonly string[]): Record<string, string> {
  return { 'pyproject.toml': `[build-system]\nrequires = ${JSON.stringify(names)}\n` };
}

describe('what works out the version of a package', () => {
  const cases: [what: string, texts: Record<string, string>, tool: string | undefined][] = [
    ['nothing', {}, undefined],
    ['a version that is written down', requiring('setuptools>=77'), undefined],
    ['setuptools-scm', requiring('setuptools', 'setuptools_scm[toml]>=6.2'), 'setuptools-scm'],
    ['hatch-vcs', requiring('hatchling', 'Hatch.VCS'), 'hatch-vcs'],
    ['a plug-in of Poetry', requiring('poetry-core', 'poetry-dynamic-versioning>=1,<2'), 'poetry-dynamic-versioning'],
    [
      'the backend of PDM',
      {
        'pyproject.toml':
          '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n[tool.pdm.version]\nsource = "scm"\n',
      },
      'pdm-backend',
    ],
    [
      'the backend of PDM, which reads it from a file',
      {
        'pyproject.toml':
          '[build-system]\nrequires = []\nbuild-backend = "pdm.backend"\n[tool.pdm.version]\nsource = "file"\n',
      },
      undefined,
    ],
    ['setup.py', { 'setup.py': 'from setuptools import setup\nsetup(use_scm_version=True)\n' }, 'setuptools-scm'],
    ['setup.cfg', { 'setup.cfg': '[options]\nsetup_requires =\n    setuptools_scm\n' }, 'setuptools-scm'],
    ['a broken file', { 'pyproject.toml': '[build-system\n' }, undefined],
  ];
  for (const [what, texts, tool] of cases) {
    it(`is told by ${what}`, () => {
      assert.equal(versionTool(projectOf(texts)), tool);
    });
  }
});
