import { type EntryPoint, type Notebook } from '../project.js';
import { hasName } from '../sorted-names.js';
import { type CodeFacts, shiny } from './code-facts.js';
import { namedByCommand, type NamedByCommand } from './named-by-command.js';
import { isRMarkdown } from './r-markdown.js';
import { shownCommands } from './readme-commands.js';

interface Candidate {
  entry: EntryPoint;
  score: number;
}

export interface Readme {
  file: string;
  text: string;
}

/** More than that nobody chooses from. */
const mostEntries = 100;

/**
 * What can be run, the likeliest first: what the README says to run, then workflows and web applications, then programs by their
 * names, by what they do and by how near they are to the project's folder, then notebooks.
 *
 * @param listed all files of the project, sorted
 */
export function entryPoints(
  files: readonly CodeFacts[],
  notebooks: readonly Notebook[],
  readmes: readonly Readme[],
  listed: readonly string[],
): EntryPoint[] {
  const own = candidates(files, notebooks, listed);
  const shown = readmes.flatMap((readme) => byReadme(readme, own, listed));
  const seen = new Set<string>();
  const isNew = ({ entry: { command } }: Candidate): boolean => {
    const key = JSON.stringify(command);
    return !seen.has(key) && seen.add(key).size > 0;
  };
  return [...shown, ...own]
    .sort((a, b) => b.score - a.score)
    .filter(isNew)
    .slice(0, mostEntries)
    .map(({ entry }) => entry);
}

function candidates(
  files: readonly CodeFacts[],
  notebooks: readonly Notebook[],
  listed: readonly string[],
): Candidate[] {
  const imported = importedByOthers(files);
  const isPackageOfR = hasName(listed, 'DESCRIPTION') && hasName(listed, 'NAMESPACE');
  const found = files.flatMap((facts) => {
    if (isPackageOfR && facts.file.startsWith('R/')) return [];
    const entry = entryOf(facts, listed);
    if (entry === undefined) return [];
    const isPart = isPartOfOthers(facts, imported);
    if (isPart && facts.runs !== 'it has a main block' && entry.kind !== 'web-app') return [];
    return [{ entry, score: scoreOf(facts, entry) - (isPart ? 30 : 0) }];
  });
  const ofNotebooks = notebooks.map(({ file }) => ({ entry: notebookEntry(file), score: 12 + scoreOfPath(file) }));
  // Of several notebooks the first by number or name is run first.
  return [...found, ...ofNotebooks];
}

function notebookEntry(file: string): EntryPoint {
  return {
    kind: 'notebook',
    command: ['jupyter', 'nbconvert', '--to', 'notebook', '--execute', '--inplace', file],
    file,
    port: undefined,
    because: 'it is a notebook',
  };
}

function entryOf(facts: CodeFacts, listed: readonly string[]): EntryPoint | undefined {
  const { file, kind, web, runs, options } = facts;
  if (web !== undefined) {
    return {
      kind: 'web-app',
      command: web.command,
      file,
      port: web.port,
      because: `it is an application of ${web.framework}`,
    };
  }
  const script = (command: readonly string[], because: string): EntryPoint => ({
    kind: 'script',
    command,
    file,
    port: undefined,
    because,
  });
  const why = runs === undefined || options === undefined ? runs : `${runs} and reads its command line with ${options}`;
  switch (kind) {
    case 'python': {
      const [, folder] = /^(?:src\/)?(?:(.+)\/)?__main__\.py$/.exec(file) ?? [];
      if (folder !== undefined) {
        return script(['python', '-m', folder.replaceAll('/', '.')], 'it is what the package does when it is run');
      }
      if (why !== undefined && facts.isRelative) {
        return script(['python', '-m', file.replace(/^src\/|\.py$/g, '').replaceAll('/', '.')], why);
      }
      const because = why ?? (options === undefined ? undefined : `it reads its command line with ${options}`);
      if (because !== undefined) return script(['python', file], because);
      return isTelling(file) ? script(['python', file], 'its name is that of a program') : undefined;
    }
    case 'r':
      if (/(?:^|\/)ui\.R$/i.test(file) && hasName(listed, file.replace(/ui\.R$/i, 'server.R'))) {
        const app = shiny(file);
        return {
          kind: 'web-app',
          command: app.command,
          file,
          port: app.port,
          because: 'it is an application of Shiny',
        };
      }
      if (file === pipelineOfR) {
        return script(['Rscript', '-e', 'targets::tar_make()'], 'it is a pipeline of the R package targets');
      }
      return runs === undefined ? undefined : script(['Rscript', file], runs);
    case 'rmarkdown':
      return isRMarkdown(file)
        ? script(['Rscript', '-e', `rmarkdown::render(${JSON.stringify(file)})`], 'it is a document of R Markdown')
        : undefined;
    case 'julia':
      return runs === undefined ? undefined : script(['julia', '--project=.', file], runs);
    case 'shell':
      return runs === undefined ? undefined : script(['bash', file], runs);
    case 'snakemake':
      return /(?:^|\/)Snakefile$/.test(file)
        ? script(['snakemake', '--cores', 'all'], 'it is a workflow of Snakemake')
        : undefined;
    case 'nextflow':
      return file === 'main.nf' ? script(['nextflow', 'run', file], 'it is a workflow of Nextflow') : undefined;
    case 'dvc':
      return script(['dvc', 'repro'], 'it is a pipeline of DVC');
    case 'make':
    case 'just': {
      const target = forResults.find((name) => facts.targets.includes(name));
      return target === undefined ? undefined : script([kind, target], `it has a target “${target}”`);
    }
    case 'notebook':
    case 'readme':
      return undefined;
  }
}

