import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { buildImage } from '../../build/build-image.js';
import { parseDockerfile } from '../../dockerfile/instructions.js';
import { readDockerfile } from '../../dockerfile/read-dockerfile.js';
import { asFailure } from '../../host/failure.js';
import { type BuildAnswers, keepAnswers } from '../build/build-answers.js';
import { askForBuild } from '../build/build-form.js';
import { hostOf } from '../build/build-host.js';
import { BuildTerminal } from '../build/build-terminal.js';
import { confirmLargeContext } from '../build/large-context.js';
import { pickDockerfile } from '../build/pick-dockerfile.js';
import { commandId } from '../command-table.js';
import { type Argument } from '../contract.js';
import { type AskingCommand } from '../contract-command.js';

export const buildImageCommand: AskingCommand<'buildImage'> = {
  ask: async (selection, services) => {
    const dockerfile = await pickDockerfile(selection, 'Build Research Image');
    if (dockerfile === undefined) return undefined;
    const answers = await askForBuild(dockerfile, parseDockerfile(await readDockerfile(dockerfile)), services);
    if (answers === undefined) return undefined;
    await keepAnswers(dockerfile, answers, services.memory);
    return (await confirmLargeContext(dockerfile, services)) ? argumentOf(dockerfile, answers) : undefined;
  },
  title: ({ tag, dockerfile }) => `Building ${tag ?? basename(dirname(dockerfile))}`,
  run: async (argument, work, services) => {
    const { engine, problems } = services;
    problems.clear(argument.dockerfile);
    try {
      return await buildImage(await engine.connect(), argument, hostOf(argument, services), work);
    } catch (error) {
      const failure = asFailure(error, 'The build');
      problems.addFailure(failure);
      throw failure;
    }
  },
  follow: ({ tag, dockerfile }, cancel, { buildLogs }) => {
    const name = tag ?? basename(dirname(dockerfile));
    const terminal = new BuildTerminal(`Build ${name}`, cancel);
    const log = buildLogs.begin(name);
    return {
      onProgress: ({ output }) => {
        if (output === undefined) return;
        terminal.add(output);
        log(output);
      },
      onEnd: async (failure) => {
        if (failure === undefined) {
          terminal.end('The image is built.', true);
          return;
        }
        terminal.end(failure.message, false);
        const { location } = failure;
        if (location === undefined) return;
        const at = new vscode.Position(location.line - 1, 0);
        await vscode.window.showTextDocument(vscode.Uri.file(location.file), { selection: new vscode.Range(at, at) });
      },
    };
  },
  show: async ({ images }) => {
    const [first] = images;
    if (first === undefined) return;
    const references = [...new Set(images.map(({ reference }) => reference))].join(' and ');
    const run = 'Run with Output Binding…';
    const chosen = await vscode.window.showInformationMessage(
      `Built ${references} for ${images.map(({ platform }) => platform).join(' and ')}.`,
      run,
    );
    if (chosen === run) await vscode.commands.executeCommand(commandId('runImage'));
  },
};

/** What a build is called with for answers that a person gave. */
export function argumentOf(dockerfile: string, answers: BuildAnswers): Argument<'buildImage'> {
  const { tag, platforms, target, buildArgs, noCache } = answers;
  const secrets: Record<string, { file: string } | { env: string }> = {};
  for (const [id, source] of Object.entries(answers.secrets)) {
    if ('file' in source) secrets[id] = { file: source.file };
    else if ('env' in source) secrets[id] = { env: source.env };
  }
  return { dockerfile, tag, platforms, ...(target === undefined ? {} : { target }), buildArgs, secrets, noCache };
}
