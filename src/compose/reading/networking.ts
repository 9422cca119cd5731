import { isIP } from 'node:net';
import { type Namespace, type Port, type ServiceNetwork } from '../model.js';
import { Fields } from './fields.js';
import { parseRange } from './short-ports.js';

export function readPorts(fields: Fields): Port[] {
  return fields.fieldsOfItems('ports').flatMap((port) => {
    const target = port.number('target', { least: 1, most: 65_535 });
    const published = port.textual('published');
    const hostIp = port.text('host_ip');
    const read = {
      published: published === '' ? undefined : published,
      hostIp,
      protocol: port.text('protocol')?.toLowerCase() ?? 'tcp',
      name: port.text('name'),
      appProtocol: port.text('app_protocol'),
      place: port.place,
    };
    // It tells apart two ways in which a swarm publishes a port.
    port.text('mode');
    port.finish();
    const refuse = (key: string, message: string, remedy: string): void => {
      port.problems.error(port.placeOf(key), 'value', message, remedy);
    };
    if (hostIp !== undefined && isIP(hostIp) === 0) {
      refuse('host_ip', `“${hostIp}” is no IP address.`, 'Write one such as 127.0.0.1.');
    }
    if (read.published !== undefined && parseRange(read.published, 0) === undefined) {
      refuse('published', `“${read.published}” is no port of the host.`, 'Write a number up to 65535, or a range.');
    }
    if (!port.has('target')) refuse('target', 'A port has a “target”, the container’s port.', 'Write it.');
    return target === undefined ? [] : [{ ...read, target }];
  });
}

/** The one with the highest priority first, and then by name, as Compose connects them. */
export function readServiceNetworks(fields: Fields): ServiceNetwork[] {
  if (!fields.has('networks')) return fields.has('network_mode') ? [] : [plainNetwork('default')];
  const networks = fields.entries('networks', 'a list or a mapping').map(({ name, value }) => {
    if (value.kind === 'mapping') return readServiceNetwork(name, new Fields(value, fields.problems));
    if (value.kind !== 'scalar' || value.value !== null) fields.wrongType(name, value, 'a mapping');
    return plainNetwork(name);
  });
  if (networks.length === 0) return fields.has('network_mode') ? [] : [plainNetwork('default')];
  if (fields.has('network_mode')) {
    const message = '“network_mode” and “networks” exclude each other.';
    fields.problems.error(fields.placeOf('network_mode'), 'conflict', message, 'Take one of them out.');
  }
  return networks.sort((a, b) => b.priority - a.priority || (a.network < b.network ? -1 : 1));
}

function readServiceNetwork(network: string, fields: Fields): ServiceNetwork {
  const read = {
    network,
    aliases: fields.texts('aliases'),
    ipv4Address: fields.text('ipv4_address'),
    ipv6Address: fields.text('ipv6_address'),
    linkLocalIps: fields.texts('link_local_ips'),
    macAddress: fields.text('mac_address'),
    driverOptions: fields.pairs('driver_opts'),
    priority: fields.number('priority') ?? 0,
    gatewayPriority: fields.number('gw_priority'),
    interfaceName: fields.text('interface_name'),
  };
  fields.finish();
  return read;
}

function plainNetwork(network: string): ServiceNetwork {
  return {
    network,
    aliases: [],
    ipv4Address: undefined,
    ipv6Address: undefined,
    linkLocalIps: [],
    macAddress: undefined,
    driverOptions: new Map(),
    priority: 0,
    gatewayPriority: undefined,
    interfaceName: undefined,
  };
}

export function readNamespace(fields: Fields, key: 'network_mode' | 'pid' | 'ipc'): Namespace | undefined {
  const text = fields.text(key);
  if (text === undefined) return undefined;
  if (text.startsWith('service:')) return { kind: 'service', service: text.slice('service:'.length) };
  if (text.startsWith('container:')) return { kind: 'container', container: text.slice('container:'.length) };
  return { kind: 'engine', mode: text };
}

export function readLinks(fields: Fields): { service: string; alias: string }[] {
  return fields.texts('links').map((text) => {
    const [service = '', alias = service] = text.split(':');
    return { service, alias };
  });
}

/** `[host=address]` */
export function readHosts(fields: Fields): { host: string; address: string }[] {
  return fields.texts('extra_hosts').map((text) => {
    const equals = text.indexOf('=');
    return { host: text.slice(0, equals), address: text.slice(equals + 1) };
  });
}
