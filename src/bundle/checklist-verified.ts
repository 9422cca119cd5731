import { type Check } from './check.js';
import { type Answer, type ChecklistParts, runsOf } from './checklist-parts.js';

const verify = 'Run “Verify Bundle…” on the folder, and let it load and run the image.';
/** Seconds that reviewers give a smoke test. */
const longestSmokeTest = 1800;

/** Point 7: the archives are whole, load and run. */
export function roundTrip(parts: ChecklistParts): Answer {
  const failed = failure(parts, ['archive', 'identity', 'load', 'run']);
  if (failed !== undefined) return failed;
  return passedFor(parts, 'load') && passedFor(parts, 'run')
    ? { state: 'passed', message: 'Every archive loads as the image that was archived, and runs.' }
    : open(parts, ['archive', 'identity', 'load', 'run'], 'Whether every archive loads and runs was not tried.');
}

/** Point 8: by a verification, else by the recorded runs. */
export function smokeTest(parts: ChecklistParts): Answer {
  const failed = failure(parts, ['run']);
  if (failed !== undefined) return failed;
  if (passedFor(parts, 'run')) {
    return { state: 'passed', message: 'The proposed command ended with exit code 0 within 30 minutes.' };
  }
  // The slowest of the images by the fastest of its runs; what a verification ran was fast enough.
  const tried = parts.images.map((image) => {
    const runs = runsOf(image, parts);
    const ended = runs.filter(({ exitCode }) => exitCode === 0).map(({ seconds }) => seconds);
    return { platform: image.platform, runs, seconds: hasPassed(parts, 'run', image) ? 0 : Math.min(...ended) };
  });
  const seconds = tried.length === 0 ? Infinity : Math.max(...tried.map((image) => image.seconds));
  if (seconds <= longestSmokeTest) {
    const message =
      tried.length === 1
        ? `A recorded run ended with exit code 0 after ${Math.ceil(seconds)} seconds.`
        : 'For each platform, a run ended with exit code 0 within 30 minutes.';
    return { state: 'passed', message };
  }
  if (seconds < Infinity) {
    return {
      state: 'failed',
      message: `The shortest recorded run took ${Math.ceil(seconds / 60)} minutes; reviewers give a smoke test 30.`,
      remedy:
        'Run the program once on a small part of its input with “Run with Output Binding…”, then export again with that run.',
    };
  }
  const untried = tried.filter((image) => image.seconds === Infinity);
  const bad = untried.find(({ runs }) => runs.length > 0)?.runs[0];
  if (bad !== undefined) {
    return {
      state: 'failed',
      message: `No recorded run ended with exit code 0; one ended with ${bad.exitCode}.`,
      remedy: 'Mend what its log says, run it again with “Run with Output Binding…”, then export again with that run.',
    };
  }
  const which = untried.length === parts.images.length ? 'the image' : `the image for ${untried[0]?.platform ?? ''}`;
  return open(parts, ['run'], `Whether ${which} runs was not tried.`);
}

/** Point 9. */
export function worksOffline(parts: ChecklistParts): Answer {
  return (
    failure(parts, ['offline']) ??
    (passedFor(parts, 'offline')
      ? { state: 'passed', message: 'The image runs without a network and ends with exit code 0.' }
      : open(parts, ['offline'], 'Whether the image runs without a network was not tried.'))
  );
}

/** Point 15. */
export function verifiedChecksums({ verification }: ChecklistParts): Answer {
  const checks = verification.filter(({ id }) => /^(?:checksums$|checksum:|extra:)/.test(id));
  const failed = checks.find(({ state }) => state === 'failed');
  if (failed !== undefined) return { state: 'failed', message: failed.message, remedy: failed.remedy ?? verify };
  return checks.some(({ id, state }) => id === 'checksums' && state === 'passed')
    ? { state: 'passed', message: 'Every file has the sha256 that SHA256SUMS lists.' }
    : {
        state: 'unknown',
        message: 'The files were not compared with SHA256SUMS.',
        remedy: 'Run “Verify Bundle…” on the folder, and once more on what you fetch from Zenodo after the upload.',
      };
}

/** The first failed check of those kinds. */
export function failure(parts: ChecklistParts, kinds: readonly string[]): Answer | undefined {
  const failed = checksOf(parts, kinds).find(({ state }) => state === 'failed');
  return failed && { state: 'failed', message: failed.message, remedy: failed.remedy ?? verify };
}

/** Whether the check of that kind passed for each image. */
export function passedFor(parts: ChecklistParts, kind: string): boolean {
  return parts.images.length > 0 && parts.images.every((image) => hasPassed(parts, kind, image));
}

function hasPassed({ verification }: ChecklistParts, kind: string, { platform }: { platform: string }): boolean {
  return verification.some(({ id, state }) => state === 'passed' && id === `${kind}:${platform}`);
}

/** What the passed checks of that kind say, in the order of the images. */
export function passedMessages(parts: ChecklistParts, kind: string): string[] {
  return checksOf(parts, [kind]).flatMap(({ state, message }) => (state === 'passed' ? [message] : []));
}

/** What a verification could not tell either says why. */
export function open(parts: ChecklistParts, kinds: readonly string[], message: string): Answer {
  const undecided = checksOf(parts, kinds).find(({ state }) => state === 'unknown');
  return { state: 'unknown', message: undecided?.message ?? message, remedy: undecided?.remedy ?? verify };
}

function checksOf({ verification }: ChecklistParts, kinds: readonly string[]): Check[] {
  return verification.filter(({ id }) => kinds.some((kind) => id.startsWith(`${kind}:`)));
}
