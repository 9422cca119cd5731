import { basename } from 'node:path';
import * as vscode from 'vscode';
import { asFailure } from '../../host/failure.js';

const scheme = 'research-containers-run';

/** The address of a read-only document that sums a run up, one fact a line. */
export function runSummaryUri(file: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${basename(file, '.json')}.txt`, query: file });
}

/** Serves the documents of `runSummaryUri`: a record is read when one is opened. */
export function registerRunSummaries(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: async (uri) => {
      try {
        const [{ readRunRecord }, { summaryOf }] = await Promise.all([
          import('../../run/record.js'),
          import('../../run/compare-runs.js'),
        ]);
        return summaryOf(await readRunRecord(uri.query));
      } catch (error) {
        const { message, remedy } = asFailure(error, 'Reading the run');
        return `${message} ${remedy}\n`;
      }
    },
  });
}
