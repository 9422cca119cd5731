import * as vscode from 'vscode';

/** Shows the lines of a form, the first one chosen; undefined when the person changed their mind. */
export function pickLine<Line extends vscode.QuickPickItem>(
  lines: readonly Line[],
  title: string,
  placeholder: string,
): Promise<Line | undefined> {
  const picker = vscode.window.createQuickPick<Line>();
  picker.title = title;
  picker.placeholder = placeholder;
  picker.items = lines;
  picker.ignoreFocusOut = true;
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.activeItems[0]);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}
