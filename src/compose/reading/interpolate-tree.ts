import { explainProblem, interpolate, type Lookup } from '../interpolate.js';
import { type Place } from '../place.js';
import { type Problems } from '../problem.js';
import { type Mapping, mapValues, type Scalar, type Tree } from './tree.js';

/** Puts values in the place of the variables of all texts; keys have none. */
export function interpolateTree(tree: Mapping, lookup: Lookup, problems: Problems): Mapping {
  return mapValues(tree, (value) => interpolated(value, lookup, problems));
}

function interpolated(tree: Tree, lookup: Lookup, problems: Problems): Tree {
  if (tree.kind === 'mapping') return interpolateTree(tree, lookup, problems);
  if (tree.kind === 'sequence') {
    return { ...tree, items: tree.items.map((item) => interpolated(item, lookup, problems)) };
  }
  const { value } = tree;
  if (typeof value !== 'string' || !value.includes('$')) return tree;
  const result = interpolate(value, lookup);
  for (const problem of result.problems) {
    const { severity, message, remedy } = explainProblem(problem);
    const code = problem.kind === 'invalid' ? 'interpolation' : 'missing-variable';
    if (severity === 'error') problems.error(placeWithin(tree, problem.index), code, message, remedy);
    else problems.warning(placeWithin(tree, problem.index), code, message, remedy);
  }
  return { ...tree, value: result.text };
}

/** Where a character of a scalar's text stands; only the line is told where the text is not what is written. */
function placeWithin({ place, style, source }: Scalar, index: number): Place {
  const before = source.slice(0, index);
  if (style === 'block') {
    return { ...place, line: place.line + before.split('\n').length, column: 1 };
  }
  return { ...place, column: place.column + index + (style === 'quoted' ? 1 : 0) };
}
