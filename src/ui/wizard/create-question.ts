import { join } from 'node:path';
import * as vscode from 'vscode';
import { generateFiles, type GeneratedFiles, type ResolveDigest } from '../../dockerfile/create-dockerfile.js';
import { planFiles, type PlannedFile, writeGenerated } from '../../dockerfile/write-files.js';
import { asFailure } from '../../host/failure.js';
import { keepMeantPlatforms } from '../build/build-answers.js';
import { withoutIcons } from '../plain-text.js';
import { showFailure } from '../show-failure.js';
import { askOne, type Line, separator } from './ask.js';
import { answersOf, type Draft, type Part } from './draft.js';
import { changeText, nameBeside, type PlannedPart, planParts } from './parts.js';
import { type Reply, type Step } from './steps.js';
import { headingOf, showDraft, type Surroundings } from './surroundings.js';
import { requireSaved } from './unsaved.js';

type Choice =
  | { kind: 'create' }
  | { kind: 'toggle'; part: Part; to: boolean; file: PlannedFile }
  | { kind: 'problem' }
  | { kind: 'copy'; command: string }
  | { kind: 'hint' };

/** What is written, each file to be taken out or in; nothing is written before “Create”. */
export function createQuestion(around: Surroundings): Step<Draft> {
  return {
    applies: () => true,
    ask: async (draft, place) => {
      showDraft(around, () => draft);
      const { folder, listing } = draft.found;
      const generated = await generate(draft, around.digests.known, new AbortController().signal);
      const parts = await planParts(folder, generated, draft.parts, listing.files);
      const answer = await askOne(
        headingOf('Create', 'Enter creates the files; on a file it leaves that one out, or takes it in', place),
        linesFor(parts, generated),
        {
          onButton: (choice) => {
            if (choice.kind === 'copy') void copy(choice.command);
            if (choice.kind === 'toggle') {
              const { name, after } = choice.file;
              void around.preview.showDifference(join(folder, name), name, after);
            }
          },
        },
      );
      if (answer.kind !== 'given') return answer;
      const choice = answer.value;
      switch (choice.kind) {
        case 'create':
          return create(draft, parts, around);
        case 'toggle':
          return { kind: 'again', state: { ...draft, parts: { ...draft.parts, [choice.part]: choice.to } } };
        case 'copy':
          await copy(choice.command);
          return { kind: 'again', state: draft };
        case 'problem':
        case 'hint':
          return { kind: 'again', state: draft };
      }
    },
  };
}

async function create(draft: Draft, parts: readonly PlannedPart[], around: Surroundings): Promise<Reply<Draft>> {
  const { folder } = draft.found;
  const nameOf = (part: Part): string | undefined => {
    const planned = parts.find((each) => each.part === part);
    return planned?.kind === 'file' && planned.isWanted ? planned.file.name : undefined;
  };
  try {
    const generated = await withDigests(draft, around);
    const names = { dockerfile: nameOf('dockerfile'), dockerignore: nameOf('dockerignore'), readme: nameOf('readme') };
    if (names.dockerfile !== undefined) {
      const decided = await decideName(folder, generated, around);
      if (decided === 'back') return { kind: 'again', state: draft };
      if (decided === 'end') return { kind: 'end' };
      // The README says how to build from the Dockerfile of that name.
      if (decided.name !== names.dockerfile) names.readme = undefined;
      names.dockerfile = decided.name;
    }
    const planned = await planFiles(folder, generated, names);
    const changed = planned.filter(({ before, after }) => before !== after);
    requireSaved(changed.map(({ name }) => join(folder, name)));
    const files = await writeGenerated(
      folder,
      changed,
      // What is replaced was decided by the person.
      'replace',
      new AbortController().signal,
    );
    if (names.dockerfile !== undefined) {
      await keepMeantPlatforms(join(folder, names.dockerfile), answersOf(draft).platforms, around.memory);
    }
    const { hints, unpinned } = generated;
    return { kind: 'next', state: { ...draft, written: { files, hints, unpinned } } };
  } catch (error) {
    // The answers stay, so that they need not be given again when what was wrong is mended.
    void showFailure(asFailure(error, 'Creating the files'));
    return { kind: 'again', state: draft };
  }
}

