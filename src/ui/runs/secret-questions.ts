import * as vscode from 'vscode';
import { isMasked, maskSecrets, secretMask } from '../../run/command-secrets.js';
import { shellLine } from '../../host/shell-line.js';

/** What of a run may have masks in place of secrets. */
interface Masked {
  command: readonly string[] | undefined;
  env: Readonly<Record<string, string>>;
}

/** Asks for the secrets that were not kept; undefined when the person changed their mind. */
export async function askSecrets({ command, env }: Masked): Promise<
  | {
      command: string[] | undefined;
      env: Record<string, string>;
    }
  | undefined
> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const given = isMasked([value]) ? await askValue(`Variable ${name}`, 'Empty: not given') : value;
    if (given === undefined) return undefined;
    if (given !== '' || value === '') variables[name] = given;
  }
  if (command === undefined) return { command, env: variables };
  const words = [...command];
  for (const [index, word] of words.entries()) {
    let whole = '';
    for (const [at, part] of word.split(secretMask).entries()) {
      const secret = at === 0 ? '' : await askValue('Secret in the Command', shellLine(maskSecrets(command)));
      if (secret === undefined) return undefined;
      whole += secret + part;
    }
    words[index] = whole;
  }
  return { command: words, env: variables };
}

function askValue(title: string, hint: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt: `It looks like a secret, and was not kept. ${hint}`,
    password: true,
    ignoreFocusOut: true,
  });
}
