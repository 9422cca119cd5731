import { shellLine } from '../../host/shell-line.js';
import { isoDay } from './parts.js';
import { timeless } from './python-base.js';

/** What makes uv install into the image's own Python, compiled, and never fetch another one. */
export const uvVariables = [
  'UV_SYSTEM_PYTHON=1',
  'UV_PYTHON_DOWNLOADS=never',
  'UV_COMPILE_BYTECODE=1',
  'UV_LINK_MODE=copy',
];

/** Puts uv into the image. */
export const uvPart = [
  '# uv, a fast installer of Python packages, is copied from its own image.',
  'COPY --from=ghcr.io/astral-sh/uv:0.13.0 /uv /uvx /bin/',
].join('\n');

/** A step with uv that keeps what it downloads for the next build, and not in the image. */
export function uvRun(command: string): string {
  return `RUN --mount=type=cache,target=/root/.cache/uv \\\n    ${timeless} ${command}`;
}

/** Leaves out what was published later. @param snapshot as `20261126` */
export function asOf(snapshot: string): string {
  return `--exclude-newer ${isoDay(snapshot)}T00:00:00Z`;
}

/**
 * Installs a program that is written in Python apart from the project's packages.
 *
 * @param tool `poetry==2.2.1`
 * @param day whose versions of what it needs are taken: `20251115`
 */
export function toolPart(tool: string, day: string): string {
  const name = tool.split('==')[0] ?? tool;
  return [
    `# ${name}, in an environment of its own, with what it needed when it was released, as of ${isoDay(day)}.`,
    'ENV UV_TOOL_DIR=/opt/tools \\\n    UV_TOOL_BIN_DIR=/usr/local/bin',
    uvRun(`uv tool install ${asOf(day)} ${tool}`),
  ].join('\n');
}

/** Installs further packages beside those of the project. @param flags where the image's variables do not say it all */
export function furtherPart(requirements: readonly string[], snapshot: string, because: string, flags = ''): string {
  return [
    `# ${because}; it is installed with what it needs, as of ${isoDay(snapshot)}.`,
    uvRun(['uv pip install', flags, asOf(snapshot), shellLine(requirements)].filter((word) => word !== '').join(' ')),
  ].join('\n');
}
