import { architectureFinding, driverFinding, type Finding, requirementFinding } from './findings.js';
import { type Driver, type Gpu, type HostGpu } from './host-gpu.js';
import { type GpuNeed, summaryOf, type ToolkitNeed } from './need.js';

export type VerdictWord = 'works' | 'works-with-limits' | 'does-not-work' | 'cpu-only' | 'cannot-tell';

/** Whether something will run on an engine's GPU. */
export interface Verdict {
  verdict: VerdictWord;
  /** Sentences for a person. */
  reason: string;
  /** The one thing to do, where there is one. */
  remedy: string | undefined;
}

/**
 * Judges what a host offers against what is needed. What is not certain is never judged: it is `cannot-tell`, with why.
 *
 * @param need undefined where only the host is asked about
 */
export function judge(host: HostGpu, need: GpuNeed | undefined): Verdict {
  switch (host.kind) {
    case 'unknown':
      return verdict('cannot-tell', sentence(host.why));
    case 'none':
      return verdict('cpu-only', cpuOnlyReason(host.why, need));
    case 'blocked':
      if (need?.kind === 'none') return verdict('cpu-only', need.why);
      if (need?.kind === 'rocm')
        return verdict('cannot-tell', `It is for AMD GPUs (${need.from}). ${host.problem.message}`);
      return verdict('does-not-work', host.problem.message, host.problem.remedy);
    case 'amd':
      return judgeAmd(host.why, need);
    case 'given':
      if (need?.kind === 'none') return verdict('cpu-only', need.why);
      return verdict('cannot-tell', `Containers get a GPU, but ${host.why}.`);
    case 'nvidia':
      return judgeNvidia(host, need);
  }
}

function judgeAmd(why: string, need: GpuNeed | undefined): Verdict {
  switch (need?.kind) {
    case 'none':
      return verdict('cpu-only', need.why);
    case 'cuda':
      return verdict('does-not-work', `It needs ${summaryOf(need)}, and ${why}.`, 'Use an image for ROCm.');
    default:
      return verdict('cannot-tell', `${sentence(why)} Whether ROCm supports its model is not known here.`);
  }
}

function judgeNvidia(host: HostGpu & { kind: 'nvidia' }, need: GpuNeed | undefined): Verdict {
  const { driver } = host;
  const offer = offerOf(driver);
  const asleep = driver.gpus.filter(({ mig }) => mig === 'without-instances');
  const awake = driver.gpus.filter(({ mig }) => mig !== 'without-instances');
  if (need?.kind === 'none') return verdict('cpu-only', need.why);
  if (need?.kind === 'rocm') {
    return host.hasAmd
      ? verdict('cannot-tell', `It is for AMD GPUs (${need.from}), of which there is one besides ${offer}.`)
      : verdict('does-not-work', `It is for AMD GPUs (${need.from}), and the host has ${offer}.`);
  }
  if (awake.length === 0) {
    return verdict(
      'does-not-work',
      `${asleep[0]?.name ?? 'The GPU'} is divided (MIG is on), and has no instance that a program could use.`,
      'Create instances on the host (sudo nvidia-smi mig -cgi … -C), or switch MIG off (sudo nvidia-smi -mig 0).',
    );
  }
  if (need === undefined) return verdict('works', `${offer} is there for containers.`);
  if (need.kind === 'unclear') return verdict('cannot-tell', `${offer} is there for containers. ${need.why}`);
  if (need.contradiction !== undefined) return verdict('cannot-tell', `${need.contradiction}.`);
  const [first, ...others] = awake.map((gpu) => judgeGpu(gpu, host, need));
  if (first === undefined) return verdict('cannot-tell', `${offer}: no GPU was listed.`);
  return others.reduce((one, other) => together(one, other), first);
}

