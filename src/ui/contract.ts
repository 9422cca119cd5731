import * as v from 'valibot';
import { type BuildResult } from '../build/build-image.js';
import { type RebuildCheck } from '../build/check-rebuild.js';
import { type ExportResult } from '../bundle/export-bundle.js';
import { type GpuResult } from '../gpu/check-gpu.js';
import { zenodoJson } from '../bundle/zenodo-json.js';
import { type VerifyResult } from '../bundle/verify-bundle.js';
import { type RunResult } from '../run/run-image.js';

const absolutePath = v.pipe(v.string(), v.regex(/^(?:\/|[A-Za-z]:[\\/]|\\\\)/, 'It must be an absolute path.'));
const texts = v.record(v.string(), v.string());
const name = v.pipe(v.string(), v.nonEmpty());
// It becomes a part of an address.
const container = v.pipe(
  v.string(),
  v.regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'It must be the name or identifier of a container.'),
);

/** `overrides` are files each of which overrides the ones before, as those of `docker compose -f`. */
const application = {
  file: absolutePath,
  overrides: v.optional(v.array(absolutePath)),
  services: v.optional(v.array(name)),
};

/**
 * The arguments of the commands that other extensions, tasks and tests may call. Properties that are optional have the
 * defaults that the README's reference names.
 */
export const argumentSchemas = {
  createDockerfile: v.strictObject({
    folder: absolutePath,
    recipe: v.optional(name),
    answers: v.optional(
      v.strictObject({
        version: v.optional(name),
        accelerator: v.optional(v.picklist(['cpu', 'cuda', 'rocm'])),
        command: v.optional(v.array(v.string())),
        output: v.optional(v.string()),
        platforms: v.optional(v.array(v.string())),
        snapshot: v.optional(v.string()),
        port: v.optional(v.number()),
      }),
    ),
    existing: v.optional(v.picklist(['fail', 'replace'])),
  }),
  checkReproducibility: v.strictObject({ dockerfile: absolutePath }),
  pinBaseImages: v.strictObject({ dockerfile: absolutePath }),
  buildImage: v.strictObject({
    dockerfile: absolutePath,
    context: v.optional(absolutePath),
    platforms: v.optional(v.array(v.string())),
    tag: v.optional(v.string()),
    target: v.optional(v.string()),
    buildArgs: v.optional(texts),
    secrets: v.optional(
      v.record(name, v.union([v.strictObject({ file: absolutePath }), v.strictObject({ env: name })])),
    ),
    noCache: v.optional(v.boolean()),
  }),
  checkRebuild: v.strictObject({ record: absolutePath }),
  runImage: v.strictObject({
    image: name,
    output: v.optional(absolutePath),
    target: v.optional(v.string()),
    existing: v.optional(v.picklist(['fail', 'use', 'subfolder'])),
    command: v.optional(v.array(v.string())),
    platform: v.optional(v.string()),
    gpus: v.optional(v.union([v.literal('all'), v.array(v.string())])),
    env: v.optional(texts),
    volumes: v.optional(
      v.array(v.strictObject({ source: v.string(), target: v.string(), readOnly: v.optional(v.boolean()) })),
    ),
    ports: v.optional(v.array(v.strictObject({ container: v.number(), host: v.optional(v.number()) }))),
    limits: v.optional(v.strictObject({ memory: v.optional(v.number()), cpus: v.optional(v.number()) })),
    user: v.optional(name),
    name: v.optional(name),
    keep: v.optional(v.boolean()),
  }),
  composePull: v.strictObject(application),
  composeUp: v.strictObject({
    ...application,
    build: v.optional(v.boolean()),
    allowPrivileged: v.optional(v.boolean()),
  }),
  composeDown: v.strictObject({ ...application, volumes: v.optional(v.boolean()) }),
  checkGpu: v.strictObject({ image: v.optional(name), dockerfile: v.optional(absolutePath) }),
  pullImage: v.strictObject({ reference: name, platform: v.optional(v.string()) }),
  pushImage: v.strictObject({ reference: name, platforms: v.optional(v.array(v.string())) }),
  saveImage: v.strictObject({
    image: name,
    file: absolutePath,
    existing: v.optional(v.picklist(['fail', 'replace'])),
  }),
  loadImage: v.strictObject({ file: absolutePath }),
  openShell: v.strictObject({ container }),
  showLogs: v.strictObject({ container }),
  createVolume: v.strictObject({ name }),
  exportVolume: v.strictObject({ name, file: absolutePath, existing: v.optional(v.picklist(['fail', 'replace'])) }),
  importVolume: v.strictObject({ name, file: absolutePath, existing: v.optional(v.picklist(['fail', 'merge'])) }),
  diagnoseEngine: v.strictObject({}),
  selectEngine: v.strictObject({ name: v.string() }),
  exportBundle: v.strictObject({
    images: v.pipe(v.array(name), v.minLength(1)),
    folder: absolutePath,
    metadata: v.optional(zenodoJson),
    runs: v.optional(v.array(absolutePath)),
    compression: v.optional(v.picklist(['gzip', 'zstd', 'none'])),
  }),
  verifyBundle: v.strictObject({
    folder: absolutePath,
    load: v.optional(v.boolean()),
    run: v.optional(v.boolean()),
    engine: v.optional(name),
  }),
} as const;

/** What was found at each place where an engine may be. */
export interface EngineReport {
  /** Name of the endpoint in use. */
  chosen?: string;
  endpoints: { name: string; host: string; source: string; state: string; reason?: string; remedy?: string }[];
}

/** Services of an application, each with the identifier of its first container and the address of its pages. */
interface ServicesResult {
  services: { name: string; container?: string; url?: string }[];
}

interface Results {
  /** The absolute paths of the files that were written, and the id of the recipe. */
  createDockerfile: { files: string[]; recipe: string };
  /** What is left of 100, and where the Dockerfile does not keep a rule; `line` is counted from 1. */
  checkReproducibility: {
    score: number;
    findings: { rule: string; line: number; message: string; fixable: boolean }[];
  };
  /** The references as they were written and as they are now. */
  pinBaseImages: { pinned: { from: string; to: string }[] };
  buildImage: BuildResult;
  checkRebuild: RebuildCheck;
  runImage: RunResult;
  composePull: ServicesResult;
  composeUp: ServicesResult;
  composeDown: ServicesResult;
  checkGpu: GpuResult;
  pullImage: { reference: string; digest: string };
  pushImage: { reference: string; digest: string };
  saveImage: { file: string; sha256: string };
  loadImage: { references: string[] };
  openShell: undefined;
  showLogs: undefined;
  createVolume: { name: string };
  exportVolume: { name: string; file: string };
  importVolume: { name: string; file: string };
  diagnoseEngine: EngineReport;
  selectEngine: { name: string; host: string };
  exportBundle: ExportResult;
  verifyBundle: VerifyResult;
}

/** A command of the contract. */
export type ContractName = keyof typeof argumentSchemas;
export type Argument<Name extends ContractName> = v.InferOutput<(typeof argumentSchemas)[Name]>;
export type Result<Name extends ContractName> = Results[Name];
