import { type ContainerSummary } from '../../engine/containers.js';
import { type CommandName } from '../command-table.js';
import { type ComposeOutline } from './compose-outline.js';
import { lookOfApplication, lookOfService, type ServiceLook } from './service-look.js';

/** Something that stands over a line of a compose file; without a command it cannot be clicked. */
export interface LensLine {
  /** Counted from 0. */
  line: number;
  title: string;
  command?: CommandName;
  /** The one that the command is for; the whole application where undefined. */
  service?: string;
}

/**
 * What stands over the lines of a compose file.
 *
 * @param byService containers that were made from the file; undefined where the engine was not asked yet
 * @param isTrusted whether anything but looking is offered
 */
export function lensLines(
  outline: ComposeOutline,
  byService: ReadonlyMap<string, readonly ContainerSummary[]> | undefined,
  isTrusted: boolean,
): LensLine[] {
  const names = outline.services.map(({ name }) => name);
  const whole = byService === undefined ? undefined : lookOfApplication(names, byService);
  return [
    ...linesOf(outline.line, whole, undefined, isTrusted),
    ...outline.services.flatMap(({ name, line }) => {
      const look = byService === undefined ? undefined : lookOfService(byService.get(name) ?? []);
      return linesOf(line, look, name, isTrusted);
    }),
  ];
}

function linesOf(
  line: number,
  look: ServiceLook | undefined,
  service: string | undefined,
  isTrusted: boolean,
): LensLine[] {
  const isThere = look?.isThere === true;
  const offered: { title: string; command: CommandName; isOffered: boolean }[] = [
    { title: '$(play) Up', command: 'composeUp', isOffered: isTrusted },
    { title: '$(debug-stop) Down…', command: 'composeDown', isOffered: isTrusted && isThere && service === undefined },
    { title: '$(output) Logs', command: 'composeLogs', isOffered: isThere },
    { title: '$(globe) Open in Browser', command: 'openApplication', isOffered: isTrusted && look?.hasPort === true },
  ];
  const of = service === undefined ? {} : { service };
  return [
    ...(look === undefined ? [] : [{ line, title: look.text, ...of }]),
    ...offered.flatMap(({ title, command, isOffered }) => (isOffered ? [{ line, title, command, ...of }] : [])),
  ];
}
