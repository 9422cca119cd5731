import { formatSize } from '../../host/quantities.js';
import { type RunAnswers } from './run-answers.js';

/** `8080:80, 443`; undefined where it is none. */
export function parsePorts(text: string): RunAnswers['ports'] | undefined {
  const ports: RunAnswers['ports'] = [];
  for (const part of text.split(/[\s,]+/).filter((each) => each !== '')) {
    const [, first = '', second] = /^(\d+)(?::(\d+))?$/.exec(part) ?? [];
    const numbers = [first, second ?? first].map(Number);
    if (first === '' || numbers.some((port) => port < 1 || port > 65_535)) return undefined;
    ports.push(
      second === undefined ? { container: Number(first) } : { host: Number(first), container: Number(second) },
    );
  }
  return ports;
}

/** As `parsePorts` reads it. */
export function portText({ container, host }: RunAnswers['ports'][number]): string {
  return host === undefined ? String(container) : `${host}:${container}`;
}

const units = new Map([
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
]);

/** `4 GB, 2 processors`, either of the two, or nothing; undefined where it is none. */
export function parseLimits(text: string): RunAnswers['limits'] | undefined {
  const limits: RunAnswers['limits'] = {};
  for (const part of text
    .split(/,|·/)
    .map((each) => each.trim())
    .filter((each) => each !== '')) {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([MGT]B?)$/i.exec(part) ?? [];
    const [, count] = /^(\d+(?:\.\d+)?)\s*(?:processors?|cpus?|cores?)?$/i.exec(part) ?? [];
    const factor = units.get(`${unit?.toUpperCase().replace('B', '') ?? ''}B`);
    if (amount !== undefined && factor !== undefined) limits.memory = Math.round(Number(amount) * factor);
    else if (count !== undefined && Number(count) > 0) limits.cpus = Number(count);
    else return undefined;
  }
  return limits;
}

/** As `parseLimits` reads it; empty for none. */
export function limitsText({ memory, cpus }: RunAnswers['limits']): string {
  return [
    memory === undefined ? '' : formatSize(memory),
    cpus === undefined ? '' : `${cpus} ${cpus === 1 ? 'processor' : 'processors'}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
