import * as v from 'valibot';
import type * as vscode from 'vscode';
import { looksLikeSecret } from '../../dockerfile/secret-like.js';

const secretSource = v.union([
  v.object({ file: v.string() }),
  v.object({ env: v.string() }),
  /** In VS Code's secret storage. */
  v.object({ kept: v.literal(true) }),
]);

const buildAnswers = v.object({
  tag: v.string(),
  platforms: v.array(v.string()),
  target: v.optional(v.union([v.string(), v.undefined()])),
  buildArgs: v.record(v.string(), v.string()),
  secrets: v.record(v.string(), secretSource),
  noCache: v.optional(v.boolean(), false),
});

/** What was answered for a Dockerfile the last time. */
export type BuildAnswers = v.InferOutput<typeof buildAnswers>;
export type AnsweredSecret = v.InferOutput<typeof secretSource>;

const lastKey = 'build.last';

export function answersFor(dockerfile: string, memory: vscode.Memento): BuildAnswers | undefined {
  const parsed = v.safeParse(buildAnswers, memory.get(keyOf(dockerfile)));
  return parsed.success ? parsed.output : undefined;
}

/** The Dockerfile that was built last in this workspace. */
export function lastBuilt(memory: vscode.Memento): string | undefined {
  return memory.get<string>(lastKey);
}

/** Keeps the answers for the next time, without what looks like a secret, and without the cache's one day off. */
export async function keepAnswers(dockerfile: string, answers: BuildAnswers, memory: vscode.Memento): Promise<void> {
  const buildArgs = Object.fromEntries(
    Object.entries(answers.buildArgs).filter(([name, value]) => !looksLikeSecret(name, value)),
  );
  await memory.update(keyOf(dockerfile), { ...answers, buildArgs, noCache: false });
  await memory.update(lastKey, dockerfile);
}

/** Where a secret for the builds of one Dockerfile is kept: no other Dockerfile gets it. */
export function keptSecretKey(dockerfile: string, id: string): string {
  return `build-secret:${dockerfile}:${id}`;
}

function keyOf(dockerfile: string): string {
  return `build.answers:${dockerfile}`;
}
