import * as v from 'valibot';
import * as vscode from 'vscode';
import { asFailure } from '../host/failure.js';
import { type Services } from './services.js';

const scheme = 'research-containers';
const question = v.object({ kind: v.picklist(['image', 'container', 'volume']), id: v.string() });

/** The address of a read-only document with what the engine says of a thing. */
export function inspectUri(kind: 'image' | 'container' | 'volume', id: string, name: string): vscode.Uri {
  const path = `/${kind}/${name.replaceAll(/[/\\]/g, '∕')}.json`;
  return vscode.Uri.from({ scheme, path, query: JSON.stringify({ kind, id }) });
}

/** Serves the documents of `inspectUri`: the engine's own answer, asked for when one is opened. */
export function registerInspectDocuments({ engine }: Services): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: async (uri) => {
      const { kind, id } = v.parse(v.pipe(v.string(), v.parseJson(), question), uri.query);
      try {
        const [connection, { inspectRaw }] = await Promise.all([engine.connect(), import('../engine/inspect.js')]);
        return `${JSON.stringify(await inspectRaw(connection, kind, id), null, 2)}\n`;
      } catch (error) {
        const { message, remedy } = asFailure(error, 'Inspecting');
        return `${JSON.stringify({ error: message, remedy }, null, 2)}\n`;
      }
    },
  });
}
