import { posix } from 'node:path';
import { type Grant, type Mount } from '../model.js';
import { type Problems } from '../problem.js';
import { type Fields } from './fields.js';

export function readMounts(fields: Fields): Mount[] {
  return fields.fieldsOfItems('volumes').flatMap((volume) => {
    const mount = readMount(volume);
    return mount === undefined ? [] : [mount];
  });
}

function readMount(fields: Fields): Mount | undefined {
  const { problems, place } = fields;
  const type = fields.oneOf('type', ['bind', 'volume', 'tmpfs', 'npipe', 'cluster', 'image']);
  const given = fields.text('target');
  const source = fields.text('source');
  const readOnly = fields.boolean('read_only') ?? false;
  const bind = fields.fields('bind');
  const volume = fields.fields('volume');
  const tmpfs = fields.fields('tmpfs');
  const selinux = bind?.oneOf('selinux', ['z', 'Z']);
  const options = {
    bind: {
      createHostPath: bind?.boolean('create_host_path') ?? bind === undefined,
      propagation: bind?.oneOf('propagation', ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']),
      selinux,
    },
    volume: {
      noCopy: volume?.boolean('nocopy') ?? false,
      subpath: volume?.text('subpath'),
      labels: volume?.pairs('labels') ?? new Map<string, string>(),
      selinux,
    },
    tmpfs: { size: tmpfs?.size('size'), mode: tmpfs?.mode('mode') },
  };
  bind?.finish({
    recursive: { severity: 'error', message: 'How mounts below this one are treated cannot be chosen.' },
  });
  volume?.finish();
  tmpfs?.finish();
  fields.finish({
    consistency: { severity: 'no-effect', message: 'Engines of today do not heed “consistency”.' },
    image: { severity: 'error', message: 'An image cannot be mounted.' },
  });
  if (type === undefined || given === undefined) {
    if (!fields.has('type') || !fields.has('target')) {
      const message = 'A volume has a “type” and a “target”, its place in the container.';
      problems.error(place, 'missing-key', message, 'Write both, or the short form "source:target".');
    }
    return undefined;
  }
  const target = containerPath(given);
  if (target === undefined) {
    const message = `“${given}” is no absolute path in a container${/^[A-Za-z]:/.test(given) ? ': one letter before a colon counts as a drive' : ''}.`;
    problems.error(place, 'value', message, 'Begin it with “/”; write a volume with a short name in the long form.');
    return undefined;
  }
  const common = { target, readOnly, place };
  tellOfOthers(type, { bind, volume, tmpfs }, problems);
  switch (type) {
    case 'bind':
      if (source === undefined) {
        problems.error(
          place,
          'missing-key',
          'A bind mount has a source.',
          'Write the path on the host under “source:”.',
        );
        return undefined;
      }
      if (selinux !== undefined && !options.bind.createHostPath) {
        tellOfLabel(bind, '“selinux” counts only together with “create_host_path: true”.', problems);
      }
      return { ...common, kind: 'bind', source, ...options.bind };
    case 'volume': {
      const { noCopy, subpath, labels } = options.volume;
      if (options.bind.propagation !== undefined) {
        const message = 'A volume has no propagation, and engines refuse one.';
        problems.error(place, 'value', message, `Take “${options.bind.propagation}” out.`);
      }
      if (selinux !== undefined && (noCopy || subpath !== undefined || labels.size > 0 || source === undefined)) {
        const message =
          '“selinux” counts only for a volume with a source, and without “nocopy”, “subpath” and “labels”.';
        tellOfLabel(bind, message, problems);
      }
      return { ...common, kind: 'volume', source, ...options.volume };
    }
    case 'tmpfs':
      if (source !== undefined) problems.noEffect(fields.placeOf('source'), meaningless('source', type));
      return { ...common, kind: 'tmpfs', ...options.tmpfs };
    case 'npipe':
    case 'cluster':
    case 'image':
      problems.unsupported(place, 'error', `A volume of the type “${type}” cannot be mounted.`);
      return undefined;
  }
}

type MountType = 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster' | 'image';

/** What a mount says as if it were of another type. That volumes take labels of SELinux from `bind` is left to their reading. */
function tellOfOthers(
  type: MountType,
  parts: Readonly<Record<'bind' | 'volume' | 'tmpfs', Fields | undefined>>,
  problems: Problems,
): void {
  for (const [part, fields] of Object.entries(parts)) {
    if (part === type || fields === undefined) continue;
    for (const [key, place] of fields.placesOfKeys()) {
      const isRead = type === 'volume' && (key === 'selinux' || key === 'propagation');
      if (!isRead && !key.startsWith('x-')) problems.noEffect(place, meaningless(key, type));
    }
  }
}

function meaningless(key: string, type: MountType): string {
  return `“${key}” has no meaning for a mount of the type “${type}”.`;
}

/** An engine labels only what it is told of in the short form. */
function tellOfLabel(bind: Fields | undefined, message: string, problems: Problems): void {
  if (bind !== undefined) problems.noEffect(bind.placeOf('selinux'), message);
}

/** `/path:options` by path. */
export function readTmpfs(fields: Fields): Map<string, string> {
  const mounted = new Map<string, string>();
  for (const text of fields.texts('tmpfs')) {
    const [path = '', ...options] = text.split(':');
    const target = containerPath(path);
    if (target !== undefined) mounted.set(target, options.join(':'));
    else {
      const message = `“${path}” is no absolute path in a container.`;
      fields.problems.error(fields.placeOf('tmpfs'), 'value', message, 'Begin it with “/”.');
    }
  }
  return mounted;
}

/** @param folder where files without an absolute target go */
export function readGrants(fields: Fields, key: 'secrets' | 'configs', folder: '/run/secrets' | '/'): Grant[] {
  return fields.fieldsOfItems(key).flatMap((grant) => {
    const source = grant.text('source');
    const target = grant.text('target') ?? source ?? '';
    const read = { uid: grant.text('uid'), gid: grant.text('gid'), mode: grant.mode('mode'), place: grant.place };
    grant.finish();
    if (source !== undefined) return [{ ...read, source, target: posix.resolve(folder, target) }];
    if (!grant.has('source')) {
      const message = `An item of “${key}” has a source.`;
      grant.problems.error(grant.place, 'missing-key', message, `Name one of the “${key}” of the file.`);
    }
    return [];
  });
}

/** As engines compare it; undefined where it is not absolute. */
function containerPath(path: string): string | undefined {
  return posix.isAbsolute(path) ? posix.normalize(path).replace(/(?<=.)\/$/, '') : undefined;
}
