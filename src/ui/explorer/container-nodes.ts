import * as vscode from 'vscode';
import { type ContainerMount, type ContainerSummary } from '../../engine/containers.js';
import { containerItem } from '../command-declaration.js';
import { commandId } from '../command-table.js';
import { counted } from '../confirm.js';
import { FilesNode } from '../files/file-nodes.js';
import { type PlaceFiles } from '../files/place-files.js';
import { formatAge } from '../format.js';
import { type Arrangement, matches } from './arrangement.js';
import { type Look, TreeNode } from './tree-node.js';
import { UsageNode, type UsageSource } from './usage-node.js';

/** What the lines below containers need; what is not there has no line. */
interface ContainerSurroundings {
  /** Where their files can be looked at. */
  files?: PlaceFiles;
  /** Where it is measured what they use. */
  usage?: UsageSource;
}

export class ContainerNode extends TreeNode {
  readonly id: string;
  readonly name: string;

  constructor(
    readonly container: ContainerSummary,
    private readonly label: string,
    private readonly around: ContainerSurroundings = {},
  ) {
    super();
    this.id = `container:${container.id}`;
    this.name = container.name;
  }

  override look(): Look {
    const { container } = this;
    // The icon says that it runs; what else it does comes first, where a narrow side bar still shows it.
    const state = container.state === 'running' && container.health === undefined ? [] : [stateOf(container)];
    const facts = [...state, container.image, formatAge(container.created), ...webPorts(container).map(String)];
    return {
      label: this.label,
      description: facts.join(' · '),
      icon: containerIcon(container),
      context: `${containerItem}.${container.state}${webPorts(container).length > 0 ? '.web' : ''}`,
      tooltip: [
        container.name,
        container.image,
        stateOf(container),
        `created ${new Date(container.created).toLocaleString()}`,
        container.id,
      ].join('\n'),
      spoken: `Container ${container.name}, ${stateOf(container)}`,
      state: this.hasLines ? 'collapsed' : 'leaf',
    };
  }

  override children(): TreeNode[] {
    const { ports, mounts } = this.container;
    const seen = new Map(ports.map((port) => [`${port.container}/${port.protocol} ${port.host?.port ?? ''}`, port]));
    return [
      ...this.usageBelow(),
      ...[...seen.values()].map((port) => new PortNode(this.id, port.container, port.protocol, port.host?.port)),
      ...mounts.map((mount) => new MountNode(this.id, mount)),
      ...this.filesBelow(),
    ];
  }

  private get hasLines(): boolean {
    const { container, around } = this;
    return around.files !== undefined || this.isMeasured || container.mounts.length + container.ports.length > 0;
  }

  private get isMeasured(): boolean {
    return this.around.usage !== undefined && this.container.state === 'running';
  }

  private usageBelow(): TreeNode[] {
    const { usage } = this.around;
    return usage === undefined || !this.isMeasured ? [] : [new UsageNode(this.id, this.container.id, usage)];
  }

  private filesBelow(): TreeNode[] {
    const { id, container, name } = this;
    const { files } = this.around;
    const place = { kind: 'container', id: container.id } as const;
    return files === undefined ? [] : [new FilesNode(id, { place, label: name }, files)];
  }
}

/** A port of a container; one that leads to a port of the host opens in the browser. */
export class PortNode extends TreeNode {
  readonly id: string;

  constructor(
    parent: string,
    private readonly port: number,
    private readonly protocol: string,
    readonly hostPort: number | undefined,
  ) {
    super();
    this.id = `${parent}/port/${port}/${protocol}/${hostPort ?? ''}`;
  }

  override look(): Look {
    const inside = `${this.port}/${this.protocol}`;
    if (this.hostPort === undefined || this.protocol !== 'tcp') {
      const label = this.hostPort === undefined ? inside : `${this.hostPort} → ${inside}`;
      const description = this.hostPort === undefined ? 'not published' : '';
      return { label, description, icon: new vscode.ThemeIcon('plug'), spoken: `Port ${label}` };
    }
    return {
      label: `localhost:${this.hostPort}`,
      description: `→ ${inside}`,
      icon: new vscode.ThemeIcon('globe'),
      tooltip: `Open port ${this.hostPort} in the browser`,
      spoken: `Port ${this.hostPort}, open in the browser`,
      command: { command: commandId('openInBrowser'), title: 'Open in Browser', arguments: [this] },
    };
  }
}

/** A mount of a container: a click opens the host's folder, or shows the volume. */
export class MountNode extends TreeNode {
  readonly id: string;

  constructor(
    parent: string,
    readonly mount: ContainerMount,
  ) {
    super();
    this.id = `${parent}/mount/${mount.target}`;
  }

