import { type Project } from '../../project/project.js';
import { type Dockerfile } from '../instructions.js';
import { type TextEdit } from '../text-edit.js';
import { type Subject } from './subject.js';

/** What a Dockerfile is judged by. */
export interface RuleContext {
  text: string;
  /** The text, parsed. */
  dockerfile: Dockerfile;
  /** That it is built for, such as `linux/arm64`; empty where that is not known. */
  platforms: readonly string[];
  /** Undefined where no project is known. */
  project: Project | undefined;
  /** The text of the ignore file that a build would use; undefined where there is none. */
  dockerignore: string | undefined;
}

/**
 * `error`: it breaks, or gives a secret away. `warning`: a build next year makes another image, or does not work.
 * `information`: the image could be better kept, run or built.
 */
export type Severity = 'error' | 'warning' | 'information';

/** How a finding can be mended without a person. */
export type Fix =
  | { kind: 'edit'; title: string; edits: readonly TextEdit[] }
  /** The digest of a reference, which a registry knows, is appended to it: `pinReferences`. */
  | { kind: 'pin'; title: string; reference: string; line: number };

/** Where a Dockerfile does not keep a rule. */
export interface Observation {
  severity: Severity;
  /** Counted from 1. */
  line: number;
  /** Counted from 1, the last line included. */
  endLine: number;
  message: string;
  remedy: string;
  fix: Fix | undefined;
}

export interface Finding extends Observation {
  /** The id of its rule. */
  rule: string;
}

/** A rule of reproducibility: pure, and linear in the length of the file. */
export interface Rule {
  /** Stable: comments in Dockerfiles and codes of problems are made of it. */
  id: string;
  /** What a Dockerfile that keeps it does. */
  title: string;
  /** Why it matters, with its source. */
  why: string;
  /** How much of 100 is lost where it is not kept, however often. */
  weight: number;
  /** Whether only somebody who can ask a registry, or whoever has the packages or files, can keep it. */
  needsNetwork: boolean;
  check(subject: Subject): Observation[];
}