/** The name of the Dockerfile to write, undefined for none: one that is there is replaced only after its differences were shown. */
async function decideName(
  folder: string,
  generated: GeneratedFiles,
  around: Surroundings,
): Promise<{ name: string | undefined } | 'back' | 'end'> {
  const name = 'Dockerfile';
  const [planned] = await planFiles(folder, generated, {
    dockerfile: name,
    dockerignore: undefined,
    readme: undefined,
  });
  if (planned?.before === undefined || planned.before === planned.after) return { name };
  const beside = await nameBeside(folder);
  await around.preview.showDifference(join(folder, name), name, planned.after);
  const answer = await askOne<string | undefined>(
    headingOf('There Is a Dockerfile', 'It differs as shown: what becomes of it?', undefined),
    [
      // The first line is what a quick Enter takes: nothing is lost by it.
      {
        label: `$(new-file) Write as ${beside}`,
        description: 'beside the other one; the README stays as it is',
        choice: { value: beside },
      },
      { label: '$(replace-all) Replace', description: 'the Dockerfile that is there is gone', choice: { value: name } },
      {
        label: '$(circle-slash) Keep',
        description: 'Dockerfile and README stay as they are',
        choice: { value: undefined },
      },
    ],
  );
  return answer.kind === 'given' ? { name: answer.value } : answer.kind;
}

/** Rejects `cancelled`. */
function withDigests(draft: Draft, { digests }: Surroundings): Thenable<GeneratedFiles> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Asking for the digests of the images',
      cancellable: true,
    },
    async (_progress, token) => {
      const controller = new AbortController();
      const listening = token.onCancellationRequested(() => {
        controller.abort();
      });
      try {
        return await generate(draft, digests.final, controller.signal);
      } finally {
        listening.dispose();
      }
    },
  );
}

function generate(draft: Draft, resolve: ResolveDigest, signal: AbortSignal): Promise<GeneratedFiles> {
  return generateFiles(draft.project, draft.recipe, answersOf(draft), resolve, signal);
}

function linesFor(parts: readonly PlannedPart[], { hints }: GeneratedFiles): Line<Choice>[] {
  const wanted = parts.flatMap((part) => (part.kind === 'file' && part.isWanted ? [part.file.name] : []));
  const first: Line<Choice> =
    wanted.length === 0
      ? { label: '$(circle-slash) Nothing Is Chosen', description: '', choice: { value: { kind: 'hint' } } }
      : { label: '$(check) Create', description: wanted.join(', '), choice: { value: { kind: 'create' } } };
  return [
    first,
    separator('Files'),
    ...parts.map(lineOfPart),
    ...(hints.length === 0 ? [] : [separator('What would make the image more reproducible')]),
    ...hints.map(lineOfHint),
  ];
}

const differences: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('diff'), tooltip: 'Show Differences' };

function lineOfPart(planned: PlannedPart): Line<Choice> {
  if (planned.kind === 'problem') {
    return {
      label: `$(warning) ${planned.name}`,
      description: withoutIcons(planned.message),
      choice: { value: { kind: 'problem' } },
    };
  }
  const { part, file, isWanted } = planned;
  return {
    label: `$(${isWanted ? 'pass-filled' : 'circle-large-outline'}) ${file.name}`,
    description: [
      ...(isWanted ? [] : ['left out']),
      ...(part === 'readme' ? ['a section on how to run it'] : []),
      changeText(file),
    ].join(' · '),
    ...(file.before === undefined || file.before === file.after ? {} : { buttons: [differences] }),
    choice: { value: { kind: 'toggle', part, to: !isWanted, file } },
  };
}

/** A hint as a line; Enter copies its command. */
export function lineOfHint({ message, command }: GeneratedFiles['hints'][number]): Line<Choice> {
  return {
    label: `$(lightbulb) ${withoutIcons(message)}`,
    ...(command === undefined
      ? {}
      : {
          detail: withoutIcons(command),
          buttons: [{ iconPath: new vscode.ThemeIcon('copy'), tooltip: 'Copy Command' }],
        }),
    choice: { value: command === undefined ? { kind: 'hint' } : { kind: 'copy', command } },
  };
}

export async function copy(command: string): Promise<void> {
  await vscode.env.clipboard.writeText(command);
  vscode.window.setStatusBarMessage('$(copy) The command was copied.', 3000);
}
