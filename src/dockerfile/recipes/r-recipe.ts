import { posix } from 'node:path';
import { type DependencySource, type Project } from '../../project/project.js';
import { isOfBioconductor } from './bioconductor.js';
import { argument, copyInPlace } from './copy-line.js';
import { dockerfileOf, header, lastPart, sourcePart, userPart } from './parts.js';
import { datedCranPart, rImage, rVersions } from './r-images.js';
import { rSystemPackages } from './r-system-packages.js';
import { renderedInto, renderingCommand } from './rendered-document.js';
import { type Recipe, type RecipeAnswers, type Written } from './recipe.js';
import { unattendedAptPart } from './unattended.js';
import { workFolderPart } from './work-folder.js';

type RSource = Extract<DependencySource, { kind: 'r' }>;

/** R without a lock file: what `DESCRIPTION` or `install.R` ask for, from CRAN as it was on one day. */
export const rRecipe: Recipe = {
  id: 'r',
  title: 'R',
  summary: 'R, and the packages that DESCRIPTION, install.R or the code ask for, from CRAN as it was on one day.',
  versionOf: 'R',
  fit: (project) => {
    const source = sourceOf(project);
    if (source !== undefined) return { degree: 'made', because: `${source.manifest} says which R packages it needs` };
    const script = project.listing.files.find((file) => /\.(?:R|r|Rmd|qmd)$/.test(file));
    if (script === undefined) return undefined;
    const names = project.loadedPackages.map(({ name }) => name);
    const because =
      names.length === 0
        ? `${script} is written in R`
        : `its code loads ${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''}`;
    return { degree: 'possible', because };
  },
  versions: rVersions,
  accelerators: () => [{ value: 'cpu', label: 'CPU', because: undefined }],
  command: renderingCommand,
  write,
};

function write(project: Project, answers: RecipeAnswers): Written {
  const source = sourceOf(project);
  const loaded = project.loadedPackages.map(({ name }) => name);
  return {
    dockerfile: dockerfileOf(
      header(project, 'R with packages from CRAN'),
      [`# R ${answers.version}, compiled on Ubuntu.`, `FROM ${rImage(answers.version)}`].join('\n'),
      unattendedAptPart(rSystemPackages(source?.dependencies ?? project.loadedPackages), 'ubuntu', answers.snapshot),
      workFolderPart,
      datedCranPart(answers.snapshot),
      source === undefined ? loadedPart(loaded) : installPart(source),
      userPart(answers),
      sourcePart(isPackage(project) ? installProject : ''),
      lastPart(project, { ...answers, command: renderedInto(answers.command, answers.output) }),
    ),
    ignored: ['.Rproj.user', '.Rhistory', '.RData'],
    hints: [
      {
        message:
          source === undefined && loaded.length === 0
            ? 'Nothing says which R packages the code needs: the image has R alone. A lock file says it, with their versions.'
            : 'The versions of the R packages are those of one day. A lock file pins each of them, and says so to readers.',
        command: `Rscript -e ${argument('install.packages("renv"); renv::init()')}`,
      },
    ],
  };
}

function installPart({ files }: RSource): string {
  const names = files.map((file) => posix.basename(file));
  const steps = files.map((file) =>
    posix.basename(file) === 'DESCRIPTION'
      ? `Rscript -e 'options(warn = 2)' -e 'install.packages("remotes")' -e ${argument(installDependencies(file))}`
      : `Rscript ${argument(file)}`,
  );
  return [
    `# The R packages that ${names.join(' and ')} ask${names.length === 1 ? 's' : ''} for. They are installed again only when that changes.`,
    copyInPlace(files),
    `RUN ${steps.join(' \\\n && ')}`,
  ].join('\n');
}

/** Characters of a line of package names. */
const longestLine = 90;

/** Those that the code loads, where nothing else says what it needs. */
function loadedPart(names: readonly string[]): string {
  if (names.length === 0) return '';
  const isMixed = names.some(isOfBioconductor);
  const [open, close] = isMixed
    ? ['BiocManager::install(c(', '), ask = FALSE, update = FALSE)']
    : ['install.packages(c(', '))'];
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    const quoted = JSON.stringify(name);
    if (last === undefined || last.length + quoted.length > longestLine) lines.push(quoted);
    else lines[lines.length - 1] = `${last}, ${quoted}`;
  }
  const manager = isMixed ? ` -e 'install.packages("BiocManager")'` : '';
  return [
    `# The R packages that the code loads${isMixed ? ', from Bioconductor in the release for this R, and from CRAN' : ''}.`,
    `RUN Rscript -e 'options(warn = 2)'${manager} \\`,
    `    -e '${open}${lines.join(', \\\n        ')}${close}'`,
  ].join('\n');
}

/** What `DESCRIPTION` depends on, imports and links to. */
function installDependencies(file: string): string {
  return `remotes::install_deps(${JSON.stringify(posix.dirname(file))}, upgrade = "never")`;
}

const installProject = [
  '# The project is an R package itself, and is installed like the others.',
  'RUN R CMD INSTALL --no-docs .',
].join('\n');

function isPackage({ listing }: Project): boolean {
  return ['DESCRIPTION', 'NAMESPACE'].every((name) => listing.files.includes(name));
}

function sourceOf({ dependencies }: Project): RSource | undefined {
  return dependencies.find((source) => source.kind === 'r');
}
