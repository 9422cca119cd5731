import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { readDockerfile } from '../../dockerfile/read-dockerfile.js';
import { rules } from '../../dockerfile/rules/rules.js';
import { pickDockerfile } from '../build/pick-dockerfile.js';
import { type ContractCommand } from '../contract-command.js';
import { withoutLinks } from '../plain-text.js';
import { projectOf } from '../projects.js';
import { DetectedProjects } from '../reproducibility/detected-projects.js';
import { checkText, sourceOf } from '../reproducibility/finding-text.js';
import { isEnabled } from '../reproducibility/judgements.js';
import { type JudgedFile, judgeFile } from '../reproducibility/judge-file.js';
import { isFixable } from '../reproducibility/offers.js';
import { platformsFor } from '../reproducibility/platforms.js';
import { type Services } from '../services.js';
import { type ViewCommand } from '../view-command.js';

/** Rejects `dockerfile-not-found`, `file-unreadable` and `cancelled`. */
export const checkReproducibilityCommand: ContractCommand<'checkReproducibility'> = {
  perform: async (selection, services) => {
    const dockerfile = await pickDockerfile(selection, 'Check Reproducibility');
    if (dockerfile === undefined) return;
    const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === dockerfile);
    const text = open?.getText() ?? (await readDockerfile(dockerfile));
    const judged = await judge(text, dockerfile, new AbortController().signal, services);
    const show = 'Show Problems';
    const told = withoutLinks(checkText(dockerfile, judged));
    const isShown = judged.findings.length > 0 && isEnabled(vscode.Uri.file(dockerfile));
    const chosen = await vscode.window.showInformationMessage(told, ...(isShown ? [show] : []));
    if (chosen !== show) return;
    // Problems has those of Dockerfiles that are visible.
    await vscode.window.showTextDocument(vscode.Uri.file(dockerfile));
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  },
  run: async ({ dockerfile }, { signal }, services) => {
    const judged = await judge(await readDockerfile(dockerfile), dockerfile, signal, services);
    const findings = judged.findings.map((finding) => {
      const { rule, line, message } = finding;
      return { rule, line, message, fixable: isFixable(finding, judged) };
    });
    return { score: judged.score, findings };
  },
};

/** Says why a rule is one. Its argument is the id of the rule. */
export const explainRuleCommand: ViewCommand = async (selection) => {
  const id = selection.kind === 'argument' ? selection.value : undefined;
  const rule = rules.find((each) => each.id === id);
  if (rule === undefined) return;
  const source = sourceOf(rule);
  const read = 'Read More';
  const text = withoutLinks(`${rule.title}. ${rule.why}`);
  const chosen = await vscode.window.showInformationMessage(text, ...(source === undefined ? [] : [read]));
  if (chosen === read && source !== undefined) await vscode.env.openExternal(vscode.Uri.parse(source, true));
};

async function judge(text: string, dockerfile: string, signal: AbortSignal, services: Services): Promise<JudgedFile> {
  signal.throwIfAborted();
  const folder = projectOf(dockerfile) ?? dirname(dockerfile);
  const projects = new DetectedProjects(services.log);
  const end = (): void => {
    projects.dispose();
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    const project = await projects.of(folder, dockerfile);
    signal.throwIfAborted();
    const platforms = platformsFor(dockerfile, services);
    return await judgeFile(text, dockerfile, project?.folder ?? folder, project, platforms);
  } finally {
    signal.removeEventListener('abort', end);
    projects.dispose();
  }
}
