import { posix } from 'node:path';
import { type Dockerfile } from './instructions.js';
import { type Mount, mountsOf } from './mounts.js';
import { neededStages } from './stages.js';
import { type BuildChoices } from './variables.js';

export interface SecretMount {
  id: string;
  /** The line of the first RUN that mounts it, counted from 1. */
  line: number;
  /** The environment variable that has it there. */
  environment: string | undefined;
  /** The file that has it there; undefined where only an environment variable does. */
  target: string | undefined;
  /** Whether a RUN fails without it. */
  required: boolean;
}

/**
 * The secrets that RUN --mount=type=secret wants, each id once, of the stages that the build needs. One whose id depends on
 * a variable is left out.
 */
export function secretMounts(dockerfile: Dockerfile, choices: BuildChoices = {}): SecretMount[] {
  const found = new Map<string, SecretMount>();
  for (const { instructions } of neededStages(dockerfile, choices)) {
    for (const instruction of instructions) {
      for (const mount of mountsOf(instruction)) {
        const secret = secretOf(mount, instruction.startLine);
        if (secret === undefined) continue;
        const known = found.get(secret.id);
        if (known === undefined) found.set(secret.id, secret);
        else known.required ||= secret.required;
      }
    }
  }
  return [...found.values()];
}

/** The defaults are those of `dispatchSecret` in BuildKit's `frontend/dockerfile/dockerfile2llb/convert_secrets.go`. */
function secretOf(mount: Mount, line: number): SecretMount | undefined {
  if (mount.get('type')?.toLowerCase() !== 'secret') return undefined;
  const written = mount.get('target');
  const id = mount.get('source') ?? mount.get('id') ?? (written === undefined ? '' : posix.basename(written));
  if (id === '' || id.includes('$')) return undefined;
  const variable = mount.get('env');
  return {
    id,
    line,
    environment: variable === '' ? id : variable,
    target: written ?? (variable === undefined ? `/run/secrets/${posix.basename(id)}` : undefined),
    required: /^(?:1|t|true)$/i.test(mount.get('required') ?? ''),
  };
}
