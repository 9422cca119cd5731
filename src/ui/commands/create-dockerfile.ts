import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { defaultAnswers, generateFiles, snapshotDay, suggestRecipes } from '../../dockerfile/create-dockerfile.js';
import { recipes } from '../../dockerfile/recipes/recipes.js';
import { planFiles, requireFree, requireWritableFolder, writeGenerated } from '../../dockerfile/write-files.js';
import { Failure } from '../../host/failure.js';
import { lockConflict } from '../../project/ambiguity.js';
import { type ContractCommand } from '../contract-command.js';
import { digestResolver } from '../digest-resolver.js';
import { projectFor } from '../projects.js';
import { type Selection } from '../selection.js';
import { checkAnswers } from '../wizard/answer-checks.js';
import { chooseRecipe, requireDecided } from '../wizard/choose-recipe.js';
import { Digests } from '../wizard/digests.js';
import { platformsOfSettings, readProject } from '../wizard/look.js';
import { showWritten } from '../wizard/show-written.js';
import { runWizard } from '../wizard/wizard.js';

export const createDockerfileCommand: ContractCommand<'createDockerfile'> = {
  perform: async (selection, services) => {
    const folder = await pickFolder(selection);
    const written = folder === undefined ? undefined : await runWizard(folder, services);
    if (written !== undefined) await showWritten(written);
  },
  run: async ({ folder, recipe, answers = {}, existing = 'fail' }, { signal, onProgress }, services) => {
    await requireWritableFolder(folder);
    if (existing === 'fail') await requireFree(folder, 'Dockerfile');
    onProgress({ message: 'Looking at the project' });
    const project = await readProject(folder, signal);
    requireDecided(project, lockConflict(project), recipe);
    const chosen = chooseRecipe(suggestRecipes(project), recipes, recipe, folder);
    const platforms = platformsOfSettings(folder);
    const given = {
      ...(platforms === undefined ? {} : { platforms }),
      ...checkAnswers(answers, chosen, project),
    };
    onProgress({ message: 'Asking for the digests of the images' });
    const digests = new Digests(digestResolver(services), () => undefined);
    try {
      const whole = defaultAnswers(project, chosen, given, snapshotDay(new Date()));
      const generated = await generateFiles(project, chosen, whole, digests.final, signal);
      const names = { dockerfile: 'Dockerfile', dockerignore: '.dockerignore', readme: undefined };
      const planned = await planFiles(folder, generated, names);
      const changed = planned.filter(({ kind, before, after }) => kind === 'whole' || before !== after);
      return { files: await writeGenerated(folder, changed, existing, signal), recipe: chosen.id };
    } finally {
      digests.dispose();
    }
  },
};

/** The folder that a command was started on, or that a file is in, or that is open. Rejects `invalid-argument` where there is none. */
async function pickFolder(selection: Selection): Promise<string | undefined> {
  if (selection.kind === 'file') {
    const { uri } = selection;
    if (uri.scheme !== 'file') throw virtual();
    const { type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.Directory) !== 0) return uri.fsPath;
    const folder = dirname(uri.fsPath);
    // The files of repo2docker may be in a folder of their own.
    return ['binder', '.binder'].includes(basename(folder)) ? dirname(folder) : folder;
  }
  const open = vscode.workspace.workspaceFolders ?? [];
  if (open.length > 0 && open.every((folder) => folder.uri.scheme !== 'file')) throw virtual();
  if (open.length < 2) return projectFor();
  const picked = await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Which folder gets a Dockerfile?' });
  if (picked === undefined) return undefined;
  if (picked.uri.scheme !== 'file') throw virtual();
  return picked.uri.fsPath;
}

function virtual(): Failure {
  return new Failure(
    'invalid-argument',
    'This folder is in a virtual file system, where nothing can be built.',
    'Clone the project, and open the folder on a disk.',
  );
}
