/**
 * Compares dotted version numbers part by part, a missing part as 0, as libnvidia-container does: negative, 0 or
 * positive. Undefined where one of them is none.
 */
export function compareVersions(left: string, right: string): number | undefined {
  const [one, other] = [partsOf(left), partsOf(right)];
  if (one === undefined || other === undefined) return undefined;
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether the first is the second or newer; undefined where one of them is no version. */
export function isAtLeast(version: string, other: string): boolean | undefined {
  const compared = compareVersions(version, other);
  return compared === undefined ? undefined : compared >= 0;
}

/** `12.4` of `12.4.1`; undefined for what is no version with two parts. */
export function majorMinor(version: string): string | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)(?:\.\d+)*$/.exec(version) ?? [];
  return major === undefined || minor === undefined ? undefined : `${Number(major)}.${Number(minor)}`;
}

function partsOf(version: string): number[] | undefined {
  return /^\d+(?:\.\d+)*$/.test(version) ? version.split('.').map(Number) : undefined;
}
