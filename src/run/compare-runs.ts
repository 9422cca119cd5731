import { type OutputFile, type RunRecord } from './record.js';
import { plainTarget } from './run-request.js';
import { shellLine } from '../host/shell-line.js';

/** One thing that two runs are compared by. The texts are for a person; undefined on a side that does not have it. */
export interface ComparedEntry {
  name: string;
  /** `unknown` where the records do not say enough to tell. */
  state: 'same' | 'changed' | 'only-left' | 'only-right' | 'unknown';
  left: string | undefined;
  right: string | undefined;
}

/** How two runs differ. What neither has is left out. */
export interface RunComparison {
  /** Mounts are compared by what they are called: nothing is recorded of what was in them. */
  inputs: ComparedEntry[];
  /** Variables by their names in alphabetical order, then the host. */
  environment: ComparedEntry[];
  /** By paths in alphabetical order; `unfinished` where nothing is known of the outputs of a run. */
  outputs: { kind: 'compared'; entries: ComparedEntry[] } | { kind: 'unfinished'; which: 'left' | 'right' | 'both' };
}

/** Compares two runs by their records, in a time that grows with the number of outputs and not faster. */
export function compareRuns(left: RunRecord, right: RunRecord): RunComparison {
  return {
    inputs: compareInputs(left, right),
    environment: [
      ...compareByName(variablesOf(left), variablesOf(right), variables),
      ...compareTexts(left, right, hostTexts),
    ],
    outputs: compareOutputs(outputsOf(left), outputsOf(right)),
  };
}

/**
 * One run as a text with one fact a line, always in the same order, to be shown beside that of another run. A value that
 * would take several lines is written as a JSON string.
 */
export function summaryOf(record: RunRecord): string {
  const { image, output, git } = record;
  const facts: Texts = [
    ['image', image.reference],
    ['image configuration', image.configDigest],
    ...image.diffIds.map((diffId) => ['image layer', diffId] as const),
    ['platform', image.platform],
    ['command', shellLine(record.command)],
    ...[...variablesOf(record)]
      .sort(byName)
      .map(([name, value]) => [`environment ${name}`, variables.text(value)] as const),
    ['output folder', output?.folder],
    ['output folder in the container', output?.target],
    ...[...mountTexts(record)].sort(byName),
    ...[...portTexts(record)].sort(byName),
    ...settingTexts(record),
    ['commit', git?.commit],
    ['uncommitted changes', git && yesOrNo(git.dirty)],
    ...hostTexts(record),
    ['started', record.started],
    ...endTexts(record),
  ];
  const lines = facts.flatMap(([name, text]) => (text === undefined ? [] : [`${printable(name)}: ${printable(text)}`]));
  return [...lines, ...(outputsOf(record) ?? []).map(outputLine), ''].join('\n');
}

type Texts = readonly (readonly [name: string, text: string | undefined])[];

/** How two things of the same name are compared, and shown. */
interface Comparison<Value> {
  text: (value: Value) => string;
  state: (left: Value, right: Value) => 'same' | 'changed' | 'unknown';
}

const texts: Comparison<string> = { text: (text) => text, state: stateOf };

const variables: Comparison<{ value: string | undefined }> = {
  text: ({ value }) => value ?? 'value not kept',
  state: (left, right) => stateOf(left.value, right.value),
};

const commits: Comparison<{ commit: string; dirty: boolean }> = {
  text: ({ commit, dirty }) => (dirty ? `${commit} with uncommitted changes` : commit),
  state: (left, right) => {
    if (left.commit !== right.commit || left.dirty !== right.dirty) return 'changed';
    // Two trees that are dirty may differ in what was not committed.
    return left.dirty ? 'unknown' : 'same';
  },
};

const configurations: Comparison<string> = { text: (digest) => `configuration ${shortDigest(digest)}`, state: stateOf };

const layers: Comparison<readonly string[]> = {
  text: (diffIds) => `layers ${diffIds.length === 0 ? 'not known' : diffIds.map(shortDigest).join(', ')}`,
  state: (left, right) => (left.length === 0 || right.length === 0 ? 'unknown' : stateOf(left.join(), right.join())),
};

const outputFiles: Comparison<OutputFile> = {
  text: (file) => {
    if ('link' in file) return `link to ${file.link}`;
    if (isUnreadableFolder(file.path)) return 'folder that could not be read';
    const checksum = file.sha256 === undefined ? 'no checksum' : `sha256 ${shortDigest(file.sha256)}`;
    return `${file.size} bytes, ${checksum}`;
  },
  state: (left, right) => {
    if ('link' in left) return 'link' in right ? stateOf(left.link, right.link) : 'changed';
    return 'link' in right || left.size !== right.size ? 'changed' : stateOf(left.sha256, right.sha256);
  },
};

function compareInputs(left: RunRecord, right: RunRecord): ComparedEntry[] {
  return [
    ...compareTexts(left, right, ({ image }) => [['image', image.reference]]),
    ...compareImages(left.image, right.image),
    ...compareTexts(left, right, ({ image, command, output }) => [
      ['platform', image.platform],
      ['command', shellLine(command)],
      ['output folder in the container', output?.target],
    ]),
    ...compareByName(mountTexts(left), mountTexts(right), texts),
    ...compareByName(portTexts(left), portTexts(right), texts),
    ...compareTexts(left, right, settingTexts),
    ...compare('commit', left.git, right.git, commits),
  ];
}

/** Only the digest tells all of an image; the layers tell its files. */
function compareImages(left: RunRecord['image'], right: RunRecord['image']): ComparedEntry[] {
  const name = 'image identity';
  return left.configDigest === undefined || right.configDigest === undefined
    ? compare(name, left.diffIds, right.diffIds, layers)
    : compare(name, left.configDigest, right.configDigest, configurations);
}

