import { type Device, type Healthcheck, type Logging, type PullPolicy, type Restart } from '../model.js';
import { splitCommand } from './command-words.js';
import { Fields } from './fields.js';
import { parseDuration } from './quantities.js';

/** `command` or `entrypoint`: its words, or undefined where there is none. */
export function readCommand(fields: Fields, key: 'command' | 'entrypoint'): string[] | undefined {
  const tree = fields.nullable(key);
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return undefined;
  if (tree.kind === 'sequence') return fields.texts(key);
  const text = fields.textOrEmpty(key);
  if (text === undefined) return undefined;
  const split = splitCommand(text);
  if (split.kind === 'invalid') {
    const message = `“${key}” has a quote, a parenthesis or a backslash without its counterpart.`;
    fields.problems.error(tree.place, 'value', message, 'Close it, or write a list of words.');
    return undefined;
  }
  if (split.kind === 'cut') {
    const message = `No shell reads “${key}”: what begins with “${split.ending}” is left out, as Compose leaves it out.`;
    const remedy = 'Write [sh, -c, "…"] for a shell, or put the character in quotes if it belongs to a word.';
    fields.problems.warning(tree.place, 'value', message, remedy);
  }
  return split.words;
}

export function readHealthcheck(service: Fields): Healthcheck | undefined {
  const fields = service.fields('healthcheck');
  if (fields === undefined) return undefined;
  const isDisabled = fields.boolean('disable') ?? false;
  const test = readTest(fields);
  const timing = {
    interval: fields.duration('interval'),
    timeout: fields.duration('timeout'),
    startPeriod: fields.duration('start_period'),
    startInterval: fields.duration('start_interval'),
    retries: fields.number('retries', { least: 0 }),
  };
  fields.finish();
  return isDisabled || test?.[0] === 'NONE' ? { kind: 'none' } : { kind: 'check', test, ...timing };
}

function readTest(fields: Fields): string[] | undefined {
  const tree = fields.value('test');
  if (tree === undefined) return undefined;
  if (tree.kind === 'scalar') {
    const text = fields.textOrEmpty('test');
    return text === undefined ? undefined : ['CMD-SHELL', text];
  }
  const words = fields.texts('test');
  const [first] = words;
  if (first === undefined) return undefined;
  if (!/^(?:CMD|CMD-SHELL|NONE)$/.test(first)) {
    const message = `A list under “test” begins with CMD, CMD-SHELL or NONE, and this with “${first}”.`;
    fields.problems.error(tree.place, 'value', message, 'Put CMD in front, or write text for a shell.');
  }
  return words;
}

export function readRestart(fields: Fields): Restart | undefined {
  const text = fields.text('restart');
  if (text === undefined) return undefined;
  const [, attempts] = /^on-failure(?::(\d+))?$/.exec(text) ?? [];
  if (text === 'no' || text === 'always' || text === 'unless-stopped') return { kind: text };
  if (text.startsWith('on-failure') && (text === 'on-failure' || attempts !== undefined)) {
    return { kind: 'on-failure', attempts: attempts === undefined ? undefined : Number(attempts) };
  }
  const remedy = 'Write no, always, unless-stopped, on-failure or on-failure:3.';
  fields.problems.error(fields.placeOf('restart'), 'value', `“${text}” is no way to restart a service.`, remedy);
  return undefined;
}

const day = 24 * 3600e9;

export function readPullPolicy(fields: Fields): PullPolicy | undefined {
  const text = fields.text('pull_policy');
  switch (text) {
    case undefined:
      return undefined;
    case 'always':
    case 'never':
    case 'build':
    case 'missing':
      return { kind: text };
    case 'if_not_present':
      return { kind: 'missing' };
    case 'daily':
      return { kind: 'refresh', after: day };
    case 'weekly':
      return { kind: 'refresh', after: 7 * day };
    default: {
      const after = text.startsWith('every_') ? parseDuration(text.slice('every_'.length)) : undefined;
      if (after !== undefined) return { kind: 'refresh', after };
      const remedy = 'Write always, never, missing, build, daily, weekly or every_12h.';
      const place = fields.placeOf('pull_policy');
      fields.problems.error(place, 'value', `“${text}” says nothing about when to pull.`, remedy);
      return undefined;
    }
  }
}

export function readLogging(service: Fields): Logging | undefined {
  const fields = service.fields('logging');
  if (fields === undefined) return undefined;
  const logging = { driver: fields.text('driver'), options: fields.pairs('options') };
  fields.finish();
  return logging;
}

export function readUlimits(fields: Fields): { name: string; soft: number; hard: number }[] {
  const ulimits: { name: string; soft: number; hard: number }[] = [];
  for (const { name, value } of fields.entries('ulimits')) {
    const isPair = value.kind === 'mapping';
    const pair = new Fields(
      isPair
        ? value
        : {
            kind: 'mapping',
            place: value.place,
            entries: new Map([[name, { kind: 'merge', key: value.place, value }]]),
          },
      fields.problems,
    );
    const soft = pair.number(isPair ? 'soft' : name, { least: -1 });
    const hard = isPair ? pair.number('hard', { least: -1 }) : soft;
    pair.finish();
    if (soft !== undefined && hard !== undefined) ulimits.push({ name, soft, hard });
    else if (isPair && !(pair.has('soft') && pair.has('hard'))) {
      const message = `“${name}” has a “soft” and a “hard” limit.`;
      fields.problems.error(value.place, 'missing-key', message, 'Write both, or one number for both.');
    }
  }
  return ulimits;
}

export function readDevices(fields: Fields): Device[] {
  return fields.fieldsOfItems('devices').flatMap((device): Device[] => {
    const source = device.text('source');
    const target = device.text('target') ?? source;
    const permissions = device.text('permissions') ?? 'rwm';
    device.finish();
    if (source === undefined || target === undefined) {
      const message = 'A device has a source.';
      if (!device.has('source'))
        device.problems.error(device.place, 'missing-key', message, 'Write its path on the host.');
      return [];
    }
    if (source === target && qualifiedDevice.test(source)) return [{ kind: 'cdi', name: source }];
    return [{ kind: 'path', source, target, permissions }];
  });
}

/** By https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md */
const qualifiedDevice = /^[A-Za-z][\w.-]*\/[A-Za-z][\w-]*=[A-Za-z0-9][\w.:-]*$/;
