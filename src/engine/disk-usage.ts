import * as v from 'valibot';
import { readAnswer } from './answer.js';
import { type EngineConnection } from './connection.js';

const usageAnswer = v.object({
  Volumes: v.nullish(v.array(v.object({ Name: v.string(), UsageData: v.nullish(v.object({ Size: v.number() })) })), []),
});

/**
 * What volumes hold, in bytes by their names; those whose driver does not say are left out. Costly: the engine looks at
 * every file of every volume, and before API 1.42 at images and build cache, too. Never ask for it unasked.
 */
export async function volumeSizes(connection: EngineConnection, signal?: AbortSignal): Promise<Map<string, number>> {
  // An engine that does not know the restriction does without it.
  const answer = await connection.request({ method: 'GET', path: '/system/df', query: { type: 'volume' }, signal });
  const sizes = new Map<string, number>();
  for (const { Name: name, UsageData: usage } of readAnswer(usageAnswer, answer).Volumes) {
    if (usage && usage.Size >= 0) sizes.set(name, usage.Size);
  }
  return sizes;
}