/** Of several GPUs that are judged differently, a program may get the wrong one. */
function together(one: Verdict, other: Verdict): Verdict {
  if (one.verdict === other.verdict) return one;
  const works = (each: Verdict): boolean => each.verdict === 'works' || each.verdict === 'works-with-limits';
  if (works(one) && works(other)) return one.verdict === 'works-with-limits' ? one : other;
  if (!works(one) && !works(other)) return one.verdict === 'cannot-tell' ? one : other;
  const [good, bad] = works(one) ? [one, other] : [other, one];
  if (bad.verdict === 'cannot-tell') return bad;
  return verdict(
    'works-with-limits',
    `Not on each GPU. ${bad.reason} On another one: ${good.reason}`,
    'Choose the GPU that fits.',
  );
}

function judgeGpu(gpu: Gpu, host: HostGpu & { kind: 'nvidia' }, need: GpuNeed & { kind: 'cuda' }): Verdict {
  const { driver, way } = host;
  const findings = [
    ...need.requirements.map((requirement) => requirementFinding(requirement, gpu, driver, way, need)),
    ...need.toolkits.map((toolkit) =>
      sameForAll(toolkit, (each) => driverFinding(each, toolkit, gpu, driver, way, need)),
    ),
    ...need.toolkits.map((toolkit) => sameForAll(toolkit, (each) => architectureFinding(each, toolkit, gpu, driver))),
    ...doubts(host, need),
  ];
  const worst =
    findings.find(({ weighs }) => weighs === 'fails') ??
    findings.find(({ weighs }) => weighs === 'unknown') ??
    findings.find(({ weighs }) => weighs === 'limits');
  if (need.toolkits.length === 0 && worst?.weighs !== 'fails') {
    return verdict('cannot-tell', worst?.reason ?? 'The image wants a GPU, but does not say which CUDA it brings.');
  }
  switch (worst?.weighs) {
    case 'fails':
      return verdict('does-not-work', worst.reason, worst.remedy);
    case 'unknown':
      return verdict('cannot-tell', worst.reason, worst.remedy);
    case 'limits':
      return verdict('works-with-limits', worst.reason, worst.remedy);
    default:
      return verdict('works', `${gpu.name} with driver ${driver.version} runs ${summaryOf(need)}.`);
  }
}

/** What keeps a yes from being certain. */
function doubts({ isArm }: HostGpu & { kind: 'nvidia' }, { toolkits, unseen }: GpuNeed & { kind: 'cuda' }): Finding[] {
  const open = toolkits.find(({ origin, candidates }) => origin === 'torch' && candidates.length > 1);
  return [
    ...(unseen === undefined ? [] : [{ weighs: 'unknown' as const, reason: unseen }]),
    ...(isArm && open !== undefined
      ? [
          {
            weighs: 'unknown' as const,
            reason: `${open.from} is built for the processor alone where that is one of ARM’s, in many releases.`,
          },
        ]
      : []),
  ];
}

/** What is said of every version that it may be; where they differ, of the one that is worst, but as not certain. */
function sameForAll({ candidates, from }: ToolkitNeed, judgeOne: (candidate: string) => Finding): Finding {
  const all = candidates.map(judgeOne);
  const has = (weighs: Finding['weighs']): Finding | undefined => all.find((each) => each.weighs === weighs);
  const fails = has('fails');
  const [first] = all;
  if (fails !== undefined && all.every(({ weighs }) => weighs === 'fails')) return fails;
  if (fails !== undefined)
    return {
      weighs: 'unknown',
      reason: `Which CUDA ${from} brings is not certain. If it is the newer one: ${fails.reason}`,
    };
  return has('unknown') ?? has('limits') ?? first ?? { weighs: 'unknown', reason: `${from} says no version.` };
}

function offerOf({ gpus, version, cuda }: Driver): string {
  const names = [...new Set(gpus.map(({ name }) => name))].join(' and ');
  return `${names} with driver ${version}${cuda === undefined ? '' : ` (CUDA ${cuda})`}`;
}

function cpuOnlyReason(why: string, need: GpuNeed | undefined): string {
  const asks =
    need?.kind === 'cuda' || need?.kind === 'rocm'
      ? ` It needs ${summaryOf(need)}, and will compute on the processor if it can.`
      : '';
  return `${sentence(why)}${asks}`;
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

function verdict(word: VerdictWord, reason: string, remedy?: string): Verdict {
  return { verdict: word, reason, remedy };
}
