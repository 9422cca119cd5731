import { aptUpdateAlone, aptWithoutSnapshot } from './apt-rules.js';
import { baseEndOfLife } from './base-end-of-life.js';
import { baseFromArgument, baseWithoutDigest, baseWithoutVersion } from './base-rules.js';
import { cloneWithoutCommit } from './clone-rules.js';
import { condaInstallUnpinned, condaWithoutLock } from './conda-rules.js';
import { contextNotIgnored } from './dockerignore-rules.js';
import { downloadLatest, downloadWithoutChecksum, scriptFromNetwork, urlForOneArchitecture } from './download-rules.js';
import { libraryPathOverWheels, wheelsForAnotherCuda } from './cuda-rules.js';
import { exportWithoutEffect, pathOverwritten } from './environment-rules.js';
import { noCommand, noLabels, noOutputFolder, runsAsRootRule } from './image-rules.js';
import { juliaPackagesUnlocked } from './julia-rules.js';
import { lockFileUnused } from './lock-rules.js';
import { sourcesBeforeInstall } from './order-rules.js';
import { pipInstallUnpinned, requirementsUnpinned, upgradeToNewest } from './pip-rules.js';
import { rPackagesUndated } from './r-rules.js';
import { type Rule } from './rule.js';
import { secretInImage } from './secret-rules.js';
import { baseLabelDiffers, stageUnused } from './stage-rules.js';
import { syntaxWithoutVersion } from './syntax-rules.js';
import { packageCacheLeft, systemPackagesUnpinned } from './system-package-rules.js';

/** All rules, in the order of a Dockerfile: syntax, base images, packages, downloads, order, image. */
export const rules: readonly Rule[] = [
  syntaxWithoutVersion,
  baseWithoutVersion,
  baseWithoutDigest,
  baseFromArgument,
  baseEndOfLife,
  aptWithoutSnapshot,
  aptUpdateAlone,
  systemPackagesUnpinned,
  packageCacheLeft,
  pipInstallUnpinned,
  upgradeToNewest,
  requirementsUnpinned,
  condaInstallUnpinned,
  condaWithoutLock,
  rPackagesUndated,
  juliaPackagesUnlocked,
  lockFileUnused,
  wheelsForAnotherCuda,
  libraryPathOverWheels,
  cloneWithoutCommit,
  downloadLatest,
  scriptFromNetwork,
  downloadWithoutChecksum,
  urlForOneArchitecture,
  sourcesBeforeInstall,
  contextNotIgnored,
  secretInImage,
  exportWithoutEffect,
  pathOverwritten,
  stageUnused,
  runsAsRootRule,
  noOutputFolder,
  noCommand,
  noLabels,
  baseLabelDiffers,
];
