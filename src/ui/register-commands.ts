import * as vscode from 'vscode';
import { Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { commandId, type CommandName } from './command-table.js';
import { type Argument, type ContractName, type Result } from './contract.js';
import { type ContractCommand } from './contract-command.js';
import { selectionOf } from './selection.js';
import type * as imageActions from './commands/image-actions.js';
import type * as containerActions from './commands/container-actions.js';
import type * as volumeActions from './commands/volume-actions.js';
import type * as runActions from './commands/run-actions.js';
import type * as runImageCommands from './commands/run-image.js';
import type * as firstSteps from './commands/first-steps.js';
import type * as filesActions from './commands/files-actions.js';
import type * as inspectActions from './commands/inspect.js';
import type * as arrangeActions from './commands/arrange-view.js';
import { type Services } from './services.js';
import { type ViewCommand } from './view-command.js';

/** Each command is loaded when it is first called: nothing of it costs a VS Code that only starts. */
const loaders: { [Name in ContractName]: () => Promise<ContractCommand<Name>> } = {
  createDockerfile: async () => (await import('./commands/create-dockerfile.js')).createDockerfileCommand,
  checkReproducibility: async () => (await import('./commands/check-reproducibility.js')).checkReproducibilityCommand,
  pinBaseImages: async () => (await import('./commands/pin-base-images.js')).pinBaseImagesCommand,
  buildImage: async () => (await import('./commands/build-image.js')).buildImageCommand,
  checkRebuild: async () => (await import('./commands/check-rebuild.js')).checkRebuildCommand,
  runImage: async () => (await import('./commands/run-image.js')).runImageCommand,
  exportBundle: async () => (await import('./commands/export-bundle.js')).exportBundleCommand,
  verifyBundle: async () => (await import('./commands/verify-bundle.js')).verifyBundleCommand,
  composePull: async () => (await import('./commands/compose-pull.js')).composePullCommand,
  composeUp: async () => (await import('./commands/compose-up.js')).composeUpCommand,
  composeDown: async () => (await import('./commands/compose-down.js')).composeDownCommand,
  checkGpu: async () => (await import('./commands/check-gpu.js')).checkGpuCommand,
  pullImage: async () => (await import('./commands/pull-image.js')).pullImageCommand,
  pushImage: async () => (await import('./commands/push-image.js')).pushImageCommand,
  saveImage: async () => (await import('./commands/save-image.js')).saveImageCommand,
  loadImage: async () => (await import('./commands/load-image.js')).loadImageCommand,
  openShell: async () => (await import('./commands/open-shell.js')).openShellCommand,
  showLogs: async () => (await import('./commands/show-logs.js')).showLogsCommand,
  createVolume: async () => (await import('./commands/create-volume.js')).createVolumeCommand,
  exportVolume: async () => (await import('./commands/export-volume.js')).exportVolumeCommand,
  importVolume: async () => (await import('./commands/import-volume.js')).importVolumeCommand,
  diagnoseEngine: async () => (await import('./commands/diagnose-engine.js')).diagnoseEngineCommand,
  selectEngine: async () => (await import('./commands/select-engine.js')).selectEngineCommand,
};

/** What `activate()` returns: the commands of the contract for tests, tasks and other extensions. */
export interface Api {
  /**
   * Runs a command without asking anything. Rejects with an error that has `reason` (a stable word), `message` (what
   * happened) and `remedy` (what to do).
   */
  execute<Name extends ContractName>(
    command: Name,
    argument: Argument<Name>,
    options?: Partial<Work>,
  ): Promise<Result<Name>>;
}

export function createApi(services: Services): Api {
  return { execute: (name, argument, options) => execute(name, argument, options, services) };
}

async function execute<Name extends ContractName>(
  name: Name,
  argument: unknown,
  options: Partial<Work> | undefined,
  services: Services,
): Promise<Result<Name>> {
  if (!Object.hasOwn(loaders, name)) {
    throw new Failure('invalid-argument', `There is no command “${name}”.`, 'Use a command that the README names.');
  }
  const work: Work = {
    signal: options?.signal ?? new AbortController().signal,
    onProgress: options?.onProgress ?? (() => undefined),
  };
  const load: () => Promise<ContractCommand<Name>> = loaders[name];
  const [command, { runForCode }] = await Promise.all([load(), import('./contract-command.js')]);
  return runForCode(name, command, argument, work, services);
}

/** Registers every command of the table; one that has no handler does not compile. */
export function registerCommands(services: Services): vscode.Disposable {
  const view =
    (name: CommandName, load: () => Promise<ViewCommand>): Handler =>
    async (value, all) => {
      const [command, { runViewCommand }] = await Promise.all([load(), import('./view-command.js')]);
      await runViewCommand(name, command, selectionOf(value, all), services);
    };
  const onImages = (name: CommandName, of: (module: typeof imageActions) => ViewCommand): Handler =>
    view(name, async () => of(await import('./commands/image-actions.js')));
  const onContainers = (name: CommandName, of: (module: typeof containerActions) => ViewCommand): Handler =>
    view(name, async () => of(await import('./commands/container-actions.js')));
  const onVolumes = (name: CommandName, of: (module: typeof volumeActions) => ViewCommand): Handler =>
    view(name, async () => of(await import('./commands/volume-actions.js')));
  const onFiles = (name: CommandName, of: (module: typeof filesActions) => ViewCommand): Handler =>
    view(name, async () => of(await import('./commands/files-actions.js')));
  const onRuns = (name: CommandName, of: (module: typeof runActions) => ViewCommand): Handler =>
    view(name, async () => of(await import('./commands/run-actions.js')));
  const running = (name: CommandName, of: (module: typeof runImageCommands) => ViewCommand): Handler =>
    view(name, async () => of(await import('./commands/run-image.js')));
  const firstStep = (name: CommandName, of: (module: typeof firstSteps) => ViewCommand): Handler =>
    view(name, async () => of(await import('./commands/first-steps.js')));
  const inspect = (name: CommandName, of: (module: typeof inspectActions) => ViewCommand): Handler =>
    view(name, async () => of(await import('./commands/inspect.js')));
  const arrange = (name: CommandName, of: (module: typeof arrangeActions) => ViewCommand): Handler =>
    view(name, async () => of(await import('./commands/arrange-view.js')));

  const handlers: Record<CommandName, Handler> = {
    createDockerfile: contractHandler('createDockerfile', loaders.createDockerfile, services),
    checkReproducibility: contractHandler('checkReproducibility', loaders.checkReproducibility, services),
    pinBaseImages: contractHandler('pinBaseImages', loaders.pinBaseImages, services),
    pinBaseImage: view('pinBaseImage', async () => (await import('./commands/pin-base-images.js')).pinBaseImageCommand),
    explainRule: view(
      'explainRule',
      async () => (await import('./commands/check-reproducibility.js')).explainRuleCommand,
    ),
    buildImage: contractHandler('buildImage', loaders.buildImage, services),
    checkRebuild: contractHandler('checkRebuild', loaders.checkRebuild, services),
    runImage: contractHandler('runImage', loaders.runImage, services),
    exportBundle: contractHandler('exportBundle', loaders.exportBundle, services),
    verifyBundle: contractHandler('verifyBundle', loaders.verifyBundle, services),
    composePull: contractHandler('composePull', loaders.composePull, services),
    composeUp: contractHandler('composeUp', loaders.composeUp, services),
    composeDown: contractHandler('composeDown', loaders.composeDown, services),
    composeRestart: view(
      'composeRestart',
      async () => (await import('./commands/compose-restart.js')).composeRestartCommand,
    ),
    composeLogs: view('composeLogs', async () => (await import('./commands/compose-logs.js')).composeLogsCommand),
    openApplication: view(
      'openApplication',
      async () => (await import('./commands/compose-open.js')).openApplicationCommand,
    ),
    copyComposeCommand: view(
      'copyComposeCommand',
      async () => (await import('./commands/compose-command-line.js')).copyComposeCommandCommand,
    ),
    typeComposeCommand: view(
      'typeComposeCommand',
      async () => (await import('./commands/compose-command-line.js')).typeComposeCommandCommand,
    ),
    checkGpu: contractHandler('checkGpu', loaders.checkGpu, services),
    pullImage: contractHandler('pullImage', loaders.pullImage, services),
    pushImage: contractHandler('pushImage', loaders.pushImage, services),
    saveImage: contractHandler('saveImage', loaders.saveImage, services),
    loadImage: contractHandler('loadImage', loaders.loadImage, services),
    openShell: contractHandler('openShell', loaders.openShell, services),
    showLogs: contractHandler('showLogs', loaders.showLogs, services),
    createVolume: contractHandler('createVolume', loaders.createVolume, services),
    exportVolume: contractHandler('exportVolume', loaders.exportVolume, services),
    importVolume: contractHandler('importVolume', loaders.importVolume, services),
    copyVolume: view('copyVolume', async () => (await import('./commands/copy-volume.js')).copyVolumeCommand),
    attachContainer: view(
      'attachContainer',
      async () => (await import('./commands/open-shell.js')).attachContainerCommand,
    ),
    diagnoseEngine: contractHandler('diagnoseEngine', loaders.diagnoseEngine, services),
    selectEngine: contractHandler('selectEngine', loaders.selectEngine, services),
    rebuildImage: view('rebuildImage', async () => (await import('./commands/rebuild-image.js')).rebuildImageCommand),
    showBuildLog: view('showBuildLog', async () => (await import('./commands/show-build-log.js')).showBuildLogCommand),
    showGpu: view('showGpu', async () => (await import('./commands/show-gpu.js')).showGpuCommand),
    signIn: view('signIn', async () => (await import('./commands/sign-in.js')).signInCommand),
    signOut: view('signOut', async () => (await import('./commands/sign-in.js')).signOutCommand),
    tagImage: onImages('tagImage', (module) => module.tagImageCommand),
    copyReference: onImages('copyReference', (module) => module.copyReferenceCommand),
    removeImage: onImages('removeImage', (module) => module.removeImageCommand),
    pruneImages: onImages('pruneImages', (module) => module.pruneImagesCommand),
    startContainer: onContainers('startContainer', (module) => module.startContainerCommand),
    stopContainer: onContainers('stopContainer', (module) => module.stopContainerCommand),
    restartContainer: onContainers('restartContainer', (module) => module.restartContainerCommand),
    pauseContainer: onContainers('pauseContainer', (module) => module.pauseContainerCommand),
    unpauseContainer: onContainers('unpauseContainer', (module) => module.unpauseContainerCommand),
    killContainer: onContainers('killContainer', (module) => module.killContainerCommand),
    renameContainer: onContainers('renameContainer', (module) => module.renameContainerCommand),
    commitContainer: onContainers('commitContainer', (module) => module.commitContainerCommand),
    removeContainer: onContainers('removeContainer', (module) => module.removeContainerCommand),
    pruneContainers: onContainers('pruneContainers', (module) => module.pruneContainersCommand),
    repeatRun: running('repeatRun', (module) => module.repeatRunCommand),
    runWithVolume: running('runWithVolume', (module) => module.runWithVolumeCommand),
    showResults: onRuns('showResults', (module) => module.showResultsCommand),
    openRunFolder: onRuns('openRunFolder', (module) => module.openRunFolderCommand),
    showRunTerminal: onRuns('showRunTerminal', (module) => module.showRunTerminalCommand),
    stopRun: onRuns('stopRun', (module) => module.stopRunCommand),
    runAgain: onRuns('runAgain', (module) => module.runAgainCommand),
    runAgainWithChanges: onRuns('runAgainWithChanges', (module) => module.runAgainWithChangesCommand),
    pickUpRuns: onRuns('pickUpRuns', (module) => module.pickUpRunsCommand),
    copyRunCommand: onRuns('copyRunCommand', (module) => module.copyRunCommandCommand),
    showRunLog: onRuns('showRunLog', (module) => module.showRunLogCommand),
    removeRun: onRuns('removeRun', (module) => module.removeRunCommand),
    compareRuns: view('compareRuns', async () => (await import('./commands/compare-runs.js')).compareRunsCommand),
    firstStepHello: firstStep('firstStepHello', (module) => module.firstStepHelloCommand),
    firstStepEcho: firstStep('firstStepEcho', (module) => module.firstStepEchoCommand),
    firstStepShell: firstStep('firstStepShell', (module) => module.firstStepShellCommand),
    showVolumeSizes: onVolumes('showVolumeSizes', (module) => module.showVolumeSizesCommand),
    removeVolume: onVolumes('removeVolume', (module) => module.removeVolumeCommand),
    pruneVolumes: onVolumes('pruneVolumes', (module) => module.pruneVolumesCommand),
    browseFiles: view('browseFiles', async () => (await import('./commands/browse-files.js')).browseFilesCommand),
    downloadFiles: view(
      'downloadFiles',
      async () => (await import('./commands/download-files.js')).downloadFilesCommand,
    ),
    uploadFiles: onFiles('uploadFiles', (module) => module.uploadFilesCommand),
    uploadFolder: onFiles('uploadFolder', (module) => module.uploadFolderCommand),
    newFolder: onFiles('newFolder', (module) => module.newFolderCommand),
    renameFile: onFiles('renameFile', (module) => module.renameFileCommand),
    deleteFile: onFiles('deleteFile', (module) => module.deleteFileCommand),
    copyFilePath: onFiles('copyFilePath', (module) => module.copyFilePathCommand),
    refreshFiles: onFiles('refreshFiles', (module) => module.refreshFilesCommand),
    inspectImage: inspect('inspectImage', (module) => module.inspectImageCommand),
    inspectContainer: inspect('inspectContainer', (module) => module.inspectContainerCommand),
    inspectVolume: inspect('inspectVolume', (module) => module.inspectVolumeCommand),
    openInBrowser: view('openInBrowser', async () => (await import('./commands/open.js')).openInBrowserCommand),
    openMount: view('openMount', async () => (await import('./commands/open.js')).openMountCommand),
    filterImages: arrange('filterImages', (module) => module.filterCommand('images')),
    filterContainers: arrange('filterContainers', (module) => module.filterCommand('containers')),
    filterVolumes: arrange('filterVolumes', (module) => module.filterCommand('volumes')),
    clearImageFilter: arrange('clearImageFilter', (module) => module.clearFilterCommand('images')),
    clearContainerFilter: arrange('clearContainerFilter', (module) => module.clearFilterCommand('containers')),
    clearVolumeFilter: arrange('clearVolumeFilter', (module) => module.clearFilterCommand('volumes')),
    arrangeImages: arrange('arrangeImages', (module) => module.arrangeCommand('images')),
    arrangeContainers: arrange('arrangeContainers', (module) => module.arrangeCommand('containers')),
    arrangeVolumes: arrange('arrangeVolumes', (module) => module.arrangeCommand('volumes')),
    refresh: () => {
      services.inventory.refresh();
    },
    showLog: () => {
      services.log.show(true);
    },
  };
  const isName = (name: string): name is CommandName => name in handlers;
  return vscode.Disposable.from(
    ...Object.keys(handlers)
      .filter(isName)
      .map((name) => vscode.commands.registerCommand(commandId(name), handlers[name])),
  );
}

/** VS Code hands a command what it was started on and, in a tree, all that is selected. */
type Handler = (value: unknown, all: unknown) => unknown;

function contractHandler<Name extends ContractName>(
  name: Name,
  load: () => Promise<ContractCommand<Name>>,
  services: Services,
): Handler {
  return async (value, all) => {
    const selection = selectionOf(value, all);
    if (selection.kind !== 'argument') {
      const [command, { runForPerson }] = await Promise.all([load(), import('./contract-command.js')]);
      return runForPerson(name, command, selection, services);
    }
    try {
      return await execute(name, selection.value, undefined, services);
    } catch (error) {
      // Between threads only the message of an error is sure to survive.
      if (error instanceof Failure)
        throw new Error(`${error.message} ${error.remedy} [${error.reason}]`, { cause: error });
      throw error;
    }
  };
}
