import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { readGpuSupport } from '../../../src/engine/gpu-support.js';
import { refusalToFailure } from '../../../src/engine/refusal.js';
import { hostGpuOf, type HostEvidence, isGpuPlausible, type ProbeOutcome } from '../../../src/gpu/find-host-gpu.js';
import { needOfBuiltImage } from '../../../src/gpu/need-of-built-image.js';
import { needOfProject } from '../../../src/gpu/need-of-project.js';
import { type GpuNeed } from '../../../src/gpu/need.js';
import { judge } from '../../../src/gpu/verdict.js';
import { parserFor } from '../../../src/project/dependency-formats.js';

/**
 * One situation of `test/fixtures/gpu`: recorded answers, each with its public source or `synthetic` and the rule that it
 * was made from, and the verdict with its argument.
 */
const situation = v.strictObject({
  why: v.string(),
  sources: v.record(v.picklist(['info', 'probe', 'need']), v.pipe(v.string(), v.nonEmpty())),
  /** Of the answer to `GET /info` what is read. */
  info: v.looseObject({}),
  machine: v.nullable(
    v.strictObject({
      smi: v.nullable(v.string()),
      procVersion: v.nullable(v.string()),
      hasNvidiaDevice: v.boolean(),
      hasAmdDevice: v.boolean(),
    }),
  ),
  probe: v.nullable(
    v.union([
      v.strictObject({ output: v.string(), capabilities: v.string() }),
      v.strictObject({ refused: v.string() }),
      v.picklist(['no-smi', 'no-image']),
    ]),
  ),
  image: v.optional(
    v.strictObject({
      environment: v.array(v.string()),
      references: v.array(v.string()),
      history: v.array(v.string()),
    }),
  ),
  project: v.optional(v.strictObject({ dockerfile: v.string(), files: v.record(v.string(), v.string()) })),
  expected: v.picklist(['works', 'works-with-limits', 'does-not-work', 'cpu-only', 'cannot-tell']),
  /** An expression that the reason and remedy match. */
  reason: v.optional(v.string(), ''),
});

type Situation = v.InferOutput<typeof situation>;

describe('the verdict', () => {
  const folder = 'test/fixtures/gpu';
  const all = readdirSync(folder).map((file): [name: string, situation: Situation] => [
    basename(file, '.json'),
    v.parse(situation, JSON.parse(readFileSync(join(folder, file), 'utf8'))),
  ]);

  for (const [name, each] of all) {
    it(`of ${name} is ${each.expected}`, () => {
      const evidence = evidenceOf(each);
      assert.equal(isGpuPlausible(evidence), evidence.probe !== undefined, 'only what is plausible is tried');
      const { verdict, reason, remedy } = judge(hostGpuOf(evidence), needOf(each));
      assert.equal(verdict, each.expected, `${each.why}\n${reason}`);
      assert.match(`${reason} ${remedy ?? ''}`, new RegExp(each.reason));
    });
  }

  it('is held against enough situations, enough of them recorded', () => {
    assert.ok(all.length >= 30);
    const recorded = all.filter(([, { sources }]) =>
      Object.values(sources).some((source) => source.startsWith('https://')),
    );
    assert.ok(recorded.length >= 15, String(recorded.length));
  });
});

function evidenceOf({ info, machine, probe }: Situation): HostEvidence {
  return {
    support: readGpuSupport(info),
    machine:
      machine === null
        ? undefined
        : { ...machine, smi: machine.smi ?? undefined, procVersion: machine.procVersion ?? undefined },
    probe: probe === null ? undefined : outcomeOf(probe),
  };
}

function outcomeOf(probe: NonNullable<Situation['probe']>): ProbeOutcome {
  if (typeof probe === 'string') return { kind: probe };
  if ('refused' in probe) return { kind: 'refused', failure: refusalToFailure({ status: 500, text: probe.refused }) };
  return { kind: 'ran', ...probe };
}

function needOf({ image, project }: Situation): GpuNeed {
  if (image !== undefined) {
    return needOfBuiltImage(
      image,
      image.history.map((instruction) => ({ instruction })),
    );
  }
  assert.ok(project !== undefined);
  const files = Object.entries(project.files).map(([file, text]) => {
    const format = parserFor(file);
    assert.ok(format !== undefined, file);
    return { file, kind: format.kind, dependencies: format.parse(text), problem: undefined };
  });
  return needOfProject({ dockerfile: parseDockerfile(project.dockerfile), files, base: undefined });
}
