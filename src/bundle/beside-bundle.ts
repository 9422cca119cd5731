/**
 * Whether something in a bundle's folder is no part of the bundle: the report of a verification, and what run.sh and run.ps1 leave
 * beside themselves, results and the image as Apptainer has it.
 */
export function isBesideBundle(name: string): boolean {
  return /^(?:output|\.?verification\.json(?:\.partial)?|image-[\w.-]+\.sif)$/.test(name);
}
