import Docker from 'dockerode';
import { StringDecoder } from 'node:string_decoder';

/**
 * A client of the engine at `host`: `unix://` with a path, `npipe://` with a pipe's path, or `tcp://` with an address.
 * DOCKER_HOST is not looked at.
 *
 * @throws Error when `host` is something else.
 */
export function connectTo(host: string): Docker {
  const url = /^(unix|npipe|tcp|http):\/\/(.+)$/.exec(host);
  const rest = url?.[2];
  if (url?.[1] === undefined || rest === undefined) throw new Error(`Not an engine's address: ${host}`);
  if (url[1] === 'unix' || url[1] === 'npipe') {
    // The modem lets DOCKER_HOST win over a socketPath unless host and port are spelled out as undefined.
    const socketPath = url[1] === 'npipe' ? `//${rest.replace(/^\/+/, '')}` : rest;
    return new Docker({ socketPath, host: undefined, port: undefined, protocol: 'http' });
  }
  const { hostname, port } = new URL(`http://${rest}`);
  return new Docker({ host: hostname, port: port || '2375', protocol: 'http' });
}

/**
 * Reads an engine's answer of JSON lines to its end.
 *
 * @throws Error with the engine's words when one of the lines tells of an error; what the stream fails with.
 */
export async function readProgress(stream: NodeJS.ReadableStream, onLine: () => void = () => undefined): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of stream) {
    text += typeof chunk === 'string' ? chunk : decoder.write(chunk);
    onLine();
  }
  for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
    const told: unknown = JSON.parse(line);
    if (typeof told === 'object' && told !== null && 'error' in told) throw new Error(String(told.error));
  }
}
