import {
  type Argument,
  type Call,
  concatenated,
  cutAt,
  joined,
  parentValue,
  unknown,
  type Value,
  whole,
} from './values.js';

type Result = (call: Call) => Value | undefined;

function plain(args: readonly Argument[]): Value[] {
  return args.flatMap(({ name, value }) => (name === undefined ? [value] : []));
}

/** The path that it is given, in whatever form; as a method that of what it is called of. */
const same: Result = ({ receiver, args, ...call }) => {
  if (receiver?.text !== undefined) return receiver;
  return plain(args)[0] ?? named({ args, ...call }, 'default');
};
const path: Result = ({ args, line }) => (args.length === 0 ? whole('', line) : joined(plain(args)));
const inFolder: Result = ({ receiver, args }) =>
  receiver?.text === undefined ? joined(plain(args)) : joined([receiver, ...plain(args)]);
const inProject: Result = ({ args, line }) => joined([whole('', line), ...plain(args)]);
const folder: Result = ({ line }) => whole('', line);
const sibling: Result = ({ receiver }) => (receiver === undefined ? undefined : parentValue(receiver, 1));

/** By the name of a function or method, in any of the languages. */
const results: ReadonlyMap<string, Result> = new Map<string, Result>([
  ...each(
    'str String string fspath abspath realpath normpath expanduser expandvars resolve absolute as_posix rstrip strip',
    same,
  ),
  ...each('normalizePath path.expand as.character int Option Argument', same),
  ...each('Path PurePath PosixPath PurePosixPath WindowsPath UPath', path),
  ...each('joinpath file.path path safe_join', inFolder),
  ...each('here', inProject),
  ...each('cwd getcwd getwd pwd', folder),
  ...each('with_suffix with_name with_stem', sibling),
  // `", ".join(…)` is a list's.
  ...each('join', ({ receiver, args }) => (receiver?.text === undefined ? joined(plain(args)) : undefined)),
  ...each('dirname', ({ args: [first] }) => (first === undefined ? undefined : parentValue(first.value, 1))),
  ...each('paste0', ({ args }) => concatenated(plain(args))),
  ...each('paste', (call) => {
    const separator = named(call, 'sep')?.text;
    if (separator === '') return concatenated(plain(call.args));
    return separator === '/' ? joined(plain(call.args)) : undefined;
  }),
  ...each('glue', ({ args: [first] }) => (first === undefined ? undefined : cutAt(first.value, '{'))),
  // Of R’s `c("-o", "--output")`, the long one names the option.
  ...each('c', ({ args }) => plain(args).find(isLong)),
  // Of DrWatson (https://juliadynamics.github.io/DrWatson.jl/stable/project/#Navigating-a-Project).
  ...each('projectdir', inProject),
  ...['plots', 'data', 'scripts', 'src', 'papers'].flatMap((name) =>
    each(`${name}dir`, ({ args, line }) => joined([whole(name, line), ...plain(args)])),
  ),
  ...each('format', ({ receiver }) => (receiver === undefined ? undefined : cutAt(receiver, '{'))),
  ...each('sprintf', ({ args: [first] }) => (first === undefined ? undefined : cutAt(first.value, '%'))),
  ...each('getenv', ({ args }) => args[1]?.value),
  ...each('get', ({ owner, args }) => (owner.endsWith('environ') ? args[1]?.value : undefined)),
  ...each('Sys.getenv', (call) => named(call, 'unset') ?? call.args[1]?.value),
]);

function each(names: string, result: Result): [string, Result][] {
  return names.split(' ').map((name) => [name, result]);
}

function isLong({ text }: Value): boolean {
  return text?.startsWith('--') === true;
}

/** What a call gives back, where that is a path or text which can be told. */
export function resultOf(call: Call): Value | undefined {
  return results.get(call.name)?.(call);
}

/** An argument by its name. */
export function named({ args }: Pick<Call, 'args'>, ...names: readonly string[]): Value | undefined {
  return args.find(({ name }) => name !== undefined && names.includes(name))?.value;
}

const declaring = new Set(['add_argument', 'add_option', 'make_option', 'option']);

/**
 * The option of the command line that a call declares, named as the program then has it (`out_dir` of `--out-dir`), with its
 * default: `add_argument` of argparse, `option` of click, `DEFINE_string` of absl, `add_option` and `make_option` of R's.
 */
export function defaultOfOption(call: Call): { name: string; value: Value } | undefined {
  const { name, args, line } = call;
  if (name.startsWith('DEFINE_')) {
    const [option = named(call, 'name'), value = named(call, 'default')] = plain(args);
    return option?.text === undefined ? undefined : { name: option.text, value: value ?? unknown(line) };
  }
  if (!declaring.has(name)) return undefined;
  const names = plain(args);
  const option = (named(call, 'dest') ?? names.find(isLong) ?? names.find(({ text }) => text !== undefined))?.text;
  if (option === undefined) return undefined;
  const value = named(call, 'default') ?? unknown(line);
  return { name: option.replace(/^-+/, '').replace(/=.*$/s, '').replaceAll('-', '_'), value };
}
