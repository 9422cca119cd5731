import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { proposeReference } from '../../build/request.js';
import { buildArguments } from '../../dockerfile/build-arguments.js';
import { type Dockerfile } from '../../dockerfile/instructions.js';
import { secretMounts } from '../../dockerfile/secret-mounts.js';
import { stages } from '../../dockerfile/stages.js';
import { asFailure } from '../../host/failure.js';
import { parseReference } from '../../image/reference.js';
import { pickLine } from '../pick-line.js';
import { withoutIcons } from '../plain-text.js';
import { type Services } from '../services.js';
import { showFailure } from '../show-failure.js';
import { answersFor, type BuildAnswers, proposedPlatforms } from './build-answers.js';
import { askArguments, askPlatforms, askReference, askSecrets, askTarget } from './build-questions.js';

type Ask = (answers: BuildAnswers) => Promise<BuildAnswers | undefined>;
type Line = vscode.QuickPickItem & { choose: 'build' | Ask };

/**
 * One list with all that a build can be told, answered already by the last time or by what is usual: Enter builds, and each
 * line can be changed first. Undefined when the person changed their mind.
 */
export async function askForBuild(
  dockerfile: string,
  parsed: Dockerfile,
  services: Services,
): Promise<BuildAnswers | undefined> {
  let answers = answersFor(dockerfile, services.memory) ?? {
    tag: await proposedTag(dockerfile),
    platforms:
      proposedPlatforms(dockerfile, services.memory) ??
      vscode.workspace.getConfiguration('researchContainers').get<string[]>('build.platforms', []),
    buildArgs: {},
    secrets: {},
    noCache: false,
  };
  for (;;) {
    const lines = linesFor(answers, dockerfile, parsed, services);
    const chosen = await pickLine(
      lines,
      `Build Research Image from ${basename(dockerfile)}`,
      'Enter builds; choose a line to change it first',
    );
    if (chosen === undefined) return undefined;
    if (chosen.choose === 'build') return answers;
    try {
      answers = (await chosen.choose(answers)) ?? answers;
    } catch (error) {
      await showFailure(asFailure(error, 'Asking the engine'));
    }
  }
}

/** A broken CITATION.cff must not be in the way of a build that gets its name by hand. */
async function proposedTag(dockerfile: string): Promise<string> {
  try {
    return await proposeReference(dirname(dockerfile));
  } catch {
    return '';
  }
}

function linesFor(answers: BuildAnswers, dockerfile: string, parsed: Dockerfile, services: Services): Line[] {
  const { tag, platforms, target, buildArgs, secrets, noCache } = answers;
  const named = stages(parsed).flatMap(({ name }) => (name === undefined ? [] : [name]));
  const declared = buildArguments(parsed);
  const mounts = secretMounts(parsed, { buildArguments: buildArgs, target });
  const missing = mounts.filter(({ id, required }) => required && !Object.hasOwn(secrets, id));
  const line = (icon: string, label: string, description: string, choose: Line['choose']): Line => ({
    label: `$(${icon}) ${label}`,
    description: withoutIcons(description),
    choose,
  });
  const valid = parseReference(tag).ok;
  return [
    valid
      ? line('play', 'Build', summaryOf(answers), 'build')
      : line('edit', 'Build…', 'The image needs a name first', (before) => askReference(before)),
    line('tag', 'Reference', tag, (before) => askReference(before)),
    line('server', 'Platforms', platforms.length === 0 ? 'the engine’s own' : platforms.join(', '), (before) =>
      askPlatforms(before, services),
    ),
    ...(named.length < 1 || stages(parsed).length < 2
      ? []
      : [line('layers', 'Target Stage', target ?? 'the last one', (before) => askTarget(before, parsed))]),
    ...(declared.length === 0
      ? []
      : [
          line(
            'symbol-parameter',
            'Build Arguments',
            Object.entries(buildArgs)
              .map(([name, value]) => `${name}=${value}`)
              .join(' ') || `${declared.map(({ name }) => name).join(', ')}: as the Dockerfile says`,
            (before) => askArguments(before, declared),
          ),
        ]),
    ...(mounts.length === 0
      ? []
      : [
          line(
            missing.length > 0 ? 'warning' : 'key',
            'Secrets',
            missing.length > 0
              ? `${missing.map(({ id }) => id).join(', ')} needed`
              : mounts.map(({ id }) => `${id}: ${Object.hasOwn(secrets, id) ? 'given' : 'not given'}`).join(', '),
            (before) => askSecrets(before, mounts, dockerfile, services),
          ),
        ]),
    line(
      noCache ? 'pass-filled' : 'circle-large-outline',
      'Without Cache',
      noCache ? 'yes: every step runs again' : 'no',
      (before) => Promise.resolve({ ...before, noCache: !before.noCache }),
    ),
  ];
}

function summaryOf({ tag, platforms }: BuildAnswers): string {
  return platforms.length === 0 ? tag : `${tag} for ${platforms.join(' and ')}`;
}
