/** On what is of use only to the process that made it. */
export const helperLabel = 'org.research-containers.helper';

/** Whether something was made to look into something else, and goes when that is done. */
export function isHelper(labels: Readonly<Record<string, string>>): boolean {
  return labels[helperLabel] !== undefined;
}
