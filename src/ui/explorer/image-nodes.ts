import * as vscode from 'vscode';
import { type ImageDetails, type ImageSummary } from '../../engine/images.js';
import { type ImageLayer } from '../../engine/image-operations.js';
import { formatSize } from '../../host/quantities.js';
import { gatherPlatforms } from '../../image/platform-reference.js';
import { FilesNode } from '../files/file-nodes.js';
import { type PlaceFiles } from '../files/place-files.js';
import { formatAge } from '../format.js';
import { counted } from '../confirm.js';
import { imageItem } from '../command-declaration.js';
import { type Arrangement, matches } from './arrangement.js';
import { type ImageFacts } from './image-facts.js';
import { type ImageEvidence, needOfImage } from '../../gpu/need-of-image.js';
import { type Look, PropertyNode, SectionNode, TreeNode } from './tree-node.js';

/** What a view of images shows besides the images. */
export interface ImageSurroundings {
  facts: ImageFacts;
  /** How many containers are made of an image, by the engine's identifier of the image. */
  users: ReadonlyMap<string, number>;
  platforms: (imageId: string) => readonly string[] | undefined;
  /** What of an image's environment tells which GPU it needs. */
  environment: (imageId: string) => readonly string[];
  /** Where the files of images can be looked at. */
  files?: PlaceFiles;
}

/** A reference of an image, or an image without any. */
export class ImageNode extends TreeNode {
  readonly id: string;
  /** What the engine knows the image by: its reference, or its identifier where it has none. */
  readonly reference: string;

  constructor(
    readonly image: ImageSummary,
    readonly tag: string | undefined,
    private readonly label: string,
    private readonly around: ImageSurroundings,
    /** The same image for other platforms, each with a reference of its own. */
    private readonly others: readonly { reference: string; image: ImageSummary }[] = [],
  ) {
    super();
    this.reference = tag ?? image.id;
    this.id = `image:${this.reference}`;
  }

  override look(): Look {
    const { image, around, others } = this;
    const platforms = [image, ...others.map((other) => other.image)].flatMap(({ id }) => around.platforms(id) ?? []);
    const users = around.users.get(image.id) ?? 0;
    const gpu = gpuOf({ environment: around.environment(image.id), references: image.references });
    const facts = [
      gpu,
      formatSize(image.size),
      formatAge(image.created),
      platforms.join(', '),
      users === 0 ? '' : `used by ${counted(users, 'container')}`,
    ];
    return {
      label: this.label,
      description: facts.filter((fact) => fact !== '').join(' · '),
      icon: new vscode.ThemeIcon(this.tag === undefined ? 'circle-slash' : gpu === '' ? 'package' : 'circuit-board'),
      context: this.tag === undefined ? imageItem.dangling : imageItem.tagged,
      tooltip: [
        this.tag ?? 'An image without a reference',
        image.id,
        `${formatSize(image.size)}, created ${new Date(image.created).toLocaleString()}`,
        ...(platforms.length === 0 ? [] : [platforms.join(', ')]),
        ...(gpu === '' ? [] : [`Needs ${gpu}: “Check GPU for Image…” says whether it runs here`]),
      ].join('\n'),
      spoken: `Image ${this.tag ?? this.label}`,
      state: 'collapsed',
    };
  }

  override children(): TreeNode[] {
    const { facts, files } = this.around;
    const { id } = this.image;
    // By its identifier: a reference may mean another image tomorrow.
    const place = { kind: 'image', reference: id } as const;
    return [
      ...this.others.map(
        ({ reference, image }) =>
          new ImageNode(
            image,
            reference,
            `${this.around.platforms(image.id)?.join() ?? ''} ${reference}`.trim(),
            this.around,
          ),
      ),
      new SectionNode(
        this.id,
        'History',
        'layers',
        async (parent) => (await facts.history(id)).map((layer, index) => new LayerNode(parent, index, layer)),
        facts.log,
      ),
      new SectionNode(
        this.id,
        'Configuration',
        'settings-gear',
        async (parent) => configurationNodes(parent, await facts.details(id)),
        facts.log,
      ),
      ...(files === undefined ? [] : [new FilesNode(this.id, { place, label: this.reference }, files)]),
    ];
  }
}

/** The tags of one repository, or the images without a reference. */
export class ImageGroupNode extends TreeNode {
  constructor(
    readonly id: string,
    private readonly label: string,
    private readonly icon: string,
    private readonly state: 'collapsed' | 'expanded',
    private readonly nodes: ImageNode[],
  ) {
    super();
  }

  override look(): Look {
    return {
      label: this.label,
      description: String(this.nodes.length),
      icon: new vscode.ThemeIcon(this.icon),
      spoken: `${this.label}, ${counted(this.nodes.length, 'image')}`,
      state: this.state,
    };
  }

  override children(): TreeNode[] {
    return this.nodes;
  }
}

class LayerNode extends TreeNode {
  readonly id: string;

