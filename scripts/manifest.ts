import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { activationEvents, capabilities, contributes } from '../src/ui/manifest.js';

/** The manifest with everything that follows from the code. */
const current = readFileSync('package.json', 'utf8');
const manifest = v.parse(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())), current);
const wanted = `${JSON.stringify(
  {
    ...manifest,
    extensionKind: ['workspace'],
    capabilities,
    activationEvents,
    contributes: contributes(),
  },
  null,
  2,
)}\n`;

if (process.argv.includes('--write')) {
  writeFileSync('package.json', wanted);
} else if (wanted !== current) {
  console.error('package.json does not say what src/ui makes of it. Run “npm run manifest”.');
  process.exitCode = 1;
}
