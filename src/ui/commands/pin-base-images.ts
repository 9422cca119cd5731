import { basename } from 'node:path';
import * as vscode from 'vscode';
import * as v from 'valibot';
import { pinReferences, referencesToPin } from '../../dockerfile/pin-references.js';
import { readDockerfile } from '../../dockerfile/read-dockerfile.js';
import { behindNotification } from '../behind-notification.js';
import { pickDockerfile } from '../build/pick-dockerfile.js';
import { type ContractCommand } from '../contract-command.js';
import { askForDigest } from '../digest-resolver.js';
import { oneLine, withoutLinks } from '../plain-text.js';
import { pinnedText } from '../reproducibility/finding-text.js';
import {
  type AskForDigest,
  changedLines,
  digestsFor,
  type Pinned,
  pinFile,
  writePinned,
} from '../reproducibility/pin-file.js';
import { type Services } from '../services.js';
import { type ViewCommand } from '../view-command.js';

/**
 * Rejects `dockerfile-not-found`, `file-unreadable`, `file-exists` where the file is changed meanwhile, `folder-not-writable`,
 * `disk-full` and `cancelled`, and where no image's digest is known, why: what connecting and asking a registry reject.
 */
export const pinBaseImagesCommand: ContractCommand<'pinBaseImages'> = {
  perform: async (selection, services) => {
    const dockerfile = await pickDockerfile(selection, 'Pin Base Images');
    if (dockerfile !== undefined) await pinForPerson(dockerfile, () => true, services);
  },
  run: ({ dockerfile }, { signal }, services) => pinFile(dockerfile, asker(services), signal),
};

const oneImage = v.strictObject({ dockerfile: v.string(), reference: v.string() });

/** Pins one image of a Dockerfile, wherever it is named there. */
export const pinBaseImageCommand: ViewCommand = async (selection, services) => {
  const wanted = v.safeParse(oneImage, selection.kind === 'argument' ? selection.value : undefined);
  if (!wanted.success) return;
  const { dockerfile, reference } = wanted.output;
  await pinForPerson(dockerfile, (each) => each === reference, services);
};

async function pinForPerson(
  dockerfile: string,
  isWanted: (reference: string) => boolean,
  services: Services,
): Promise<void> {
  const text = unsaved(dockerfile)?.getText() ?? (await readDockerfile(dockerfile));
  const references = referencesToPin(text).filter(isWanted);
  if (references.length === 0) {
    const none = `There is nothing to pin: ${basename(dockerfile)} names no image without a digest.`;
    await vscode.window.showInformationMessage(withoutLinks(oneLine(none)));
    return;
  }
  const { failures, pinned } = await behindNotification('Pinning base images', services, async ({ signal }) => {
    const found = await digestsFor(references, asker(services), signal);
    const document = unsaved(dockerfile);
    const { pinned } = await (document === undefined
      ? writePinned(dockerfile, found.digests, signal)
      : pinDocument(document, found.digests));
    return { failures: found.failures, pinned };
  });
  for (const { message } of failures.values()) services.log.warn(message);
  const told = withoutLinks(pinnedText(pinned, failures));
  await (failures.size === 0 ? vscode.window.showInformationMessage(told) : vscode.window.showWarningMessage(told));
}

/** Where something is typed that is not on the disk, that is what is pinned. */
function unsaved(dockerfile: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    ({ uri, isDirty }) => isDirty && uri.scheme === 'file' && uri.fsPath === dockerfile,
  );
}

async function pinDocument(document: vscode.TextDocument, digests: ReadonlyMap<string, string>): Promise<Pinned> {
  const before = document.getText();
  const { text, pinned } = pinReferences(before, (reference) => digests.get(reference));
  const edit = new vscode.WorkspaceEdit();
  for (const changed of changedLines(before, text))
    edit.replace(document.uri, document.lineAt(changed.line).range, changed.text);
  return { pinned: (await vscode.workspace.applyEdit(edit)) ? pinned : [] };
}

function asker(services: Services): AskForDigest {
  return (reference, signal) => askForDigest(reference, services, signal);
}
