import * as vscode from 'vscode';
import { type ContainerSummary } from '../../engine/containers.js';
import { type Engine } from '../../engine/engine.js';
import { isHelper } from '../../engine/helper-label.js';
import { type Log } from '../../host/log.js';
import { type Inventory, type InventoryState, listsOf } from '../../inventory/inventory.js';
import { type Kind, kinds, type Lists, nothing } from '../../inventory/model.js';
import { filteredKey, viewIds } from '../command-declaration.js';
import { engineLabel, plainVersion } from '../engine-label.js';
import { FilesDragAndDrop } from '../files/drag-and-drop.js';
import { ContentNode } from '../files/file-nodes.js';
import { type PlaceFiles } from '../files/place-files.js';
import { engineContextKey } from '../manifest.js';
import { withoutLinks } from '../plain-text.js';
import { type Arrangement, type Arrangements } from './arrangement.js';
import { containerNodes, runningIn } from './container-nodes.js';
import { ImageFacts } from './image-facts.js';
import { imageNodes } from './image-nodes.js';
import { type TreeNode } from './tree-node.js';
import { TreeView } from './tree-view.js';
import { UsageFollower } from './usage-follower.js';
import { volumeNodes } from './volume-nodes.js';

/** Ages grow while nothing happens. */
const ageMilliseconds = 60_000;

