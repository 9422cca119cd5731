import * as vscode from 'vscode';
import { type Entry } from '../../engine/inside/place.js';
import { asFailure } from '../../host/failure.js';
import { formatSize } from '../../host/quantities.js';
import { counted } from '../confirm.js';
import { type Look, PropertyNode, TreeNode } from '../explorer/tree-node.js';
import { formatAge } from '../format.js';
import { fileContext, fileItems, pageOf, pageSize } from './file-items.js';
import { type FolderContent, isFile, isFolder, type PlaceFiles } from './place-files.js';
import { pathIn, type PlacePath, placeUri } from './place-uri.js';

/** A line with the files of a folder below it, which are asked for when it is opened. */
export abstract class ContentNode extends TreeNode {
  constructor(
    readonly at: PlacePath,
    protected readonly files: PlaceFiles,
  ) {
    super();
  }

  get uri(): vscode.Uri {
    return vscode.Uri.from(placeUri(this.at));
  }

  /** Forgets what is below: it is asked for again when it is opened next. */
  forget(): void {
    this.files.forget(this.at.place, this.at.path);
  }

  override async children(): Promise<TreeNode[]> {
    try {
      const content = await this.files.content(this.at.place, this.at.path);
      const notes = content.isWhole ? [] : [new NoteNode(this.id, 'Not all is listed', notWhole, 'warning')];
      if (content.entries.length === 0 && content.isWhole) return [new NoteNode(this.id, 'Empty', '', 'circle-slash')];
      return [...this.page(content, 0), ...notes];
    } catch (error) {
      const failure = asFailure(error, 'Looking inside');
      this.files.log.warn(`${this.at.label}: ${failure.message} (${failure.reason})`);
      return [new NoteNode(this.id, failure.message, failure.remedy, 'error')];
    }
  }

  private page(content: FolderContent, from: number): TreeNode[] {
    const { shown, left } = pageOf(content.entries, from);
    const lines = shown.map((entry) => this.line(entry, content));
    return left === 0
      ? lines
      : [...lines, new MoreNode(this.id, left, from, () => this.page(content, from + pageSize))];
  }

  private line(entry: Entry, content: FolderContent): TreeNode {
    const at = { ...this.at, path: pathIn(this.at.path, entry.name) };
    const id = `${this.id}/${entry.name}`;
    return isFolder(entry)
      ? new FolderNode(id, at, entry, content, this.files)
      : new FileNode(id, at, entry, content, this.files);
  }
}

const notWhole = 'the engine sent more than 64 MB: open a folder below, or use a container that runs';

/** The files of a container, a volume or an image. */
export class FilesNode extends ContentNode {
  readonly id: string;

  /** @param parent the id of the node that it is a child of */
  constructor(parent: string, at: Omit<PlacePath, 'path'>, files: PlaceFiles) {
    super({ ...at, path: '/' }, files);
    this.id = `${parent}//files`;
  }

  override look(): Look {
    // Whether a volume may only be read is found out when somebody looks inside.
    const isReadOnly = this.at.place.kind === 'image';
    return {
      label: 'Files',
      icon: new vscode.ThemeIcon('folder'),
      context: fileContext(fileItems.root, { isReadOnly }),
      tooltip: `What is inside ${this.at.label}`,
      spoken: `Files of ${this.at.label}`,
      state: 'collapsed',
    };
  }
}

/** A folder, or a link to one. */
export class FolderNode extends ContentNode {
  constructor(
    readonly id: string,
    at: PlacePath,
    readonly entry: Entry,
    private readonly around: FolderContent,
    files: PlaceFiles,
  ) {
    super(at, files);
  }

  override look(): Look {
    return {
      label: this.entry.name,
      description: targetOf(this.entry),
      icon: vscode.ThemeIcon.Folder,
      resource: this.uri,
      context: fileContext(fileItems.folder, this.around),
      tooltip: this.at.path,
      spoken: `Folder ${this.entry.name}`,
      state: 'collapsed',
    };
  }
}

/** A file that a click opens, or something else that is no folder. */
export class FileNode extends TreeNode {
  constructor(
    readonly id: string,
    readonly at: PlacePath,
    readonly entry: Entry,
    private readonly around: FolderContent,
    private readonly files: PlaceFiles,
  ) {
    super();
  }

  get uri(): vscode.Uri {
    return vscode.Uri.from(placeUri(this.at));
  }

  /** Forgets what is in its folder and was known of it. */
  forget(): void {
    this.files.changed([{ kind: 'changed', at: this.at }]);
  }

  override look(): Look {
    const { entry, uri } = this;
    const { name, size, modified } = entry;
    const facts = isFile(entry) ? [targetOf(entry), formatSize(size), formatAge(modified)] : [targetOf(entry)];
    const open = { command: 'vscode.open', title: 'Open', arguments: [uri] };
    return {
      label: name,
      description: facts.filter((fact) => fact !== '').join(' · '),
      icon: isFile(entry) ? vscode.ThemeIcon.File : new vscode.ThemeIcon('symbol-misc'),
      ...(isFile(entry) ? { resource: uri, command: open } : {}),
      context: fileContext(fileItems.file, this.around),
      tooltip: [this.at.path, formatSize(size), new Date(modified).toLocaleString()].join('\n'),
      spoken: `File ${name}`,
    };
  }
}

/** The entries of a large folder that come after those that are shown. */
class MoreNode extends TreeNode {
  readonly id: string;

  constructor(
    parent: string,
    private readonly left: number,
    from: number,
    private readonly next: () => TreeNode[],
  ) {
    super();
    this.id = `${parent}//more/${from}`;
  }

  override look(): Look {
    const label = `Show ${Math.min(this.left, pageSize).toLocaleString('en')} More`;
    return {
      label,
      description: `of ${counted(this.left, 'entry', 'entries')} that are left`,
      icon: new vscode.ThemeIcon('ellipsis'),
      spoken: label,
      state: 'collapsed',
    };
  }

  override children(): TreeNode[] {
    return this.next();
  }
}

/** A line that says something of a folder; no name of a file can have its identifier. */
class NoteNode extends PropertyNode {
  constructor(parent: string, label: string, value: string, icon: string) {
    super(`${parent}/`, label, value, icon);
  }
}

function targetOf({ link }: Entry): string {
  return link === undefined ? '' : `→ ${link.target ?? '?'}`;
}
