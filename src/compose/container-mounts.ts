import { given, map } from './body-parts.js';
import { type ContainerContext } from './container-context.js';
import { type Mount, type Service } from './model.js';

/** What a container sees of the host and of volumes; secrets and configs that are files of the host among it. */
export function mountsOf(service: Service, context: ContainerContext): { binds: string[]; mounts: object[] } {
  const binds: string[] = [];
  const mounts: object[] = [];
  const files = [
    ...service.secrets.map((grant) => ({ grant, all: context.project.secrets })),
    ...service.configs.map((grant) => ({ grant, all: context.project.configs })),
  ];
  for (const mount of service.mounts) {
    const bind = bindOf(mount, context);
    if (bind === undefined) mounts.push(mountOf(mount, context));
    else binds.push(bind);
  }
  for (const { grant, all } of files) {
    const source = all.find(({ key }) => key === grant.source)?.source;
    if (source?.kind !== 'file') continue;
    mounts.push({ Type: 'bind', Source: source.file, Target: grant.target, ReadOnly: true });
  }
  for (const target of targetsOfImage(service, context.imageVolumes)) {
    const kept = context.keptVolumes.get(target);
    if (kept !== undefined) mounts.push({ Type: 'volume', Source: kept, Target: target });
  }
  return { binds, mounts };
}

/**
 * The volumes with names that the engine made up that a container takes over from the one before it: for a target that has a volume
 * without a name in the file or in the image.
 *
 * @param kept volumes of the container before, by their target
 */
export function takenOver(
  service: Service,
  imageVolumes: readonly string[],
  kept: ReadonlyMap<string, string>,
): string[] {
  const ofFile = service.mounts.flatMap((mount) =>
    mount.kind === 'volume' && mount.source === undefined ? [mount.target] : [],
  );
  return [...ofFile, ...targetsOfImage(service, imageVolumes)]
    .flatMap((target) => kept.get(target) ?? [])
    .filter((name) => /^[0-9a-f]{64}$/.test(name));
}

/** Where the image asks for a volume, and the service puts nothing else. */
function targetsOfImage({ mounts, secrets, configs, tmpfs }: Service, imageVolumes: readonly string[]): string[] {
  const taken = [...mounts, ...secrets, ...configs].map(({ target }) => target);
  return imageVolumes.filter((target) => !taken.includes(target) && !tmpfs.has(target));
}

/** What fits into the short form is said in it, since only there an engine makes the folder of a bind mount. */
function bindOf(mount: Mount, context: ContainerContext): string | undefined {
  const access = mount.readOnly ? 'ro' : 'rw';
  switch (mount.kind) {
    case 'bind': {
      if (!mount.createHostPath) return undefined;
      const options = [access, mount.selinux, mount.propagation].filter((option) => option !== undefined);
      return `${mount.source}:${mount.target}:${options.join(',')}`;
    }
    case 'volume': {
      const hasOptions = mount.noCopy || mount.subpath !== undefined || mount.labels.size > 0;
      if (mount.source === undefined || hasOptions) return undefined;
      const options = [access, mount.selinux].filter((option) => option !== undefined);
      return `${volumeName(mount.source, context)}:${mount.target}:${options.join(',')}`;
    }
    case 'tmpfs':
      return undefined;
  }
}

function mountOf(mount: Mount, context: ContainerContext): object {
  const where = { Target: mount.target, ReadOnly: mount.readOnly };
  switch (mount.kind) {
    case 'bind':
      return {
        Type: 'bind',
        Source: mount.source,
        ...where,
        ...(mount.propagation === undefined ? {} : { BindOptions: { Propagation: mount.propagation } }),
      };
    case 'volume': {
      const source =
        mount.source === undefined ? context.keptVolumes.get(mount.target) : volumeName(mount.source, context);
      const options = given({
        NoCopy: mount.noCopy ? true : undefined,
        Subpath: mount.subpath,
        Labels: map(mount.labels),
      });
      return {
        Type: 'volume',
        ...(source === undefined ? {} : { Source: source }),
        ...where,
        ...(Object.keys(options).length === 0 ? {} : { VolumeOptions: options }),
      };
    }
    case 'tmpfs': {
      const options = given({ SizeBytes: mount.size, Mode: mount.mode });
      return { Type: 'tmpfs', ...where, ...(Object.keys(options).length === 0 ? {} : { TmpfsOptions: options }) };
    }
  }
}

function volumeName(key: string, { project }: ContainerContext): string {
  return project.volumes.find((volume) => volume.key === key)?.name ?? key;
}