/** https://books.ropensci.org/targets/walkthrough.html */
const pipelineOfR = '_targets.R';

/** Targets that make the results, the most telling first. */
const forResults = ['reproduce', 'results', 'all', 'run', 'figures', 'paper', 'analysis', 'experiments'];

const likely: readonly [name: RegExp, points: number][] = [
  [
    /^(?:run_?all|run_?everything|reproduce.*|replicate.*|main|master|__main__|run|00?_(?:main|master|run).*|streamlit_app)$/,
    40,
  ],
  [/^(?:run_.*|experiments?|simulate|simulations?|pipeline|workflow)$/, 32],
  [/^(?:train|training|fit|app|analysis|analy[sz]e|index)$/, 28],
  [/^(?:evaluate|eval|predict|inference|plot.*|(?:make_)?fig(?:ure)?s?.*|train_.*|.*_?analysis.*)$/, 18],
  [/^(?:(?:get|fetch|download|prepare|preprocess|clean|convert|extract)(?:_.*)?)$/, -10],
  [
    /^(?:setup|install|submit|slurm|deploy|build|lint|format|release|publish|entrypoint|docker|upload|update|bump)(?:[_-].*)?$/,
    -35,
  ],
];

function nameOf(file: string): string {
  return file
    .replace(/^.*\//, '')
    .replace(/\.\w+$/, '')
    .toLowerCase()
    .replaceAll('-', '_');
}

function pointsOf(file: string): number {
  const name = nameOf(file).replace(/^\d+[a-z]?_+(?=[a-z])/, '');
  return likely.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
}

function isTelling(file: string): boolean {
  const depth = file.split('/').length;
  return depth <= 2 && pointsOf(file) >= 28 && !/(?:^|\/)index\.\w+$/.test(file);
}

function scoreOf({ kind, runs, options, targets, file }: CodeFacts, entry: EntryPoint): number {
  const byKind = {
    ...{ python: 15, shell: 8, r: 15, rmarkdown: 13, julia: 15 },
    ...{ snakemake: 75, nextflow: 72, dvc: 65, make: -20, just: -20 },
  };
  const base = kind === 'notebook' || kind === 'readme' ? 0 : byKind[kind];
  if (kind === 'make' || kind === 'just') return base + (targets.includes('all') ? 1 : 0) + scoreOfPath(file);
  const special = entry.kind === 'web-app' ? 45 : file === pipelineOfR ? 55 : 0;
  const does =
    (runs === 'it has a main block' ? 8 : 0) +
    (options === undefined ? 0 : 3) -
    (runs?.includes('Slurm') === true ? 12 : 0);
  return base + special + does + scoreOfPath(file);
}

function scoreOfPath(file: string): number {
  const folders = file.split('/').slice(0, -1);
  const [first] = folders;
  const isForPrograms =
    first !== undefined && /^(?:src|scripts|code|experiments|analysis|workflow|notebooks|bin)$/.test(first);
  const isAside = folders.some((folder) =>
    /^(?:examples?|demos?|tutorials?|archive|old|legacy|benchmarks?|tools|utils)$/i.test(folder),
  );
  return pointsOf(file) - 6 * folders.length + (isForPrograms ? 3 : 0) - (isAside ? 30 : 0);
}

/** What files import or include, with all ways to name it: `a.b.c`, `a.b`, `a`. */
function importedByOthers(files: readonly CodeFacts[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { modules, included } of files) {
    for (const module of modules) {
      for (let name = module; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) names.add(name);
    }
    for (const file of included) names.add(file.replaceAll('\\', '/').replace(/^.*\//, ''));
  }
  return names;
}

function isPartOfOthers({ file, kind }: CodeFacts, imported: ReadonlySet<string>): boolean {
  if (kind !== 'python') return imported.has(file.replace(/^.*\//, ''));
  const parts = file.replace(/\.py$/, '').split('/');
  return parts.some((_, index) => imported.has(parts.slice(index).join('.')));
}

const workflows = new Set(['snakemake', 'make', 'just', 'dvc', 'nextflow']);

/** What a README says to run, with its words, unless these reach no web application from outside of a container. */
function byReadme({ file: readme, text }: Readme, own: readonly Candidate[], listed: readonly string[]): Candidate[] {
  const commands = shownCommands(text);
  if (commands.length === 0) return [];
  const named = commands
    .map((command) => namedByCommand(command, (file) => hasName(listed, file)))
    .filter((found) => found !== undefined);
  return named.slice(0, mostEntries).flatMap((found, index) => {
    const entry = entryByReadme(found, own, readme);
    if (entry === undefined) return [];
    const points = workflows.has(entry.command[0] ?? '') ? 45 : pointsOf(found.file);
    return [{ entry, score: 200 + points - index / 2 }];
  });
}

function entryByReadme(found: NamedByCommand, own: readonly Candidate[], readme: string): EntryPoint | undefined {
  const known = own.find(({ entry }) => entry.file === found.file)?.entry;
  const because = `${readme} says so`;
  if (known?.kind === 'web-app') return { ...known, because };
  if (found.command.length > 0 && found.kind !== 'web-app') {
    return { kind: found.kind, command: found.command, file: found.file, port: undefined, because };
  }
  if (found.file.endsWith('.ipynb') && found.kind === 'web-app') {
    const command = ['voila', found.file, '--no-browser', '--Voila.ip=0.0.0.0', '--port=8866'];
    return { kind: 'web-app', command, file: found.file, port: 8866, because };
  }
  return known === undefined ? undefined : { ...known, because };
}
