import { shellLine } from '../../host/shell-line.js';
import { type ShownCommand } from './readme-commands.js';

/** What of the project a command runs. */
export interface NamedByCommand {
  file: string;
  kind: 'script' | 'notebook' | 'web-app';
  /** As it is run in the project's folder; just the program without arguments where those are the reader's to give. */
  command: readonly string[];
}

/** What a command runs of the project, by the files it has; undefined for a command of another kind (`pip install …`). */
export function namedByCommand(
  { words, folder }: ShownCommand,
  has: (file: string) => boolean,
): NamedByCommand | undefined {
  const { environment, rest, isRun } = withoutWrappers(words);
  if (words.includes('--help') || words.at(-1) === '-h') return undefined;
  const parts = folder === '' ? [] : folder.split('/');
  // The first of them may be the project's own: `git clone … && cd project`.
  for (let at = 0; at <= parts.length; at += 1) {
    const base = parts.slice(at).join('/');
    const found = program(rest, isRun, (file) => (file.startsWith('..') ? undefined : existing(base, file, has)));
    if (found === undefined) continue;
    const plain = environment.length === 0 ? found.command : ['env', ...environment, ...found.command];
    const command = base === '' ? plain : ['bash', '-c', `${shellLine(['cd', base])} && ${shellLine(plain)}`];
    return { ...found, command };
  }
  return undefined;
}

type Words = readonly (string | null)[];
/** The path in the project of a file as a command names it. */
type Find = (file: string) => string | undefined;

function existing(base: string, file: string, has: (file: string) => boolean): string | undefined {
  const plain = file.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  const path = base === '' ? plain : `${base}/${plain}`;
  return has(path) ? path : undefined;
}

/** Tools that run a program in an environment that the image is. */
const runners = /^(?:uv|poetry|pdm|pipenv|pixi|hatch|rye)$/;

/** `isRun`: one of these tools runs the rest, so that its first word is a program. */
function withoutWrappers(words: Words): { environment: string[]; rest: Words; isRun: boolean } {
  const environment: string[] = [];
  let isRun = false;
  let rest = words;
  for (;;) {
    const [first, second] = rest;
    if (typeof first !== 'string') return { environment, rest, isRun };
    if (/^[A-Za-z_]\w*=/.test(first)) {
      // Which GPU to use is the machine's matter.
      if (!first.startsWith('CUDA_VISIBLE_DEVICES=')) environment.push(first);
      rest = rest.slice(1);
    } else if (/^(?:time|nohup|sudo|env|export)$/.test(first)) rest = rest.slice(1);
    else if (runners.test(first) && second === 'run') {
      rest = rest.slice(2);
      isRun = true;
    } else if (/^(?:conda|mamba|micromamba)$/.test(first) && second === 'run') {
      rest = behindOptions(rest.slice(2), /^-[np]$|^--(?:name|prefix)$/);
    } else if (first === 'srun') rest = behindOptions(rest.slice(1), /^-[a-zA-Z]$/);
    else return { environment, rest, isRun };
  }
}

/** @param valued the options whose value is the next word */
function behindOptions(words: Words, valued: RegExp): Words {
  let at = 0;
  for (let word = words[at]; word?.startsWith('-') === true; word = words[at]) at += valued.test(word) ? 2 : 1;
  return words.slice(at);
}

function program(words: Words, isRun: boolean, find: Find): NamedByCommand | undefined {
  const [first, ...others] = words;
  if (typeof first !== 'string') return undefined;
  const name = first.replace(/^.*\/(?=bin\/)/, '');
  if (/^(?:bin\/)?(?:i?python(?:3(?:\.\d+)?)?|py)$/.test(name)) return python(others, find);
  if (/^(?:bash|sh|zsh)$/.test(name)) return script(['bash'], others, /\.(?:sh|bash)$|^[^.-][^.]*$/, find);
  if (name === 'Rscript') return script(['Rscript'], others, /\.R$/i, find);
  if (name === 'R')
    return script(
      ['Rscript'],
      others.filter((word) => word !== 'CMD' && word !== 'BATCH'),
      /\.R$/i,
      find,
    );
  if (name === 'julia') return julia(others, find);
  if (/^(?:snakemake|make|just|dvc|nextflow)$/.test(name)) return workflow(name, others, find);
  if (/^(?:torchrun|accelerate|mpirun|mpiexec|deepspeed|horovodrun)$/.test(name)) return launched(words, find);
  if (/^(?:jupyter|papermill|jupyter-nbconvert|jupyter-execute)$/.test(name)) return notebook(words, find);
  if (/^(?:streamlit|flask|uvicorn|gunicorn|hypercorn|panel|bokeh|shiny|fastapi|voila)$/.test(name))
    return webApp(others, find);
  // A file's name alone is no command: it is what a text says of the file.
  if (first.endsWith('.py') && (isRun || first.startsWith('./'))) return python(words, find);
  if (first.startsWith('./') && /\.(?:sh|bash)$/.test(first)) return script(['bash'], words, /\.(?:sh|bash)$/, find);
  return undefined;
}

/** The words from one on, if none of them is the reader's to give. */
function given(words: Words): string[] {
  const known = words.filter((word) => word !== null);
  return known.length === words.length ? known : [];
}

function plainPath(file: string): string {
  return file.replace(/^(?:\.\/)+/, '');
}

