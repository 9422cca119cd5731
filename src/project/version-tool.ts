import { type ProjectFiles } from './project-files.js';
import { readPyproject } from './pyproject.js';

/** By the names of PyPI. */
const tools: readonly string[] = [
  'hatch-vcs',
  'flit-scm',
  'setuptools-scm',
  'poetry-dynamic-versioning',
  'uv-dynamic-versioning',
];

/** What works out the version of a package of Python from git's history when it is built; undefined where its files say it. */
export function versionTool(files: ProjectFiles): string | undefined {
  const pyproject = readPyproject(files, 'pyproject.toml');
  const { requires = [], 'build-backend': backend } = pyproject?.['build-system'] ?? {};
  const required = requires.map((line) =>
    /^[\w.-]+/
      .exec(line.trim())?.[0]
      .toLowerCase()
      .replaceAll(/[-_.]+/g, '-'),
  );
  const found = tools.find((tool) => required.includes(tool));
  if (found !== undefined) return found;
  if (backend?.startsWith('pdm.') === true && pyproject?.tool?.pdm?.version?.source === 'scm') return 'pdm-backend';
  const isInSetup = /\buse_scm_version\b/.test(files.text('setup.py') ?? '');
  return isInSetup || /\bsetuptools[-_]scm\b/.test(files.text('setup.cfg') ?? '') ? 'setuptools-scm' : undefined;
}
