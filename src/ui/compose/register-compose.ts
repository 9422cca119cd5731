import * as vscode from 'vscode';
import { type Services } from '../services.js';
import { composeDocuments } from './compose-documents.js';
import { ComposeFixes } from './compose-fixes.js';
import { ComposeLenses } from './compose-lenses.js';
import { ComposeProblems } from './compose-problems.js';

/** What is shown in compose files: what their services do, and what is wrong with them. */
export function registerCompose(services: Services): vscode.Disposable {
  const lenses = new ComposeLenses(services);
  const problems = new ComposeProblems(services.log);
  return vscode.Disposable.from(
    lenses,
    problems,
    vscode.languages.registerCodeLensProvider(composeDocuments, lenses),
    vscode.languages.registerCodeActionsProvider(composeDocuments, new ComposeFixes(problems), {
      providedCodeActionKinds: ComposeFixes.kinds,
    }),
  );
}
