import type * as vscode from 'vscode';
import { generateFiles } from '../../dockerfile/create-dockerfile.js';
import { type Digests } from './digests.js';
import { answersOf, type Draft } from './draft.js';
import { type Heading } from './ask.js';
import { type Preview } from './preview.js';
import { type Place } from './steps.js';

/** What the questions are asked with. */
export interface Surroundings {
  preview: Preview;
  digests: Digests;
  /** Undefined where no engine answers. */
  platform: Promise<string | undefined>;
  /** What was answered is kept here for the build. */
  memory: vscode.Memento;
}

/** Shows in the preview what a draft makes. @param draft is called when it is its turn */
export function showDraft({ preview, digests }: Surroundings, draft: () => Draft): void {
  preview.show((signal) => {
    const shown = draft();
    return generateFiles(shown.project, shown.recipe, answersOf(shown), digests.known, signal);
  });
}

/** @param place undefined for a question that belongs to the one before it */
export function headingOf(name: string, placeholder: string, place: Place | undefined): Heading {
  const title = `Create Dockerfile: ${name}`;
  return { title, placeholder, place, canGoBack: place === undefined || place.step > 1 };
}
