import { type Log } from '../machine/commands.js';
import { ensureEmulation, removeEmulation } from '../machine/emulation.js';
import { startRegistry, stopRegistry } from './registry.js';
import { startEngine } from './start.js';
import { ENGINE_NAMES, isEngineName, runningEngines, type EngineName } from './state.js';
import { resetEngine, stopEngine } from './stop.js';

const USAGE = [
  `engine start|reset ${ENGINE_NAMES.join('|')}`,
  `engine stop ${ENGINE_NAMES.join('|')}|all`,
  'engine status',
  `registry start|stop ${ENGINE_NAMES.join('|')}`,
  'emulation on|off',
].join('\n');

/**
 * Does by hand what tests do by themselves: `engine start|reset NAME`, `engine stop NAME|all`, `engine status`,
 * `registry start|stop NAME`, `emulation on|off`.
 *
 * @throws Error with the possible commands when `args` is none of them; whatever the command fails with.
 */
export async function engineCommand(args: readonly string[], log: Log): Promise<void> {
  const [subject = '', verb = '', name = ''] = args;
  switch (`${subject} ${verb}`) {
    case 'engine start':
      await startEngine(named(name), { log });
      return;
    case 'engine reset':
      await resetEngine(named(name), { log });
      return;
    case 'engine stop':
      for (const each of name === 'all' ? ENGINE_NAMES : [named(name)]) await stopEngine(each, { log });
      return;
    case 'engine status':
      await tellStatus(log);
      return;
    case 'registry start':
      await startRegistry(await startEngine(named(name), { log }), { log });
      return;
    case 'registry stop':
      log((await stopRegistry(named(name))) ? `The registry of ${name} is stopped.` : 'It was not running.');
      return;
    case 'emulation on':
      if (await ensureEmulation('arm64', log)) log('Programs for arm64 ran here already.');
      return;
    case 'emulation off':
      log(
        (await removeEmulation('arm64')) ? 'Programs for arm64 run no more.' : 'Programs for arm64 did not run here.',
      );
      return;
    default:
      throw new Error(`Commands:\n${USAGE}`);
  }
}

async function tellStatus(log: Log): Promise<void> {
  const engines = await runningEngines();
  if (engines.length === 0) log('No engine runs.');
  for (const engine of engines) {
    log(`${engine.name}: engine ${engine.version}, DOCKER_HOST=${engine.host}, published ports at ${engine.address}`);
  }
}

function named(name: string): EngineName {
  if (isEngineName(name)) return name;
  throw new Error(`"${name}" is no engine. Commands:\n${USAGE}`);
}
