import { type Check } from './check.js';
import { type Answer, type ChecklistParts, runsOfImages } from './checklist-parts.js';

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
  const runs = runsOfImages(parts);
  const good = runs.filter(({ exitCode }) => exitCode === 0);
  const shortest = good.reduce((least, { seconds }) => Math.min(least, seconds), Infinity);
  if (shortest <= longestSmokeTest) {
    return { state: 'passed', message: `A recorded run ended with exit code 0 after ${Math.ceil(shortest)} seconds.` };
  }
  if (good.length > 0) {
    return {
      state: 'failed',
      message: `The shortest recorded run took ${Math.ceil(shortest / 60)} minutes; reviewers give a smoke test 30.`,
      remedy: 'Make “Run with Output Binding…” run the program on a small part of its input once, then export again.',
    };
  }
  const [bad] = runs;
  return bad === undefined
    ? open(parts, ['run'], 'Whether the image runs was not tried.')
    : {
        state: 'failed',
        message: `No recorded run ended with exit code 0; one ended with ${bad.exitCode}.`,
        remedy: 'Mend what its log says, run it again with “Run with Output Binding…”, then export again.',
      };
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
export function passedFor({ images, verification }: ChecklistParts, kind: string): boolean {
  const passed = new Set(verification.filter(({ state }) => state === 'passed').map(({ id }) => id));
  return images.length > 0 && images.every(({ platform }) => passed.has(`${kind}:${platform}`));
}

/** What a verification could not tell either says why. */
export function open(parts: ChecklistParts, kinds: readonly string[], message: string): Answer {
  const undecided = checksOf(parts, kinds).find(({ state }) => state === 'unknown');
  return { state: 'unknown', message: undecided?.message ?? message, remedy: undecided?.remedy ?? verify };
}

function checksOf({ verification }: ChecklistParts, kinds: readonly string[]): Check[] {
  return verification.filter(({ id }) => kinds.some((kind) => id.startsWith(`${kind}:`)));
}
