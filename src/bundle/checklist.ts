import { type Check } from './check.js';
import {
  citesPaper,
  hasClaims,
  hasInstructions,
  sameLicence,
  soundFiles,
  soundMetadata,
} from './checklist-documents.js';
import { hasCommit, hasRecipe, pinnedInputs } from './checklist-origin.js';
import { type Answer, type ChecklistParts } from './checklist-parts.js';
import { expectedOutputs, noHostPaths, noSecrets, recordedHardware } from './checklist-runs.js';
import { roundTrip, smokeTest, verifiedChecksums, worksOffline } from './checklist-verified.js';

/**
 * Answers the questions that reviewers of research artifacts ask (ACM's badging 1.1, USENIX Security, EuroSys, CAV, TACAS,
 * NeurIPS), always in the same order. What only a verification can tell is `unknown` before it.
 */
export function checklistOf(parts: ChecklistParts): Check[] {
  return points.map(([id, answer]) => ({ id: `review:${id}`, ...answer(parts) }));
}

const points: readonly (readonly [id: string, answer: (parts: ChecklistParts) => Answer])[] = [
  ['1-readme', hasInstructions],
  ['2-paper', citesPaper],
  ['3-licence', sameLicence],
  ['4-recipe', hasRecipe],
  ['5-commit', hasCommit],
  ['6-pinned', pinnedInputs],
  ['7-round-trip', roundTrip],
  ['8-smoke-test', smokeTest],
  ['9-offline', worksOffline],
  ['10-outputs', expectedOutputs],
  ['11-hardware', recordedHardware],
  ['12-secrets', noSecrets],
  ['13-host-paths', noHostPaths],
  ['14-files', soundFiles],
  ['15-checksums', verifiedChecksums],
  ['16-metadata', soundMetadata],
  ['17-claims', hasClaims],
];
