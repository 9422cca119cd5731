import { shellLine } from '../../host/shell-line.js';
import { type EntryPoint } from '../../project/project.js';
import { parseWords } from '../command-line.js';
import { withoutIcons } from '../plain-text.js';
import { normalOutput, outputProblem, parsePort } from './answer-checks.js';
import { type Answer, askOne, askSeveral, askText, type Line } from './ask.js';
import { answersOf, type Draft, withAnswers, withCommand } from './draft.js';
import { commandChoices, outputChoices, platformChoices, servesWeb } from './proposals.js';
import { type Place, type Reply, type Step } from './steps.js';
import { headingOf, showDraft, type Surroundings } from './surroundings.js';

/** A line's answer, or that one is typed. */
type Chosen<Value> = { kind: 'value'; value: Value } | { kind: 'other' };

/** What runs when the container is started. */
export function commandQuestion(around: Surroundings): Step<Draft> {
  type Command = Pick<EntryPoint, 'command' | 'port'>;
  return {
    applies: () => true,
    ask: (draft, place) => {
      const { command } = answersOf(draft);
      const lines = commandChoices(draft.project.entries, command).map(({ entry, because }): Line<Chosen<Command>> => {
        const line = shellLine(entry.command);
        return {
          label: line === '' ? '$(terminal) A shell' : `$(play) ${withoutIcons(line)}`,
          description: withoutIcons(because),
          choice: { value: { kind: 'value', value: entry } },
        };
      });
      const other: Line<Chosen<Command>> = {
        label: '$(edit) Another command…',
        choice: { value: { kind: 'other' } },
      };
      return chooseOrType(around, draft, place, {
        name: 'Command',
        placeholder: 'What runs when the container is started?',
        lines: [...lines, other],
        isCurrent: (value) => isSame(value.command, command),
        prompt: 'As in a shell, in the project’s folder; nothing in it is expanded',
        text: shellLine(command),
        problemOf: (text) => (parseWords(text)[0]?.trim() === '' ? 'The first word is empty.' : undefined),
        parse: (text) => ({ command: parseWords(text), port: undefined }),
        withValue: withCommand,
      });
    },
  };
}

/** Where a web application listens; asked only where there is one. */
export function portQuestion(around: Surroundings): Step<Draft> {
  return {
    applies: (draft) => {
      const { port, command } = answersOf(draft);
      return port !== undefined || servesWeb(draft.project.entries, command);
    },
    ask: async (draft, place) => {
      showDraft(around, () => draft);
      const problemOf = (text: string): string | undefined =>
        text.trim() === '' || parsePort(text) !== undefined ? undefined : 'Give a number from 1 to 65535.';
      const withPort = (text: string): Draft => withAnswers(draft, { port: parsePort(text) });
      const answer = await askText(
        headingOf('Port', 'The port that the web application listens on; empty: none', place),
        String(answersOf(draft).port ?? ''),
        problemOf,
        (text) => {
          showDraft(around, () => withPort(text));
        },
      );
      return answer.kind === 'given' ? { kind: 'next', state: withPort(answer.value) } : answer;
    },
  };
}

/** The folder that the program writes its results to. */
export function outputQuestion(around: Surroundings): Step<Draft> {
  return {
    applies: () => true,
    ask: (draft, place) => {
      const { output } = answersOf(draft);
      const lines = outputChoices(draft.project.outputs, output).map(({ folder, because }): Line<Chosen<string>> => ({
        label: `$(folder) ${withoutIcons(folder)}`,
        description: withoutIcons(because),
        choice: { value: { kind: 'value', value: folder } },
      }));
      const other: Line<Chosen<string>> = {
        label: '$(edit) Another folder…',
        choice: { value: { kind: 'other' } },
      };
      return chooseOrType(around, draft, place, {
        name: 'Results Folder',
        placeholder: 'Where does the program write its results?',
        lines: [...lines, other],
        isCurrent: (value) => value === output,
        prompt: 'A folder of the project, relative to it',
        text: output,
        problemOf: (text) => outputProblem(text, draft.project),
        parse: normalOutput,
        withValue: (before, folder) => withAnswers(before, { output: folder }),
      });
    },
  };
}

/** What the image is meant to run on. */
export function platformsQuestion(around: Surroundings): Step<Draft> {
  return {
    applies: () => true,
    ask: async (draft, place) => {
      const offered = platformChoices(draft.given.platforms, await around.platform);
      const lines = offered.map(({ platform, about, isChosen }) => ({
        line: { label: platform, description: about, choice: { value: platform } },
        isChosen,
      }));
      const chosen = lines.filter(({ isChosen }) => isChosen).map(({ line }) => line);
      const show = (platforms: readonly string[]): void => {
        showDraft(around, () => withAnswers(draft, { platforms }));
      };
      show(chosen.map(({ choice }) => choice.value));
      const answer = await askSeveral(
        headingOf('Platforms', 'What should the image run on?', place),
        lines.map(({ line }) => line),
        chosen,
        show,
      );
      if (answer.kind !== 'given') return answer;
      return { kind: 'next', state: withAnswers(draft, { platforms: answer.value }) };
    },
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return shellLine(one) === shellLine(other);
}

/** A list whose last line leads to a text that is typed; Back from there leads to the list. */
async function chooseOrType<Value>(
  around: Surroundings,
  draft: Draft,
  place: Place,
  question: {
    name: string;
    placeholder: string;
    lines: readonly Line<Chosen<Value>>[];
    isCurrent: (value: Value) => boolean;
    prompt: string;
    text: string;
    problemOf: (text: string) => string | undefined;
    parse: (text: string) => Value;
    withValue: (draft: Draft, value: Value) => Draft;
  },
): Promise<Reply<Draft>> {
  const { name, placeholder, lines, isCurrent, prompt, text, problemOf, parse, withValue } = question;
  showDraft(around, () => draft);
  const answer = await askOne(headingOf(name, placeholder, place), lines, {
    active: lines.find(({ choice }) => choice?.value.kind === 'value' && isCurrent(choice.value.value)),
    onMove: (chosen) => {
      if (chosen.kind === 'value') showDraft(around, () => withValue(draft, chosen.value));
    },
  });
  if (answer.kind !== 'given') return answer;
  if (answer.value.kind === 'value') return { kind: 'next', state: withValue(draft, answer.value.value) };
  const typed: Answer<string> = await askText(headingOf(name, prompt, undefined), text, problemOf, (now) => {
    showDraft(around, () => withValue(draft, parse(now)));
  });
  if (typed.kind === 'given') return { kind: 'next', state: withValue(draft, parse(typed.value)) };
  return typed.kind === 'back' ? { kind: 'again', state: draft } : typed;
}
