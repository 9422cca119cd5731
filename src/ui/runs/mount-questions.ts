import * as vscode from 'vscode';
import { listVolumes } from '../../engine/volumes.js';
import { withoutIcons } from '../plain-text.js';
import { type FormContext } from './form-context.js';
import { type RunAnswers } from './run-answers.js';

/** Binds folders and volumes besides the results' folder, and takes them out again. */
export async function askMounts(answers: RunAnswers, context: FormContext): Promise<RunAnswers | undefined> {
  const { volumes } = answers;
  const chosen = await vscode.window.showQuickPick(
    [
      {
        label: '$(folder) Bind a folder of this machine…',
        detail:
          'The program works with the folder itself: what it changes, you see at once, and it hides what the image has there.',
        choice: 'folder' as const,
      },
      {
        label: '$(database) Use a volume…',
        detail:
          'The engine keeps the data, for this and later containers; a new volume begins with what the image has there.',
        choice: 'volume' as const,
      },
      ...volumes.map((mount) => ({
        label: `$(trash) ${withoutIcons(`${mount.source} → ${mount.target}`)}`,
        description: `${mount.readOnly === true ? 'read only · ' : ''}take it out`,
        choice: mount,
      })),
    ],
    { title: 'Folders and Volumes', placeHolder: 'Besides the folder of the results', ignoreFocusOut: true },
  );
  if (chosen === undefined) return undefined;
  const { choice } = chosen;
  if (typeof choice !== 'string') return { ...answers, volumes: volumes.filter((mount) => mount !== choice) };
  const source = choice === 'folder' ? await pickFolder() : await pickVolume(context);
  if (source === undefined) return undefined;
  const mount = await askPlace(source, choice);
  return mount === undefined ? undefined : { ...answers, volumes: [...volumes, mount] };
}

async function pickFolder(): Promise<string | undefined> {
  const options = { canSelectFolders: true, canSelectFiles: true, title: 'Folder or File to Bind', openLabel: 'Bind' };
  const [folder] = (await vscode.window.showOpenDialog(options)) ?? [];
  return folder?.fsPath;
}

async function pickVolume({ connection }: FormContext): Promise<string | undefined> {
  const fresh = { label: '$(add) A new volume…', volume: undefined };
  const there = (await listVolumes(connection)).map(({ name }) => ({ label: withoutIcons(name), volume: name }));
  const chosen = await vscode.window.showQuickPick([fresh, ...there], {
    title: 'Volume',
    placeHolder: 'Which volume?',
    ignoreFocusOut: true,
  });
  if (chosen === undefined) return undefined;
  if (chosen.volume !== undefined) return chosen.volume;
  const name = await vscode.window.showInputBox({
    title: 'New Volume',
    prompt: 'Its name; the engine makes it when the run starts',
    validateInput: (text) =>
      text === '' || /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text.trim())
        ? undefined
        : 'Letters, digits, “_”, “.” and “-”, at least two, a letter or digit in front.',
    ignoreFocusOut: true,
  });
  return name === undefined || name.trim() === '' ? undefined : name.trim();
}

/** Asks where in the container something is mounted. */
export async function askPlace(
  source: string,
  kind: 'folder' | 'volume',
): Promise<RunAnswers['volumes'][number] | undefined> {
  const target = await vscode.window.showInputBox({
    title: `Container Folder for ${source}`,
    prompt: 'Where the program finds it',
    placeHolder: kind === 'folder' ? '/data' : '/home/study',
    validateInput: (text) =>
      text === '' || /^\/+[^/]/.test(text.trim()) ? undefined : 'Give an absolute path below “/”.',
    ignoreFocusOut: true,
  });
  if (target === undefined || target.trim() === '') return undefined;
  if (kind === 'volume') return { source, target: target.trim() };
  const access = await vscode.window.showQuickPick(
    [
      { label: '$(lock) Read only', description: 'the program cannot change it', readOnly: true },
      { label: '$(edit) Read and write', description: 'the program may change it', readOnly: false },
    ],
    { title: `Access to ${source}`, placeHolder: 'What may the program do with it?', ignoreFocusOut: true },
  );
  return access === undefined ? undefined : { source, target: target.trim(), readOnly: access.readOnly };
}
