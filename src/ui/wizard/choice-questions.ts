import { join } from 'node:path';
import { suggestRecipes } from '../../dockerfile/create-dockerfile.js';
import { type Choice } from '../../dockerfile/recipes/recipe.js';
import { asFailure } from '../../host/failure.js';
import { lockConflict } from '../../project/ambiguity.js';
import { type DependencySource } from '../../project/project.js';
import { counted } from '../confirm.js';
import { withoutIcons } from '../plain-text.js';
import { showFailure } from '../show-failure.js';
import { askOne, type Line } from './ask.js';
import { answersOf, type Draft, withAnswers, withFound, withSource } from './draft.js';
import { lookAt } from './look.js';
import { type Step } from './steps.js';
import { headingOf, showDraft, type Surroundings } from './surroundings.js';

/** Of several projects below the folder, one. */
export function projectQuestion(): Step<Draft> {
  return {
    applies: ({ root }) => root.subprojects.length > 0,
    ask: async (draft, place) => {
      const { root, found } = draft;
      const lines: Line<string>[] = root.subprojects.map((path) => ({
        label: `$(folder) ${withoutIcons(path)}`,
        choice: { value: join(root.folder, path) },
      }));
      if (suggestRecipes(root).length > 0) {
        lines.push({
          label: '$(root-folder) The whole folder',
          description: withoutIcons(root.folder),
          choice: { value: root.folder },
        });
      }
      const heading = headingOf('Project', 'There are several projects: which one gets a Dockerfile?', place);
      const answer = await askOne(heading, lines, {
        active: lines.find(({ choice }) => choice?.value === found.folder),
      });
      if (answer.kind !== 'given') return answer;
      if (answer.value === found.folder) return { kind: 'next', state: draft };
      try {
        return { kind: 'next', state: withFound(draft, await lookAt(answer.value)) };
      } catch (error) {
        // The list is there again while the message is on show.
        void showFailure(asFailure(error, 'Looking at the project'));
        return { kind: 'again', state: draft };
      }
    },
  };
}

/** Of several files that say what the project depends on, the one that counts. */
export function sourceQuestion(around: Surroundings): Step<Draft> {
  return chooseOne<DependencySource>(around, {
    name: () => 'Dependencies',
    placeholder: 'Several files say what the project depends on: which one counts?',
    lines: ({ found }) =>
      (lockConflict(found) ?? []).map((source) => ({
        label: `$(lock) ${withoutIcons(source.files[0] ?? source.kind)}`,
        description: source.kind,
        detail: withoutIcons(`${source.files.join(', ')}: ${counted(source.dependencies.length, 'package')}`),
        choice: { value: source },
      })),
    isCurrent: ({ source }, value) => source === value,
    withValue: withSource,
  });
}

export function versionQuestion(around: Surroundings): Step<Draft> {
  return chooseOne<string>(around, {
    name: ({ recipe }) => `Version of ${recipe.versionOf}`,
    placeholder: 'Which version?',
    lines: ({ recipe, project }) => recipe.versions(project).map(lineOf),
    isCurrent: (draft, value) => answersOf(draft).version === value,
    withValue: (draft, version) => withAnswers(draft, { version }),
  });
}

export function acceleratorQuestion(around: Surroundings): Step<Draft> {
  return chooseOne(around, {
    name: () => 'Processor',
    placeholder: 'What does the program compute on?',
    lines: ({ recipe, project }) => recipe.accelerators(project).map(lineOf),
    isCurrent: (draft, value) => answersOf(draft).accelerator === value,
    withValue: (draft, accelerator) => withAnswers(draft, { accelerator }),
  });
}

/** A question with a few answers; it is asked where there is more than one. */
function chooseOne<Value>(
  around: Surroundings,
  question: {
    name: (draft: Draft) => string;
    placeholder: string;
    lines: (draft: Draft) => Line<Value>[];
    isCurrent: (draft: Draft, value: Value) => boolean;
    withValue: (draft: Draft, value: Value) => Draft;
  },
): Step<Draft> {
  const { name, placeholder, lines: linesFor, isCurrent, withValue } = question;
  return {
    applies: (draft) => linesFor(draft).length > 1,
    ask: async (draft, place) => {
      showDraft(around, () => draft);
      const lines = linesFor(draft);
      const answer = await askOne(headingOf(name(draft), placeholder, place), lines, {
        active: lines.find(({ choice }) => choice !== undefined && isCurrent(draft, choice.value)),
        onMove: (value) => {
          showDraft(around, () => withValue(draft, value));
        },
      });
      return answer.kind === 'given' ? { kind: 'next', state: withValue(draft, answer.value) } : answer;
    },
  };
}

function lineOf<Value>({ value, label, because }: Choice<Value>): Line<Value> {
  return { label: withoutIcons(label), description: withoutIcons(because ?? ''), choice: { value } };
}
