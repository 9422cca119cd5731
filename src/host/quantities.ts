/** Bytes as people read them, in decimal units as disks, Docker and Zenodo count: `12.3 MB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  // What would be rounded up to 1000 of a unit is one of the next.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? 'TB'}`;
}

/** Seconds as people read them, in the two largest units: `3.2 s`, `4 min 5 s`, `2 h 30 min`, `3 days 4 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const units: readonly [name: string, length: number][] = [
    ['days', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [name, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (parts.length > 0 || count > 0)
      parts.push(count === 0 ? '' : `${count} ${count === 1 && name === 'days' ? 'day' : name}`);
    if (parts.length === 2) break;
  }
  return parts.filter((part) => part !== '').join(' ');
}
