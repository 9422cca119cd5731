import * as vscode from 'vscode';
import { Failure } from '../host/failure.js';

/** Rejects `untrusted-workspace` where the workspace may only be looked at. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Failure(
    'untrusted-workspace',
    'This workspace is not trusted: nothing is built, run, changed or exported from it.',
    'Trust it (“Workspaces: Manage Workspace Trust”) if you know where it comes from.',
  );
}
