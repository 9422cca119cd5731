import * as vscode from 'vscode';
import { ImageNode } from './explorer/nodes.js';

/** What a command was started on. */
export type Selection =
  | { kind: 'none' }
  | { kind: 'file'; uri: vscode.Uri }
  | { kind: 'image'; reference: string }
  /** An argument of the contract, from code. */
  | { kind: 'argument'; value: unknown };

/** Tells what VS Code, or code, called a command with. */
export function selectionOf(value: unknown): Selection {
  if (value === undefined || value === null) return { kind: 'none' };
  if (value instanceof vscode.Uri) return { kind: 'file', uri: value };
  if (value instanceof ImageNode) return { kind: 'image', reference: value.reference };
  return { kind: 'argument', value };
}
