import { createHash } from 'node:crypto';
import { posix, win32 } from 'node:path';
import * as v from 'valibot';
import { type Endpoint, parseHost, type TlsSettings } from './endpoint.js';
import { parseJson } from './json.js';
import { type Surroundings } from './surroundings.js';

const dockerConfig = v.object({ currentContext: v.optional(v.string()) });
const contextMeta = v.object({
  Name: v.string(),
  Endpoints: v.object({ docker: v.object({ Host: v.string(), SkipTLSVerify: v.optional(v.boolean(), false) }) }),
});

/** The paths of a platform's files, whatever platform this runs on. */
export function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

function configFolder({ environment, homeFolder, platform }: Surroundings): string {
  const configured = environment['DOCKER_CONFIG'];
  return configured === undefined || configured === '' ? pathsOf(platform).join(homeFolder, '.docker') : configured;
}

/** The docker context in use, where it is not the default one; one that does not exist comes as unsupported. */
export function currentContext(surroundings: Surroundings): Endpoint | undefined {
  const { environment, platform, readFile } = surroundings;
  const file = pathsOf(platform).join(configFolder(surroundings), 'config.json');
  const config = parseJson(dockerConfig, readFile(file) ?? '{}');
  const asked = environment['DOCKER_CONTEXT'];
  const name = asked === undefined || asked === '' ? config?.currentContext : asked;
  if (name === undefined || name === '' || name === 'default') return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const found = contextOf(id, 'current-context', surroundings);
  if (found !== undefined) return found;
  return {
    name: contextName(name),
    host: '',
    source: 'current-context',
    address: { kind: 'unsupported', why: 'the docker context does not exist' },
  };
}

/** All docker contexts but the default one, by name. */
export function allContexts(surroundings: Surroundings): Endpoint[] {
  const folder = pathsOf(surroundings.platform).join(configFolder(surroundings), 'contexts', 'meta');
  return surroundings
    .listFolder(folder)
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .map((id) => contextOf(id, 'context', surroundings))
    .filter((endpoint) => endpoint !== undefined)
    .sort((left, right) => left.name.localeCompare(right.name));
}

/** Docker's own layout: `contexts/meta/<sha256 of the name>/meta.json` and `contexts/tls/<the same>/docker/*.pem`. */
function contextOf(
  id: string,
  source: 'current-context' | 'context',
  surroundings: Surroundings,
): Endpoint | undefined {
  const { platform, readFile } = surroundings;
  const path = pathsOf(platform);
  const folder = path.join(configFolder(surroundings), 'contexts');
  const meta = parseJson(contextMeta, readFile(path.join(folder, 'meta', id, 'meta.json')) ?? '');
  if (meta === undefined) return undefined;
  const { Host: host, SkipTLSVerify: skipsVerify } = meta.Endpoints.docker;
  const tls = tlsIn(path.join(folder, 'tls', id, 'docker'), !skipsVerify, surroundings);
  return { name: contextName(meta.Name), ...parseHost(host, tls), source };
}

function contextName(name: string): string {
  return `Context “${name}”`;
}

/** The TLS material in a folder; undefined where there is none, and the engine's certificate is to be checked. */
export function tlsIn(folder: string, verify: boolean, { platform, readFile }: Surroundings): TlsSettings | undefined {
  const there = (file: string): string | undefined => {
    const path = pathsOf(platform).join(folder, file);
    return readFile(path) === undefined ? undefined : path;
  };
  const tls = { ca: there('ca.pem'), cert: there('cert.pem'), key: there('key.pem'), verify };
  return tls.ca === undefined && tls.cert === undefined && verify ? undefined : tls;
}
