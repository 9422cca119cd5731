import * as v from 'valibot';
import { asFailure, Failure } from '../host/failure.js';
import { type OnProgress, type Work } from '../host/progress.js';
import { behindNotification } from './behind-notification.js';
import { type CommandDeclaration } from './command-declaration.js';
import { commandTable } from './command-table.js';
import { type Argument, argumentSchemas, type ContractName, type Result } from './contract.js';
import { type Selection } from './selection.js';
import { type Services } from './services.js';
import { showFailure } from './show-failure.js';
import { requireTrust } from './trust.js';

/** A command of the contract: what it does for code, and how a person is asked for its argument and shown its result. */
export type ContractCommand<Name extends ContractName> = AskingCommand<Name> | (ForCode<Name> & InItsOwnWay);

/** A command that asks first, then works behind a notification, and then shows its result. */
export type AskingCommand<Name extends ContractName> = ForCode<Name> & ForPerson<Name>;

interface ForCode<Name extends ContractName> {
  run(argument: Argument<Name>, work: Work, services: Services): Promise<Result<Name>>;
}

/** A command that asks, does and shows all itself: its work goes on while the person does something else. */
interface InItsOwnWay {
  perform(selection: Selection, services: Services): Promise<void>;
}

interface ForPerson<Name extends ContractName> {
  /** Asks a person; undefined when they changed their mind, or when all was done while asking. */
  ask(selection: Selection, services: Services): Promise<Argument<Name> | undefined>;
  /** What the progress notification is headed with. */
  title(argument: Argument<Name>): string;
  /** What else a person follows the work by while it goes on. */
  follow?: (argument: Argument<Name>, cancel: () => void, services: Services) => Follower;
  /** Shows a person the result. */
  show(result: Result<Name>, argument: Argument<Name>, services: Services): Promise<void>;
}

/** Something beside the progress notification that shows how work goes on, and how it ended. */
export interface Follower {
  onProgress: OnProgress;
  /** @param failure undefined when all went well */
  onEnd: (failure: Failure | undefined) => Promise<void>;
}

/** Runs a command for code: never asks, rejects with a Failure. */
export async function runForCode<Name extends ContractName>(
  name: Name,
  command: ContractCommand<Name>,
  value: unknown,
  work: Work,
  services: Services,
): Promise<Result<Name>> {
  try {
    requireTrustFor(name);
    return await command.run(parseArgument(name, value), work, services);
  } catch (error) {
    throw logged(error, name, services);
  }
}

/** Runs a command for a person: asks, shows progress with Cancel, shows the result or what went wrong. */
export async function runForPerson<Name extends ContractName>(
  name: Name,
  command: ContractCommand<Name>,
  selection: Selection,
  services: Services,
): Promise<void> {
  try {
    requireTrustFor(name);
    if ('perform' in command) {
      await command.perform(selection, services);
      return;
    }
    const argument = await command.ask(selection, services);
    if (argument !== undefined) await performForPerson(name, command, argument, services);
  } catch (error) {
    await showFailure(logged(error, name, services));
  }
}

/** Does for a person what needs no more questions, with progress and Cancel, and shows how it went. */
export async function performForPerson<Name extends ContractName>(
  name: Name,
  command: AskingCommand<Name>,
  argument: Argument<Name>,
  services: Services,
): Promise<void> {
  const controller = new AbortController();
  const cancel = (): void => {
    controller.abort();
  };
  const follower = command.follow?.(argument, cancel, services);
  let result: Result<Name>;
  try {
    const onProgress = follower?.onProgress;
    result = await behindNotification(
      command.title(argument),
      services,
      (work) => command.run(argument, alsoTo(onProgress, work), services),
      controller,
    );
  } catch (error) {
    const failure = logged(error, name, services);
    await follower?.onEnd(failure);
    await showFailure(failure);
    return;
  }
  await follower?.onEnd(undefined);
  await command.show(result, argument, services);
}

function alsoTo(other: OnProgress | undefined, { signal, onProgress }: Work): Work {
  return {
    signal,
    onProgress: (report) => {
      onProgress(report);
      other?.(report);
    },
  };
}

function requireTrustFor(name: ContractName): void {
  const declaration: CommandDeclaration = commandTable[name];
  if (declaration.untrusted !== true) requireTrust();
}

function parseArgument<Name extends ContractName>(name: Name, value: unknown): Argument<Name> {
  const schema: v.GenericSchema<unknown, Argument<Name>> = argumentSchemas[name];
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  throw new Failure(
    'invalid-argument',
    `${name} was called with a wrong argument: ${where === null ? '' : `${where}: `}${issue.message}`,
    'Correct the call.',
  );
}

function logged(error: unknown, name: ContractName, { log, gpu }: Services): Failure {
  const failure = asFailure(error, name);
  // What was found out of the GPU before is not true any more.
  if (failure.reason === 'gpu-not-available' || failure.reason === 'gpu-driver-too-old') void gpu.check('again');
  if (failure.reason === 'cancelled') log.info(failure.message);
  else
    log.error(`${name}: ${failure.message} [${failure.reason}]${failure.output.map((line) => `\n  ${line}`).join('')}`);
  if (failure.reason === 'internal' && failure.cause instanceof Error) log.error(failure.cause.stack ?? '');
  return failure;
}
