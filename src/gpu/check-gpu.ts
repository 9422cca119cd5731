import { dirname, join } from 'node:path';
import { type Dockerfile, parseDockerfile } from '../dockerfile/instructions.js';
import { readDockerfile } from '../dockerfile/read-dockerfile.js';
import { type EngineConnection } from '../engine/connection.js';
import { engineGpuSupport, type GpuSupport } from '../engine/gpu-support.js';
import { imageHistory } from '../engine/image-operations.js';
import { type ImageDetails, inspectImage } from '../engine/images.js';
import { engineInfo } from '../engine/system.js';
import { type Work } from '../host/progress.js';
import { readDependencies } from '../project/dependencies.js';
import { type HostEvidence, hostGpuOf, isGpuPlausible, type MachineEvidence } from './find-host-gpu.js';
import { type HostGpu } from './host-gpu.js';
import { needOfBuiltImage } from './need-of-built-image.js';
import { baseOf, needOfProject } from './need-of-project.js';
import { type GpuNeed, summaryOf } from './need.js';
import { probeGpu } from './probe.js';
import { machineEvidence } from './this-machine.js';
import { judge, type Verdict } from './verdict.js';

/** What an engine's host offers, and how the engine was asked. */
export interface HostReport {
  support: GpuSupport;
  host: HostGpu;
}

/** A verdict with what it was made of. */
export interface GpuCheck {
  /** Undefined where the engine did not say. */
  support: GpuSupport | undefined;
  host: HostGpu;
  verdict: Verdict;
  /** Undefined where only the host was asked about. */
  need: GpuNeed | undefined;
  /** The line of the Dockerfile's base image, counted from 1, where there is one. */
  baseLine: number | undefined;
}

/** What a check is about. */
export type GpuSubject =
  | { kind: 'image'; image: string }
  /** Absolute path. */
  | { kind: 'dockerfile'; dockerfile: string }
  /** Absolute path; its Dockerfile is read where it has one. */
  | { kind: 'project'; folder: string }
  | { kind: 'host' };

/** What the contract's `checkGpu` resolves to. */
export interface GpuResult {
  verdict: Verdict['verdict'];
  reason: string;
  driver?: string;
  needs?: string;
}

/**
 * Finds out what the engine's host offers: by what the engine says and, where a GPU is plausible, by a short container of
 * an image that is there. Rejects what the engine's refusals are called, and `cancelled`.
 */
export async function reportHost(
  connection: EngineConnection,
  image: string | undefined,
  { signal, onProgress }: Work,
): Promise<HostReport> {
  onProgress({ message: 'Asking the engine' });
  const [support, machine] = await Promise.all([
    engineGpuSupport(connection, signal),
    isHere(connection) ? machineEvidence(signal) : Promise.resolve<MachineEvidence | undefined>(undefined),
  ]);
  const evidence: HostEvidence = { support, machine, probe: undefined };
  if (isGpuPlausible(evidence)) {
    onProgress({ message: 'Looking for the GPU from a container' });
    const { platform } = await engineInfo(connection, signal);
    evidence.probe = await probeGpu(connection, platform, image, signal);
  }
  return { support, host: hostGpuOf(evidence) };
}

/**
 * Judges whether something will run on the engine's GPU. Rejects `image-not-found`, `dockerfile-not-found`,
 * `file-unreadable`, what the engine's refusals are called, and `cancelled`.
 *
 * @param known what was found out of the host before; asked anew where undefined
 */
export async function checkGpu(
  connection: EngineConnection,
  subject: GpuSubject,
  known: HostReport | undefined,
  work: Work,
): Promise<GpuCheck> {
  const { need, baseLine } =
    subject.kind === 'host' ? { need: undefined, baseLine: undefined } : await needOf(connection, subject, work.signal);
  const report = known ?? (await reportHost(connection, subject.kind === 'image' ? subject.image : undefined, work));
  return { ...report, need, baseLine, verdict: judge(report.host, need) };
}

/** A check as the contract gives it. */
export function resultOf({ verdict, host, need }: GpuCheck): GpuResult {
  return {
    verdict: verdict.verdict,
    reason: verdict.remedy === undefined ? verdict.reason : `${verdict.reason} ${verdict.remedy}`,
    ...(host.kind === 'nvidia' ? { driver: host.driver.version } : {}),
    ...(need?.kind === 'cuda' || need?.kind === 'rocm' ? { needs: summaryOf(need) } : {}),
  };
}

/** A need, and the line of the Dockerfile that has most to do with it. */
interface LocatedNeed {
  need: GpuNeed;
  baseLine: number | undefined;
}

/** Reads the need of a project's files; the engine is only asked whether it has the base image. */
async function needOfFolder(
  connection: EngineConnection,
  folder: string,
  dockerfile: Dockerfile | undefined,
  signal: AbortSignal,
): Promise<LocatedNeed> {
  const files = await readDependencies(folder, signal);
  const base = dockerfile === undefined ? undefined : baseOf(dockerfile);
  const details =
    base === undefined ? undefined : await inspectImage(connection, base.reference, signal).catch(() => undefined);
  return { need: needOfProject({ dockerfile, files, base: details }), baseLine: base?.line };
}

async function needOf(
  connection: EngineConnection,
  subject: Exclude<GpuSubject, { kind: 'host' }>,
  signal: AbortSignal,
): Promise<LocatedNeed> {
  switch (subject.kind) {
    case 'image': {
      const details = namedAs(await inspectImage(connection, subject.image, signal), subject.image);
      const history = await imageHistory(connection, subject.image, signal);
      return { need: needOfBuiltImage(details, history), baseLine: undefined };
    }
    case 'dockerfile':
      return needOfFolder(connection, dirname(subject.dockerfile), await parsed(subject.dockerfile), signal);
    case 'project': {
      const dockerfile = await parsed(join(subject.folder, 'Dockerfile')).catch(() => undefined);
      return needOfFolder(connection, subject.folder, dockerfile, signal);
    }
  }
}

/** The reference that was asked for says more than others of the same image. */
function namedAs(details: ImageDetails, image: string): ImageDetails {
  return { ...details, references: [image, ...details.references.filter((reference) => reference !== image)] };
}

async function parsed(file: string): Promise<Dockerfile> {
  return parseDockerfile(await readDockerfile(file));
}

/** A socket of this machine leads to an engine on it, or into a virtual machine on it, which says so itself. */
function isHere({ endpoint }: EngineConnection): boolean {
  return endpoint.address.kind === 'socket';
}
