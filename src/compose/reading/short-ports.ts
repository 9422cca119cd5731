import { isIP } from 'node:net';
import { type Place } from '../place.js';
import { type LongForm } from './short-forms.js';
import { mapping, scalar, sequence, type Tree } from './tree.js';

/** One published port in its long form's words; `published` may be a range. */
interface PublishedPort {
  hostIp: string;
  published: string;
  target: number;
  protocol: string;
}

/**
 * `[[host IP:][host port:]container port[/protocol]]`, ranges too, by
 * https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports; a range of container ports becomes one item for
 * each. Items in the long form stay.
 */
export const portsForm: LongForm = (tree, { problems }) => {
  if (tree.kind !== 'sequence') return tree;
  const items: Tree[] = [];
  for (const item of tree.items) {
    if (item.kind !== 'scalar' || item.value === null || typeof item.value === 'boolean') {
      items.push(item);
      continue;
    }
    const ports = parsePorts(String(item.value));
    if (typeof ports === 'string') {
      const remedy = 'Write "8080:80", or "127.0.0.1:8080:80", or "80" for a free port of the host.';
      problems.error(item.place, 'value', ports, remedy);
    } else items.push(...ports.map((port) => longForm(port, item.place)));
  }
  return sequence(tree.place, items);
};

function longForm({ hostIp, published, target, protocol }: PublishedPort, place: Place): Tree {
  return mapping(place, {
    target: scalar(target, place),
    protocol: scalar(protocol, place),
    published: published === '' ? undefined : scalar(published, place),
    host_ip: hostIp === '' ? undefined : scalar(hostIp, place),
  });
}

/** What is wrong, where it is a text. */
function parsePorts(text: string): PublishedPort[] | string {
  const [ports = '', protocolText = 'tcp', ...more] = text.split('/');
  const protocol = protocolText.toLowerCase();
  if (more.length > 0 || !/^(?:tcp|udp|sctp)$/.test(protocol)) return `“${protocolText}” is no protocol of a port.`;
  const parts = ports.split(':');
  const containerPorts = parseRange(parts.at(-1) ?? '');
  if (containerPorts === undefined) return `“${text}” has no container port from 1 to 65535.`;
  const hostText = parts.at(-2) ?? '';
  const address = parts.slice(0, -2).join(':');
  const hostIp = address.replace(/^\[(.*)\]$/, '$1');
  if (address !== '' && isIP(hostIp) === 0) return `“${address}” is no IP address.`;
  const hostPorts = hostText === '' ? undefined : parseRange(hostText, 0);
  if (hostText !== '' && hostPorts === undefined) return `“${hostText}” is no port of the host.`;
  const common = { hostIp, protocol };
  const count = containerPorts.end - containerPorts.start;
  if (hostPorts !== undefined && count === 0) {
    const published = hostPorts.start === hostPorts.end ? String(hostPorts.start) : hostText;
    return [{ ...common, target: containerPorts.start, published }];
  }
  if (hostPorts !== undefined && hostPorts.end - hostPorts.start !== count) {
    return `The two ranges of “${text}” are not equally long.`;
  }
  return Array.from({ length: count + 1 }, (_, index) => ({
    ...common,
    target: containerPorts.start + index,
    published: hostPorts === undefined ? '' : String(hostPorts.start + index),
  }));
}

/** `8000` or `8000-8010` */
export function parseRange(text: string, least = 1): { start: number; end: number } | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = Number(match[2] ?? match[1]);
  return start < least || end < start || end > 65_535 ? undefined : { start, end };
}
