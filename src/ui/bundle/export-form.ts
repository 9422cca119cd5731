import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { metadataProblems, readMetadata, writeMetadata } from '../../bundle/metadata.js';
import { type ZenodoJson, zenodoLimits } from '../../bundle/zenodo-json.js';
import { type ImageDetails, inspectImage } from '../../engine/images.js';
import { asFailure, Failure } from '../../host/failure.js';
import { formatSize } from '../../host/quantities.js';
import { pathComponentFrom } from '../../image/reference.js';
import { type RunOverview } from '../../run/record.js';
import { shellLine } from '../../host/shell-line.js';
import { counted } from '../confirm.js';
import { formatAge } from '../format.js';
import { pickLine } from '../pick-line.js';
import { withoutIcons } from '../plain-text.js';
import { projectFor } from '../projects.js';
import { type RunNode } from '../runs/run-nodes.js';
import { type Services } from '../services.js';
import { showFailure } from '../show-failure.js';
import { askCreators, askKeywords, askLicence, askText } from './metadata-questions.js';

/** What an export is asked for with. */
export interface ExportAnswers {
  images: string[];
  folder: string;
  metadata: ZenodoJson;
  /** Absolute paths of run records. */
  runs: string[];
}

interface Draft {
  folder: string;
  metadata: Partial<ZenodoJson>;
  runs: RunNode[];
}

type Choice = { kind: 'export' } | { kind: 'ask'; ask: (draft: Draft) => Promise<Draft | undefined> };
type Line = vscode.QuickPickItem & { choice: Choice };

/** What compression leaves of an image, about, and how much of it is compressed in a second on two processors. */
const compressed = 0.4;
const bytesPerSecond = 4e7;

/**
 * One list with all that goes into a bundle, answered already by what the project says: Enter exports, and each line can be changed
 * first. What is changed of the metadata is kept in the project's `.zenodo.json`. Undefined when the person changed their mind.
 */
export async function askForExport(images: string[], services: Services): Promise<ExportAnswers | undefined> {
  const connection = await services.engine.connect();
  const details = await Promise.all(images.map((image) => inspectImage(connection, image)));
  const project = projectFor();
  const [first = ''] = images;
  const known = await readKnown(project);
  const runs = await runsOf(details, services);
  let draft: Draft = {
    folder: join(dirname(project), `${basename(project)}-bundle-${pathComponentFrom(first)}`),
    metadata: known,
    runs,
  };
  for (;;) {
    const chosen = await pickLine(
      linesFor(draft, images, details, runs),
      `Export ${images.join(', ')} for Zenodo`,
      'Enter exports; choose a line to change it first. What is changed of the metadata is kept in .zenodo.json',
    );
    if (chosen === undefined) return undefined;
    try {
      if (chosen.choice.kind === 'ask') {
        draft = (await chosen.choice.ask(draft)) ?? draft;
        continue;
      }
      const metadata = whole(draft.metadata);
      if (JSON.stringify(metadata) !== JSON.stringify(known)) await writeMetadata(project, metadata);
      return { images, folder: draft.folder, metadata, runs: draft.runs.map(({ run }) => run.file) };
    } catch (error) {
      await showFailure(asFailure(error, 'Exporting'));
    }
  }
}

/** What the project says already; nothing where it says nothing. */
async function readKnown(project: string): Promise<Partial<ZenodoJson>> {
  try {
    return await readMetadata(project, undefined);
  } catch (error) {
    if (error instanceof Failure && error.reason === 'metadata-missing') return {};
    throw error;
  }
}

/** Rejects `metadata-missing`. */
function whole(draft: Partial<ZenodoJson>): ZenodoJson {
  const { title, creators = [] } = draft;
  if (title === undefined || creators.length === 0) {
    throw new Failure('metadata-missing', 'A record on Zenodo needs a title and an author.', 'Fill in these lines.');
  }
  return { ...draft, title, creators };
}

/** The finished runs of these very images. */
async function runsOf(details: readonly ImageDetails[], services: Services): Promise<RunNode[]> {
  const isOf = (record: RunOverview): boolean =>
    record.state === 'finished' && details.some(({ diffIds }) => diffIds.join() === record.image.diffIds.join());
  return (await services.runsView.runs()).filter(({ record }) => isOf(record));
}

