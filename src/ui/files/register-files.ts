import * as vscode from 'vscode';
import { type PlaceFiles } from './place-files.js';
import { FilesProvider } from './files-provider.js';
import { filesScheme } from './place-uri.js';

/** Lets VS Code open what is inside containers, volumes and images. What speaks to an engine is loaded when something is opened. */
export function registerFiles({ files }: { files: PlaceFiles }): vscode.Disposable {
  const provider = new FilesProvider(files);
  return vscode.Disposable.from(
    provider,
    vscode.workspace.registerFileSystemProvider(filesScheme, provider, { isCaseSensitive: true }),
  );
}
