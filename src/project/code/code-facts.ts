import { isMainCondition } from './blocks.js';
import { type CodeKind } from './choose-files.js';
import { type Written } from './output-folders.js';
import { loadedPackages } from './loaded-packages.js';
import { readProgram } from './program.js';
import { hasRelativeImports, importedModules } from './python-imports.js';
import { writtenByRecipes } from './recipe-lines.js';
import { writtenByRules } from './rules-outputs.js';
import { codeOfDocument, isRMarkdown } from './r-markdown.js';
import { readShellCommands } from './shell-commands.js';
import { type ProgramLanguage, type Token, tokenize } from './tokens.js';
import { type Call } from './values.js';
import { type WebApp, webAppOf } from './web-apps.js';
import { writtenByCommands } from './written-by-commands.js';
import { writtenByProgram } from './written-by-calls.js';

/** What one file of code says. */
export interface CodeFacts {
  file: string;
  kind: CodeKind;
  /** Modules of Python that it imports, with all their parts. */
  modules: readonly string[];
  /** Packages that it loads, of R. */
  packages: readonly string[];
  written: readonly Written[];
  /** Whether running the file does something, and how that is seen, as a person reads it; undefined for a mere module. */
  runs: string | undefined;
  /** What reads its command line: `argparse`. */
  options: string | undefined;
  /** Whether it runs only as a module of its package. */
  isRelative: boolean;
  web: WebApp | undefined;
  /** Other files that it has in itself: `source("x.R")`, `include("x.jl")`. */
  included: readonly string[];
  /** The targets of a Makefile or justfile. */
  targets: readonly string[];
}

const nothing = {
  modules: [],
  packages: [],
  written: [],
  options: undefined,
  isRelative: false,
  web: undefined,
  included: [],
  targets: [],
};

/** Reads the text of one file, of a notebook the code of its cells. */
export function factsOf(file: string, kind: CodeKind, text: string, language?: ProgramLanguage): CodeFacts {
  const empty = { ...nothing, file, kind, runs: undefined };
  switch (kind) {
    case 'python':
      return { ...empty, ...pythonFacts(file, text) };
    case 'r':
    case 'julia':
      return { ...empty, ...scriptFacts(file, text, kind) };
    case 'rmarkdown': {
      const tokens = tokenize(codeOfDocument(text), 'r');
      const written = writtenByProgram(readProgram(tokens, 'r', file), 'r');
      const renderer = isRMarkdown(file) ? ['rmarkdown'] : [];
      return { ...empty, packages: [...loadedPackages(tokens), ...renderer], written };
    }
    case 'notebook': {
      if (language === undefined) return empty;
      const tokens = tokenize(text, language);
      return {
        ...empty,
        modules: language === 'python' ? importedModules(tokens).map(({ module }) => module) : [],
        packages: language === 'r' ? loadedPackages(tokens) : [],
        written: writtenByProgram(readProgram(tokens, language, file), language),
      };
    }
    case 'snakemake': {
      const tokens = tokenize(text, 'python');
      const written = [...writtenByProgram(readProgram(tokens, 'python', file), 'python'), ...writtenByRules(tokens)];
      return { ...empty, modules: importedModules(tokens).map(({ module }) => module), written };
    }
    case 'shell':
      return { ...empty, ...shellFacts(file, text) };
    case 'make':
    case 'just':
      return { ...empty, ...recipeFacts(text, kind) };
    case 'nextflow':
    case 'dvc':
    case 'readme':
      return empty;
  }
}

const readers: readonly [reader: string, call: RegExp, module: RegExp][] = [
  ['argparse', /^ArgumentParser$/, /^argparse\b/],
  ['Hydra', /^main$/, /^hydra\b/],
  ['Click', /^(?:command|group)$/, /^(?:rich_)?click\b/],
  ['Typer', /^(?:Typer|run)$/, /^typer\b/],
  ['absl', /^(?:run|DEFINE_\w+)$/, /^absl\b/],
  ['Fire', /^Fire$/, /^fire\b/],
  ['tyro', /^cli$/, /^tyro\b/],
];

