import { compareVersions } from './version.js';

/** What is known of one GPU and its driver, in the words of a requirement; undefined what is not known. */
export interface RequirementFacts {
  /** Highest CUDA of the driver, `12.4`. */
  cuda: string | undefined;
  driver: string | undefined;
  /** Compute capability, `8.6`. */
  arch: string | undefined;
  /** NVML's brand, such as `tesla`. */
  brand: string | undefined;
}

export type RequirementOutcome =
  | { kind: 'met' }
  /** The first condition of the requirement, which the toolkit names too. */
  | { kind: 'unmet'; condition: string }
  /** The term that cannot be decided, and why. */
  | { kind: 'unknown'; term: string; why: 'unknown-term' | 'unknown-fact' };

const properties: readonly string[] = ['cuda', 'driver', 'arch', 'brand'] satisfies (keyof RequirementFacts)[];

/**
 * Evaluates one `NVIDIA_REQUIRE_*` string: alternatives between spaces, each of terms between commas that must all hold.
 *
 * As `nvidia-container-cli` does (libnvidia-container, `src/cli/dsl.c`), from left to right: the first alternative that
 * holds is enough, whatever stands behind it, and of an alternative nothing is read behind a term that does not hold. A
 * term that it does not know is an error to that one, and skipped by newer toolkits: here it is unknown, like a term
 * about what is not known of the GPU, unless the rest decides without it.
 */
export function evaluateRequirement(requirement: string, facts: RequirementFacts): RequirementOutcome {
  const alternatives = requirement.split(' ').filter((alternative) => alternative !== '');
  let unknown: (RequirementOutcome & { kind: 'unknown' }) | undefined;
  for (const alternative of alternatives) {
    const outcome = evaluateAlternative(alternative, facts);
    if (outcome === 'met') return { kind: 'met' };
    if (outcome === 'unmet') continue;
    if (outcome.why === 'unknown-term') return outcome;
    unknown ??= outcome;
  }
  if (unknown !== undefined) return unknown;
  const [first] = alternatives;
  return first === undefined ? { kind: 'met' } : { kind: 'unmet', condition: first };
}

function evaluateAlternative(
  alternative: string,
  facts: RequirementFacts,
): 'met' | 'unmet' | (RequirementOutcome & { kind: 'unknown' }) {
  let unknown: (RequirementOutcome & { kind: 'unknown' }) | undefined;
  for (const term of alternative.split(',').filter((each) => each !== '')) {
    const outcome = evaluateTerm(term, facts);
    if (outcome === 'unmet') return 'unmet';
    if (outcome === 'unknown-term') return { kind: 'unknown', term, why: outcome };
    if (outcome === 'unknown-fact') unknown ??= { kind: 'unknown', term, why: outcome };
  }
  return unknown ?? 'met';
}

function evaluateTerm(term: string, facts: RequirementFacts): 'met' | 'unmet' | 'unknown-term' | 'unknown-fact' {
  const [, written = '', operator = '', value = ''] = /^([^<>=!]+)(=|!=|<=?|>=?)([^<>=!]+)$/.exec(term) ?? [];
  const name = written.toLowerCase();
  if (!isProperty(name)) return 'unknown-term';
  const fact = facts[name];
  if (name === 'brand' && operator !== '=' && operator !== '!=') return 'unknown-term';
  if (fact === undefined) return 'unknown-fact';
  const difference =
    name === 'brand' ? Number(fact.toLowerCase() !== value.toLowerCase()) : compareVersions(fact, value);
  if (difference === undefined) return 'unknown-term';
  return holds(operator, difference) ? 'met' : 'unmet';
}

function isProperty(name: string): name is keyof RequirementFacts {
  return properties.includes(name);
}

function holds(operator: string, difference: number): boolean {
  switch (operator) {
    case '=':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    default:
      return difference >= 0;
  }
}
