import { type Project } from '../../project/project.js';
import { type Written } from './recipe.js';

/** By which build tools are told a version, and then do not ask git for it. */
const variables: ReadonlyMap<string, string> = new Map([
  // https://setuptools-scm.readthedocs.io/en/latest/overrides/
  ['setuptools-scm', 'SETUPTOOLS_SCM_PRETEND_VERSION'],
  ['hatch-vcs', 'SETUPTOOLS_SCM_PRETEND_VERSION'],
  ['flit-scm', 'SETUPTOOLS_SCM_PRETEND_VERSION'],
  // https://backend.pdm-project.org/metadata/#dynamic-project-version
  ['pdm-backend', 'PDM_BUILD_SCM_VERSION'],
  // https://github.com/mtkennerly/poetry-dynamic-versioning
  ['poetry-dynamic-versioning', 'POETRY_DYNAMIC_VERSIONING_BYPASS'],
  // https://github.com/ninoseki/uv-dynamic-versioning
  ['uv-dynamic-versioning', 'UV_DYNAMIC_VERSIONING_BYPASS'],
]);

/** Empty where the project's own files say its version. */
function versionPart(project: Project): string {
  const { versionTool: tool = '' } = project;
  const variable = variables.get(tool);
  if (variable === undefined) return '';
  return [
    `# The version of the project: ${tool} would read it from git’s history, which is not copied.`,
    `ARG ${variable}=${versionOf(project) ?? unknown}`,
  ].join('\n');
}

/** A step that builds the project as a package, with what tells it the version. */
export function withVersion(project: Project, step: string): string {
  const part = versionPart(project);
  return part === '' ? step : `${part}\n\n${step}`;
}

/** What to do where the version is not known. */
export function versionHints(project: Project): Written['hints'] {
  const { versionTool: tool = '' } = project;
  const variable = variables.get(tool);
  if (variable === undefined || versionOf(project) !== undefined) return [];
  return [
    {
      message: `${tool} reads the version of the project from git’s history, which is not a part of the build: in the image it is ${unknown}. The build argument ${variable} sets it, or the version in CITATION.cff when this file is made again.`,
      command: undefined,
    },
  ];
}

const unknown = '0.0.0';

/** As PEP 440 has it; undefined where none is known. */
function versionOf({ citation }: Project): string | undefined {
  return /^v?(\d+(?:\.\d+)*(?:(?:a|b|rc)\d+|\.(?:post|dev)\d+)?)$/.exec(citation?.version?.trim() ?? '')?.[1];
}
