import * as v from 'valibot';
import { juliaManifest, readJuliaProject } from './julia-sources.js';
import { lenient, lenientText } from './lenient.js';
import { lineOf } from './line-of.js';
import { type DependencySource, type Language, type VersionStatement } from './project.js';
import { type ProjectFiles } from './project-files.js';
import { readPyproject } from './pyproject.js';
import { exactVersion } from './version-numbers.js';

/** Files besides those of the dependencies that say which version of a language is wanted. */
export const versionFiles = ['.python-version', '.tool-versions', 'runtime.txt'];

/**
 * Which versions of its languages a project asks for: what names one version first, then lock files, then manifests.
 *
 * @param sources as the project's files say it
 * @param binder repo2docker's folder
 */
export function versionStatements(
  files: ProjectFiles,
  sources: readonly DependencySource[],
  binder: string | undefined,
): VersionStatement[] {
  const folders = binder === undefined ? [''] : [`${binder}/`, ''];
  const all = [
    ...pythonVersionFile(files),
    ...toolVersions(files),
    ...folders.flatMap((folder) => runtimeTxt(files, `${folder}runtime.txt`)),
    ...sources.flatMap((source) => ofCondaAndPixi(files, source)),
    ...folders.flatMap((folder) => ofPipfile(files, `${folder}Pipfile`)),
    ...folders.flatMap((folder) => ofRenv(files, `${folder}renv.lock`)),
    ...folders.flatMap((folder) => ofJulia(files, folder)),
    ...ofLocks(files),
    ...ofPyproject(files),
    ...ofSetup(files),
    ...folders.flatMap((folder) => ofDescription(files, `${folder}DESCRIPTION`)),
  ];
  return [...all.filter(({ exact }) => exact !== undefined), ...all.filter(({ exact }) => exact === undefined)];
}

function statement(
  language: Language,
  wanted: string,
  { file, line }: { file: string; line: number | undefined },
): VersionStatement {
  return { language, wanted: wanted.trim(), exact: exactVersion(wanted), file, line };
}

function pythonVersionFile(files: ProjectFiles): VersionStatement[] {
  const file = '.python-version';
  const lines = (files.text(file) ?? '').split('\n').map((line) => line.trim());
  // pyenv takes several, the first of which is `python`; uv writes what interpreter it is in front.
  const index = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
  const version = /^(?:cpython[@-]|python[@-]?)?(\d+(?:\.\d+){0,2})(?:$|[-+])/.exec(lines[index] ?? '')?.[1];
  return version === undefined ? [] : [statement('python', version, { file, line: index + 1 })];
}

function toolVersions(files: ProjectFiles): VersionStatement[] {
  const file = '.tool-versions';
  const languages = new Map<string, Language>([
    ['python', 'python'],
    ['R', 'r'],
    ['r', 'r'],
    ['julia', 'julia'],
  ]);
  return (files.text(file) ?? '').split('\n').flatMap((text, index) => {
    const [, tool = '', version = ''] = /^\s*(\w+)\s+(\d+(?:\.\d+)*)(?=\s|$)/.exec(text) ?? [];
    const language = languages.get(tool);
    return language === undefined ? [] : [statement(language, version, { file, line: index + 1 })];
  });
}

/** repo2docker's and Heroku's: `python-3.12`, `r-4.3-2024-05-01`. */
function runtimeTxt(files: ProjectFiles, file: string): VersionStatement[] {
  const [, name, version] = /^\s*(python|r)-(\d+(?:\.\d+){1,2})(?=\s|-|$)/.exec(files.text(file) ?? '') ?? [];
  if (version === undefined) return [];
  return [statement(name === 'r' ? 'r' : 'python', version, { file, line: 1 })];
}

const condaLanguages = new Map<string, Language>([
  ['python', 'python'],
  ['r-base', 'r'],
  ['julia', 'julia'],
]);
const condaEnvironment = v.object({ dependencies: v.array(v.unknown()) });
const pixiTables = v.object({ dependencies: lenient(v.record(v.string(), v.unknown())) });
const pixiInPyproject = v.object({ tool: v.object({ pixi: v.unknown() }) });

