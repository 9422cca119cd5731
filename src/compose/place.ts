/** Where something stands: an absolute path, and line and column counted from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}
