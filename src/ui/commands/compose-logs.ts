import { knownProject } from '../../compose/known-project.js';
import { environmentHere } from '../compose/compose-host.js';
import { pickComposeFile } from '../compose/pick-compose-file.js';
import { type ViewCommand } from '../view-command.js';

/** Shows the logs of all services of an application in one tab, or of the one that it was started on. */
export const composeLogsCommand: ViewCommand = async (selection, services) => {
  const target = await pickComposeFile(selection, 'Compose Logs');
  if (target === undefined) return;
  const { name } = await knownProject(await services.engine.connect(), target, environmentHere());
  await services.logs.showProject({ name, services: target.services ?? [] });
};
