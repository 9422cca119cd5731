import * as vscode from 'vscode';
import { type EngineConnection } from '../../engine/connection.js';
import { isVolumeName, listVolumes } from '../../engine/volumes.js';

/** What a person typed for a volume, and whether there is one of that name. */
export interface VolumeName {
  name: string;
  isTaken: boolean;
}

/**
 * Asks for the name of a volume, and says of what is typed whether it can be one; undefined when the person changed their mind.
 *
 * @param options.taken what is said of a name that there is: whether that is a mistake, or only to be known
 */
export async function askVolumeName(
  connection: EngineConnection,
  options: { title: string; prompt: string; value: string; taken: { text: string; isMistake: boolean } },
): Promise<VolumeName | undefined> {
  const { title, prompt, value, taken } = options;
  const names = new Set((await listVolumes(connection)).map((volume) => volume.name));
  const { Error: mistake, Warning: warning } = vscode.InputBoxValidationSeverity;
  const text = await vscode.window.showInputBox({
    title,
    prompt,
    value,
    validateInput: (typed) => {
      const name = typed.trim();
      if (name !== '' && !isVolumeName(name))
        return 'Letters, digits, “_”, “.” and “-”, at least two, a letter or digit in front.';
      return names.has(name) ? { message: taken.text, severity: taken.isMistake ? mistake : warning } : undefined;
    },
    ignoreFocusOut: true,
  });
  const name = text?.trim() ?? '';
  return name === '' ? undefined : { name, isTaken: names.has(name) };
}
