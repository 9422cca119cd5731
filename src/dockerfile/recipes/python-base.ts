import { compareVersions } from '../../cuda/version.js';
import { type Project } from '../../project/project.js';
import { languageChoices } from './language-choices.js';
import { type Choice } from './recipe.js';

/** Best first: that which most packages have wheels for leads. */
const offered = ['3.12', '3.13', '3.11', '3.14', '3.10', '3.9'];

/** The first releases that were built on Debian 12. */
const firstOnDebian12 = ['3.9.17', '3.10.12', '3.11.4', '3.12.0', '3.13.0', '3.14.0'];

/** The versions of Python that a project may be run with. */
export function pythonVersions(project: Project): Choice<string>[] {
  const choices = languageChoices(project, 'python', offered, hasImage).map((choice) => {
    const { value, because = '' } = choice;
    if (hasImage(value)) return choice;
    const other = series(value);
    return { value: other, label: `Python ${other}`, because: `${because}; of that very release there is no image` };
  });
  return choices.filter(({ value }, index) => choices.findIndex((other) => other.value === value) === index);
}

/** Whether there is an image of this very version: `3.12`, or `3.12.4`. */
function hasImage(version: string): boolean {
  const first = firstOnDebian12.find((each) => version.startsWith(`${series(each)}.`));
  return offered.includes(version) || (first !== undefined && (compareVersions(version, first) ?? -1) >= 0);
}

/** `3.12` of `3.12.4`. */
function series(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** Where each build begins. */
export function pythonBase(version: string): string {
  return [
    `# Python ${version} on Debian 12, small: without compilers and other tools.`,
    `FROM python:${version}-slim-bookworm`,
  ].join('\n');
}

/**
 * Set in front of a step, it makes compiled files depend on what is in their sources rather than on when they were installed
 * (https://peps.python.org/pep-0552/). Archives know no time before 1980.
 */
export const timeless = 'SOURCE_DATE_EPOCH=315532800';
