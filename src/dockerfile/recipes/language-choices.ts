import { type Language, type Project } from '../../project/project.js';
import { chooseVersion } from '../../project/language-version.js';
import { type Choice } from './recipe.js';

/**
 * The versions of a language to choose from: the one that the project's files name, then those that are offered.
 *
 * @param offered whole versions such as `4.4.3`, best first
 * @param isOffered whether an image of a version that a file names exists, though it is not one of those
 */
export function languageChoices(
  { versions }: Project,
  language: Language,
  offered: readonly string[],
  isOffered: (version: string) => boolean,
): Choice<string>[] {
  const names = { python: 'Python', r: 'R', julia: 'Julia' };
  const choice = (value: string, because: string | undefined): Choice<string> => ({
    value,
    label: `${names[language]} ${value}`,
    because,
  });
  const named = versions.find(
    (each) => each.language === language && each.exact !== undefined && isOffered(each.exact),
  );
  const chosen = chooseVersion(versions, language, offered);
  const first =
    named?.exact !== undefined
      ? choice(named.exact, `${named.file} names it`)
      : chosen !== undefined && 'version' in chosen
        ? choice(chosen.version, chosen.because)
        : undefined;
  const rest = offered.filter((version) => version !== first?.value).map((version) => choice(version, undefined));
  return first === undefined ? rest : [first, ...rest];
}