/** Shows images, containers and volumes, and follows the engine for as long as one of the three views is visible. */
export class Explorer implements vscode.Disposable {
  private readonly views: Record<Kind, TreeView>;
  private readonly facts: ImageFacts;
  private readonly usage: UsageFollower;
  private readonly disposables: { dispose(): unknown }[];
  private sizes: ReadonlyMap<string, number> = new Map();
  private users: ReadonlyMap<string, number> = new Map();
  private watch: { watch: { dispose(): void }; timer: ReturnType<typeof setInterval> } | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly inventory: Inventory,
    private readonly arrangements: Arrangements,
    private readonly files: PlaceFiles,
    log: Log,
  ) {
    this.facts = new ImageFacts(engine, log);
    this.usage = new UsageFollower(async function* (container, signal) {
      // Loaded with the first look: nothing of it costs a VS Code that only starts.
      const { measureContainer } = await import('./measure-usage.js');
      yield* measureContainer(await engine.connect(), container, signal);
    }, log);
    const dragAndDrop = new FilesDragAndDrop(files);
    const onCollapse = (node: TreeNode): void => {
      if (node instanceof ContentNode) node.forget();
    };
    const view = (kind: Kind): TreeView =>
      new TreeView(viewIds[kind], () => this.roots(kind), { dragAndDrop, onCollapse });
    const containers = new TreeView(viewIds.containers, () => this.roots('containers'), {
      dragAndDrop,
      onCollapse: (node) => {
        this.usage.setLineOpen(node.id, false);
        onCollapse(node);
      },
      onExpand: ({ id }) => {
        this.usage.setLineOpen(id, true);
      },
    });
    this.views = { images: view('images'), containers, volumes: view('volumes') };
    const all = Object.values(this.views);
    this.disposables = [
      ...all,
      this.usage,
      files.onChange(() => {
        for (const each of all) each.refresh();
      }),
      inventory.onChange((changed) => {
        this.show(changed);
      }),
      engine.onChange(() => {
        this.showEngine();
      }),
      ...all.map((each) =>
        each.view.onDidChangeVisibility(() => {
          this.followVisibility();
        }),
      ),
    ];
    for (const kind of kinds) this.showFilter(kind);
    this.followVisibility();
  }

  /** Shows a view in its changed arrangement. */
  rearrange(kind: Kind): void {
    this.showFilter(kind);
    this.views[kind].refresh();
  }

  /** Selects a volume in its view. */
  async revealVolume(name: string): Promise<void> {
    const node = this.volumeNodes(this.lists()).find((each) => each.name === name);
    if (node !== undefined) await this.views.volumes.view.reveal(node, { focus: true, select: true });
  }

  /** Shows what volumes were measured to hold, in bytes by their names. */
  setVolumeSizes(sizes: ReadonlyMap<string, number>): void {
    this.sizes = sizes;
    this.views.volumes.refresh();
  }

  dispose(): void {
    this.unwatch();
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private followVisibility(): void {
    this.usage.setVisible(this.views.containers.view.visible);
    const visible = Object.values(this.views).some(({ view }) => view.visible);
    if (!visible) this.unwatch();
    else if (this.watch === undefined) {
      const timer = setInterval(() => {
        for (const view of Object.values(this.views)) view.refresh();
      }, ageMilliseconds);
      this.watch = { watch: this.inventory.watch(), timer };
    }
  }

  private unwatch(): void {
    this.watch?.watch.dispose();
    clearInterval(this.watch?.timer);
    this.watch = undefined;
  }

  /** Without what comes and goes because something is looked into. */
  private lists(): Lists {
    const lists = listsOf(this.inventory.state) ?? nothing;
    return {
      ...lists,
      containers: lists.containers.filter(({ labels }) => !isHelper(labels)),
      images: lists.images.filter(({ labels }) => !isHelper(labels)),
    };
  }

  private roots(kind: Kind): TreeNode[] {
    const lists = this.lists();
    const arrangement = this.arrangements.get(kind);
    switch (kind) {
      case 'images':
        return imageNodes(lists.images, arrangement, {
          facts: this.facts,
          files: this.files,
          users: this.users,
          platforms: (id) => this.inventory.traits.get(id)?.platforms,
          environment: (id) => this.inventory.traits.get(id)?.environment ?? [],
        });
      case 'containers':
        return this.containerNodes(lists, arrangement);
      case 'volumes':
        return this.volumeNodes(lists);
    }
  }

  private containerNodes({ containers }: Lists, arrangement: Arrangement): TreeNode[] {
    const refresh = (node: TreeNode): void => {
      this.views.containers.refresh(node);
    };
    const nodes = containerNodes(containers, arrangement, {
      files: this.files,
      usage: { follower: this.usage, refresh },
    });
    this.usage.setListed(runningIn(nodes));
    return nodes;
  }

  private volumeNodes({ volumes, containers }: Lists): ReturnType<typeof volumeNodes> {
    return volumeNodes(volumes, containers, this.sizes, this.arrangements.get('volumes'), this.files);
  }

  private show(changed: readonly Kind[]): void {
    const affected = new Set(changed);
    if (affected.has('volumes')) this.files.forgetVolumesBut(new Set(this.lists().volumes.map(({ name }) => name)));
    if (affected.has('containers')) {
      affected.add('volumes');
      const users = countUsers(this.lists().containers);
      if (!sameCounts(users, this.users)) affected.add('images');
      this.users = users;
    }
    const { state } = this.inventory;
    void vscode.commands.executeCommand('setContext', engineContextKey, engineContext(state));
    for (const kind of kinds) this.showMessage(kind);
    for (const kind of affected) this.views[kind].refresh();
  }

  /** A view with a message does not show its welcome: only a filter, and lists that may be out of date, get one. */
  private showMessage(kind: Kind): void {
    const { state } = this.inventory;
    const { filter } = this.arrangements.get(kind);
    const stale =
      state.kind === 'unavailable' && state.last !== undefined
        ? `Not connected, this may be out of date.${kind === 'images' ? ` ${state.failure.message} Looking again…` : ''}`
        : '';
    const filtered = filter === '' ? '' : `Only what has “${filter}”.`;
    this.views[kind].view.message = withoutLinks([stale, filtered].filter((text) => text !== '').join(' '));
  }

  private showFilter(kind: Kind): void {
    const { filter } = this.arrangements.get(kind);
    void vscode.commands.executeCommand('setContext', filteredKey(kind), filter !== '');
    this.showMessage(kind);
  }

  private showEngine(): void {
    const { state } = this.engine;
    this.views.images.view.description =
      state.kind === 'connected'
        ? `${engineLabel(state.endpoint, state.identity)} ${plainVersion(state.identity)}`
        : '';
  }
}

function countUsers(containers: readonly ContainerSummary[]): Map<string, number> {
  const users = new Map<string, number>();
  for (const { imageId } of containers) users.set(imageId, (users.get(imageId) ?? 0) + 1);
  return users;
}

function sameCounts(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): boolean {
  return left.size === right.size && [...left].every(([key, count]) => right.get(key) === count);
}

/** What the welcome views tell apart. */
function engineContext(state: InventoryState): string {
  switch (state.kind) {
    case 'unknown':
      return 'connecting';
    case 'live':
      return 'connected';
    case 'unavailable':
      switch (state.failure.reason) {
        case 'engine-not-found':
        case 'engine-not-running':
          return 'engine-not-running';
        case 'engine-permission':
          return 'engine-permission';
        default:
          return 'failed';
      }
  }
}
