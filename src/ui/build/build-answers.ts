import * as v from 'valibot';
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

/** What VS Code remembers for a workspace. */
interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const lastKey = 'build.last';
const meantPlatforms = v.pipe(v.array(v.string()), v.minLength(1));

export function answersFor(dockerfile: string, memory: Memory): BuildAnswers | undefined {
  const parsed = v.safeParse(buildAnswers, memory.get(keyOf(dockerfile)));
  return parsed.success ? parsed.output : undefined;
}

/**
 * The platforms to propose for a Dockerfile: those of its last build, or those that it was created for. Undefined where it
 * was neither built nor created here; empty for the engine's own.
 */
export function proposedPlatforms(dockerfile: string, memory: Memory): string[] | undefined {
  const built = answersFor(dockerfile, memory);
  if (built !== undefined) return built.platforms;
  const meant = v.safeParse(meantPlatforms, memory.get(platformsKeyOf(dockerfile)));
  return meant.success ? meant.output : undefined;
}

/** Keeps what an image is meant to run on, for the first build of its Dockerfile to propose. */
export async function keepMeantPlatforms(
  dockerfile: string,
  platforms: readonly string[],
  memory: Memory,
): Promise<void> {
  await memory.update(platformsKeyOf(dockerfile), platforms);
}

/** The Dockerfile that was built last in this workspace. */
export function lastBuilt(memory: Memory): string | undefined {
  const parsed = v.safeParse(v.string(), memory.get(lastKey));
  return parsed.success ? parsed.output : undefined;
}

/** Keeps the answers for the next time, without what looks like a secret, and without the cache's one day off. */
export async function keepAnswers(dockerfile: string, answers: BuildAnswers, memory: Memory): Promise<void> {
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

function platformsKeyOf(dockerfile: string): string {
  return `build.platforms:${dockerfile}`;
}
