import { dirname, join } from 'node:path';
import { type BuildHost } from '../../build/perform-build.js';
import { projectOf } from '../projects.js';
import { registryCredentials } from '../registry-credentials.js';
import { type Services } from '../services.js';
import { answersFor, keptSecretKey } from './build-answers.js';
import { readFile } from 'node:fs/promises';

/** What the builds of a Dockerfile need of VS Code. */
export function hostOf(
  { dockerfile, context }: { dockerfile: string; context?: string | undefined },
  services: Services,
): BuildHost {
  return {
    project: projectOf(dockerfile) ?? context ?? dirname(dockerfile),
    memory: join(services.storage, 'contexts'),
    credentials: registryCredentials(services),
    keptSecret: (id) => keptSecret(dockerfile, id, services),
    onWarnings: (warnings) => {
      services.problems.addWarnings(dockerfile, warnings);
    },
  };
}

/** What a person gave for this Dockerfile the last time, wherever it comes from. */
async function keptSecret(dockerfile: string, id: string, { memory, secrets }: Services): Promise<string | undefined> {
  const answered = answersFor(dockerfile, memory)?.secrets ?? {};
  const source = Object.hasOwn(answered, id) ? answered[id] : undefined;
  if (source === undefined) return undefined;
  if ('file' in source) return readFile(source.file, 'utf8').catch(() => undefined);
  return 'env' in source ? process.env[source.env] : secrets.get(keptSecretKey(dockerfile, id));
}
