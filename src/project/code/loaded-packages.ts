import { isMark, type Token } from './tokens.js';

/**
 * The packages that come with R, the recommended ones included
 * (https://cran.r-project.org/doc/FAQ/R-FAQ.html#R-Add_002dOn-Packages).
 */
const ofR = new Set(
  (
    'base compiler datasets graphics grDevices grid methods parallel splines stats stats4 tcltk tools utils ' +
    'boot class cluster codetools foreign KernSmooth lattice MASS Matrix mgcv nlme nnet rpart spatial survival'
  ).split(' '),
);
/** What is loaded by a name without quotes or by a text. */
const loaders = new Set(['library', 'require', 'requireNamespace', 'loadNamespace', 'attachNamespace']);
/** What takes several packages, each by a name without quotes or by a text. */
const groupLoaders = new Set(['p_load', 'shelf']);
/** Packages whose `install` takes names of packages, as `install.packages` does. */
const installers = new Set(['BiocManager', 'renv', 'pak']);
/** What a vector of names is called that is handed to `library` piece by piece. */
const vectorName = /pa?c?ka?ge?s?|librar|^libs?$|required|dependenc/i;
const packageName = /^[A-Za-z][A-Za-z0-9.]*[A-Za-z0-9]$/;

/**
 * The packages that a program of R loads or installs by name, in the order in which they are found: `library(x)`, `x::f`,
 * `pacman::p_load(x, y)`, `install.packages(c("x", "y"))`, and vectors whose names are loaded in a loop. Those that come with R
 * are none.
 */
export function loadedPackages(tokens: readonly Token[]): string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (packageName.test(name) && !ofR.has(name)) found.add(name);
  };
  const isInLoop = tokens.some(({ kind, text }) => kind === 'name' && text === 'character.only');
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'name') continue;
    const next = tokens[index + 1];
    const isOf = isMark(tokens[index - 1], '::') || isMark(tokens[index - 1], ':');
    if (isMark(next, '::') && !isOf) add(token.text);
    else if (isMark(next, '(') && loaders.has(token.text))
      for (const name of firstArgument(tokens, index + 2)) add(name);
    else if (isMark(next, '(') && groupLoaders.has(token.text)) for (const name of names(tokens, index + 2)) add(name);
    else if (isMark(next, '(') && installs(tokens, index)) for (const name of texts(tokens, index + 2)) add(name);
    else if (isAssigned(next) && isInLoop && vectorName.test(token.text) && isVector(tokens, index + 2)) {
      for (const name of texts(tokens, index + 4)) add(name);
    }
  }
  return [...found];
}

/** Whether the call at a name installs packages that it names. */
function installs(tokens: readonly Token[], at: number): boolean {
  if (isName(tokens[at], 'install.packages')) return true;
  const owner = tokens[at - 2];
  return isName(tokens[at], 'install') && isMark(tokens[at - 1], '::') && installers.has(owner?.text ?? '');
}

/** The package that stands first, by its name or as a text; none where it is a variable with the name. */
function firstArgument(tokens: readonly Token[], start: number): string[] {
  const isNamed = isName(tokens[start], 'package') && isMark(tokens[start + 1], '=');
  const token = tokens[isNamed ? start + 2 : start];
  const behind = tokens[isNamed ? start + 3 : start + 1];
  if (token === undefined || !(isMark(behind, ')') || isMark(behind, ','))) return [];
  if (token.kind === 'string') return [token.text];
  const end = endOf(tokens, start);
  const isVariable = tokens.slice(start, end).some((each) => isName(each, 'character.only'));
  return token.kind === 'name' && !isVariable ? [token.text] : [];
}

/** What stands between commas, by its name or as a text, up to the first argument with a name. */
function names(tokens: readonly Token[], start: number): string[] {
  const end = endOf(tokens, start);
  const found: string[] = [];
  for (let at = start; at < end; at += 1) {
    const token = tokens[at];
    if (isMark(tokens[at + 1], '=')) return found;
    if (token?.kind === 'string' || (token?.kind === 'name' && !isMark(tokens[at + 1], '('))) found.push(token.text);
  }
  return found;
}

/** The texts up to the end of the brackets or the first argument with a name: `repos = "…"` is no package. */
function texts(tokens: readonly Token[], start: number): string[] {
  const inside = tokens.slice(start, endOf(tokens, start));
  const named = inside.findIndex(({ kind }, at) => kind === 'name' && isMark(inside[at + 1], '='));
  return inside
    .slice(0, named < 0 ? inside.length : named)
    .flatMap((token) => (token.kind === 'string' ? [token.text] : []));
}

/** How far it is looked for the end of a bracket, in tokens: one that is not closed would be looked for in all that follows. */
const longestCall = 1000;

/** Where the bracket that is open closes. */
function endOf(tokens: readonly Token[], start: number): number {
  let depth = 1;
  const last = Math.min(tokens.length, start + longestCall);
  for (let at = start; at < last; at += 1) {
    if (isMark(tokens[at], '(')) depth += 1;
    if (isMark(tokens[at], ')')) depth -= 1;
    if (depth === 0) return at;
  }
  return last;
}

function isVector(tokens: readonly Token[], at: number): boolean {
  return isName(tokens[at], 'c') && isMark(tokens[at + 1], '(');
}

function isAssigned(token: Token | undefined): boolean {
  return isMark(token, '<-') || isMark(token, '=');
}

function isName(token: Token | undefined, text: string): boolean {
  return token?.kind === 'name' && token.text === text;
}
