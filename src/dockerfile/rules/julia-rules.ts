import { type StepCommand } from '../step-commands.js';
import { type Rule } from './rule.js';
import { linesOfCommand, type Subject } from './subject.js';

export const juliaPackagesUnlocked: Rule = {
  id: 'julia-packages-unlocked',
  title: 'Julia packages come from a Manifest.toml',
  why:
    'Project.toml names the packages, Manifest.toml the version of each that was installed: only with both, ' +
    'Pkg.instantiate() brings the same ones again (https://pkgdocs.julialang.org/v1/toml-files/; Nüst et al. 2020, rule 5).',
  weight: 12,
  needsNetwork: false,
  check: (subject) =>
    subject.commands.flatMap((command) => {
      const why = whyUnlocked(subject, command);
      if (why === undefined) return [];
      return [
        {
          severity: 'warning',
          ...linesOfCommand(command),
          message: why,
          remedy: 'Commit Manifest.toml beside Project.toml, copy both, and install with “Pkg.instantiate()”.',
          fix: undefined,
        },
      ];
    }),
};

function whyUnlocked({ project }: Subject, { program, words }: StepCommand): string | undefined {
  if (program !== 'julia') return undefined;
  const code = words.map(({ text }) => text).join('\n');
  const added = [...code.matchAll(/\bPkg\.add\s*\(([^)]*)|\bpkg"\s*add ([^"]*)"|\]\s*add ([\w ,@.]+)/g)];
  const loose = added.some(([, call, ...typed]) => !/\bversion\s*=|\brev\s*=|@/.test(call ?? typed.join('')));
  if (loose) return 'Packages of Julia are added in the newest version that fits on the day of the build.';
  if (!/\bPkg\.(?:instantiate|resolve)\s*\(|\binstantiate\b/.test(code)) return undefined;
  const source = project?.dependencies.find(({ kind }) => kind === 'julia');
  if (source?.kind !== 'julia' || source.lock !== undefined) return undefined;
  return 'The project has no Manifest.toml: Julia chooses the versions on the day of the build.';
}