/** conda has the language itself among the packages. */
function ofCondaAndPixi(files: ProjectFiles, source: DependencySource): VersionStatement[] {
  if (source.kind !== 'conda' && source.kind !== 'pixi') return [];
  const isLocked = source.lock !== undefined || (source.kind === 'conda' && source.explicit !== undefined);
  const [lock] = source.files;
  const locked = isLocked
    ? source.dependencies.flatMap(({ name, version }) => {
        const language = condaLanguages.get(name);
        if (language === undefined || version === undefined || lock === undefined) return [];
        return [statement(language, version, { file: lock, line: undefined })];
      })
    : [];
  // Several environments of one lock file may have several versions; then none of them is the one that is wanted.
  const certain = locked.filter((each) =>
    locked.every(({ language, wanted }) => language !== each.language || wanted === each.wanted),
  );
  const unique = certain.filter(
    (each, index) => certain.findIndex(({ language }) => language === each.language) === index,
  );
  return [
    ...unique,
    ...(source.kind === 'conda' ? ofEnvironment(files, source.environment) : ofPixi(files, source.manifest)),
  ];
}

function ofEnvironment(files: ProjectFiles, file: string | undefined): VersionStatement[] {
  const result = v.safeParse(condaEnvironment, file === undefined ? undefined : files.document(file));
  if (file === undefined || !result.success) return [];
  return result.output.dependencies.flatMap((entry) => {
    if (typeof entry !== 'string') return [];
    const [, name = '', rest = ''] = /^(?:[\w.-]+::)?([a-zA-Z][\w-]*)\s*([=<>!~ ].*)?$/.exec(entry.trim()) ?? [];
    const language = condaLanguages.get(name.toLowerCase());
    // A build behind a second `=` says nothing of the version.
    const wanted = rest.replace(/^(\s*=\s*[\d.*]+)=.*$/, '$1').replaceAll(/\s+/g, '');
    if (language === undefined || wanted === '') return [];
    const line = lineOf(files.text(file) ?? '', new RegExp(`^\\s*-\\s*["']?(?:[\\w.-]+::)?${name}\\b`, 'm'));
    return [{ ...statement(language, wanted, { file, line }) }];
  });
}

function ofPixi(files: ProjectFiles, file: string): VersionStatement[] {
  const document = files.document(file);
  const table = file === 'pixi.toml' || !v.is(pixiInPyproject, document) ? document : document.tool.pixi;
  const result = v.safeParse(pixiTables, table);
  return Object.entries((result.success ? result.output.dependencies : undefined) ?? {}).flatMap(([name, wanted]) => {
    const language = condaLanguages.get(name);
    if (language === undefined || typeof wanted !== 'string' || wanted.trim() === '*') return [];
    const line = lineOf(files.text(file) ?? '', new RegExp(`^\\s*${name}\\s*=`, 'm'));
    return [statement(language, wanted, { file, line })];
  });
}

const pipfile = v.object({
  requires: lenient(v.object({ python_version: lenientText, python_full_version: lenientText })),
});

function ofPipfile(files: ProjectFiles, file: string): VersionStatement[] {
  const result = v.safeParse(pipfile, files.document(file));
  const requires = result.success ? result.output.requires : undefined;
  const wanted = requires?.python_full_version ?? requires?.python_version;
  if (wanted === undefined) return [];
  return [statement('python', wanted, { file, line: lineOf(files.text(file) ?? '', /^python_(?:full_)?version\b/m) })];
}

const renvLock = v.object({ R: v.object({ Version: v.string() }) });

function ofRenv(files: ProjectFiles, file: string): VersionStatement[] {
  const result = v.safeParse(renvLock, files.document(file));
  if (!result.success) return [];
  const line = lineOf(files.text(file) ?? '', /"Version"/);
  return [statement('r', result.output.R.Version, { file, line })];
}

