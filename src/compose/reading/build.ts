import { resolve } from 'node:path';
import { type SecretSource } from '../declarations.js';
import { type Build } from '../model.js';
import { type DeclaredFile, refuseExternal } from './declared.js';
import { type Environment, lookupIn } from './environment.js';
import { type Fields, type Unsupported } from './fields.js';
import { isRemote } from './short-forms.js';

const unsupported: Unsupported = {
  additional_contexts: { severity: 'error', message: 'A build has one context here.' },
  cache_from: { severity: 'warning', message: 'Caches are not read from elsewhere: a build may take longer.' },
  cache_to: { severity: 'warning', message: 'Caches are not written elsewhere.' },
  entitlements: { severity: 'error', message: 'A build gets no entitlements here.' },
  extra_hosts: { severity: 'error', message: 'A build gets no further hosts here.' },
  isolation: { severity: 'no-effect', message: 'This is for Windows containers.' },
  network: { severity: 'error', message: 'A build has the network that the engine gives it.' },
  privileged: { severity: 'error', message: 'A build gets no privileges here.' },
  provenance: { severity: 'warning', message: 'Builds attest nothing here.' },
  pull: { severity: 'warning', message: 'Base images that the engine has are not pulled again for a build.' },
  sbom: { severity: 'warning', message: 'Builds attest nothing here.' },
  shm_size: { severity: 'error', message: 'A build has as much shared memory as the engine gives it.' },
  ssh: { severity: 'error', message: 'A build gets no SSH keys here.' },
  ulimits: { severity: 'error', message: 'A build has the limits that the engine gives it.' },
};

const saidByStep = {
  severity: 'no-effect',
  message: 'A step that mounts a secret says whose it is, and who may read it.',
} as const;

/** @param secrets those that the files declare, by key */
export function readBuild(
  fields: Fields,
  environment: Environment,
  secrets: ReadonlyMap<string, DeclaredFile>,
): Build | undefined {
  const context = fields.text('context');
  const dockerfile = fields.text('dockerfile');
  const content = fields.text('dockerfile_inline');
  const build = {
    args: buildArguments(fields, environment),
    target: fields.text('target'),
    platforms: fields.texts('platforms'),
    labels: fields.pairs('labels'),
    tags: fields.texts('tags'),
    secrets: buildSecrets(fields, secrets),
    noCache: fields.boolean('no_cache') ?? false,
    place: fields.place,
  };
  fields.finish(unsupported);
  if (context === undefined) {
    if (!fields.has('context')) {
      const message = 'The “context” of a build is empty.';
      fields.problems.error(fields.placeOf('context'), 'value', message, 'Write the path of its folder, such as “.”.');
    }
    return undefined;
  }
  if (isRemote(context)) {
    fields.problems.unsupported(fields.placeOf('context'), 'error', 'A context from elsewhere is not fetched.');
    return undefined;
  }
  if (content !== undefined && dockerfile !== undefined) {
    const message = '“dockerfile” and “dockerfile_inline” exclude each other.';
    fields.problems.error(fields.placeOf('dockerfile_inline'), 'conflict', message, 'Take one of them out.');
  }
  if (content !== undefined) return { ...build, context, dockerfile: { kind: 'inline', content } };
  return { ...build, context, dockerfile: { kind: 'file', file: resolve(context, dockerfile ?? 'Dockerfile') } };
}

/** A name without a value has the one of the environment, or is no argument. */
function buildArguments(fields: Fields, environment: Environment): Map<string, string> {
  const lookup = lookupIn(environment);
  const resolved = [...fields.openPairs('args')].flatMap(([name, value]) => {
    const text = value ?? lookup(name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return new Map(resolved);
}

function buildSecrets(fields: Fields, secrets: ReadonlyMap<string, DeclaredFile>): Map<string, SecretSource> {
  const sources = new Map<string, SecretSource>();
  for (const grant of fields.fieldsOfItems('secrets')) {
    const source = grant.text('source');
    const target = grant.text('target');
    grant.finish({ uid: saidByStep, gid: saidByStep, mode: saidByStep });
    const secret = source === undefined ? undefined : secrets.get(source);
    if (!grant.has('source')) {
      const message = 'An item of “secrets” has a source.';
      grant.problems.error(grant.place, 'missing-key', message, 'Name one of the “secrets” of the file.');
    }
    if (source === undefined) continue;
    if (secret === undefined) {
      const message = `No secret “${source}” is declared.`;
      grant.problems.error(
        grant.placeOf('source'),
        'undefined',
        message,
        `Declare it: “secrets:” at the left, “${source}:” below.`,
      );
    } else if (secret.kind === 'unset') {
      const message = `The secret “${source}” is the variable ${secret.variable}, which is not set.`;
      grant.problems.error(grant.placeOf('source'), 'missing-variable', message, `Set ${secret.variable}.`);
    } else if (secret.kind === 'external') {
      refuseExternal('secret', secret.place, grant.problems);
    } else if (secret.kind === 'usable' && secret.resource.source.kind !== 'content') {
      sources.set(target ?? source, secret.resource.source);
    }
  }
  return sources;
}