function linesFor(
  draft: Draft,
  images: readonly string[],
  details: readonly ImageDetails[],
  runs: readonly RunNode[],
): Line[] {
  const { metadata, folder } = draft;
  const problems = new Map(
    metadataProblems({ title: '', creators: [], ...metadata }).map((each) => [each.path, each.problem]),
  );
  const line = (
    icon: string,
    label: string,
    text: string | undefined,
    path: string,
    ask: (before: Draft) => Promise<Draft | undefined>,
  ): Line => {
    const problem = problems.get(path);
    return {
      label: `$(${text === undefined && problem !== undefined ? 'warning' : icon}) ${label}`,
      description: withoutIcons(text ?? problem ?? ''),
      choice: { kind: 'ask', ask },
    };
  };
  const ofMetadata =
    (ask: (before: Partial<ZenodoJson>) => Promise<Partial<ZenodoJson> | undefined>) =>
    async (before: Draft): Promise<Draft | undefined> => {
      const after = await ask(before.metadata);
      return after === undefined ? undefined : { ...before, metadata: after };
    };
  const authors = (metadata.creators ?? []).map(({ name }) => name).join('; ');
  return [
    {
      label: '$(package) Export',
      description: withoutIcons(estimate(details)),
      detail: withoutIcons(images.map((image, at) => `${image} (${details[at]?.platform ?? ''})`).join(', ')),
      choice: { kind: 'export' },
    },
    line('folder', 'Bundle Folder', folder, 'folder', askFolder),
    line(
      'symbol-text',
      'Title',
      metadata.title,
      'title',
      ofMetadata((before) => askText(before, 'title', 'Title', 'Of the record')),
    ),
    line('organization', 'Authors', authors === '' ? undefined : authors, 'creators', ofMetadata(askCreators)),
    line(
      'note',
      'Description',
      metadata.description,
      'description',
      ofMetadata((before) => askText(before, 'description', 'Description', 'What this is, and what it was made for')),
    ),
    line('law', 'Licence', metadata.license, 'license', ofMetadata(askLicence)),
    line('tag', 'Keywords', metadata.keywords?.join(', '), 'keywords', ofMetadata(askKeywords)),
    line(
      'versions',
      'Version',
      metadata.version,
      'version',
      ofMetadata((before) => askText(before, 'version', 'Version', 'Such as 1.0.0')),
    ),
    line('graph', 'Results', resultsText(draft.runs, runs), 'runs', (before) => askRuns(before, runs)),
  ];
}

function estimate(details: readonly ImageDetails[]): string {
  const bytes = details.reduce((sum, { size }) => sum + size, 0);
  const archive = bytes * compressed;
  const seconds = Math.max(1, Math.round(bytes / bytesPerSecond));
  const fits =
    archive > zenodoLimits.bytes
      ? `more than the ${formatSize(zenodoLimits.bytes)} that Zenodo takes`
      : `Zenodo takes ${formatSize(zenodoLimits.bytes)}`;
  return `about ${formatSize(archive)} in ${seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`} · ${fits}`;
}

function resultsText(chosen: readonly RunNode[], all: readonly RunNode[]): string {
  if (all.length === 0) return 'none: no run of this image is recorded';
  return chosen.length === 0 ? 'none' : `of ${counted(chosen.length, 'run')}`;
}

async function askFolder(draft: Draft): Promise<Draft | undefined> {
  const { folder } = draft;
  const answer = await vscode.window.showInputBox({
    title: 'Bundle Folder',
    prompt: 'A new folder, or an empty one',
    value: folder,
    valueSelection: [dirname(folder).length + 1, folder.length],
    ignoreFocusOut: true,
  });
  return answer === undefined || answer.trim() === '' ? undefined : { ...draft, folder: answer.trim() };
}

async function askRuns(draft: Draft, runs: readonly RunNode[]): Promise<Draft | undefined> {
  if (runs.length === 0) return undefined;
  const chosen = await vscode.window.showQuickPick(
    runs.map((run) => ({
      label: withoutIcons(shellLine(run.record.command)),
      description: formatAge(Date.parse(run.record.started)),
      picked: draft.runs.includes(run),
      run,
    })),
    { title: 'Results', placeHolder: 'Runs whose results go into the bundle', canPickMany: true, ignoreFocusOut: true },
  );
  return chosen === undefined ? undefined : { ...draft, runs: chosen.map(({ run }) => run) };
}
