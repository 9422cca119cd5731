import { type FileResource } from '../declarations.js';
import { type ComposeProject, type Grant, type Port, type Service } from '../model.js';
import { type Place } from '../place.js';
import { type Problems } from '../problem.js';
import { parseRange } from './short-ports.js';

/** Looks for what each active service may say alone, and all of them together not; and for what no engine gives. */
export function checkConflicts(project: Omit<ComposeProject, 'name' | 'folder' | 'files'>, problems: Problems): void {
  const { services } = project;
  for (const service of services) {
    checkCount(service, problems);
    checkSecurity(service, problems);
    checkAddress(service, problems);
    for (const [what, all] of [
      ['secret', project.secrets],
      ['config', project.configs],
    ] as const) {
      for (const grant of service[`${what}s`]) checkGrant({ what, grant, all, service }, problems);
    }
  }
  checkNames(services, problems);
  checkPorts(services, problems);
}

/** No two containers can have a name, nor publish the same port of the host. */
function checkCount({ name, ports, replicas }: Service, problems: Problems): void {
  if (replicas < 2) return;
  for (const { published, place } of ports) {
    const range = published === undefined || published === '0' ? undefined : parseRange(published, 0);
    const size = range === undefined ? replicas : range.end - range.start + 1;
    if (range === undefined || size >= replicas) continue;
    const message = `The ${replicas} containers of “${name}” cannot all publish port ${published ?? ''}.`;
    const remedy = `Give a range of ports, such as ${range.start}-${range.start + replicas - 1}, or leave the host’s port to the engine.`;
    problems.error(place, 'conflict', message, remedy);
  }
}

function checkNames(services: readonly Service[], problems: Problems): void {
  const owners = new Map<string, string>();
  for (const { name, containerName, places, place } of services) {
    if (containerName === undefined) continue;
    const owner = owners.get(containerName);
    owners.set(containerName, owner ?? name);
    if (owner === undefined) continue;
    const message = `“${owner}” and “${name}” cannot both have a container called “${containerName}”.`;
    problems.error(places.get('container_name') ?? place, 'conflict', message, 'Give them different names, or none.');
  }
}

/** Services may do so one after the other. */
function checkPorts(services: readonly Service[], problems: Problems): void {
  const owners: { name: string; port: Port }[] = [];
  for (const { name, ports, replicas } of services) {
    if (replicas === 0) continue;
    for (const port of ports) {
      if (port.published === undefined || port.published === '0' || port.published.includes('-')) continue;
      const owner = owners.find((other) => areSame(other.port, port));
      if (owner === undefined) owners.push({ name, port });
      else {
        const message =
          owner.name === name
            ? `“${name}” publishes port ${port.published} twice.`
            : `“${owner.name}” and “${name}” both publish port ${port.published}: they cannot run at the same time.`;
        problems.warning(port.place, 'conflict', message, 'Publish another port.');
      }
    }
  }
}

function areSame(one: Port, other: Port): boolean {
  const everywhere = new Set([undefined, '', '0.0.0.0', '::']);
  const meet = one.hostIp === other.hostIp || everywhere.has(one.hostIp) || everywhere.has(other.hostIp);
  return one.published === other.published && one.protocol === other.protocol && meet;
}

function checkSecurity({ securityOpt, places, place }: Service, problems: Problems): void {
  for (const option of securityOpt) {
    const [, profile] = /^seccomp[=:](.*)$/.exec(option) ?? [];
    if (profile === undefined || /^(?:unconfined|builtin|\{.*)$/s.test(profile)) continue;
    const at = places.get('security_opt') ?? place;
    problems.unsupported(at, 'error', `The seccomp profile in ${profile} is not read.`);
  }
}

function checkAddress({ name, macAddress, networks, places, place }: Service, problems: Problems): void {
  const [first] = networks;
  if (macAddress === undefined || first?.macAddress === undefined || first.macAddress === macAddress) return;
  const message = `“${name}” has two MAC addresses: ${macAddress}, and ${first.macAddress} in the network “${first.network}”.`;
  problems.error(places.get('mac_address') ?? place, 'conflict', message, 'Take one of them out.');
}

interface Granted {
  what: 'secret' | 'config';
  grant: Grant;
  all: readonly FileResource[];
  service: Service;
}

function checkGrant({ what, grant, all, service }: Granted, problems: Problems): void {
  const source = all.find(({ key }) => key === grant.source)?.source;
  if (source === undefined) return;
  const owner = [grant.uid, grant.gid].filter((id) => id !== undefined);
  if (source.kind === 'file') {
    if (owner.length === 0 && grant.mode === undefined) return;
    const message = `“uid”, “gid” and “mode” count for a ${what} of a variable${what === 'config' ? ' or a text' : ''} only: a file keeps its own.`;
    problems.noEffect(grant.place, message);
    return;
  }
  for (const id of owner) if (!/^\d+$/.test(id)) refuseOwner(id, grant.place, problems);
  if (!service.readOnly) return;
  const message = `“${service.name}” is read-only, and the ${what} “${grant.source}” would have to be written into it.`;
  const remedy = `Take the ${what} from a file (“file:”), or take “read_only” out.`;
  problems.error(grant.place, 'conflict', message, remedy);
}

function refuseOwner(id: string, place: Place, problems: Problems): void {
  problems.error(place, 'value', `“${id}” is no number of a user or group.`, 'Write the number, such as "1000".');
}
