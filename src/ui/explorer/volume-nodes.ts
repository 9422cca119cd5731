import * as vscode from 'vscode';
import { type ContainerSummary } from '../../engine/containers.js';
import { type VolumeSummary } from '../../engine/volumes.js';
import { formatSize } from '../../host/quantities.js';
import { counted } from '../confirm.js';
import { volumeItem } from '../command-declaration.js';
import { FilesNode } from '../files/file-nodes.js';
import { type PlaceFiles } from '../files/place-files.js';
import { formatAge } from '../format.js';
import { type Arrangement, matches } from './arrangement.js';
import { ContainerNode, volumeLabel } from './container-nodes.js';
import { type Look, PropertyNode, TreeNode } from './tree-node.js';

export class VolumeNode extends TreeNode {
  readonly id: string;
  readonly name: string;

  constructor(
    readonly volume: VolumeSummary,
    readonly users: readonly ContainerSummary[],
    private readonly size: number | undefined,
    /** Where its files can be looked at. */
    private readonly files?: PlaceFiles,
  ) {
    super();
    this.name = volume.name;
    this.id = `volume:${volume.name}`;
  }

  override look(): Look {
    const { volume, users, size } = this;
    const anonymous = volumeLabel(volume.name) !== volume.name;
    const facts = [
      anonymous ? 'anonymous' : '',
      size === undefined ? '' : formatSize(size),
      volume.driver === 'local' ? '' : volume.driver,
      volume.created === undefined ? '' : formatAge(Date.parse(volume.created)),
      users.length === 0 ? 'unused' : `used by ${counted(users.length, 'container')}`,
    ];
    return {
      label: volumeLabel(volume.name),
      description: facts.filter((fact) => fact !== '').join(' · '),
      icon: new vscode.ThemeIcon('database'),
      context: volumeItem,
      tooltip: [volume.name, `Driver: ${volume.driver}`, ...users.map(({ name }) => `Used by ${name}`)].join('\n'),
      spoken: `Volume ${volumeLabel(volume.name)}`,
      state: 'collapsed',
    };
  }

  override children(): TreeNode[] {
    const { name, files } = this;
    return [
      ...(files === undefined ? [] : [new FilesNode(this.id, { place: { kind: 'volume', name }, label: name }, files)]),
      new PropertyNode(this.id, 'Driver', this.volume.driver, 'plug'),
      ...Object.entries(this.volume.labels).map(([name, value]) => new PropertyNode(this.id, name, value, 'tag')),
      ...this.users.map((container) => new UserNode(this.id, container)),
    ];
  }
}

/** A container below a volume that it uses: the same lines and menu as in its own view. */
class UserNode extends ContainerNode {
  override readonly id: string;

  constructor(parent: string, container: ContainerSummary) {
    super(container, container.name);
    this.id = `${parent}/${container.id}`;
  }

  override look(): Look {
    return { ...super.look(), state: 'leaf' };
  }
}

/** Volumes with the containers that use them. */
export function volumeNodes(
  volumes: readonly VolumeSummary[],
  containers: readonly ContainerSummary[],
  sizes: ReadonlyMap<string, number>,
  { filter, sort }: Arrangement,
  files?: PlaceFiles,
): VolumeNode[] {
  const users = new Map<string, ContainerSummary[]>();
  for (const container of containers) {
    for (const mount of container.mounts) {
      if (mount.type === 'volume') users.set(mount.name, [...(users.get(mount.name) ?? []), container]);
    }
  }
  const time = ({ created }: VolumeSummary): number => (created === undefined ? 0 : Date.parse(created));
  return volumes
    .filter((volume) => matches(filter, [volume.name, volume.driver, ...Object.entries(volume.labels).flat()]))
    .sort((left, right) => (sort === 'newest' ? time(right) - time(left) : 0) || left.name.localeCompare(right.name))
    .map((volume) => new VolumeNode(volume, users.get(volume.name) ?? [], sizes.get(volume.name), files));
}
