/** What has files that are not on the user's disk. */
export type Place =
  | { kind: 'container'; /** Its full identifier. */ id: string }
  | { kind: 'volume'; name: string }
  | { kind: 'image'; /** Its reference or identifier. */ reference: string };

/** Something in a folder of a place. */
export interface Entry {
  /** Its name; bytes that are no UTF-8 are kept as characters of their own (`file-names.ts`). */
  name: string;
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Where a link leads, as it says itself, and what is there; undefined for all else, and `kind` for a link that leads nowhere. */
  link?: { target: string | undefined; kind: 'file' | 'folder' | 'other' | undefined };
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
}

export interface Listing {
  entries: Entry[];
  /** False where the engine had to send more than the budget to list all: then some may be missing. */
  isWhole: boolean;
}

/** The files of a place. Paths are absolute, with `/`; of a volume, its own root is `/`. */
export interface Inside {
  /** Whether nothing can be changed there: an image, or a volume that may only be read. */
  readonly isReadOnly: boolean;
  /** Whether names can be changed and things removed there: that needs a program of the container's. */
  readonly canRearrange: boolean;
  /** What is in a folder, sorted by name. Rejects `file-not-found`, `not-a-folder`. */
  list(path: string, signal: AbortSignal): Promise<Listing>;
  /** Follows links. Rejects `file-not-found`. */
  stat(path: string, signal: AbortSignal): Promise<Entry>;
  /** The content of a file, as it comes; follows links. Rejects `file-not-found`, `not-a-file`. */
  read(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Writes a file whole: its content is never half there, but where nothing can be rearranged: then the engine writes it in its
   * place. One that is there keeps its owner and mode; a new one belongs to the owner of its folder. Links are followed. Rejects
   * `file-not-found` where its folder is not there, `not-a-file`, `disk-full`, `place-read-only`.
   */
  write(path: string, content: Uint8Array, signal: AbortSignal): Promise<void>;
  /** The folder belongs to the owner of the one it is in. Rejects `file-exists`, `file-not-found`, `place-read-only`. */
  makeFolder(path: string, signal: AbortSignal): Promise<void>;
  /**
   * Removes a file, a link and not what it leads to, or a folder with all that is in it. Rejects `file-not-found`; `place-read-only`
   * where nothing can be rearranged.
   */
  remove(path: string, signal: AbortSignal): Promise<void>;
  /**
   * Rejects `file-exists` where something is at the new path, unless that is to be replaced, `file-not-found`; `place-read-only` where
   * nothing can be rearranged.
   */
  rename(from: string, to: string, options: { replace: boolean; signal: AbortSignal }): Promise<void>;
  /**
   * Copies a file, or a folder with all that is in it, to the host at an absolute path where nothing is yet. Links keep what they
   * say; what leads out of the folder, devices and names that the host cannot have are left out and named. Rejects `file-exists`,
   * `file-not-found`, `not-a-file`, `disk-full`, `folder-not-writable`.
   */
  download(path: string, to: string, options: TransferOptions): Promise<{ leftOut: string[] }>;
  /**
   * Copies files and folders of the host (absolute paths) into a folder, for its owner. A file that has the same name there is
   * replaced; a folder keeps what else is in it. Rejects `file-exists` where a file would take the place of a folder.
   */
  upload(from: readonly string[], folder: string, options: TransferOptions): Promise<void>;
  /** Ends and removes whatever was made on the engine to look there. */
  dispose(): Promise<void>;
}

export interface TransferOptions {
  signal: AbortSignal;
  /** Told the bytes of contents so far. */
  onBytes: (bytes: number) => void;
}
