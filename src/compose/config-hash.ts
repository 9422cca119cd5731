import { createHash, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { type FileResource } from './declarations.js';
import { type ComposeProject, type Grant, type Service } from './model.js';

/**
 * What a container is made from, as 64 hexadecimal digits: another text means another container. It stands in a label that many
 * may read: of what variables keep secret there is only what scrypt makes of it (RFC 7914), so that it cannot be found by trying.
 *
 * @param made all else that the container is made from
 */
export async function configHash(project: ComposeProject, service: Service, made: readonly unknown[]): Promise<string> {
  const grants = [
    ...service.secrets.map((grant) => ({ grant, all: project.secrets })),
    ...service.configs.map((grant) => ({ grant, all: project.configs })),
  ];
  const granted = await Promise.all(
    grants.map(async ({ grant, all }) => {
      const resource = all.find(({ key }) => key === grant.source);
      return [placeOf(grant), resource === undefined ? undefined : await sourceOf(project, resource)];
    }),
  );
  return createHash('sha256')
    .update(JSON.stringify([made, granted]))
    .digest('hex');
}

function placeOf({ source, target, uid, gid, mode }: Grant): unknown {
  return { source, target, uid, gid, mode };
}

async function sourceOf({ name }: ComposeProject, resource: FileResource): Promise<unknown> {
  const { key, source } = resource;
  if (source.kind !== 'environment') return source;
  const value = stretchedBefore.get(resource) ?? stretched(source.value, `${name}/${key}`);
  stretchedBefore.set(resource, value);
  return { kind: source.kind, variable: source.variable, value: await value };
}

/** Several containers may have the same one. */
const stretchedBefore = new WeakMap<FileResource, Promise<string>>();

const deriveKey = promisify<string, string, number, object, Buffer>(scrypt);
/** About a tenth of a second and 32 MB for each guess. */
const cost = { cost: 2 ** 15, maxmem: 64 * 2 ** 20 };

async function stretched(value: string, salt: string): Promise<string> {
  return (await deriveKey(value, salt, 32, cost)).toString('hex');
}
