import { compareVersions } from '../../cuda/version.js';
import { type Project } from '../../project/project.js';
import { languageChoices } from './language-choices.js';
import { isoDay } from './parts.js';
import { type Choice } from './recipe.js';

/** Best first: the last release of each series, the newest series behind the one before it. */
const offered = ['4.5.3', '4.6.1', '4.4.3', '4.3.3', '4.2.3', '4.1.3', '4.0.5'];

/** The first R that rocker has built on Ubuntu in its present way. */
const first = '4.0.0';

/** The versions of R that a project may be run with. */
export function rVersions(project: Project): Choice<string>[] {
  return languageChoices(project, 'r', offered, hasRImage);
}

/** Whether rocker builds an image of this very version: of every release since 4.0.0. */
export function hasRImage(version: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(version) && (compareVersions(version, first) ?? -1) >= 0;
}

/** The image of R by its version, such as `4.3.2`. */
export function rImage(version: string): string {
  return `rocker/r-ver:${version}`;
}

/** CRAN as it was on a day, as binary packages where there are some. Wants the variables of `/etc/os-release`. */
function cranOf(snapshot: string): string {
  return `https://p3m.dev/cran/__linux__/\${VERSION_CODENAME}/${isoDay(snapshot)}`;
}

/** The step after which R installs from CRAN as it was on a day, whoever asks. */
export function datedCranPart(snapshot: string): string {
  return [
    `# R packages come from CRAN as it was on ${isoDay(snapshot)}, so that a later build gets the same versions.`,
    'RUN . /etc/os-release \\',
    ` && echo "options(repos = c(CRAN = '${cranOf(snapshot)}'))" \\`,
    '      >> /usr/local/lib/R/etc/Rprofile.site',
  ].join('\n');
}