function ofJulia(files: ProjectFiles, folder: string): VersionStatement[] {
  const manifest = juliaManifest(files, folder);
  const text = manifest === undefined ? '' : (files.text(manifest) ?? '');
  const version = /^julia_version = "(\d+(?:\.\d+)*)/m.exec(text)?.[1];
  const locked =
    manifest === undefined || version === undefined
      ? []
      : [statement('julia', version, { file: manifest, line: lineOf(text, /^julia_version/m) })];
  const file = files.first(`${folder}JuliaProject.toml`, `${folder}Project.toml`);
  const wanted = file === undefined ? undefined : readJuliaProject(files, file)?.compat?.['julia'];
  if (file === undefined || typeof wanted !== 'string') return locked;
  const line = lineOf(files.text(file) ?? '', /^julia\s*=/m);
  // A bare version is no exact one here.
  return [...locked, { language: 'julia', wanted, exact: undefined, file, line }];
}

/** The heads and ends of lock files, so that nothing large is parsed for one line. */
const lockPatterns: readonly [file: string, pattern: RegExp][] = [
  ['uv.lock', /^requires-python = "([^"]+)"/m],
  ['poetry.lock', /^python-versions = "([^"]+)"(?=[^[]*$)/m],
  ['pdm.lock', /^requires_python = "([^"]+)"(?=[^[]*\n\[\[package\]\])/m],
];

function ofLocks(files: ProjectFiles): VersionStatement[] {
  return lockPatterns.flatMap(([file, pattern]) => {
    const text = files.text(file) ?? '';
    // Poetry writes it last, uv and PDM before the first package.
    const part =
      file === 'poetry.lock' ? text.slice(Math.max(0, text.lastIndexOf('\n[metadata]'))) : text.slice(0, 4000);
    const wanted = pattern.exec(part)?.[1];
    if (wanted === undefined || wanted === '*') return [];
    return [ranged(file, wanted, lineOf(text, new RegExp(`^[a-z_-]*python[a-z_-]* = "${escaped(wanted)}"`, 'm')))];
  });
}

function ofPyproject(files: ProjectFiles): VersionStatement[] {
  const file = 'pyproject.toml';
  const pyproject = readPyproject(files, file);
  const text = files.text(file) ?? '';
  const requires = pyproject?.project?.['requires-python'];
  const ofPoetry = pyproject?.tool?.poetry?.dependencies?.['python'];
  return [
    ...(requires === undefined ? [] : [ranged(file, requires, lineOf(text, /^requires-python\s*=/m))]),
    ...(typeof ofPoetry === 'string' && ofPoetry !== '*' ? [ranged(file, ofPoetry, lineOf(text, /^python\s*=/m))] : []),
  ];
}

function ofSetup(files: ProjectFiles): VersionStatement[] {
  const inCfg = /^python_requires\s*=\s*(\S.*)$/m.exec(files.text('setup.cfg') ?? '')?.[1];
  const inPy = /\bpython_requires\s*=\s*["']([^"']+)["']/.exec(files.text('setup.py') ?? '')?.[1];
  return [
    ...(inCfg === undefined
      ? []
      : [ranged('setup.cfg', inCfg, lineOf(files.text('setup.cfg') ?? '', /^python_requires/m))]),
    ...(inPy === undefined ? [] : [ranged('setup.py', inPy, lineOf(files.text('setup.py') ?? '', /python_requires/))]),
  ];
}

/** A specifier of Python's tools, where a bare version is that one and no other. */
function ranged(file: string, wanted: string, line: number | undefined): VersionStatement {
  const exact = exactVersion(/^\s*\d+(?:\.\d+)*\s*$/.test(wanted) ? `==${wanted.trim()}` : wanted);
  return { language: 'python', wanted: wanted.trim(), exact, file, line };
}

function ofDescription(files: ProjectFiles, file: string): VersionStatement[] {
  const text = files.text(file) ?? '';
  const [, wanted] = /^Depends:(?:.|\n[ \t])*?\bR\s*\(\s*([<>=]+\s*[\d.]+)\s*\)/m.exec(text) ?? [];
  if (wanted === undefined) return [];
  return [statement('r', wanted.replaceAll(/\s+/g, ''), { file, line: lineOf(text, /\bR\s*\(/) })];
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
