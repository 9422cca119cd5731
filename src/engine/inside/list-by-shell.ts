import { nameOfBytes } from '../file-names.js';
import { type Entry } from './place.js';

/**
 * Writes what is in a folder (first argument), with the numbers of many names by one `stat`: for each hundred names
 * the names, an empty one, what `stat` says, for each link its name, what is there and where it leads, and an empty name; each
 * ended by a zero byte. Where a link leads cannot be told here (`u`) when it leaves the second argument, if that is not the root.
 */
export const listScript = `decode "$2"; root=$decoded
decode "$1"; cd "$decoded" || exit 3
flush() {
  printf '%s\\0' "$@" ''
  stat -c '%f %s %Y /%n' "$@" 2>/dev/null
  printf '\\0'
  for f in "$@"; do
    [ -L "$f" ] || continue
    if [ -d "$f" ]; then k=d; elif [ -f "$f" ]; then k=f; elif [ -e "$f" ]; then k=o; else k=n; fi
    t=$(readlink -n "$f" 2>/dev/null; printf .); t=\${t%.}
    if [ "$root" != / ]; then
      case $t in /*) k=u ;; esac
      case $(readlink -f "$f" 2>/dev/null) in "\${root%/}" | "\${root%/}"/*) ;; *) k=u ;; esac
    fi
    printf '%s\\0%s\\0%s\\0' "$f" "$k" "$t"
  done
  printf '\\0'
}
set --
n=0
for f in ./* ./.[!.]* ./..?*; do
  [ -e "$f" ] || [ -L "$f" ] || continue
  set -- "$@" "$f"
  n=$((n + 1))
  if [ $n = 100 ]; then flush "$@"; set --; n=0; fi
done
[ $n = 0 ] || flush "$@"
`;

/** What the script wrote; a name that is cut off is left out. */
export interface ListedNames {
  entries: Entry[];
  /** Names that nothing more is known of: they have gone meanwhile, or there is no `stat`. */
  unknown: string[];
  /** Names of links of which is not known what is there. */
  untold: string[];
}

/** Reads what `listScript` wrote. */
export function parseListed(output: Buffer): ListedNames {
  const listed: ListedNames = { entries: [], unknown: [], untold: [] };
  const fields = fieldsOf(output);
  for (let at = 0; at < fields.length;) {
    let end = at;
    while ((fields[end]?.length ?? 0) > 0) end++;
    const names = fields.slice(at, end);
    const known = statsOf(fields[end + 1] ?? Buffer.alloc(0), names);
    at = end + 2;
    for (; (fields[at]?.length ?? 0) > 0; at += 3) {
      const [name, kind, target] = [fields[at], fields[at + 1], fields[at + 2]];
      if (name === undefined || kind === undefined || target === undefined) break;
      addLink(known.get(name.toString('latin1')), kind.toString('latin1'), nameOfBytes(target), listed);
    }
    at++;
    for (const name of names) {
      const entry = known.get(name.toString('latin1'));
      if (entry === undefined) listed.unknown.push(nameIn(name));
      else listed.entries.push(entry);
    }
  }
  return listed;
}

/** Each name begins with `./`. */
function nameIn(name: Buffer): string {
  return nameOfBytes(name.subarray(2));
}

function fieldsOf(output: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; ;) {
    const end = output.indexOf(0, at);
    if (end < 0) return fields;
    fields.push(output.subarray(at, end));
    at = end + 1;
  }
}

/** A name may have line ends in it, and any line may be missing: a line counts only where its name is the next one. */
function statsOf(text: Buffer, names: readonly Buffer[]): Map<string, Entry> {
  const known = new Map<string, Entry>();
  let at = 0;
  for (const name of names) {
    const numbers = /^([0-9a-f]+) (\d+) (-?\d+) \//.exec(text.toString('latin1', at, at + 80));
    if (numbers === null) break;
    const [start, mode = '', size, seconds] = numbers;
    const end = at + start.length + name.length;
    if (!text.subarray(at + start.length, end).equals(name) || text[end] !== 0x0a) continue;
    known.set(name.toString('latin1'), {
      name: nameIn(name),
      kind: kindOf(parseInt(mode, 16)),
      size: Number(size),
      modified: Math.max(0, Number(seconds) * 1000),
    });
    at = end + 1;
  }
  return known;
}

function kindOf(mode: number): Entry['kind'] {
  switch (mode & 0xf000) {
    case 0x8000:
      return 'file';
    case 0x4000:
      return 'folder';
    case 0xa000:
      return 'link';
    default:
      return 'other';
  }
}

function addLink(entry: Entry | undefined, kind: string, target: string, listed: ListedNames): void {
  if (entry?.kind !== 'link') return;
  const kinds = { d: 'folder', f: 'file', o: 'other' } as const;
  const known = kind === 'd' || kind === 'f' || kind === 'o' ? kinds[kind] : undefined;
  entry.link = { target: target === '' ? undefined : target, kind: known };
  if (kind === 'u') listed.untold.push(entry.name);
}
