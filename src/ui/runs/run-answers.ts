import * as v from 'valibot';
import type * as vscode from 'vscode';
import { looksLikeSecret } from '../../dockerfile/secret-like.js';
import { parseReference } from '../../image/reference.js';
import { maskSecrets, secretMask } from '../../run/command-secrets.js';
import { type RunRequest } from '../../run/run-request.js';

const runAnswers = v.object({
  /** Absolute path; none is bound where left out. */
  output: v.optional(v.string()),
  /** What happens where the folder is not empty. */
  existing: v.picklist(['use', 'subfolder']),
  /** The image's own proposal where left out. */
  target: v.optional(v.string()),
  command: v.optional(v.array(v.string())),
  interactive: v.boolean(),
  gpus: v.optional(v.literal('all')),
  env: v.record(v.string(), v.string()),
  volumes: v.array(v.object({ source: v.string(), target: v.string(), readOnly: v.optional(v.boolean()) })),
  ports: v.array(v.object({ container: v.number(), host: v.optional(v.number()) })),
  limits: v.object({ memory: v.optional(v.number()), cpus: v.optional(v.number()) }),
  user: v.optional(v.string()),
  platform: v.optional(v.string()),
  keep: v.boolean(),
});

/** What was answered for an image's runs the last time. */
export type RunAnswers = v.InferOutput<typeof runAnswers>;

const lastKey = 'run.last';
const commandsKey = 'run.commands';
const mostCommands = 20;

/** Of an image with whatever tag: a new version of it is run as the one before. */
export function answersFor(image: string, memory: vscode.Memento): RunAnswers | undefined {
  const parsed = v.safeParse(runAnswers, memory.get(keyOf(image)));
  return parsed.success ? parsed.output : undefined;
}

/** The image that was run last in this workspace. */
export function lastRun(memory: vscode.Memento): string | undefined {
  return memory.get<string>(lastKey);
}

/** Commands that were given to an image, the last one first. */
export function commandsOf(image: string, memory: vscode.Memento): string[][] {
  const parsed = v.safeParse(v.array(v.array(v.string())), memory.get(`${commandsKey}:${repositoryOf(image)}`));
  return parsed.success ? parsed.output : [];
}

/** Keeps the answers for the next time, with a mask in place of what looks like a secret. */
export async function keepAnswers(image: string, answers: RunAnswers, memory: vscode.Memento): Promise<void> {
  const env = Object.fromEntries(
    Object.entries(answers.env).map(([name, value]) => [name, looksLikeSecret(name, value) ? secretMask : value]),
  );
  const command = answers.command === undefined ? undefined : maskSecrets(answers.command);
  await memory.update(keyOf(image), { ...answers, env, command });
  await memory.update(lastKey, image);
  if (command === undefined) return;
  const others = commandsOf(image, memory).filter((other) => other.join('\0') !== command.join('\0'));
  await memory.update(`${commandsKey}:${repositoryOf(image)}`, [command, ...others].slice(0, mostCommands));
}

/** What a run is called with for answers that a person gave. */
export function requestOf(image: string, answers: RunAnswers): RunRequest {
  const { output, existing, target, command, interactive, gpus, env, volumes, ports, limits, user, platform, keep } =
    answers;
  return {
    ...{ image, output, existing, target, command, interactive, gpus, env, volumes, ports, limits },
    ...{ user, platform, keep },
  };
}

function keyOf(image: string): string {
  return `run.answers:${repositoryOf(image)}`;
}

function repositoryOf(image: string): string {
  const parsed = parseReference(image);
  if (!parsed.ok) return image;
  const { domain, path } = parsed.reference;
  return [domain ?? '', path].join('/');
}
