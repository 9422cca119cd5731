import { join, posix } from 'node:path';
import * as vscode from 'vscode';
import { type Recipe } from '../../dockerfile/recipes/recipe.js';
import { asFailure } from '../../host/failure.js';
import { type Project, type ProjectProblem } from '../../project/project.js';
import { withoutIcons } from '../plain-text.js';
import { showFailure } from '../show-failure.js';
import { askOne, type Line, separator } from './ask.js';
import { type Draft, withFound, withRecipe } from './draft.js';
import { foundSummary, foundText } from './found-text.js';
import { lookAt } from './look.js';
import { type Reply, type Step } from './steps.js';
import { headingOf, showDraft, type Surroundings } from './surroundings.js';
import { requireSaved } from './unsaved.js';

type Choice =
  | { kind: 'recipe'; recipe: Recipe }
  | { kind: 'found' }
  | { kind: 'rename'; file: string; meant: string }
  | { kind: 'problem'; problem: ProjectProblem }
  | { kind: 'look' };

/** What was found, what is proposed and why; what stands in the way can be acted on. */
export function recipeQuestion(around: Surroundings): Step<Draft> {
  return {
    applies: () => true,
    ask: async (draft, place) => {
      showDraft(around, () => draft);
      const lines = linesFor(draft);
      const answer = await askOne(headingOf('Recipe', 'How is the image made?', place), lines, {
        active: lines.find(({ choice }) => choice?.value.kind === 'recipe' && choice.value.recipe === draft.recipe),
        onMove: (choice) => {
          if (choice.kind === 'recipe') showDraft(around, () => withRecipe(draft, choice.recipe));
        },
      });
      if (answer.kind !== 'given') return answer;
      try {
        return await act(answer.value, draft, around);
      } catch (error) {
        // The list is there again while the message is on show.
        void showFailure(asFailure(error, 'Looking at the project'));
        return { kind: 'again', state: draft };
      }
    },
  };
}

async function act(choice: Choice, draft: Draft, around: Surroundings): Promise<Reply<Draft>> {
  const { folder } = draft.found;
  switch (choice.kind) {
    case 'recipe':
      return { kind: 'next', state: withRecipe(draft, choice.recipe) };
    case 'found':
      await around.preview.showText('/What Was Found.md', foundText(draft.found, draft.suggestions));
      return { kind: 'again', state: draft };
    case 'rename': {
      requireSaved([join(folder, choice.file)]);
      const root = vscode.Uri.file(folder);
      const right = posix.join(posix.dirname(choice.file), posix.basename(choice.meant));
      await vscode.workspace.fs.rename(vscode.Uri.joinPath(root, choice.file), vscode.Uri.joinPath(root, right), {
        overwrite: false,
      });
      return { kind: 'again', state: withFound(draft, await lookAt(folder)) };
    }
    case 'problem': {
      const at = new vscode.Position(Math.max(0, (choice.problem.line ?? 1) - 1), 0);
      await vscode.window.showTextDocument(vscode.Uri.joinPath(vscode.Uri.file(folder), choice.problem.file), {
        selection: new vscode.Range(at, at),
        viewColumn: vscode.ViewColumn.One,
        preserveFocus: true,
      });
      return { kind: 'again', state: draft };
    }
    case 'look':
      return { kind: 'again', state: withFound(draft, await lookAt(folder)) };
  }
}

function linesFor({ found, suggestions }: Draft): Line<Choice>[] {
  const recipes = (degree: 'made' | 'possible', icon: string): Line<Choice>[] =>
    suggestions
      .filter(({ fit }) => fit.degree === degree)
      .map(({ recipe, fit }) => ({
        label: `$(${icon}) ${withoutIcons(recipe.title)}`,
        description: withoutIcons(fit.because),
        detail: withoutIcons(recipe.summary),
        choice: { value: { kind: 'recipe', recipe } },
      }));
  const chapter = (title: string, lines: Line<Choice>[]): Line<Choice>[] =>
    lines.length === 0 ? [] : [separator(title), ...lines];
  return [
    ...chapter('To look at first', warningsOf(found)),
    ...chapter('Made for this project', recipes('made', 'star-full')),
    ...chapter('Also possible', recipes('possible', 'circle-large-outline')),
    ...chapter('The project', [
      {
        label: '$(search) What Was Found…',
        description: withoutIcons(foundSummary(found)),
        choice: { value: { kind: 'found' } },
      },
    ]),
  ];
}

function warningsOf({ misspelt, problems }: Project): Line<Choice>[] {
  const lines: Line<Choice>[] = [
    ...misspelt.map(({ file, meant }): Line<Choice> => ({
      label: `$(warning) Rename ${withoutIcons(file)} to ${withoutIcons(posix.basename(meant))}`,
      description: 'it is misspelt, and read by nothing as it is',
      choice: { value: { kind: 'rename', file, meant } },
    })),
    ...problems.map((problem): Line<Choice> => ({
      label: `$(warning) ${withoutIcons(problem.file)}`,
      description: withoutIcons(problem.message),
      choice: { value: { kind: 'problem', problem } },
    })),
  ];
  if (lines.length === 0) return [];
  return [...lines, { label: '$(refresh) Look Again', description: '', choice: { value: { kind: 'look' } } }];
}
