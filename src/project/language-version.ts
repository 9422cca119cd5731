import { type Language, type VersionStatement } from './project.js';
import { meetsSpecifier } from './version-numbers.js';

/**
 * Whether a statement lets a version be used. One that cannot be understood lets all.
 *
 * @param version `3.12.4`, or `3.12` for the newest of that series
 */
export function allows({ language, wanted, exact }: VersionStatement, version: string): boolean {
  if (exact !== undefined) return version === exact || version.startsWith(`${exact}.`);
  return meetsSpecifier(version, wanted, language === 'julia' ? 'julia' : 'others');
}

/**
 * The best version that all statements about a language allow; `conflict` has these statements where there is none, be it
 * that they contradict each other or that nothing of the kind is offered. Undefined where nothing is said.
 *
 * @param offered best first; a version that is asked for exactly is also taken where another one of its series is offered
 */
export function chooseVersion(
  statements: readonly VersionStatement[],
  language: Language,
  offered: readonly string[],
): { version: string; because: string } | { conflict: readonly VersionStatement[] } | undefined {
  const own = statements.filter((statement) => statement.language === language);
  const [decisive] = own;
  if (decisive === undefined) return undefined;
  const series = new Set(offered.map(seriesOf));
  const exact = own.flatMap((statement) => statement.exact ?? []).filter(isComplete);
  const candidates = [...exact.filter((version) => series.has(seriesOf(version))), ...offered];
  const version = candidates.find((candidate) => own.every((statement) => allows(statement, candidate)));
  if (version === undefined) return { conflict: own };
  return { version, because: `${decisive.file} says ${decisive.wanted}` };
}

function seriesOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function isComplete(version: string): boolean {
  return version.split('.').length > 2;
}
