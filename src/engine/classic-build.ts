import { type Readable } from 'node:stream';
import * as v from 'valibot';
import { Failure } from '../host/failure.js';
import { refusalLine } from './answer.js';
import { type BuildOutcome, type ImageBuild, restQuery } from './buildkit/image-build.js';
import { type BuildClient } from './buildkit/session.js';
import { type TraceEvent } from './buildkit/trace.js';
import { type EngineConnection, streamFailure } from './connection.js';
import { contextFilter, contextTar } from './context-tar.js';
import { readJsonLines } from './json.js';

const line = v.union([refusalLine, v.object({ aux: v.object({ ID: v.string() }) }), v.object({ stream: v.string() })]);

/**
 * Builds one platform with an engine that has no BuildKit session, as Podman: the context goes as a whole. Secrets cannot
 * be handed over that way and are refused by the caller.
 *
 * @param dockerfile absolute path
 */
export async function buildClassically(
  connection: EngineConnection,
  build: ImageBuild,
  client: BuildClient,
  dockerfile: string,
  onTrace: (event: TraceEvent) => void,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const context = client.folders.get('context');
  if (context === undefined) throw new Error('A build needs a context.');
  const filter = await contextFilter(context, dockerfile);
  const { tar: upload, dockerfileName } = contextTar(context, filter, dockerfile, signal);
  try {
    const stream = await connection.stream({
      method: 'POST',
      path: '/build',
      query: {
        dockerfile: dockerfileName,
        ...restQuery(build),
        forcerm: true,
      },
      upload,
      signal,
    });
    try {
      return await followBuild(stream, onTrace);
    } finally {
      stream.destroy();
    }
  } catch (error) {
    throw streamFailure(error, connection, 'The build', signal);
  } finally {
    upload.destroy();
  }
}

async function followBuild(stream: Readable, onTrace: (event: TraceEvent) => void): Promise<BuildOutcome> {
  const steps = new Steps(onTrace);
  let imageId: string | undefined;
  for await (const raw of readJsonLines(stream)) {
    const known = raw.ok ? v.safeParse(line, raw.value) : undefined;
    if (known?.success !== true) continue;
    const message = known.output;
    if ('stream' in message) steps.add(message.stream);
    else if ('aux' in message) imageId = message.aux.ID;
    else {
      steps.end(message.refusal);
      return { kind: 'failed', text: message.refusal, step: undefined, line: undefined };
    }
  }
  steps.end(undefined);
  if (imageId === undefined) {
    throw new Failure(
      'build-failed',
      'The engine ended the build without an image.',
      'Look into the log of the build.',
    );
  }
  const id = imageId.startsWith('sha256:') ? imageId : `sha256:${imageId}`;
  return { kind: 'built', imageId: id, configDigests: [id] };
}

/** Makes BuildKit's steps of the text that classic builders print: `STEP 2/4: RUN make`, `Step 2/4 : RUN make`. */
class Steps {
  private id: string | undefined;
  private name = '';
  private started = 0;

  constructor(private readonly onTrace: (event: TraceEvent) => void) {}

  add(text: string): void {
    const [, position, instruction] = /^step (\d+\/\d+) ?: (.*)/is.exec(text.trimEnd()) ?? [];
    if (position !== undefined && instruction !== undefined) {
      this.end(undefined);
      this.id = `${position} ${instruction}`;
      this.name = `[${position}] ${instruction}`;
      this.started = Date.now();
      this.tell(undefined, undefined);
    } else if (this.id !== undefined) {
      this.onTrace({ kind: 'output', id: this.id, text: Buffer.from(text) });
    }
  }

  end(error: string | undefined): void {
    if (this.id !== undefined) this.tell(Date.now(), error);
    this.id = undefined;
  }

  private tell(completed: number | undefined, error: string | undefined): void {
    if (this.id === undefined) return;
    const { id, name, started } = this;
    this.onTrace({ kind: 'step', id, name, cached: false, started, completed, error });
  }
}
