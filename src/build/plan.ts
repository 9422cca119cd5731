import { Failure } from '../host/failure.js';
import { platformReference } from '../image/platform-reference.js';
import { type Reference } from '../image/reference.js';
import { type EngineInfo } from '../engine/system.js';
import { type BuildWay } from '../engine/build.js';

/** One build of an engine: of all platforms, or of one where the store keeps one platform under a reference. */
export interface PlannedBuild {
  /** The engine's own where empty. */
  platforms: readonly string[];
  reference: Reference;
}

/**
 * How the platforms that are asked for come about: as one index in a containerd store, else each for itself. Throws
 * `invalid-argument` where the engine's way of building takes no second platform.
 */
export function planBuilds(
  platforms: readonly string[],
  reference: Reference,
  engine: Pick<EngineInfo, 'store' | 'platform'>,
  way: BuildWay,
): PlannedBuild[] {
  if (platforms.length < 2) return [{ platforms, reference }];
  if (way === 'grpc' && engine.store === 'containerd') return [{ platforms, reference }];
  const planned = platforms.map((platform) => ({
    platforms: [platform],
    reference: platformReference(reference, platform, engine.platform),
  }));
  return planned;
}

/** Refuses what an engine without BuildKit cannot do, before anything is sent to it. */
export function requireWay(way: BuildWay, secrets: number): void {
  if (way === 'classic' && secrets > 0) {
    throw new Failure(
      'invalid-argument',
      'This engine builds without BuildKit: it takes no secrets.',
      'Choose a Docker engine with “Select Engine”, or build without them.',
    );
  }
}
