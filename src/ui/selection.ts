import * as vscode from 'vscode';
import { ContainerNode } from './explorer/container-nodes.js';
import { ImageNode } from './explorer/image-nodes.js';
import { TreeNode } from './explorer/tree-node.js';
import { VolumeNode } from './explorer/volume-nodes.js';

/** What a command was started on. */
export type Selection =
  | { kind: 'none' }
  /** `service` is the one of a compose file on whose line it was started. */
  | { kind: 'file'; uri: vscode.Uri; service?: string }
  /** Lines of a tree, the clicked one first. */
  | { kind: 'nodes'; nodes: readonly TreeNode[] }
  /** An argument of the contract, from code. */
  | { kind: 'argument'; value: unknown };

/**
 * Tells what VS Code, or code, called a command with.
 *
 * @param all where several lines of a tree are selected, all of them; on a service of a compose file, its name
 */
export function selectionOf(value: unknown, all?: unknown): Selection {
  if (value === undefined || value === null) return { kind: 'none' };
  if (value instanceof vscode.Uri) {
    return { kind: 'file', uri: value, ...(typeof all === 'string' ? { service: all } : {}) };
  }
  if (value instanceof TreeNode) {
    const candidates: readonly unknown[] = Array.isArray(all) ? all : [];
    const others = candidates.filter((node) => node instanceof TreeNode);
    return { kind: 'nodes', nodes: [value, ...others.filter((node) => node !== value)] };
  }
  return { kind: 'argument', value };
}

/** The images that a command was started on. */
export function selectedImages(selection: Selection): ImageNode[] {
  return selection.kind === 'nodes' ? selection.nodes.filter((node) => node instanceof ImageNode) : [];
}

export function selectedContainers(selection: Selection): ContainerNode[] {
  return selection.kind === 'nodes' ? selection.nodes.filter((node) => node instanceof ContainerNode) : [];
}

export function selectedVolumes(selection: Selection): VolumeNode[] {
  return selection.kind === 'nodes' ? selection.nodes.filter((node) => node instanceof VolumeNode) : [];
}
