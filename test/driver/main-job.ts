import { join } from 'node:path';
import * as vscode from 'vscode';
import { type Api } from '../../src/ui/register-commands.js';
import { type Job, sendMessage } from './job.js';

/** What the main job needs to know. */
export interface MainJobData {
  /** Absolute path of the project with the Dockerfile. */
  project: string;
  /** Absolute paths; neither exists yet. */
  output: string;
  bundle: string;
}

/** What the main job hands back: each command's own result, and how long it took. */
export interface MainJobResult {
  images: { platform: string; reference: string; configDigest: string }[];
  run: { exitCode: number; outputs: string[]; record: string };
  bundle: { folder: string; files: object[]; checks: object[] };
  seconds: { build: number; run: number; export: number; verify: number };
}

/** Drives the installed extension: builds the example's image, runs it, exports and verifies its bundle. */
export async function run(job: Job): Promise<void> {
  const { project, output, bundle } = job.data as MainJobData;
  const extension = vscode.extensions.getExtension<Api>('research-containers.research-containers');
  if (extension === undefined) throw new Error('Research Containers is not installed in this VS Code.');
  const api = await extension.activate();
  const note = (text: string): void => {
    sendMessage(job, { type: 'note', text });
  };
  let shown = '';
  const onProgress = ({ message, output: line }: { message: string; output?: string }): void => {
    const text = line === undefined ? message : `    ${line}`;
    if (text !== shown) note(text);
    shown = text;
  };
  const timed = async <Result>(what: string, work: Promise<Result>): Promise<{ result: Result; seconds: number }> => {
    note(what);
    const started = performance.now();
    const result = await work;
    return { result, seconds: Math.round(performance.now() - started) / 1000 };
  };

  const built = await timed(
    'Build Research Image',
    api.execute('buildImage', { dockerfile: join(project, 'Dockerfile') }, { onProgress }),
  );
  const [image] = built.result.images;
  if (image === undefined) throw new Error('The build made no image.');
  const ran = await timed(
    'Run with Output Binding',
    api.execute('runImage', { image: image.reference, output, keep: true }, { onProgress }),
  );
  const exported = await timed(
    'Export for Zenodo',
    api.execute('exportBundle', { images: [image.reference], folder: bundle }, { onProgress }),
  );
  const verified = await timed(
    'Verify Bundle',
    api.execute('verifyBundle', { folder: bundle, run: true }, { onProgress }),
  );
  for (const { state, message } of verified.result.checks) note(`    ${state}: ${message}`);
  const { exitCode, outputs, record } = ran.result;
  const { folder, files, checks } = exported.result;
  const value: MainJobResult = {
    images: built.result.images,
    run: { exitCode, outputs, record },
    bundle: { folder, files, checks: [...checks, ...verified.result.checks] },
    seconds: { build: built.seconds, run: ran.seconds, export: exported.seconds, verify: verified.seconds },
  };
  sendMessage(job, { type: 'result', value });
  if (exitCode !== 0) throw new Error(`The experiment ended with exit code ${exitCode}.`);
  if (!verified.result.ok) throw new Error('The bundle did not pass its verification.');
}
