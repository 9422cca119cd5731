import * as vscode from 'vscode';
import { type Services } from '../services.js';
import { DockerfileFixes } from './dockerfile-fixes.js';
import { DockerfileLenses } from './dockerfile-lenses.js';
import { DockerfileProblems } from './dockerfile-problems.js';
import { judgedDocuments } from './judged-documents.js';
import { Judgements } from './judgements.js';

/** Shows what was found in open Dockerfiles, what mends it, and how much of all rules they keep. */
export function judgeOpenDockerfiles(services: Services): vscode.Disposable {
  const judgements = new Judgements(services);
  return vscode.Disposable.from(
    new DockerfileProblems(judgements),
    vscode.languages.registerCodeLensProvider(judgedDocuments, new DockerfileLenses(judgements)),
    vscode.languages.registerCodeActionsProvider(judgedDocuments, new DockerfileFixes(judgements), {
      providedCodeActionKinds: DockerfileFixes.kinds,
    }),
    judgements,
  );
}