/** An interpreter, a file, and its arguments. Options between the first two are left out. */
function script(interpreter: readonly string[], words: Words, pattern: RegExp, find: Find): NamedByCommand | undefined {
  const at = words.findIndex((word) => word === null || !word.startsWith('-'));
  const word = words[at];
  if (typeof word !== 'string' || !pattern.test(word) || words.slice(0, at).includes('-e') || words.includes('-c')) {
    return undefined;
  }
  const file = find(word);
  if (file === undefined) return undefined;
  return { file, kind: 'script', command: [...interpreter, plainPath(word), ...given(words.slice(at + 1))] };
}

function python(all: Words, find: Find): NamedByCommand | undefined {
  const words = all.filter((word, index) => !/^-[WX]$/.test(word ?? '') && !/^-[WX]$/.test(all[index - 1] ?? ''));
  const at = words.findIndex((word) => word === null || word === '-m' || word === '-c' || !word.startsWith('-'));
  const [first, module] = words.slice(at);
  if (typeof first !== 'string' || /(?:^|\/)(?:setup|manage)\.py$/.test(first)) return undefined;
  if (first !== '-m') return script(['python'], words.slice(at), /\.py$/, find);
  if (typeof module !== 'string') return undefined;
  if (/^torch\.distributed\.(?:launch|run)$/.test(module)) return launched(['python', ...words.slice(at)], find);
  const path = module.replaceAll('.', '/');
  const places = ['', 'src/'].flatMap((folder) => [`${folder}${path}.py`, `${folder}${path}/__main__.py`]);
  const file = places.map(find).find((place) => place !== undefined);
  return file === undefined
    ? undefined
    : { file, kind: 'script', command: ['python', '-m', module, ...given(words.slice(at + 2))] };
}

function julia(words: Words, find: Find): NamedByCommand | undefined {
  const at = words.findIndex((word) => word?.endsWith('.jl') === true);
  const word = words[at];
  const options = given(words.slice(0, at < 0 ? 0 : at));
  const file = typeof word === 'string' && !options.includes('-e') ? find(word) : undefined;
  if (typeof word !== 'string' || file === undefined) return undefined;
  const project = options.some((option) => option.startsWith('--project')) ? [] : ['--project=.'];
  return {
    file,
    kind: 'script',
    command: ['julia', ...project, ...options, plainPath(word), ...given(words.slice(at + 1))],
  };
}

const notResults =
  /^(?:clean|install|test|tests|check|lint|format|docs?|env|setup|build|docker.*|help|dev|requirements|venv|serve)$/;

function workflow(name: string, words: Words, find: Find): NamedByCommand | undefined {
  const files = {
    snakemake: ['Snakefile', 'workflow/Snakefile'],
    make: ['Makefile', 'makefile', 'GNUmakefile'],
    just: ['justfile', 'Justfile', '.justfile'],
    dvc: ['dvc.yaml'],
    nextflow: ['main.nf'],
  }[name];
  const file = files?.map(find).find((each) => each !== undefined);
  if (file === undefined) return undefined;
  const first = words.find((word) => word === null || !word.startsWith('-'));
  if (name === 'dvc' && first !== 'repro') return undefined;
  if (name === 'nextflow' && first !== 'run') return undefined;
  if ((name === 'make' || name === 'just') && typeof first === 'string' && notResults.test(first)) return undefined;
  const args = given(words);
  if (name === 'nextflow' && args.length === 0)
    return { file, kind: 'script', command: ['nextflow', 'run', 'main.nf'] };
  const isDry = args.some((arg) => /^(?:-n|-np|--dry-?run|--lint|--dag)$/.test(arg));
  if (isDry || words.some((word) => word !== null && /^(?:--help|-h|--version)$/.test(word))) return undefined;
  const hasCores = args.some((arg) => /^(?:--cores|--jobs|-c|-j)/.test(arg));
  return {
    file,
    kind: 'script',
    command: [name, ...args, ...(name === 'snakemake' && !hasCores ? ['--cores', 'all'] : [])],
  };
}

/** A program that starts several of Python's. */
function launched(words: Words, find: Find): NamedByCommand | undefined {
  const at = words.findIndex((word) => word?.endsWith('.py') === true);
  const word = words[at];
  const file = typeof word === 'string' ? find(word) : undefined;
  const before = given(words.slice(0, at + 1));
  if (file === undefined || before.length === 0) return undefined;
  return { file, kind: 'script', command: [...before, ...given(words.slice(at + 1))] };
}

function notebook(words: Words, find: Find): NamedByCommand | undefined {
  const runs = words.some((word) => word !== null && /^(?:--execute|execute|papermill|jupyter-execute)$/.test(word));
  const file = runs ? firstFile(words, /\.ipynb$/, find) : undefined;
  return file === undefined ? undefined : { file, kind: 'notebook', command: given(words) };
}

/** Servers name a file, or a module (`package.module:app`). */
function webApp(words: Words, find: Find): NamedByCommand | undefined {
  const modules = words.map((word) => (word === null ? null : word.replace(/:[\w()]+$/, '')));
  const file =
    firstFile(modules, /\.(?:py|ipynb)$/, find) ??
    modules.map((word) => (word === null ? undefined : find(`${word.replaceAll('.', '/')}.py`))).find(Boolean) ??
    ['app.py', 'main.py', 'wsgi.py'].map(find).find(Boolean);
  return file === undefined ? undefined : { file, kind: 'web-app', command: [] };
}

function firstFile(words: Words, pattern: RegExp, find: Find): string | undefined {
  return words
    .map((word) => (word !== null && pattern.test(word) ? find(word) : undefined))
    .find((file) => file !== undefined);
}
