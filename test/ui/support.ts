/** The address of the engine under test. */
export const engineHost = required('RESEARCH_CONTAINERS_ENGINE_HOST');
/** The packaged extension. */
export const vsix = required('RESEARCH_CONTAINERS_VSIX');

/** What the harness says while tests run, beneath mocha's own lines. */
export function say(line: string): void {
  process.stderr.write(`      ${line}\n`);
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests with “npm run test:ui”.`);
  return value;
}
