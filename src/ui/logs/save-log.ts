import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as vscode from 'vscode';
import { oneLine, withoutLinks } from '../plain-text.js';
import { projectFolders } from '../projects.js';

/** Writes a log to a file that a person chooses, whole or not at all. @param pieces its text, asked for when the file is known */
export async function saveLog(name: string, pieces: Iterable<string>): Promise<void> {
  const [project = homedir()] = projectFolders();
  const chosen = await vscode.window.showSaveDialog({
    title: `Save the Log of ${oneLine(name)}`,
    defaultUri: vscode.Uri.file(join(project, `${name.replace(/[^\w.-]+/g, '-')}.log`)),
    filters: { Log: ['log', 'txt'] },
  });
  if (chosen === undefined) return;
  const file = chosen.fsPath;
  const partial = `${file}.${randomUUID()}.part`;
  try {
    await pipeline(pieces, createWriteStream(partial, { flags: 'wx' }));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  const open = 'Open';
  const answer = await vscode.window.showInformationMessage(
    withoutLinks(oneLine(`The log of ${name} was saved to ${file}.`)),
    open,
  );
  if (answer === open) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
}
