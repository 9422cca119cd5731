import * as vscode from 'vscode';
import { type Completion, type HelpKind, type LineRange } from '../../dockerfile/instruction-help.js';

const selector: vscode.DocumentSelector = { language: 'dockerfile' };

/** They bring a language server that knows the flags of instructions; the same help would be shown twice. */
const withLanguageServer = ['ms-azuretools.vscode-containers', 'ms-azuretools.vscode-docker', 'docker.docker'];

/** Explains and completes labels in Dockerfiles, and flags where no other extension does. */
export function registerDockerfileHelp(): vscode.Disposable {
  const hover = vscode.languages.registerHoverProvider(selector, {
    provideHover: async (document, { line, character }) => {
      const [{ helpAt }, { plain }] = await Promise.all([load(), import('../../bundle/markdown.js')]);
      const help = helpAt(document.getText(), line, character);
      if (help === undefined || !isOurs(help.kind)) return undefined;
      // VS Code's own way to append text makes one long line of it.
      const text = new vscode.MarkdownString(plain(help.text));
      if (help.example !== undefined) text.appendCodeblock(help.example, 'dockerfile');
      return new vscode.Hover(text, rangeOf(help.range));
    },
  });
  const completion = vscode.languages.registerCompletionItemProvider(
    selector,
    {
      provideCompletionItems: async (document, { line, character }) => {
        const { completionsAt } = await load();
        return completionsAt(document.getText(), line, character)
          .filter(({ kind }) => isOurs(kind))
          .map(itemOf);
      },
    },
    ...['-', '=', ',', '.'],
  );
  return vscode.Disposable.from(hover, completion);
}

/** Nothing of it costs a VS Code that only starts. */
const load = () => import('../../dockerfile/instruction-help.js');

/** Looked at each time: an extension may be installed or enabled while VS Code runs. */
function isOurs(kind: HelpKind): boolean {
  return kind === 'label' || withLanguageServer.every((id) => vscode.extensions.getExtension(id) === undefined);
}

function itemOf({ kind, label, insert, text, range }: Completion, at: number): vscode.CompletionItem {
  const item = new vscode.CompletionItem(
    label,
    kind === 'label' ? vscode.CompletionItemKind.Property : vscode.CompletionItemKind.Field,
  );
  item.insertText = new vscode.SnippetString(insert);
  item.documentation = text;
  item.range = rangeOf(range);
  // In the order given, not by name.
  item.sortText = String(at).padStart(3, '0');
  return item;
}

function rangeOf({ line, start, end }: LineRange): vscode.Range {
  return new vscode.Range(line, start, line, end);
}
