import * as vscode from 'vscode';
import { wizardContextKey } from '../manifest.js';
import { type Place } from './steps.js';

/** How a person left a list or a line to type in. */
export type Answer<Value> = { kind: 'given'; value: Value } | { kind: 'back' } | { kind: 'end' };

/** A line that can be chosen, or, without a value, one that only stands between others. */
export interface Line<Value> extends vscode.QuickPickItem {
  choice?: { value: Value };
}

/** How a question looks, and where it stands. */
export interface Heading {
  title: string;
  placeholder: string;
  /** Undefined for one that belongs to the question before it. */
  place: Place | undefined;
  canGoBack: boolean;
}

/** A line between others. */
export function separator(label: string): Line<never> {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** Lets one line be chosen. */
export function askOne<Value>(
  heading: Heading,
  lines: readonly Line<Value>[],
  options: {
    /** The line that Enter takes. */
    active?: Line<Value> | undefined;
    /** Called with each value that is moved to. */
    onMove?: (value: Value) => void;
    /** Called for a button at the end of a line; the list stays. */
    onButton?: (value: Value) => void;
  } = {},
): Promise<Answer<Value>> {
  const picker = vscode.window.createQuickPick<Line<Value>>();
  head(picker, heading);
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.placeholder = heading.placeholder;
  picker.items = lines;
  if (options.active !== undefined) picker.activeItems = [options.active];
  return new Promise((resolve) => {
    const leave = leaving(picker, resolve);
    picker.onDidChangeActive(([line]) => {
      if (line?.choice !== undefined) options.onMove?.(line.choice.value);
    });
    picker.onDidTriggerItemButton(({ item }) => {
      if (item.choice !== undefined) options.onButton?.(item.choice.value);
    });
    picker.onDidAccept(() => {
      const [line] = picker.activeItems;
      if (line?.choice !== undefined) leave({ kind: 'given', value: line.choice.value });
    });
    picker.show();
  });
}

/** Lets several lines be chosen, at least one. */
export function askSeveral<Value>(
  heading: Heading,
  lines: readonly Line<Value>[],
  chosen: readonly Line<Value>[],
  onChange: (values: Value[]) => void,
): Promise<Answer<Value[]>> {
  const picker = vscode.window.createQuickPick<Line<Value>>();
  head(picker, heading);
  picker.canSelectMany = true;
  picker.placeholder = heading.placeholder;
  picker.items = lines;
  picker.selectedItems = chosen;
  const values = (): Value[] =>
    picker.selectedItems.flatMap(({ choice }) => (choice === undefined ? [] : [choice.value]));
  return new Promise((resolve) => {
    const leave = leaving(picker, resolve);
    picker.onDidChangeSelection(() => {
      const now = values();
      if (now.length > 0) onChange(now);
    });
    picker.onDidAccept(() => {
      const now = values();
      if (now.length > 0) leave({ kind: 'given', value: now });
      else picker.placeholder = 'Choose at least one';
    });
    picker.show();
  });
}

/** Lets a text be typed. @param problemOf what is wrong with a text; undefined for one that can be taken */
export function askText(
  heading: Heading,
  value: string,
  problemOf: (text: string) => string | undefined,
  onChange: (text: string) => void = () => undefined,
): Promise<Answer<string>> {
  const box = vscode.window.createInputBox();
  head(box, heading);
  box.prompt = heading.placeholder;
  box.value = value;
  return new Promise((resolve) => {
    const leave = leaving(box, resolve);
    box.onDidChangeValue((text) => {
      const problem = problemOf(text);
      box.validationMessage = problem;
      if (problem === undefined) onChange(text);
    });
    box.onDidAccept(() => {
      const problem = problemOf(box.value);
      box.validationMessage = problem;
      if (problem === undefined) leave({ kind: 'given', value: box.value });
    });
    box.show();
  });
}

function head(input: vscode.QuickInput & { buttons: readonly vscode.QuickInputButton[] }, heading: Heading): void {
  const { title, place, canGoBack } = heading;
  input.title = title;
  input.step = place?.step;
  input.totalSteps = place?.total;
  input.ignoreFocusOut = true;
  input.buttons = canGoBack ? [vscode.QuickInputButtons.Back] : [];
  // With each question: another wizard, which this one takes the place of, says at its end that none is there.
  if (canGoBack) void vscode.commands.executeCommand('setContext', wizardContextKey, true);
}

/** Back and Escape leave a question, and so does what this returns. */
function leaving<Value>(
  input: vscode.QuickInput & { onDidTriggerButton: vscode.Event<vscode.QuickInputButton> },
  resolve: (answer: Answer<Value>) => void,
): (answer: Answer<Value>) => void {
  const leave = (answer: Answer<Value>): void => {
    resolve(answer);
    input.hide();
  };
  input.onDidTriggerButton((button) => {
    if (button === vscode.QuickInputButtons.Back) leave({ kind: 'back' });
  });
  input.onDidHide(() => {
    resolve({ kind: 'end' });
    input.dispose();
  });
  return leave;
}
