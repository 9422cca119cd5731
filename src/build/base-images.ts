import { type Dockerfile } from '../dockerfile/instructions.js';
import { targetChain } from '../dockerfile/stages.js';
import { type BuildChoices } from '../dockerfile/variables.js';
import { type EngineConnection } from '../engine/connection.js';
import { inspectImage } from '../engine/images.js';
import { type BaseImage } from './labels.js';

/**
 * The image that the target is built on, with the digest that its registry has it by where the Dockerfile or the engine
 * says it: a registry is not asked for a label. Undefined for an image that begins with nothing.
 */
export async function baseOf(
  connection: EngineConnection,
  dockerfile: Dockerfile,
  choices: BuildChoices,
  signal: AbortSignal,
): Promise<BaseImage | undefined> {
  const base = targetChain(dockerfile, choices)[0]?.base;
  if (base?.kind !== 'image') return undefined;
  const [name = '', digest] = base.reference.split('@');
  if (digest !== undefined) return { reference: name, digest };
  const local = await inspectImage(connection, base.reference, signal).catch(() => undefined);
  const known = local?.digests.find((each) => each.startsWith(`${name.replace(/:[^:/]*$/, '')}@`));
  return { reference: name, digest: known?.split('@')[1] };
}

/** The steps name what they were resolved to: `[2/2] FROM docker.io/library/python:3.12@sha256:…`. */
export async function baseImagesOf(
  connection: EngineConnection,
  steps: readonly string[],
  signal: AbortSignal,
): Promise<{ reference: string; digest?: string; imageId?: string }[]> {
  const found = new Map<string, string | undefined>();
  for (const name of steps) {
    const [, reference, digest] = /^(?:\[[^\]]*\] )?FROM (\S+?)(?:@(sha256:[0-9a-f]{64}))?$/i.exec(name) ?? [];
    if (reference !== undefined) found.set(reference, digest ?? found.get(reference));
  }
  return Promise.all(
    [...found].map(async ([reference, digest]) => {
      const local = await inspectImage(
        connection,
        digest === undefined ? reference : `${reference}@${digest}`,
        signal,
      ).then(
        ({ id }) => id,
        // BuildKit keeps what it pulls for itself: the engine's list need not have it.
        () => undefined,
      );
      return {
        reference,
        ...(digest === undefined ? {} : { digest }),
        ...(local === undefined ? {} : { imageId: local }),
      };
    }),
  );
}
