import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const text = `FROM busybox
RUN --mount=type=cache,target=/x true
LABEL org.research-containers.output="/results"
LABEL org.research-
`;

describe('help in a Dockerfile', () => {
  let document: vscode.TextDocument;
  before(async () => {
    await vscode.extensions.getExtension('research-containers.research-containers')?.activate();
    document = await vscode.workspace.openTextDocument({ language: 'dockerfile', content: text });
  });

  const hoverAt = async (line: number, word: string): Promise<string> => {
    const position = new vscode.Position(line, document.lineAt(line).text.indexOf(word) + 2);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      position,
    );
    return hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (content instanceof vscode.MarkdownString ? content.value : JSON.stringify(content)))
      .join('\n');
  };

  it('explains our labels and the flags of instructions', async () => {
    assert.match(await hoverAt(2, 'org.research-containers.output'), /writes its results to/);
    assert.match(await hoverAt(1, '--mount'), /mount/i);
  });

  it('completes our labels', async () => {
    const position = document.lineAt(3).range.end;
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      position,
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const label of ['output', 'command', 'data']) {
      assert.ok(labels.includes(`org.research-containers.${label}`), labels.join());
    }
  });

  it('offers our snippets', async () => {
    const empty = await vscode.workspace.openTextDocument({ language: 'dockerfile', content: 'rc-file' });
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      empty.uri,
      new vscode.Position(0, 7),
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(labels.includes('rc-file-uv'), labels.join());
  });
});
