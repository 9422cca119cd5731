/** Where the rooms write what a person may want to read later. Never given tokens or passwords. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  /** For the full text of errors, the engine's own words included. */
  error(message: string): void;
}
