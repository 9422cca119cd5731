import assert from 'node:assert/strict';
import { lockConflict } from '../../../src/project/ambiguity.js';
import { dependencySources } from '../../../src/project/dependency-sources.js';
import { projectOf } from './project-texts.js';

const uv = { 'uv.lock': 'version = 1\n[[package]]\nname = "numpy"\nversion = "1.26.4"\n' };
const poetry = { 'poetry.lock': '[[package]]\nname = "numpy"\nversion = "1.26.4"\n' };
const renv = { 'renv.lock': '{"R": {"Version": "4.3.2"}, "Packages": {}}' };
const environment = (...lines: string[]): Record<string, string> => ({
  'environment.yml': `dependencies:\n${lines.map((line) => `- ${line}\n`).join('')}`,
});

function conflictOf(texts: Readonly<Record<string, string>>): string[] | undefined {
  return lockConflict({ dependencies: dependencySources(projectOf(texts), undefined) })?.map(({ kind }) => kind);
}

describe('a conflict of what pins the dependencies', () => {
  const cases: [what: string, texts: Record<string, string>, conflict: string[] | undefined][] = [
    ['two lock files of Python', { ...uv, ...poetry }, ['uv', 'poetry']],
    ['a lock file and other versions for pip', { ...uv, 'requirements.txt': 'numpy==1.24.0' }, ['uv', 'pip']],
    ['a lock file and its export', { ...uv, 'requirements.txt': 'numpy==1.26.4' }, undefined],
    ['a lock file and a list without versions', { ...uv, 'requirements.txt': 'numpy' }, undefined],
    ['Python and R', { ...uv, ...renv }, undefined],
    [
      'pinned conda and pinned pip',
      { ...environment('numpy=1.26.4'), 'requirements.txt': 'numpy==1.24.0' },
      ['pip', 'conda'],
    ],
    [
      'conda and the list that it includes',
      { ...environment('numpy=1.26.4', 'pip: [-r requirements.txt]'), 'requirements.txt': 'scipy==1.13.0' },
      undefined,
    ],
    [
      'conda that only brings Python and Poetry',
      { ...environment('python=3.11', 'poetry=1.8.3'), ...poetry },
      undefined,
    ],
    ['conda that pins nothing', { ...environment('numpy'), 'requirements.txt': 'numpy==1.24.0' }, undefined],
    ['conda for R beside a lock of Python', { ...environment('r-base=4.3', 'r-dplyr=1.1.4'), ...uv }, undefined],
    ['two lists for pip', { 'requirements-cpu.txt': 'numpy==1.0', 'requirements-gpu.txt': 'numpy==1.1' }, undefined],
    ['nothing', {}, undefined],
  ];
  for (const [what, texts, conflict] of cases) {
    it(`is ${conflict === undefined ? 'not ' : ''}${what}`, () => {
      assert.deepEqual(conflictOf(texts), conflict);
    });
  }
});
