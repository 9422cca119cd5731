/** A member of a layer's tar: a file, a folder, a link, or the mark that something below was deleted. */
export interface LayerEntry {
  /** As the tar has it: `file`, `directory`, `symlink`, … */
  kind: string;
  mode: number;
  /** `user:group` as numbers. */
  owner: string;
  /** Seconds since 1970. */
  time: string;
  /** What a link leads to, else empty. */
  linkTarget: string;
  /** Extended attributes, and the numbers of a device. */
  attributes: string;
  /** Digest of a file's content, else empty. */
  content: string;
}

/** The members of a layer by path, without a slash at either end, in the order of the tar. */
export type LayerListing = ReadonlyMap<string, LayerEntry>;

/** Lines that name single files, in one layer. */
const mostLines = 20;
const namedTimes = 3;

/** What often makes a layer differ, by the paths that it shows in, and what helps. */
const hints: readonly { paths: RegExp; text: string }[] = [
  {
    paths: /\.pyc$/,
    text: 'Python’s compiled files hold the times of their sources: set ENV PYTHONDONTWRITEBYTECODE=1, and install with “pip install --no-compile”.',
  },
  {
    paths:
      /^var\/(?:log\/(?:dpkg\.log|alternatives\.log|bootstrap\.log|apt(?:\/|$))|cache\/(?:apt\/|debconf\/|ldconfig\/aux-cache$)|lib\/apt\/lists\/)/,
    text: 'apt and dpkg leave logs and caches: end the same RUN with “rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache /var/log/apt /var/log/*.log”.',
  },
  {
    paths: /^(?:root|home\/[^/]+)\/\.(?:cache|npm|conda)\//,
    text: 'Package managers leave caches: use “pip install --no-cache-dir”, or RUN --mount=type=cache for the folder.',
  },
  {
    paths: /(?:^|\/)Meta\/package\.rds$/,
    text: 'R packages hold the time of their installation: install with INSTALL_opts = "--built-timestamp=…".',
  },
  {
    paths: /(?:^|\/)\.git\//,
    text: 'A git repository keeps times of its own: remove .git in the same RUN, or download the release.',
  },
  {
    paths: /(?:^|\/)(?:shadow-?|machine-id|ssh_host_\w+(?:\.pub)?)$/,
    text: 'Such files are made at random or hold the day’s date: remove them in the same RUN, or write them with a fixed content.',
  },
  {
    paths: /^(?:tmp|var\/tmp)\/./,
    text: 'Temporary files are left in the image: remove them in the same RUN.',
  },
];

const timesOfRun =
  'Only times differ, not what is in the files. They are the same if the step ends by setting them on all that it wrote, as with “touch -h -d @$SOURCE_DATE_EPOCH”; ARG SOURCE_DATE_EPOCH brings the time of the commit.';
const timesOfCopy =
  'Only times differ, not what is in the files: files keep the time that they have on this disk, and a folder that is made for them gets the time of the build.';
const timesOfEngine =
  'Only the time of /etc differs: the engine puts its own files there while a step runs, the recipe cannot change it.';

/**
 * What differs between a layer and its rebuild, in lines for a person; files in the order of their paths.
 *
 * @param instruction that made the layer; empty where it is not known
 */
export function layerDifferences(recorded: LayerListing, rebuilt: LayerListing, instruction = ''): string[] {
  const lines: string[] = [];
  const touched: string[] = [];
  const otherTimes: string[] = [];
  for (const path of [...new Set([...recorded.keys(), ...rebuilt.keys()])].sort()) {
    const before = recorded.get(path);
    const after = rebuilt.get(path);
    if (before === undefined || after === undefined) {
      lines.push(`${before === undefined ? 'added' : 'removed'}: ${nameOf(path)}`);
      touched.push(path);
      continue;
    }
    const aspects = aspectsOf(before, after);
    if (aspects.length > 0) {
      lines.push(`changed: ${nameOf(path)} (${aspects.join(', ')})`);
      touched.push(path);
    } else if (before.time !== after.time) otherTimes.push(path);
  }
  const more = lines.length - mostLines;
  return [
    ...lines.slice(0, mostLines),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(otherTimes.length > 0 ? [timesLine(otherTimes)] : []),
    ...(lines.length === 0 && otherTimes.length > 0 ? [`hint: ${timesHint(otherTimes, instruction)}`] : []),
    ...(lines.length === 0 && otherTimes.length === 0 ? [sameFiles(recorded, rebuilt)] : []),
    ...hints.filter(({ paths }) => touched.some((path) => paths.test(path))).map(({ text }) => `hint: ${text}`),
  ];
}

function timesHint(paths: readonly string[], instruction: string): string {
  if (paths.join() === 'etc') return timesOfEngine;
  return /^(?:COPY|ADD|WORKDIR)\b/i.test(instruction) ? timesOfCopy : timesOfRun;
}

function aspectsOf(before: LayerEntry, after: LayerEntry): string[] {
  if (before.kind !== after.kind) return [`${before.kind}, now ${after.kind}`];
  return [
    ...(before.content === after.content ? [] : ['content']),
    ...(before.linkTarget === after.linkTarget
      ? []
      : [`link target ${shown(before.linkTarget)}, now ${shown(after.linkTarget)}`]),
    ...(before.mode === after.mode ? [] : [`mode ${before.mode.toString(8)}, now ${after.mode.toString(8)}`]),
    ...(before.owner === after.owner ? [] : [`owner ${before.owner}, now ${after.owner}`]),
    ...(before.attributes === after.attributes ? [] : ['attributes']),
  ];
}

function timesLine(paths: readonly string[]): string {
  const [first = ''] = paths;
  if (paths.length === 1) return `time: ${nameOf(first)} has another time`;
  const named = paths.slice(0, namedTimes).map(nameOf).join(', ');
  return `time: ${paths.length} files have other times: ${named}${paths.length > namedTimes ? ', …' : ''}`;
}

function sameFiles(recorded: LayerListing, rebuilt: LayerListing): string {
  const sameOrder = [...recorded.keys()].join('\0') === [...rebuilt.keys()].join('\0');
  return sameOrder
    ? 'form: the files are the same, the engine only wrote them down in another way'
    : 'order: the files are the same, but come in another order';
}

/** A layer marks what it deletes by files of that prefix (OCI image-spec 1.1, `layer.md`, “Whiteouts”). */
function nameOf(path: string): string {
  const at = path.lastIndexOf('/') + 1;
  const [folder, name] = [path.slice(0, at), path.slice(at)];
  if (name === '.wh..wh..opq') return `${shown(folder)} (the mark that hides what was there)`;
  return name.startsWith('.wh.') ? `${shown(folder + name.slice(4))} (the mark that deletes it)` : shown(path);
}

/** Names in a layer may hold line ends. */
function shown(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '�');
}
