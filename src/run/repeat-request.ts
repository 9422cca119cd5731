import { basename, dirname } from 'node:path';
import { pathFromRecord, projectOfRecord, type RunOverview, type RunRecord } from './record.js';
import { type RunRequest } from './run-request.js';

/** A folder that a run got for itself (`timestamp` in `record.ts`). */
const datedFolder = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(?:-\d+)?$/;

/**
 * What runs again what a record says, with results in a folder of their own; without the values that the record does not keep.
 *
 * @param file absolute path of the record
 */
export function requestOfRecord(file: string, record: RunOverview | RunRecord): RunRequest {
  const project = projectOfRecord(file);
  const { image, given, environment, output, mounts, ports, limits, gpus, user, interactive, host } = record;
  const folder = output === undefined ? undefined : pathFromRecord(project, output.folder);
  return {
    image: image.reference,
    // Beside the first one: a folder for each run, none within another.
    output: folder !== undefined && datedFolder.test(basename(folder)) ? dirname(folder) : folder,
    target: output?.target,
    existing: 'subfolder',
    command: given,
    gpus,
    // One that the engine would choose by itself may be another on another engine.
    platform: image.platform === host.platform ? undefined : image.platform,
    env: environment,
    volumes: mounts.map(({ type, source, target, readOnly }) => ({
      source: type === 'folder' ? pathFromRecord(project, source) : source,
      target,
      readOnly,
    })),
    ports,
    limits,
    user,
    interactive,
    keep: true,
  };
}
