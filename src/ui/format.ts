/** How long ago a time in milliseconds since 1970 is, in the largest whole unit: `3 days ago`. */
export function formatAge(time: number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  const units: readonly [string, number][] = [
    ['year', 31_557_600],
    ['month', 2_629_800],
    ['day', 86_400],
    ['h', 3600],
    ['min', 60],
  ];
  for (const [name, length] of units) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return `${count} ${name}${count === 1 || length < 86_400 ? '' : 's'} ago`;
  }
  return 'just now';
}

/** A time as people here read it, to the second: `25/11/2026, 20:55:43`. */
export function formatTime(time: string): string {
  return new Date(time).toLocaleString();
}
