import { join } from 'node:path';
import * as vscode from 'vscode';
import { checkRebuild, type RebuildCheck } from '../../build/check-rebuild.js';
import { readBuildRecord } from '../../build/record.js';
import { hostOf } from '../build/build-host.js';
import { BuildTerminal } from '../build/build-terminal.js';
import { type ContractCommand } from '../contract-command.js';
import { formatAge } from '../format.js';
import { type Selection } from '../selection.js';

const newestRecords = 20;
/** Lines that say nothing of contents; the platform may stand before them. */
const isAboutTimes = /^(?:linux\/\S+: )?(?:made by|time|hint): /;

export const checkRebuildCommand: ContractCommand<'checkRebuild'> = {
  ask: async (selection) => {
    const record = await pickRecord(selection);
    return record === undefined ? undefined : { record };
  },
  title: () => 'Building again without cache',
  run: async ({ record }, work, services) => {
    const { dockerfile } = await readBuildRecord(record);
    const project = join(record, '../../..');
    const host = hostOf({ dockerfile: join(project, dockerfile.path), context: project }, services);
    return checkRebuild(await services.engine.connect(), record, { ...host, project }, work);
  },
  follow: (_argument, cancel) => {
    const terminal = new BuildTerminal('Check Rebuild', cancel);
    return {
      onProgress: ({ output }) => {
        if (output !== undefined) terminal.add(output);
      },
      onEnd: (failure) => {
        terminal.end(failure?.message ?? 'Built again and compared.', failure === undefined);
        return Promise.resolve();
      },
    };
  },
  show: async (check) => {
    const { identical, layers } = check;
    if (identical) {
      void vscode.window.showInformationMessage('All layers came out the same: the recipe is deterministic.');
      return;
    }
    const others = layers.filter(({ same }) => !same);
    const inContent = others.filter(({ differs }) => !differs.every((line) => isAboutTimes.test(line)));
    const details = 'Show What Differs';
    const chosen = await vscode.window.showWarningMessage(
      inContent.length === 0
        ? `The contents of all ${layers.length} layers came out the same; ${others.length} of them differ in times alone. A rebuild is not the same image, an archive is.`
        : `${inContent.length} of ${layers.length} layers came out with other contents: a rebuild is not the same image, an archive is.`,
      details,
    );
    if (chosen !== details) return;
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: reportOf(check) });
    await vscode.window.showTextDocument(document);
  },
};

async function pickRecord(selection: Selection): Promise<string | undefined> {
  if (selection.kind === 'file') return selection.uri.fsPath;
  const found = await vscode.workspace.findFiles('**/.research-containers/builds/*.json', undefined, 500);
  // Their names begin with the time.
  const newest = found.sort((left, right) => right.path.localeCompare(left.path)).slice(0, newestRecords);
  const items = await Promise.all(
    newest.map(async (uri) => {
      const record = await readBuildRecord(uri.fsPath).catch(() => undefined);
      const [image] = record?.images ?? [];
      return record === undefined || image === undefined
        ? []
        : [{ label: image.reference, description: formatAge(Date.parse(record.created)), file: uri.fsPath }];
    }),
  );
  if (items.flat().length === 0) {
    void vscode.window.showInformationMessage('There is no build record yet: build an image first.');
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items.flat(), {
    title: 'Check Rebuild',
    placeHolder: 'Which build should be made once more, without cache, and compared?',
  });
  return picked?.file;
}

/** Paths come out of images: they stand in code blocks, which nothing in them can end. */
function reportOf({ layers }: RebuildCheck): string {
  const sections = layers.map(({ index, same, differs }) =>
    same
      ? `## Layer ${index + 1}: the same\n`
      : `## Layer ${index + 1}: different\n\n${differs.map((line) => `    ${line.replace(/[\r\n]+/g, ' ')}`).join('\n')}\n`,
  );
  return `# Built once more, without cache\n\n${sections.join('\n')}`;
}
