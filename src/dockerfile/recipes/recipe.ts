import { type Project } from '../../project/project.js';

export type Accelerator = 'cpu' | 'cuda' | 'rocm';

/** One of several answers to a question, with what a person is told of it. */
export interface Choice<T> {
  value: T;
  label: string;
  /** Why it is offered, such as “requires-python in pyproject.toml”; undefined where there is nothing to say. */
  because: string | undefined;
}

/** What a recipe is told besides the project. */
export interface RecipeAnswers {
  /** One of the recipe's versions: of the language, or of what else its base image is chosen by. */
  version: string;
  accelerator: Accelerator;
  /** What the container runs, in the project's folder. Empty: a shell. */
  command: readonly string[];
  /** Where results go: relative to the project's folder, with `/`. */
  output: string;
  /** That the image is meant for, such as `linux/amd64`; never empty. */
  platforms: readonly string[];
  /** The day whose state of Debian's or Ubuntu's archive packages come from: `20261126`. */
  snapshot: string;
  /** That a web application listens on. */
  port: number | undefined;
}

/** How well a recipe fits a project. */
export interface Fit {
  /** `made`: the project's own files ask for it. `possible`: it would work. */
  degree: 'made' | 'possible';
  /** As a person reads it: “uv.lock pins 43 packages”. */
  because: string;
}

/** A generator of Dockerfiles for one kind of project: data and pure functions. */
export interface Recipe {
  /** Stable: it is an argument of `createDockerfile`. */
  id: string;
  /** As a list shows it: “uv”, “R with renv”. */
  title: string;
  /** One line for somebody who does not know Docker. */
  summary: string;
  /** What `version` is of, as the question asks it: “Python”, “CUDA”. */
  versionOf: string;
  /** Undefined where it does not fit. */
  fit(project: Project): Fit | undefined;
  /** Best first; never empty for a project that it fits. */
  versions(project: Project): readonly Choice<string>[];
  /** Best first; never empty. */
  accelerators(project: Project): readonly Choice<Accelerator>[];
  /** What runs where nobody says otherwise, with its results in `output`, for a recipe that knows better than the entries. */
  command?(project: Project, output: string): Pick<RecipeAnswers, 'command' | 'port'> | undefined;
  write(project: Project, answers: RecipeAnswers): Written;
}

/** What a recipe writes. */
export interface Written {
  /** The whole text, with a line end at its end. Images are named with a tag; digests are appended later. */
  dockerfile: string;
  /** Patterns for `.dockerignore` beyond those that every project gets. */
  ignored: readonly string[];
  /** What would make the image more reproducible and is not in the project's files, each with the command to type. */
  hints: readonly { message: string; command: string | undefined }[];
}
