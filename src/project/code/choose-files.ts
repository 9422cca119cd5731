/** What a file of code is written in, or for which program. */
export type CodeKind =
  | 'python'
  | 'r'
  | 'rmarkdown'
  | 'julia'
  | 'notebook'
  | 'shell'
  | 'snakemake'
  | 'make'
  | 'just'
  | 'nextflow'
  | 'dvc'
  | 'readme';

export interface CodeFile {
  /** Relative to the project's folder, with `/`. */
  file: string;
  kind: CodeKind;
}

/** More are not read: those that a person would look at first are among them. */
const mostFiles = 300;

const byEnd: ReadonlyMap<string, CodeKind> = new Map([
  ['py', 'python'],
  ['r', 'r'],
  ['R', 'r'],
  ['Rmd', 'rmarkdown'],
  ['rmd', 'rmarkdown'],
  ['qmd', 'rmarkdown'],
  ['jl', 'julia'],
  ['ipynb', 'notebook'],
  ['sh', 'shell'],
  ['bash', 'shell'],
  ['smk', 'snakemake'],
  ['nf', 'nextflow'],
]);

const byName: ReadonlyMap<string, CodeKind> = new Map([
  ['Snakefile', 'snakemake'],
  ['Makefile', 'make'],
  ['makefile', 'make'],
  ['GNUmakefile', 'make'],
  ['justfile', 'just'],
  ['Justfile', 'just'],
  ['.justfile', 'just'],
  ['dvc.yaml', 'dvc'],
]);

/** Folders with code that is not what the project computes, or not its own. */
const notRead =
  /(?:^|\/)(?:\.[^/]+|tests?|testing|docs?|vendor|vendored|third[-_]?party|3rdparty|extern|external|externals|submodules|site-packages|node_modules|build|dist|_build|deps|man|__pycache__|[^/]+\.egg-info|venv|env)\//i;
/** Files that belong to tools. */
const ofTools =
  /(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest|setup|noxfile|versioneer|_version|install|activate|make\.jl)\.(?:py|R|r)$|(?:^|\/)(?:renv|packrat)\/|(?:^|\/)(?:docs|deps)\/(?:make|build)\.jl$/;
/** Folders where programs are, the most usual first. */
const forCode = [
  '',
  'src',
  'scripts',
  'code',
  'experiments',
  'analysis',
  'analyses',
  'notebooks',
  'workflow',
  'bin',
  'R',
];

/** The files to read, those first that say most of how the project is used. */
export function chooseFiles(files: readonly string[]): CodeFile[] {
  const found: (CodeFile & { rank: number })[] = [];
  for (const file of files) {
    const kind = kindOf(file);
    if (kind === undefined || notRead.test(file) || ofTools.test(file)) continue;
    found.push({ file, kind, rank: rankOf(file, kind) });
  }
  return found
    .sort((a, b) => a.rank - b.rank || (a.file < b.file ? -1 : 1))
    .slice(0, mostFiles)
    .map(({ file, kind }) => ({ file, kind }));
}

function kindOf(file: string): CodeKind | undefined {
  const slash = file.lastIndexOf('/');
  const dot = file.lastIndexOf('.');
  const kind = dot > slash + 1 ? byEnd.get(file.slice(dot + 1)) : undefined;
  if (kind !== undefined) return kind;
  if (slash < 0) return /^readme(?:\.(?:md|markdown|rst|txt))?$/i.test(file) ? 'readme' : byName.get(file);
  return file === 'workflow/Snakefile' ? 'snakemake' : undefined;
}

function rankOf(file: string, kind: CodeKind): number {
  if (kind === 'readme') return 0;
  const depth = file.split('/').length - 1;
  if (depth === 0) return 1;
  const place = forCode.indexOf(file.slice(0, file.indexOf('/')));
  const isExample = /(?:^|\/)(?:examples?|demos?|tutorials?|archive|old|legacy|deprecated|benchmarks?)\//i.test(file);
  return 2 + depth * 10 + (place < 0 ? 9 : place / 2) + (isExample ? 100 : 0);
}