  constructor(
    parent: string,
    index: number,
    private readonly layer: ImageLayer,
  ) {
    super();
    this.id = `${parent}/${index}`;
  }

  override look(): Look {
    const { instruction, size, created } = this.layer;
    const empty = size === 0;
    return {
      label: instruction === '' ? '(no instruction recorded)' : instruction,
      description: empty ? '' : formatSize(size),
      icon: new vscode.ThemeIcon(empty ? 'circle-small' : 'circle-filled'),
      tooltip: `${instruction}\n${formatSize(size)}, ${new Date(created).toLocaleString()}`,
      spoken: `Layer ${instruction}`,
    };
  }
}

/** Images by repository, or one by one; those without a reference apart, at the end. */
export function imageNodes(
  images: readonly ImageSummary[],
  arrangement: Arrangement,
  around: ImageSurroundings,
): TreeNode[] {
  const { filter, grouped } = arrangement;
  const order = imageOrder(arrangement);
  const tagged = images
    .flatMap((image) => image.references.map((reference) => ({ reference, image })))
    .filter(({ reference, image }) => matches(filter, [reference, image.id]))
    .sort((left, right) => order(left.image, right.image) || left.reference.localeCompare(right.reference));
  const dangling = images
    .filter((image) => image.references.length === 0 && matches(filter, ['<none>', image.id]))
    .sort((left, right) => order(left, right) || right.created - left.created)
    .map((image) => new ImageNode(image, undefined, `<none> ${shortId(image.id)}`, around));

  const byReference = new Map(tagged.map((entry) => [entry.reference, entry]));
  const gathered = gatherPlatforms([...byReference.keys()], (reference) =>
    around.platforms(byReference.get(reference)?.image.id ?? ''),
  );
  const othersOf = (reference: string): typeof tagged =>
    (gathered.get(reference) ?? []).flatMap((other) => byReference.get(other) ?? []);
  const repositories = new Map<string, typeof tagged>();
  for (const entry of tagged.filter(({ reference }) => gathered.has(reference))) {
    const repository = grouped ? repositoryOf(entry.reference) : entry.reference;
    const entries = repositories.get(repository);
    if (entries === undefined) repositories.set(repository, [entry]);
    else entries.push(entry);
  }
  const nodes: TreeNode[] = [...repositories].map(([repository, entries]) => {
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
      return new ImageNode(only.image, only.reference, only.reference, around, othersOf(only.reference));
    }
    const tags = entries.map(
      ({ reference, image }) =>
        new ImageNode(image, reference, reference.slice(repository.length + 1), around, othersOf(reference)),
    );
    return new ImageGroupNode(`repository:${repository}`, repository, 'library', 'expanded', tags);
  });
  if (dangling.length > 0) {
    nodes.push(new ImageGroupNode('dangling', 'Without a Reference', 'circle-slash', 'collapsed', dangling));
  }
  return nodes;
}

function imageOrder({ sort }: Arrangement): (left: ImageSummary, right: ImageSummary) => number {
  switch (sort) {
    case 'name':
      return () => 0;
    case 'newest':
      return (left, right) => right.created - left.created;
    case 'largest':
      return (left, right) => right.size - left.size;
  }
}

function repositoryOf(reference: string): string {
  return reference.replace(/:[^:/]*$/, '');
}

/** Enough of an identifier to tell it from others. */
export function shortId(id: string): string {
  return id.replace('sha256:', '').slice(0, 12);
}

function configurationNodes(parent: string, details: ImageDetails): TreeNode[] {
  const property = (label: string, value: string, icon: string): PropertyNode[] =>
    value === '' ? [] : [new PropertyNode(parent, label, value, icon)];
  const named = (pairs: [string, string][], icon: string): PropertyNode[] =>
    pairs.map(([name, value]) => new PropertyNode(parent, name, value, icon));
  return [
    ...property('Platform', details.platform, 'vm'),
    ...property('Entrypoint', details.entrypoint.join(' '), 'terminal'),
    ...property('Command', details.command.join(' '), 'terminal'),
    ...property('Working folder', details.workingFolder, 'folder'),
    ...property('User', details.user, 'person'),
    ...property('GPU', gpuOf(details), 'circuit-board'),
    ...property('Ports', details.exposedPorts.join(', '), 'plug'),
    ...property('Volumes', details.volumes.join(', '), 'database'),
    ...named(
      details.environment.map((pair) => splitAt(pair, '=')),
      'symbol-variable',
    ),
    ...named(Object.entries(details.labels), 'tag'),
  ];
}

/** `CUDA 12.4`, `ROCm`; empty for an image that does not say that it needs a GPU. */
function gpuOf(image: ImageEvidence): string {
  const need = needOfImage(image);
  switch (need.kind) {
    case 'none':
    case 'unclear':
      return '';
    case 'rocm':
      return 'ROCm';
    case 'cuda': {
      const versions = need.toolkits[0]?.candidates ?? [];
      return versions.length === 0 ? 'CUDA' : `CUDA ${versions.join(' or ')}`;
    }
  }
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
