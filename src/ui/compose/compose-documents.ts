import type * as vscode from 'vscode';
import { isComposeFile } from './compose-file-name.js';

/** VS Code knows most of these files by their names, and some only as YAML. */
export const composeDocuments: vscode.DocumentSelector = [
  { scheme: 'file', language: 'dockercompose' },
  { scheme: 'file', language: 'yaml', pattern: '**/{compose,docker-compose}*.{yml,yaml}' },
];

export function isComposeDocument({ uri }: Pick<vscode.TextDocument, 'uri'>): boolean {
  return uri.scheme === 'file' && isComposeFile(uri.path);
}
