import { aptPart } from './parts.js';

/** Packages of the system that may ask something while they are installed, such as tzdata where one lives. */
export function unattendedAptPart(packages: readonly string[], system: 'debian' | 'ubuntu', snapshot: string): string {
  if (packages.length === 0) return '';
  return [
    '# Nobody is there to answer what a package asks while it is installed.',
    'ARG DEBIAN_FRONTEND=noninteractive',
    '',
    aptPart(packages, system, snapshot),
  ].join('\n');
}