function pythonFacts(file: string, text: string): Partial<CodeFacts> {
  const tokens = tokenize(text, 'python');
  const modules = importedModules(tokens);
  const program = readProgram(tokens, 'python', file);
  const written = writtenByProgram(program, 'python');
  const options = readers.find(
    ([, call, module]) =>
      modules.some((imported) => module.test(imported.module)) && program.calls.some(({ name }) => call.test(name)),
  )?.[0];
  return {
    modules: modules.map(({ module }) => module),
    written,
    options,
    isRelative: hasRelativeImports(tokens),
    web: webAppOf(file, program, modules),
    runs: hasMainBlock(tokens)
      ? 'it has a main block'
      : program.calls.some((call) => call.isAtTop && showsWork(call, written))
        ? 'it computes something when it is run'
        : undefined,
  };
}

/** A call at the top of a file that only a program makes. */
function showsWork({ name, line }: Call, written: readonly Written[]): boolean {
  return /^(?:print|show|main|exit|fit|train|run|plot|tqdm)$/.test(name) || written.some((one) => one.line === line);
}

function hasMainBlock(tokens: readonly Token[]): boolean {
  return tokens.some(
    (token, index) => token.kind === 'line' && token.indent === 0 && isMainCondition(tokens, index + 1),
  );
}

/** Calls that a file of functions makes, too. */
const ofModules =
  /^(?:library|require|options|suppress\w*|set\.seed|p_load|theme_set|setwd|rm|requireNamespace|eval|gc|sink|plan|c|list|install\.packages|set(?:Class|Generic|Method|RefClass|Validity)|R6Class|Sys\.set\w+)$/;

function scriptFacts(file: string, text: string, language: 'r' | 'julia'): Partial<CodeFacts> {
  const tokens = tokenize(text, language);
  const program = readProgram(tokens, language, file);
  const isModule = language === 'julia' && tokens[1]?.kind === 'name' && /^(?:bare)?module$/.test(tokens[1].text);
  const included = program.calls
    .filter(({ name }) => name === 'source' || name === 'include')
    .flatMap(({ args }) => args[0]?.value.text ?? []);
  const isProgram =
    program.calls.some(({ isAtTop, name }) => isAtTop && !ofModules.test(name)) ||
    // R’s way to say “when it is run, not when it is sourced”.
    (program.calls.some(({ name }) => name === 'sys.nframe' || name === 'interactive') &&
      program.calls.some(({ name, isDefinition }) => name === 'main' && !isDefinition));
  return {
    included,
    packages: language === 'r' ? loadedPackages(tokens) : [],
    written: writtenByProgram(program, language),
    runs: isProgram && !isModule ? 'it computes something when it is run' : undefined,
    options: program.calls.some(({ name }) => /^(?:commandArgs|parse_args|docopt)$/.test(name))
      ? 'its arguments'
      : undefined,
    web: program.calls.some(({ name }) => name === 'shinyApp') ? shiny(file) : undefined,
  };
}

/** The web application in a folder, as Shiny for R has it (https://shiny.posit.co/r/articles/build/app-formats/). */
export function shiny(file: string): WebApp {
  const folder = file.slice(0, Math.max(0, file.lastIndexOf('/'))) || '.';
  const run = `shiny::runApp(${JSON.stringify(folder)}, host = "0.0.0.0", port = 3838)`;
  return { framework: 'Shiny', command: ['Rscript', '-e', run], port: 3838 };
}

function shellFacts(file: string, text: string): Partial<CodeFacts> {
  const commands = readShellCommands(text, file);
  const sources = commands.filter(({ words }) => words[0]?.text === 'source' || words[0]?.text === '.');
  return {
    written: writtenByCommands(commands),
    included: sources.flatMap(({ words }) => words[1]?.text ?? []),
    runs:
      commands.length > 0 ? (text.includes('#SBATCH') ? 'it is a job for Slurm' : 'it is a shell script') : undefined,
  };
}

/** Of Makefiles and justfiles: the lines that are indented are commands of a shell. */
function recipeFacts(text: string, kind: 'make' | 'just'): Partial<CodeFacts> {
  const lines = text.split(/\r?\n/);
  const targets = lines.flatMap((line) => {
    const colon = /^[\w@]/.test(line) ? line.slice(0, 200).indexOf(':') : -1;
    const head = line.slice(0, Math.max(0, colon)).replace(/^@/, '');
    if (line.charAt(colon + 1) === '=' || (kind === 'make' && head.includes('='))) return [];
    const names = head.split(/\s+/).filter((name) => /^\w[\w./-]*$/.test(name));
    // Behind the name of a justfile's recipe are its parameters.
    return kind === 'make' ? names : names.slice(0, 1);
  });
  return { targets, written: writtenByRecipes(lines) };
}
