/** Every reason a command of this extension rejects with. Stable: tests, tasks and other extensions match on these words. */
export type Reason =
  | 'ambiguous-project'
  | 'archive-damaged'
  | 'archive-unsupported'
  | 'base-image-not-found'
  | 'build-failed'
  | 'build-step-failed'
  | 'bundle-not-found'
  | 'cancelled'
  | 'command-not-found'
  | 'compose-invalid'
  | 'container-not-found'
  | 'container-not-running'
  | 'container-running'
  | 'context-unreadable'
  | 'disk-full'
  | 'dockerfile-not-found'
  | 'dockerfile-syntax'
  | 'engine-lost'
  | 'engine-not-found'
  | 'engine-not-running'
  | 'engine-permission'
  | 'engine-refused'
  | 'engine-tls-refused'
  | 'engine-too-old'
  | 'engine-unreachable'
  | 'engine-windows-containers'
  | 'file-exists'
  | 'file-not-found'
  | 'file-unreadable'
  | 'folder-not-empty'
  | 'folder-not-shared'
  | 'folder-not-writable'
  | 'gpu-driver-too-old'
  | 'gpu-not-available'
  | 'image-changed'
  | 'image-in-use'
  | 'image-not-found'
  | 'internal'
  | 'invalid-argument'
  | 'metadata-invalid'
  | 'metadata-missing'
  | 'misspelt-file'
  | 'name-in-use'
  | 'network-not-found'
  | 'not-a-file'
  | 'not-a-folder'
  | 'output-not-empty'
  | 'output-not-writable'
  | 'place-read-only'
  | 'platform-not-available'
  | 'port-in-use'
  | 'privileged-not-allowed'
  | 'record-unreadable'
  | 'registry-busy'
  | 'registry-denied'
  | 'registry-refused'
  | 'registry-unreachable'
  | 'secret-not-found'
  | 'service-failed'
  | 'sources-changed'
  | 'ssh-denied'
  | 'ssh-host-key-unknown'
  | 'ssh-not-installed'
  | 'untrusted-workspace'
  | 'volume-in-use'
  | 'volume-not-found';

/** What went wrong, as a person needs it: a stable `reason`, what happened (`message`), and what to do (`remedy`). */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly reason: Reason,
    message: string,
    readonly remedy: string,
    options?: {
      cause?: unknown;
      /** Where in a file the cause lies: an absolute path and a line counted from 1. */
      location?: { file: string; line: number };
      /** The last lines that the failing program printed. */
      output?: string[];
    },
  ) {
    super(message, options?.cause === undefined ? {} : { cause: options.cause });
    this.location = options?.location;
    this.output = options?.output ?? [];
  }

  readonly location: { file: string; line: number } | undefined;
  readonly output: readonly string[];
}

/** The rejection of work whose AbortSignal was raised. */
export function cancelled(what: string): Failure {
  return new Failure('cancelled', `${what} was cancelled.`, 'Start it again when you are ready; nothing is left over.');
}

/** Whether an engine that answered before does not any more, in whichever way that was noticed. */
export function isEngineGone({ reason }: Failure): boolean {
  return /^engine-(?:lost|not-found|not-running|unreachable)$/.test(reason);
}

/**
 * Turns whatever was thrown into a Failure: a Failure stays itself, an abort becomes `cancelled`, and the well-known
 * errors of the file system get their reasons. Anything else is a mistake of ours: `internal`.
 */
export function asFailure(error: unknown, what: string): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof Error && error.name === 'AbortError') return cancelled(what);
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'ENOSPC':
      return new Failure('disk-full', `${what} stopped: the disk is full.`, 'Free some space and try again.', {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure(
        'folder-not-writable',
        `${what} stopped: ${message}.`,
        'Choose a folder that you may write to, or change its permissions.',
        { cause: error },
      );
    default:
      return new Failure(
        'internal',
        `${what} stopped unexpectedly: ${message}`,
        'Please report this with the log of Research Containers (“Show Log”).',
        { cause: error },
      );
  }
}

/** The `code` of a Node error (`ENOENT`, …), or undefined. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
