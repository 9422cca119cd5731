/** Bytes as people read them, in decimal units as Docker and Zenodo count: `12.3 MB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? 'TB'}`;
}

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

/** Seconds as people read them, in the two largest units: `3.2 s`, `4 min 5 s`, `2 h 30 min`, `3 days 4 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
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

/** A time as people here read it, to the second: `25/11/2026, 20:55:43`. */
export function formatTime(time: string): string {
  return new Date(time).toLocaleString();
}
