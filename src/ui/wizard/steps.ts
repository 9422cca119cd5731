/** Where a question stands among those that are asked, counted from 1. */
export interface Place {
  step: number;
  total: number;
}

/** How a person left a question. */
export type Reply<State> =
  | { kind: 'next'; state: State }
  /** The question is asked again, such as after a look at something. */
  | { kind: 'again'; state: State }
  | { kind: 'back' }
  | { kind: 'end' };

/** One question of several, which depends on what was answered before. */
export interface Step<State> {
  /** Whether it is asked, as things stand. */
  applies(state: State): boolean;
  ask(state: State, place: Place): Promise<Reply<State>>;
}

/**
 * Asks the questions that apply, one after the other. Going back keeps all that was answered, and what applies is found out anew after
 * each answer. The state after the last question; undefined when the person ended it, or where nothing applies.
 */
export async function runSteps<State>(first: State, steps: readonly Step<State>[]): Promise<State | undefined> {
  let state = first;
  let current = steps.find((step) => step.applies(state));
  while (current !== undefined) {
    const asked = steps.filter((step) => step.applies(state));
    const index = asked.indexOf(current);
    const reply = await current.ask(state, { step: index + 1, total: asked.length });
    if (reply.kind === 'end') return undefined;
    if (reply.kind === 'back') {
      current = asked[Math.max(0, index - 1)];
      continue;
    }
    state = reply.state;
    const from = steps.indexOf(current) + (reply.kind === 'again' ? 0 : 1);
    const next = steps.slice(from).find((step) => step.applies(state));
    if (next === undefined) return state;
    current = next;
  }
  return undefined;
}
