import { type Suggestion } from '../../dockerfile/create-dockerfile.js';
import { shellLine } from '../../host/shell-line.js';
import { type Project } from '../../project/project.js';
import { oneLine } from '../plain-text.js';
import { sourceName } from './choose-recipe.js';

/** What is listed of imports and notebooks, which may be many. */
const mostListed = 40;

/** All that was found in a project, each with the file that says so, as Markdown. */
export function foundText(project: Project, suggestions: readonly Suggestion[]): string {
  const { listing, dependencies, versions, entries, outputs, data, notebooks, imports, loadedPackages, citation, git } =
    project;
  const chapters: [title: string, lines: string[]][] = [
    ['Recipes', suggestions.map(({ recipe, fit }) => `${recipe.title} (${degree(fit.degree)}): ${fit.because}`)],
    [
      'To look at',
      [
        ...project.misspelt.map(({ file, meant }) => `${file} is read by nothing; ${meant} would be`),
        ...project.problems.map(({ file, line, message }) => `${placeOf(file, line)}: ${message}`),
        ...project.subprojects.map((folder) => `${folder} is a project of its own`),
        ...(listing.isCut ? [`only ${listing.files.length.toLocaleString('en')} files were looked at`] : []),
      ],
    ],
    [
      'Dependencies',
      dependencies.map((source) => `${sourceName(source)}: ${numbered(source.dependencies.length, 'package')}`),
    ],
    [
      'Versions',
      versions.map(({ language, wanted, file, line }) => `${languages[language]} ${wanted} (${placeOf(file, line)})`),
    ],
    ['Programs', entries.map(({ command, because, file }) => `${shellLine(command)} (${file}: ${because})`)],
    ['Folders for results', outputs.map(({ folder, file, line }) => `${folder} (${placeOf(file, line)})`)],
    ['Folders with data', [...data]],
    ['Notebooks', notebooks.map(({ file, language }) => (language === undefined ? file : `${file} (${language})`))],
    ['Packages that the code imports', imports.map(({ name, file }) => `${name} (${file})`)],
    ['R packages that the code loads', loadedPackages.map(({ name, file }) => `${name} (${file})`)],
    [
      'Origin',
      [
        ...(citation === undefined ? [] : [`CITATION.cff: ${citation.title}`]),
        ...(git.kind === 'none' ? [] : [`git: ${git.commit.slice(0, 12)}${git.dirty ? ', with changes' : ''}`]),
        ...(git.kind === 'none' || git.remote === undefined ? [] : [`git remote: ${git.remote}`]),
      ],
    ],
  ];
  const parts = chapters
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `## ${title}\n\n${listed(lines).join('\n')}`);
  const files = numbered(listing.files.length, 'file');
  return [`# What was found in ${oneLine(project.name)}`, `${files} in ${oneLine(project.folder)}.`, ...parts, '']
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** The same in a few words: `uv.lock · Python 3.12 · 2 programs`. */
export function foundSummary({ dependencies, versions, entries, notebooks }: Project): string {
  const [source] = dependencies;
  const [version] = versions;
  const counts = [
    entries.length === 0 ? '' : numbered(entries.length, 'program'),
    notebooks.length === 0 ? '' : numbered(notebooks.length, 'notebook'),
  ];
  return [
    source?.files[0] ?? 'no file with dependencies',
    version === undefined ? '' : `${languages[version.language]} ${version.wanted}`,
    ...counts,
  ]
    .filter((text) => text !== '')
    .join(' · ');
}

const languages = { python: 'Python', r: 'R', julia: 'Julia' } as const;

function degree(fit: Suggestion['fit']['degree']): string {
  return fit === 'made' ? 'made for this project' : 'possible';
}

function numbered(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function placeOf(file: string, line: number | undefined): string {
  return line === undefined ? file : `${file}:${line}`;
}

function listed(lines: readonly string[]): string[] {
  const rest = lines.length - mostListed;
  return [
    ...lines.slice(0, mostListed).map((line) => `- ${oneLine(line)}`),
    ...(rest > 0 ? [`- … and ${rest} more`] : []),
  ];
}
