import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { projectOf } from '../projects.js';
import { type Services } from '../services.js';
import { DetectedProjects } from './detected-projects.js';
import { type JudgedFile, judgeFile } from './judge-file.js';
import { isJudged } from './judged-documents.js';
import { platformsFor } from './platforms.js';
import { ProjectWatch } from './project-watch.js';

/** Files of a folder that is not open: it may be a person's home. */
const mostOfOthers = 5000;

/** What open Dockerfiles are judged to be, each version of a text once for as long as its project stays the same. */
export class Judgements implements vscode.Disposable {
  private readonly projects: DetectedProjects;
  private readonly known = new Map<string, { version: number; judged: Promise<JudgedFile | undefined> }>();
  private readonly changed = new vscode.EventEmitter<void>();
  /** What was told of any of them may be out of date. */
  readonly onDidChange = this.changed.event;
  private readonly watch = new ProjectWatch(() => {
    this.projects.forget();
    this.judgeAnew();
  });
  private readonly following: vscode.Disposable;

  constructor(private readonly services: Services) {
    this.projects = new DetectedProjects(services.log);
    this.following = vscode.Disposable.from(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.known.delete(uri.toString())),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (['reproducibility', 'build.platforms'].some((name) => change.affectsConfiguration(`${section}.${name}`)))
          this.judgeAnew();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.judgeAnew();
      }),
      // More is offered then.
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.changed.fire();
      }),
    );
  }

  /** Undefined for what is no Dockerfile, and where the settings turn it off. */
  async of(document: vscode.TextDocument): Promise<JudgedFile | undefined> {
    if (!isJudged(document) || !isEnabled(document.uri)) return undefined;
    const key = document.uri.toString();
    const before = this.known.get(key);
    if (before?.version === document.version) return before.judged;
    const judged = this.judge(document).catch((error: unknown) => {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.services.log.error(`${document.uri.fsPath} could not be judged: ${why}`);
      return undefined;
    });
    this.known.set(key, { version: document.version, judged });
    return judged;
  }

  dispose(): void {
    this.watch.dispose();
    this.following.dispose();
    this.projects.dispose();
    this.changed.dispose();
  }

  private async judge(document: vscode.TextDocument): Promise<JudgedFile> {
    const dockerfile = document.uri.fsPath;
    const text = document.getText();
    const open = projectOf(dockerfile);
    const folder = open ?? dirname(dockerfile);
    this.watch.add(folder);
    this.watch.add(dirname(dockerfile));
    const project = await this.projects.of(folder, dockerfile, open === undefined ? mostOfOthers : undefined);
    return judgeFile(text, dockerfile, project?.folder ?? folder, project, platformsFor(dockerfile, this.services));
  }

  private judgeAnew(): void {
    this.known.clear();
    this.changed.fire();
  }
}

const section = 'researchContainers';

/** Whether the settings want a Dockerfile to be judged while it is open. */
export function isEnabled(uri: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration(section, uri).get('reproducibility.enabled', true);
}
