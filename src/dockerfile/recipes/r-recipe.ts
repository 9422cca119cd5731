import { posix } from 'node:path';
import { type DependencySource, type Project } from '../../project/project.js';
import { argument, copyInPlace } from './copy-line.js';
import { dockerfileOf, header, lastPart, sourcePart, userPart } from './parts.js';
import { datedCranPart, rImage, rVersions } from './r-images.js';
import { rSystemPackages } from './r-system-packages.js';
import { type Recipe, type RecipeAnswers, type Written } from './recipe.js';
import { unattendedAptPart } from './unattended.js';
import { workFolderPart } from './work-folder.js';

type RSource = Extract<DependencySource, { kind: 'r' }>;

/** R without a lock file: what `DESCRIPTION` or `install.R` ask for, from CRAN as it was on one day. */
export const rRecipe: Recipe = {
  id: 'r',
  title: 'R',
  summary: 'R, and the packages that DESCRIPTION or install.R ask for, from CRAN as it was on one day.',
  versionOf: 'R',
  fit: (project) => {
    const source = sourceOf(project);
    if (source !== undefined) return { degree: 'made', because: `${source.manifest} says which R packages it needs` };
    const script = project.listing.files.find((file) => /\.(?:R|r|Rmd|qmd)$/.test(file));
    return script === undefined ? undefined : { degree: 'possible', because: `${script} is written in R` };
  },
  versions: rVersions,
  accelerators: () => [{ value: 'cpu', label: 'CPU', because: undefined }],
  write,
};

function write(project: Project, answers: RecipeAnswers): Written {
  const source = sourceOf(project);
  return {
    dockerfile: dockerfileOf(
      header(project, 'R with packages from CRAN'),
      [`# R ${answers.version}, compiled on Ubuntu.`, `FROM ${rImage(answers.version)}`].join('\n'),
      unattendedAptPart(rSystemPackages(source?.dependencies ?? []), 'ubuntu', answers.snapshot),
      workFolderPart,
      datedCranPart(answers.snapshot),
      source === undefined ? '' : installPart(source),
      userPart(answers),
      sourcePart(isPackage(project) ? installProject : ''),
      lastPart(project, answers),
    ),
    ignored: ['.Rproj.user', '.Rhistory', '.RData'],
    hints: [
      {
        message:
          source === undefined
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
