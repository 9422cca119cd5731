import { type Application, openApplication } from '../../compose/application.js';
import { type ComposeProblem } from '../../compose/problem.js';
import { projectContainers } from '../../compose/observed.js';
import { remarksOn } from '../../compose/remarks.js';
import { answeringNow, serviceAddresses, type ServiceAddresses } from '../../compose/service-addresses.js';
import { type ServiceResult } from '../../compose/outcome.js';
import { composeUp } from '../../compose/up.js';
import { listContainers } from '../../engine/containers.js';
import { type Work } from '../../host/progress.js';
import { type Argument, type Result } from '../contract.js';
import { engineHost } from '../engine-host.js';
import { type Services } from '../services.js';
import { environmentHere, imageHost, pathSetting } from './compose-host.js';

/** An application that was brought up. */
export interface BroughtUp {
  project: string;
  results: readonly ServiceResult[];
  addresses: ServiceAddresses;
  warnings: readonly ComposeProblem[];
  /** What is not in the files: a sentence for each. */
  remarks: readonly string[];
}

/** Reads an application for a command. Rejects as `openApplication`. */
export function readApplication(
  { file, overrides, services }: Pick<Argument<'composeUp'>, 'file' | 'overrides' | 'services'>,
  signal?: AbortSignal,
): Promise<Application> {
  return openApplication(file, environmentHere(), { overrides, services, signal });
}

/** Rejects what `openApplication` and `composeUp` reject. */
export async function bringUp(argument: Argument<'composeUp'>, work: Work, services: Services): Promise<BroughtUp> {
  const { file, services: names, build, allowPrivileged = false } = argument;
  const { project, problems } = await readApplication(argument, work.signal);
  for (const { file: place, line, message } of problems) services.log.warn(`${place}:${line}: ${message}`);
  const connection = await services.engine.connect();
  const options = { services: names, build, allowPrivileged };
  const results = await composeUp(connection, project, options, imageHost(services), work);
  const ids = results.flatMap(({ containers }) => containers);
  const containers = projectContainers(await listContainers(connection, work.signal, ids), project.name);
  const host = engineHost(connection.endpoint);
  const addresses = await serviceAddresses(containers, project.services, host, pathSetting(file));
  const remarks = await remarksOn(connection, project, work.signal);
  for (const remark of remarks) services.log.warn(remark);
  return { project: project.name, results, addresses, warnings: problems, remarks };
}

/** What code is told of it: the address that answers already, or else the first one that will. */
export async function resultOf({ results, addresses }: BroughtUp, signal: AbortSignal): Promise<Result<'composeUp'>> {
  const answering = await answeringNow(addresses, signal);
  const services = results.map(({ name, containers: [container] }) => {
    const url = answering.get(name) ?? addresses.get(name)?.[0];
    return { name, ...(container === undefined ? {} : { container }), ...(url === undefined ? {} : { url }) };
  });
  return { services };
}
