import { type StepCommand } from '../step-commands.js';
import { nameOf } from './known-bases.js';
import { type Rule } from './rule.js';
import { imageUnder, linesOfCommand, type Subject, wordsOfChain } from './subject.js';

/** An archive of R packages as it was on a day, or of one release of Bioconductor. */
const dated =
  /(?:cran|packagemanager|p3m|mran|bioc)\S*\/\d{4}-\d{2}-\d{2}|\brenv::(?:restore|init|hydrate)|checkpoint\(|groundhog\.|rix::|pak::lockfile_install/i;

/** A call that installs packages, with what follows its parenthesis. */
const installs =
  /\b(install\.packages|(?:remotes|devtools)::install_cran|pak::(?:pkg_install|pak)|renv::install|BiocManager::install)\s*\(([^)]*)/g;

/** An archive that has the newest versions, whatever the image says of archives. */
const newest =
  /https?:\/\/(?:cloud\.r-project\.org|cran\.[\w.-]+|[\w.-]*\.us\.r-project\.org)|\/cran\/(?:__linux__\/\w+\/)?latest\b/;

export const rPackagesUndated: Rule = {
  id: 'r-packages-undated',
  title: 'R packages come from a dated archive or from renv.lock',
  why:
    'CRAN has only the newest version of each package. renv.lock, or CRAN as it was on a day, brings the same ones again ' +
    '(https://rstudio.github.io/renv/; https://rocker-project.org/images/versioned/r-ver.html; Nüst et al. 2020, rule 5).',
  weight: 12,
  needsNetwork: false,
  check: (subject) =>
    subject.commands.flatMap((command) => {
      if (!installsNewest(subject, command) || isDated(subject, command)) return [];
      return [
        {
          severity: 'warning',
          ...linesOfCommand(command),
          message: 'R packages are installed in the newest version on the day of the build.',
          remedy:
            'Use renv (“renv::snapshot()”, then “renv::restore()” here), or a dated CRAN: options(repos = c(CRAN = "https://p3m.dev/cran/2026-01-15")).',
          fix: undefined,
        },
      ];
    }),
};

function installsNewest(subject: Subject, command: StepCommand): boolean {
  const { program, words, stage } = command;
  if (/^install2?\.r$|^installBioc\.r$/.test(program)) return words.length > 0;
  if (!/^(?:R|Rscript|r|littler)$/.test(program)) return false;
  const image = nameOf(imageUnder(subject, stage) ?? '');
  const isRelease = /^bioconductor\//.test(image?.name ?? '') && /\d/.test(image?.tag ?? '');
  const calls = words.flatMap(({ text }) => [...text.matchAll(installs)]);
  return calls.some(([, call = '', given = '']) => {
    // A release of Bioconductor stays as it is, and its images have one.
    if (call === 'BiocManager::install') return !isRelease && !/\bversion\s*=/.test(given);
    // An installer such as renv alone decides over nothing else; the archive of one version has one.
    if (call === 'install.packages') {
      return !/^\s*["'](?:(?:renv|remotes|pak|devtools|BiocManager)["']|[^"']*\.(?:tar\.gz|tgz)["'])/.test(given);
    }
    return !/^\s*["'][^"']*@/.test(given);
  });
}

function isDated(subject: Subject, { stage, words }: StepCommand): boolean {
  if (words.some(({ text }) => newest.test(text))) return false;
  const image = nameOf(imageUnder(subject, stage) ?? '');
  // The images of rocker for a release of R take their packages from a day of that time.
  if (/^rocker\/(?!r-base|drd|r-devel|r-apt|r2u)/.test(image?.name ?? '') && /^\d+\.\d+\.\d+/.test(image?.tag ?? ''))
    return true;
  return dated.test(wordsOfChain(subject.chainOf(stage)));
}
