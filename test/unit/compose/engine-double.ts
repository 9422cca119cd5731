import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineConnection } from '../../../src/engine/connection.js';
import { parseHost } from '../../../src/engine/endpoint.js';

interface DoubleContainer {
  service: string;
  number: number;
  /** Of the project; `app` where undefined. */
  project?: string;
  /** The compose file that it was made from. */
  file?: string;
  /** Lines with the seconds of their times. */
  lines: [second: number, text: string][];
}

/** An engine that has nothing but running containers of compose projects, their logs, and images that nothing is known of. */
export class EngineDouble {
  private readonly containers = new Map<string, DoubleContainer>();
  /** Operating system and architecture by reference. */
  private readonly images = new Map<string, [os: string, architecture: string]>();
  private readonly listeners = new Set<ServerResponse>();
  private readonly server = createServer(({ url = '' }, answer) => {
    this.answer(url.replace(/^\/v[\d.]+/, ''), answer);
  });

  private constructor(private readonly folder: string) {}

  static async start(): Promise<EngineDouble> {
    const double = new EngineDouble(await mkdtemp(join(tmpdir(), 'engine-')));
    await new Promise<void>((resolve) => double.server.listen(double.socket, resolve));
    return double;
  }

  connect(): EngineConnection {
    return new EngineConnection({
      name: 'double',
      source: 'setting',
      ...parseHost(`unix://${this.socket}`, undefined),
    });
  }

  add(id: string, container: DoubleContainer): void {
    this.containers.set(id, container);
    for (const listener of this.listeners) {
      listener.write(`${JSON.stringify({ Type: 'container', Action: 'start', Actor: { ID: id } })}\n`);
    }
  }

  addImage(reference: string, os: string, architecture: string): void {
    this.images.set(reference, [os, architecture]);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.folder, { recursive: true, force: true });
  }

  private get socket(): string {
    return join(this.folder, 'docker.sock');
  }

  private answer(path: string, answer: ServerResponse): void {
    const [, id = '', what = ''] = /^\/containers\/(\w+)\/(json|logs)/.exec(path) ?? [];
    const container = this.containers.get(id);
    const [, reference] = /^\/images\/(.+?)\/json/.exec(path) ?? [];
    const image = this.images.get(reference ?? '');
    if (path.startsWith('/_ping'))
      answer.writeHead(200, { 'api-version': '1.47', server: 'Docker/28.0.0 (linux)' }).end();
    else if (path.startsWith('/events')) {
      answer.writeHead(200).flushHeaders();
      this.listeners.add(answer);
    } else if (image !== undefined) answer.end(JSON.stringify(imageDetails(image)));
    else if (reference !== undefined)
      answer.writeHead(404).end(JSON.stringify({ message: `No such image: ${reference}` }));
    else if (path.startsWith('/containers/json')) answer.end(JSON.stringify([...this.containers].map(summary)));
    else if (container === undefined)
      answer.writeHead(404).end(JSON.stringify({ message: `No such container: ${id}` }));
    else if (what === 'json') answer.end(JSON.stringify(details(id)));
    // It runs, and says no more.
    else answer.writeHead(200).write(Buffer.concat(container.lines.map(frame)));
  }
}

function summary([id, { service, number, project = 'app', file = '' }]: [string, DoubleContainer]): object {
  const labels = {
    'com.docker.compose.project': project,
    'com.docker.compose.project.config_files': file,
    'com.docker.compose.service': service,
    'com.docker.compose.container-number': String(number),
  };
  const rest = { Image: 'x', ImageID: 'x', State: 'running', Status: 'Up', Created: 0 };
  return { Id: id, Names: [`/app-${service}-${number}`], Labels: labels, Ports: [], Mounts: [], ...rest };
}

function details(id: string): object {
  const never = '0001-01-01T00:00:00Z';
  const state = { Status: 'running', ExitCode: 0, StartedAt: '2026-11-26T08:30:00Z', FinishedAt: never };
  return { Id: id, Name: `/${id}`, Image: 'x', State: state, Config: { Cmd: [], Entrypoint: [] }, Mounts: [] };
}

function imageDetails([os, architecture]: [string, string]): object {
  return {
    Id: 'x',
    RepoTags: [],
    RepoDigests: [],
    Os: os,
    Architecture: architecture,
    Size: 0,
    RootFS: { Layers: [] },
  };
}

function frame([second, text]: [number, string]): Buffer {
  const content = Buffer.from(`2026-11-26T08:30:${String(second).padStart(2, '0')}.000000000Z ${text}\n`);
  const header = Buffer.alloc(8);
  header[0] = 1;
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}
