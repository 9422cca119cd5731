import { join } from 'node:path';
import * as vscode from 'vscode';
import { snapshotDay, suggestRecipes } from '../../dockerfile/create-dockerfile.js';
import { requireWritableFolder } from '../../dockerfile/write-files.js';
import { type Project } from '../../project/project.js';
import { digestResolver } from '../digest-resolver.js';
import { wizardContextKey } from '../manifest.js';
import { type Services } from '../services.js';
import { acceleratorQuestion, projectQuestion, sourceQuestion, versionQuestion } from './choice-questions.js';
import { createQuestion } from './create-question.js';
import { Digests } from './digests.js';
import { draftOf, type WrittenFiles } from './draft.js';
import { lookAt, platformOfEngine, platformsOfSettings } from './look.js';
import { Preview } from './preview.js';
import { recipeQuestion } from './recipe-question.js';
import { commandQuestion, outputQuestion, platformsQuestion, portQuestion } from './run-questions.js';
import { runSteps } from './steps.js';
import { showDraft } from './surroundings.js';

/**
 * Asks a person, step by step, for what the Dockerfile of a folder is made of, and writes it at the end. Rejects `not-a-folder`,
 * `folder-not-writable`, `file-not-found` where there is nothing to make one for, `cancelled`.
 *
 * @returns undefined when the person changed their mind: then nothing is written
 */
export async function runWizard(folder: string, services: Services): Promise<WrittenFiles | undefined> {
  await requireWritableFolder(folder);
  const root = await lookAt(folder);
  const platforms = platformsOfSettings(folder);
  const draft = draftOf(
    root,
    await firstProject(root),
    platforms === undefined ? {} : { platforms },
    snapshotDay(new Date()),
  );
  const preview = new Preview();
  const digests = new Digests(digestResolver(services), () => {
    preview.refresh();
  });
  const around = { preview, digests, platform: platformOfEngine(services), memory: services.memory };
  try {
    showDraft(around, () => draft);
    await preview.open();
    const last = await runSteps(draft, [
      projectQuestion(),
      sourceQuestion(around),
      recipeQuestion(around),
      versionQuestion(around),
      acceleratorQuestion(around),
      commandQuestion(around),
      portQuestion(around),
      outputQuestion(around),
      platformsQuestion(around),
      createQuestion(around),
    ]);
    return last?.written;
  } finally {
    digests.dispose();
    await vscode.commands.executeCommand('setContext', wizardContextKey, false);
    await preview.dispose();
  }
}

/** The folder itself, or the first project below it where it has nothing of its own. */
async function firstProject(root: Project): Promise<Project> {
  const [first] = root.subprojects;
  return first === undefined || suggestRecipes(root).length > 0 ? root : lookAt(join(root.folder, first));
}
