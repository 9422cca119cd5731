import { type ContainerSummary } from '../engine/containers.js';
import { composeLabels } from './labels.js';

/** The containers that were made from a compose file, by their labels, whoever made them. @param file absolute path */
export function madeFrom(file: string, containers: readonly ContainerSummary[]): ContainerSummary[] {
  return containers.filter(({ labels }) =>
    (labels[composeLabels.files] ?? '').split(',').some((each) => isSamePath(each, file)),
  );
}

/** Names of the projects that such containers are of. */
export function projectsMadeFrom(file: string, containers: readonly ContainerSummary[]): string[] {
  const names = madeFrom(file, containers).map(({ labels }) => labels[composeLabels.project] ?? '');
  return [...new Set(names)].filter((name) => name !== '');
}

export function isSamePath(one: string, other: string): boolean {
  return comparable(one) === comparable(other);
}

/** Windows does not tell cases apart, and VS Code and the CLI write the letter of a drive differently. */
function comparable(path: string): string {
  return /^[A-Za-z]:[\\/]/.test(path) ? path.toLowerCase().replaceAll('/', '\\') : path;
}
