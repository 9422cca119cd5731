import * as vscode from 'vscode';
import { runImage } from '../../run/run-image.js';
import { type AskingCommand, type ContractCommand, performForPerson } from '../contract-command.js';
import { pickImage } from '../pick.js';
import { projectFor } from '../projects.js';
import { askForRun } from '../runs/run-form.js';
import { keepAnswers, lastRun, requestOf, type RunAnswers } from '../runs/run-answers.js';
import { askSecrets } from '../runs/secret-questions.js';
import { nameOfGpu, performRun, projectOfRun } from '../runs/perform-run.js';
import { type Selection, selectedVolumes } from '../selection.js';
import { type Services } from '../services.js';
import { type ViewCommand } from '../view-command.js';
import { Failure } from '../../host/failure.js';
import { withoutLinks } from '../plain-text.js';
import { askPlace } from '../runs/mount-questions.js';
import { pullImageCommand } from './pull-image.js';

export const runImageCommand: ContractCommand<'runImage'> = {
  perform: async (selection, services) => {
    const image = await pickImage(selection, services, 'Run with Output Binding');
    if (image !== undefined) await askAndRun(image, services);
  },
  run: async (argument, work, { engine, runs, gpu }) => {
    const project = projectFor(argument.output);
    const kept = vscode.workspace
      .getConfiguration('researchContainers', vscode.Uri.file(project))
      .get('run.keepContainers', true);
    const place = runs.placeOf(project, nameOfGpu(gpu.host));
    // A connection of its own: the run is not lost when another engine is selected meanwhile.
    const connection = (await engine.connect()).another();
    try {
      return await runImage(connection, { ...argument, keep: argument.keep ?? kept }, place, work);
    } finally {
      connection.dispose();
    }
  },
};

/** The form of the image that was run last, with its answers: Enter runs it again. */
export const repeatRunCommand: ViewCommand = async (_selection, services) => {
  const image = lastRun(services.memory) ?? (await pickImage({ kind: 'none' }, services, 'Run with Output Binding'));
  if (image !== undefined) await askAndRun(image, services);
};

/** Runs an image with a volume of the engine's, for a start from there. */
export const runWithVolumeCommand: ViewCommand = async (selection: Selection, services) => {
  const [volume] = selectedVolumes(selection);
  const image = await pickImage({ kind: 'none' }, services, 'Run with This Volume');
  if (image === undefined || volume === undefined) return;
  const mount = await askPlace(volume.name, 'volume');
  if (mount !== undefined) await askAndRun(image, services, { volumes: [mount] });
};

/** Asks by the form, and runs. An image that the engine does not have is offered to be pulled. */
export async function askAndRun(image: string, services: Services, given?: Partial<RunAnswers>): Promise<void> {
  if (!(await isThere(image, services))) return;
  const asked = await askForRun(image, services, given);
  if (asked === undefined) return;
  await keepAnswers(asked.image, asked.answers, services.memory);
  const whole = await askSecrets({ command: asked.answers.command, env: asked.answers.env });
  if (whole === undefined) return;
  // What was shown is what is bound.
  const request = { ...requestOf(asked.image, asked.answers), ...whole, target: asked.target };
  await performRun(request, projectOfRun(request.output, services), services);
}

/** A pull that leads to something else, and is not told. */
const quietPull: AskingCommand<'pullImage'> = {
  ask: () => Promise.resolve(undefined),
  title: (argument) => pullImageCommand.title(argument),
  run: (argument, work, services) => pullImageCommand.run(argument, work, services),
  show: () => Promise.resolve(),
};

/** Whether the engine has the image, or has it after a pull that the person wanted. */
export async function isThere(image: string, services: Services): Promise<boolean> {
  const { inspectImage } = await import('../../engine/images.js');
  const look = async (): Promise<boolean> => {
    try {
      await inspectImage(await services.engine.connect(), image);
      return true;
    } catch (error) {
      if (error instanceof Failure && error.reason === 'image-not-found') return false;
      throw error;
    }
  };
  if (await look()) return true;
  const pull = 'Pull It';
  const question = `The engine has no image ${withoutLinks(image)}.`;
  if ((await vscode.window.showInformationMessage(question, pull)) !== pull) return false;
  await performForPerson('pullImage', quietPull, { reference: image }, services);
  return look();
}