function compareOutputs(
  left: readonly OutputFile[] | undefined,
  right: readonly OutputFile[] | undefined,
): RunComparison['outputs'] {
  if (left === undefined) return { kind: 'unfinished', which: right === undefined ? 'both' : 'left' };
  if (right === undefined) return { kind: 'unfinished', which: 'right' };
  const entries = compareByName(byPath(left), byPath(right), outputFiles);
  const unreadable = new Set(entries.map(({ name }) => name).filter(isUnreadableFolder));
  return {
    kind: 'compared',
    entries: entries.map((entry) => (isInside(unreadable, entry.name) ? { ...entry, state: 'unknown' } : entry)),
  };
}

/** Undefined where they are not known: nothing was listed of a run that has no end yet, or where listing went wrong. */
function outputsOf(record: RunRecord): readonly OutputFile[] | undefined {
  if (record.state !== 'finished') return undefined;
  return record.problem !== undefined && record.outputs.length === 0 ? undefined : record.outputs;
}

function byPath(files: readonly OutputFile[]): Map<string, OutputFile> {
  return new Map(files.map((file) => [file.path, file]));
}

/** Records list a folder that could not be read as a file whose path ends with `/`. */
function isUnreadableFolder(path: string): boolean {
  return path.endsWith('/');
}

/** Whether a path is one of the folders, which end with `/`, or is below one. */
function isInside(folders: ReadonlySet<string>, path: string): boolean {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    if (folders.has(path.slice(0, at + 1))) return true;
  }
  // The folder of all outputs.
  return folders.has('/');
}

function compareTexts(left: RunRecord, right: RunRecord, textsOf: (record: RunRecord) => Texts): ComparedEntry[] {
  const rightTexts = new Map(textsOf(right));
  return textsOf(left).flatMap(([name, text]) => compare(name, text, rightTexts.get(name), texts));
}

function compareByName<Value>(
  left: ReadonlyMap<string, Value>,
  right: ReadonlyMap<string, Value>,
  how: Comparison<Value>,
): ComparedEntry[] {
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  return names.flatMap((name) => compare(name, left.get(name), right.get(name), how));
}

function compare<Value>(
  name: string,
  left: Value | undefined,
  right: Value | undefined,
  { text, state }: Comparison<Value>,
): ComparedEntry[] {
  if (left === undefined) {
    return right === undefined ? [] : [{ name, state: 'only-right', left: undefined, right: text(right) }];
  }
  if (right === undefined) return [{ name, state: 'only-left', left: text(left), right: undefined }];
  return [{ name, state: state(left, right), left: text(left), right: text(right) }];
}

/** Undefined is a value that is not known. */
function stateOf(left: string | undefined, right: string | undefined): 'same' | 'changed' | 'unknown' {
  if (left === undefined || right === undefined) return 'unknown';
  return left === right ? 'same' : 'changed';
}

/** No value of a variable that is said to be a secret is shown, whatever else the record says. */
function variablesOf(record: RunRecord): Map<string, { value: string | undefined }> {
  return new Map<string, { value: string | undefined }>([
    ...Object.entries(record.environment).map(([name, value]) => [name, { value }] as const),
    ...record.omittedEnvironment.map((name) => [name, { value: undefined }] as const),
  ]);
}

function mountTexts({ mounts }: RunRecord): Map<string, string> {
  return new Map(
    mounts.map(({ type, source, target, readOnly }) => [
      `mount ${plainTarget(target)}`,
      `${type} ${source}${readOnly ? ' (read-only)' : ''}`,
    ]),
  );
}

function portTexts({ ports }: RunRecord): Map<string, string> {
  return new Map(
    ports.map(({ container, host }) => [`port ${container}`, host === undefined ? 'any free port' : String(host)]),
  );
}

function settingTexts({ limits, gpus, user, interactive }: RunRecord): Texts {
  return [
    ['memory limit', bytesText(limits.memory)],
    ['CPU limit', limits.cpus?.toString()],
    ['GPUs', gpus === undefined || gpus === 'all' ? gpus : gpus.join(', ')],
    ['user', user],
    ['interactive', yesOrNo(interactive)],
  ];
}

function hostTexts({ host }: RunRecord): Texts {
  return [
    ['host engine', host.engine],
    ['host platform', host.platform],
    ['host operating system', host.operatingSystem],
    ['host cores', host.cores?.toString()],
    ['host memory', bytesText(host.memory)],
    ['host GPU', host.gpu],
  ];
}

function endTexts(record: RunRecord): Texts {
  const state = ['state', record.state] as const;
  if (record.state === 'running') return [state];
  if (record.state === 'lost') return [state, ['lost', record.lost.when], ['reason', record.lost.why]];
  const { log, problem } = record;
  return [
    state,
    ['finished', record.finished],
    ['exit code', String(record.exitCode)],
    ['signal', record.signal],
    ['seconds', String(record.seconds)],
    ['out of memory', yesOrNo(record.outOfMemory)],
    ['peak memory', bytesText(record.peakMemory)],
    ['CPU seconds', record.cpuSeconds?.toString()],
    ['log', log && `${log.size} bytes, sha256 ${log.sha256}`],
    ['problem', problem && `${problem.reason}: ${problem.message}`],
    ['outputs', outputsOf(record)?.length.toString()],
  ];
}

function outputLine(file: OutputFile): string {
  const path = printable(file.path);
  return 'link' in file
    ? `${path}  link to  ${printable(file.link)}`
    : `${path}  ${file.size}  ${file.sha256 ?? 'no checksum'}`;
}

/** On one line, and no two texts alike. */
function printable(text: string): string {
  if (!/^"|[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return text;
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, escape);
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

function bytesText(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : `${bytes} bytes`;
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
