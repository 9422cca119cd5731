import { formatDuration, formatSize } from '../host/quantities.js';
import { type FinishedRecord } from '../run/record.js';
import { type Answer, type ChecklistParts, runsOf, some } from './checklist-parts.js';
import { failure, open, passedFor, passedMessages } from './checklist-verified.js';

/** Point 10: by a verification; before it, whether there is anything to compare with. */
export function expectedOutputs(parts: ChecklistParts): Answer {
  const failed = failure(parts, ['outputs']);
  if (failed !== undefined) return failed;
  if (passedFor(parts, 'outputs')) {
    return { state: 'passed', message: passedMessages(parts, 'outputs').join(' ') };
  }
  const countOf = ({ expected }: ChecklistParts['images'][number]): number => expected?.length ?? 0;
  const without = parts.images.filter((image) => countOf(image) === 0).map(({ platform }) => platform);
  if (without.length > 0 || parts.images.length === 0) {
    const all = without.length === parts.images.length;
    return {
      state: 'failed',
      message: `No recorded run of the proposed command${all ? '' : ` for ${without.join(', ')}`} left outputs to compare with.`,
      remedy:
        'Run the image with “Run with Output Binding…” and the command that it proposes, and when that has ended with exit code 0, export again with that run.',
    };
  }
  const expected = parts.images.reduce((sum, image) => sum + countOf(image), 0);
  return open(parts, ['outputs'], `Whether the recorded outputs (${expected}) appear again was not tried.`);
}

/** Seconds below which a run is too short for its memory to be measured. */
const tooShort = 2;

/** Point 11: of a run that ended well. */
export function recordedHardware(parts: ChecklistParts): Answer {
  const good = parts.images.flatMap((image) => runsOf(image, parts)).filter(({ exitCode }) => exitCode === 0);
  const described = good.map((run) => ({ run, lacks: lacksOf(run) }));
  const best = described.find(({ lacks }) => lacks.length === 0) ?? described[0];
  if (best === undefined) {
    return {
      state: 'failed',
      message: 'No run that ended with exit code 0 says on which hardware, and what it took.',
      remedy: 'Run the image once with “Run with Output Binding…”, then export again with that run.',
    };
  }
  const { run, lacks } = best;
  if (lacks.length > 0) {
    return {
      state: 'failed',
      message: `The recorded run does not say ${lacks.join(', ')}.`,
      remedy:
        'Say it in the description of .zenodo.json, or run it again with “Run with Output Binding…” and export again.',
    };
  }
  const { host, peakMemory, seconds } = run;
  const disk = parts.images.reduce((sum, { tarBytes }) => sum + tarBytes, 0);
  const facts = [
    ...[host.platform, `${host.cores ?? 0} cores`, ...(host.gpu === undefined ? [] : [host.gpu])],
    ...(peakMemory === undefined ? [] : [`${formatSize(peakMemory)} of memory at most`]),
    ...[`${formatSize(disk)} of disk for the image`, formatDuration(seconds)],
  ];
  return { state: 'passed', message: `A run is recorded: ${facts.join(', ')}.` };
}

function lacksOf({ host, gpus, peakMemory, seconds }: FinishedRecord): string[] {
  return [
    ...(host.cores === undefined ? ['how many cores the machine has'] : []),
    ...(host.memory === undefined ? ['how much memory it has'] : []),
    ...(gpus !== undefined && gpus.length > 0 && host.gpu === undefined ? ['which GPU it has'] : []),
    ...(peakMemory === undefined && seconds >= tooShort ? ['how much memory was used'] : []),
  ];
}

/** Point 12. */
export function noSecrets({ secrets }: ChecklistParts): Answer {
  if (secrets === 'not-searched') {
    return {
      state: 'unknown',
      message: 'Secrets were not searched for.',
      remedy: 'Export again with “Export for Zenodo…”, and let it search.',
    };
  }
  return secrets.length === 0
    ? { state: 'passed', message: 'Nothing that looks like a secret was found in what was searched.' }
    : {
        state: 'failed',
        message: `What looks like a secret: ${some(secrets.map(({ where, what }) => `${where} (${what})`))}.`,
        remedy:
          'Withdraw each at the service that gave it, take it out of the project and its Dockerfile, give it to “Build Research Image…” as a build secret, and export again. Where it is none, write the comment “secretlint-disable-line” behind it.',
      };
}

/** Users that images of well-known makers have: their homes are no folders of the host. */
const imageUsers =
  'app|appuser|build|builder|circleci|coder|conda|dev|docker|gitpod|jovyan|mambauser|micromamba|node|nonroot|root|rstudio|runner|sagemath|ubuntu|user|vscode';
const hostPath = new RegExp(
  [
    String.raw`(?<![\w.-])/home/(?!(?:${imageUsers})(?![\w.-]))[\w.-]+(?:/[^\s'"\`:,;|)]*)?`,
    String.raw`(?<![\w.-])/(?:Users|Volumes)/[\w.-][^\s'"\`:,;|)]*`,
    String.raw`(?<![\w.-])/mnt/[a-z]/Users/[^\s'"\`:,;|)]*`,
    String.raw`(?<![A-Za-z])[A-Za-z]:[\\/]+Users[\\/]+[^\s'"\`:,;|)]*`,
  ].join('|'),
  'g',
);

/** Point 13: paths that only one machine has, and outputs that could not be handed over. */
export function noHostPaths(parts: ChecklistParts): Answer {
  const { readme, images, runs } = parts;
  const targets = [
    ...images.flatMap(({ target, workingFolder = '' }) => [target, workingFolder]),
    ...runs.flatMap(({ output, mounts }) => [output?.target ?? '', ...mounts.map(({ target }) => target)]),
  ];
  // A home that something is mounted below, or that the program starts in, is one of the image.
  const isInImage = (path: string): boolean => {
    const home = /^\/home\/[^/]+/.exec(path)?.[0];
    return home !== undefined && targets.some((target) => `${target}/`.startsWith(`${home}/`));
  };
  const pathsIn = (text: string): string[] => (text.match(hostPath) ?? []).filter((path) => !isInImage(path));
  const found = [
    ...pathsIn(readme).map((path) => `${path} (README.md)`),
    ...runs.flatMap((run) => hostPathsOf(run, pathsIn).map((path) => `${path} (run of ${run.started})`)),
  ];
  if (found.length > 0) {
    return {
      state: 'failed',
      message: `Paths of one machine: ${some([...new Set(found)])}.`,
      remedy:
        'Keep inputs and outputs in the project, run again with “Run with Output Binding…”, let the program have its paths from arguments, and export again.',
    };
  }
  const stuck = runs.flatMap(({ problem }) => problem?.message ?? []);
  return stuck.length > 0
    ? {
        state: 'failed',
        message: `After a run, its outputs were not handed over as they should: ${some(stuck)}`,
        remedy: 'Mend that, run again with “Run with Output Binding…”, and export again with that run.',
      }
    : { state: 'passed', message: 'README.md and recorded runs have no path that only one machine has.' };
}

function hostPathsOf(run: FinishedRecord, pathsIn: (text: string) => string[]): string[] {
  const sources = run.mounts.flatMap(({ type, source }) => (type === 'folder' ? [source] : []));
  const folders = [...sources, ...(run.output === undefined ? [] : [run.output.folder])];
  return [
    ...folders.filter((folder) => /^(?:[/\\]|[a-z]:[/\\])/i.test(folder)),
    ...[...run.command, ...(run.given ?? []), ...Object.values(run.environment)].flatMap(pathsIn),
  ];
}
