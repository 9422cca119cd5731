import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { inspectImage } from '../../engine/images.js';
import { type ProgramError, programError } from '../../gpu/program-error.js';
import { asFailure, errorCode } from '../../host/failure.js';
import { proposeCommand, proposeTarget } from '../../run/proposal.js';
import { runImage } from '../../run/run-image.js';
import { formatWords, parseWords } from '../command-line.js';
import { commandId } from '../command-table.js';
import { type ContractCommand } from '../contract-command.js';
import { askGpu } from '../gpu/ask-gpu.js';
import { pickImage } from '../pick.js';
import { projectFor } from '../projects.js';

export const runImageCommand: ContractCommand<'runImage'> = {
  ask: async (selection, services) => {
    const title = 'Run with Output Binding';
    const image = await pickImage(selection, services, title);
    if (image === undefined) return undefined;
    const details = await inspectImage(await services.engine.connect(), image);
    const folder = await pickOutput(image);
    if (folder === undefined) return undefined;
    const target = await vscode.window.showInputBox({
      title,
      prompt: 'Container folder that the program writes its results to',
      value: proposeTarget(details),
      validateInput: (text) => (/^\/./.test(text.trim()) ? undefined : 'Give an absolute path below “/”.'),
      ignoreFocusOut: true,
    });
    if (target === undefined) return undefined;
    const proposed = formatWords(proposeCommand(details) ?? details.command);
    const command = await vscode.window.showInputBox({
      title,
      prompt: "Command to run (the image's entrypoint stays in front)",
      value: proposed,
      ignoreFocusOut: true,
    });
    if (command === undefined) return undefined;
    const words = parseWords(command);
    const gpus = await askGpu(image, services);
    if (gpus === undefined) return undefined;
    return {
      image,
      output: folder.path,
      existing: folder.existing,
      target: target.trim(),
      ...(words.length === 0 ? {} : { command: words }),
      ...(gpus === 'all' ? { gpus } : {}),
    };
  },
  title: ({ image }) => `Running ${image}`,
  run: async (argument, work, { engine, log, storage }) => {
    const project = projectFor(argument.output);
    const kept = vscode.workspace
      .getConfiguration('researchContainers', vscode.Uri.file(project))
      .get('run.keepContainers', true);
    const place = { project, storage: join(storage, 'runs'), log };
    return runImage(await engine.connect(), { ...argument, keep: argument.keep ?? kept }, place, work);
  },
  follow: () => {
    let error: ProgramError | undefined;
    return {
      onProgress: ({ output }) => {
        if (output !== undefined) error ??= programError(output);
      },
      onEnd: async () => {
        if (error === undefined) return;
        const details = 'Show GPU…';
        const chosen = await vscode.window.showWarningMessage(`${error.message} ${error.remedy}`, details);
        if (chosen === details) await vscode.commands.executeCommand(commandId('showGpu'));
      },
    };
  },
  show: async ({ exitCode, outputs, record }, { image, output }) => {
    const folder = output === undefined ? 'no folder' : vscode.workspace.asRelativePath(output);
    const openRecord = 'Open Run Record';
    const reveal = 'Show Results';
    const files = `${outputs.length} file${outputs.length === 1 ? '' : 's'}`;
    const buttons = output === undefined ? [openRecord] : [reveal, openRecord];
    const chosen = await (exitCode === 0
      ? vscode.window.showInformationMessage(`${image} finished: ${files} in ${folder}.`, ...buttons)
      : vscode.window.showWarningMessage(
          `${image} ended with exit code ${exitCode}; ${files} were written.`,
          ...buttons,
        ));
    if (chosen === openRecord) await vscode.window.showTextDocument(vscode.Uri.file(record));
    const [first] = outputs;
    if (chosen === reveal && first !== undefined) {
      await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(first));
    }
  },
};

/** Where outputs go: a fresh folder of the project is proposed, another one can be chosen. */
async function pickOutput(
  image: string,
): Promise<{ path: string; existing: 'fail' | 'use' | 'subfolder' } | undefined> {
  const proposed = join(projectFor(), 'results');
  const fresh = { label: `$(new-folder) ${vscode.workspace.asRelativePath(proposed)}`, description: proposed };
  const other = { label: '$(folder-opened) Another folder…', description: '' };
  const picked = await vscode.window.showQuickPick([fresh, other], {
    title: `Run ${image}`,
    placeHolder: 'Host folder that the results go to',
  });
  if (picked === undefined) return undefined;
  let path = proposed;
  if (picked === other) {
    const [folder] =
      (await vscode.window.showOpenDialog({
        canSelectFolders: true,
        canSelectFiles: false,
        openLabel: 'Bind Results to This Folder',
      })) ?? [];
    if (folder === undefined) return undefined;
    path = folder.fsPath;
  }
  if (await isEmpty(path)) return { path, existing: 'use' };
  const subfolder = { label: '$(new-folder) A fresh dated subfolder', existing: 'subfolder' as const };
  const use = { label: '$(warning) Use it as it is: files of the same name are overwritten', existing: 'use' as const };
  const choice = await vscode.window.showQuickPick([subfolder, use], {
    title: `${path} is not empty`,
    placeHolder: 'Where should the results go?',
  });
  return choice === undefined ? undefined : { path, existing: choice.existing };
}

async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw asFailure(error, 'Looking into the output folder');
  }
}