  override look(): Look {
    const { mount } = this;
    const access = mount.readOnly ? ' (read-only)' : '';
    const open = { command: commandId('openMount'), title: 'Open', arguments: [this] };
    switch (mount.type) {
      case 'bind':
        return {
          label: mount.target,
          description: `← ${mount.source}${access}`,
          icon: new vscode.ThemeIcon('folder-opened'),
          tooltip: `Open the folder ${mount.source}`,
          spoken: `Bind mount ${mount.target}`,
          command: open,
        };
      case 'volume':
        return {
          label: mount.target,
          description: `← ${volumeLabel(mount.name)}${access}`,
          icon: new vscode.ThemeIcon('database'),
          tooltip: `Show the volume ${mount.name}`,
          spoken: `Volume mount ${mount.target}`,
          command: open,
        };
      case 'other':
        return {
          label: mount.target,
          description: mount.kind + access,
          icon: new vscode.ThemeIcon('symbol-misc'),
          spoken: `Mount ${mount.target}`,
        };
    }
  }
}

class ProjectNode extends TreeNode {
  readonly id: string;

  constructor(
    private readonly project: string,
    private readonly nodes: ContainerNode[],
  ) {
    super();
    this.id = `project:${project}`;
  }

  override look(): Look {
    const running = this.nodes.filter(({ container }) => container.state === 'running').length;
    return {
      label: this.project,
      description: `${running} of ${counted(this.nodes.length, 'container')} running`,
      icon: new vscode.ThemeIcon('multiple-windows'),
      spoken: `Compose project ${this.project}`,
      state: 'expanded',
    };
  }

  override children(): ContainerNode[] {
    return this.nodes;
  }
}

/** Running containers first; those of one compose project together. */
export function containerNodes(
  containers: readonly ContainerSummary[],
  arrangement: Arrangement,
  around: ContainerSurroundings = {},
): TreeNode[] {
  const isRunning = (container: ContainerSummary): number => (container.state === 'running' ? 0 : 1);
  const sorted = containers
    .filter((container) =>
      matches(arrangement.filter, [container.name, container.image, container.id, container.state]),
    )
    .sort(
      (left, right) =>
        isRunning(left) - isRunning(right) ||
        (arrangement.sort === 'newest' ? right.created - left.created : 0) ||
        left.name.localeCompare(right.name),
    );
  const projects = new Map<string, ContainerNode[]>();
  const nodes: TreeNode[] = [];
  for (const container of sorted) {
    const project = arrangement.grouped ? container.labels['com.docker.compose.project'] : undefined;
    if (project === undefined) {
      nodes.push(new ContainerNode(container, container.name, around));
      continue;
    }
    const node = new ContainerNode(container, container.labels['com.docker.compose.service'] ?? container.name, around);
    const known = projects.get(project);
    if (known !== undefined) known.push(node);
    else {
      const members = [node];
      projects.set(project, members);
      nodes.push(new ProjectNode(project, members));
    }
  }
  return nodes;
}

/** The containers among lines that run, each with the ids of the lines that are open where its usage is seen. */
export function runningIn(nodes: readonly TreeNode[], above: readonly string[] = []): Map<string, readonly string[]> {
  const running = new Map<string, readonly string[]>();
  for (const node of nodes) {
    const lines = [...above, node.id];
    if (node instanceof ContainerNode && node.container.state === 'running') running.set(node.container.id, lines);
    if (node instanceof ProjectNode) for (const each of runningIn(node.children(), lines)) running.set(...each);
  }
  return running;
}

/** Ports of the host, each once, that a browser may be pointed at. */
export function webPorts({ ports }: ContainerSummary): number[] {
  const published = ports.filter(({ protocol }) => protocol === 'tcp').map(({ host }) => host?.port ?? 0);
  return [...new Set(published.filter((port) => port > 0))];
}

/** A volume's name; of one that was not given a name, enough to tell it from others. */
export function volumeLabel(name: string): string {
  return /^[0-9a-f]{64}$/.test(name) ? name.slice(0, 12) : name;
}

function stateOf({ state, exitCode, health }: ContainerSummary): string {
  const known = state === 'exited' && exitCode !== undefined ? `exit code ${exitCode}` : state;
  return health === undefined ? known : `${known}, ${health}`;
}

function containerIcon({ state, exitCode, health }: ContainerSummary): vscode.ThemeIcon {
  switch (state) {
    case 'running':
      return health === 'unhealthy'
        ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.yellow'))
        : new vscode.ThemeIcon('vm-running', new vscode.ThemeColor('charts.green'));
    case 'paused':
      return new vscode.ThemeIcon('debug-pause');
    case 'exited':
      return exitCode === 0
        ? new vscode.ThemeIcon('pass')
        : new vscode.ThemeIcon('error', new vscode.ThemeColor('charts.red'));
    default:
      return new vscode.ThemeIcon('vm-outline');
  }
}
