import architectureTable from './architectures.json';
import frameworkTable from './frameworks.json';
import nameTable from './gpu-names.json';
import toolkitTable from './toolkits.json';
import { compareVersions, isAtLeast, majorMinor } from './version.js';

/** Which numbers a driver has: those of NVIDIA's Linux drivers, or of its Windows drivers, which WSL shows too. */
export type DriverSystem = 'linux' | 'windows';

export type Framework = 'torch' | 'tensorflow';

export interface Architecture {
  /** Compute capability, `8.6`. */
  capability: string;
  name: string;
  /** The last one; undefined where it goes on. */
  lastToolkit: string | undefined;
}

interface Toolkit {
  toolkit: string;
  linux: string;
  windows?: string;
}

interface Floor {
  major: number;
  linux: string;
  windows?: string;
}

const toolkits: readonly Toolkit[] = toolkitTable.toolkits;
const floors: readonly Floor[] = toolkitTable.minorVersionFloors;
const architectures: readonly (Omit<Architecture, 'lastToolkit'> & { firstToolkit: string; lastToolkit?: string })[] =
  architectureTable.architectures;

/** The driver that comes with a toolkit (`12.4`, `12.4.1`); undefined for a toolkit that the table does not have. */
export function packagedDriver(toolkit: string, system: DriverSystem): string | undefined {
  const version = majorMinor(toolkit);
  return toolkits.find((row) => row.toolkit === version)?.[system];
}

/** The oldest driver that runs toolkits of a major version by minor-version compatibility; undefined where there is none. */
export function minorVersionFloor(toolkit: string, system: DriverSystem): string | undefined {
  const major = Number(toolkit.split('.')[0]);
  return floors.find((row) => row.major === major)?.[system];
}

/** The newest toolkit whose packaged driver is not newer; undefined for drivers beyond both ends of the table. */
export function newestToolkitOf(driver: string, system: DriverSystem): string | undefined {
  const listed = toolkits.filter((row) => row[system] !== undefined);
  const fits = listed.filter((row) => isAtLeast(driver, row[system] ?? '') === true);
  const [newest, last] = [fits.at(-1), listed.at(-1)];
  // What comes after the last one may bring more than the table knows.
  return newest === last ? undefined : newest?.toolkit;
}

/** The toolkits of a major version, from the oldest that the table has to the newest. */
export function toolkitsOf(major: number): string[] {
  return toolkits.map(({ toolkit }) => toolkit).filter((toolkit) => Number(toolkit.split('.')[0]) === major);
}

/**
 * The first toolkit whose programs run on a compute capability: those for a lower minor number of the same major one do
 * (https://docs.nvidia.com/cuda/cuda-c-programming-guide/, “Binary Compatibility”).
 */
export function firstToolkitFor(capability: string): string | undefined {
  const major = capability.split('.')[0];
  return architectures.find(
    (row) => row.capability.split('.')[0] === major && isAtLeast(capability, row.capability) === true,
  )?.firstToolkit;
}

export function architectureOf(capability: string): Architecture | undefined {
  const found = architectures.find((row) => row.capability === capability);
  if (found === undefined) return undefined;
  return { capability: found.capability, name: found.name, lastToolkit: found.lastToolkit };
}

/** The CUDA versions that a release of a framework is built for; none for releases that the table does not reach. */
export function cudaBuildsOf(framework: Framework, version: string): readonly string[] {
  const release = majorMinor(version.replace(/[^\d.].*$/, ''));
  if (release === undefined || isAtLeast(frameworkTable.newest[framework], release) !== true) return [];
  const row = frameworkTable[framework].findLast(({ from }) => (compareVersions(release, from) ?? -1) >= 0);
  return row?.cuda ?? [];
}

/** The compute capability of a product by its name, also one that is cut off; undefined for names that are not known. */
export function capabilityOf(name: string): string | undefined {
  return nameTable.names.find(({ pattern }) => new RegExp(pattern, 'i').test(name))?.capability;
}
