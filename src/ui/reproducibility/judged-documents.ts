import type * as vscode from 'vscode';

/** Dockerfiles on a disk; their ignore files have names that VS Code may take for those of Dockerfiles. */
export function isJudged({ languageId, uri }: Pick<vscode.TextDocument, 'languageId' | 'uri'>): boolean {
  return languageId === 'dockerfile' && uri.scheme === 'file' && !uri.path.endsWith('.dockerignore');
}

export const judgedDocuments: vscode.DocumentSelector = { scheme: 'file', language: 'dockerfile' };
