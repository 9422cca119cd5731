import { posix } from 'node:path';
import { allContexts, currentContext, pathsOf, tlsIn } from './docker-contexts.js';
import { type Endpoint, parseHost } from './endpoint.js';
import { type Surroundings } from './surroundings.js';

/**
 * Every place where an engine may be, best first: setting, `DOCKER_HOST`, the current docker context, the sockets where
 * engines usually listen, then the other docker contexts. No host comes twice; names are unique.
 */
export function discoverEndpoints(surroundings: Surroundings): Endpoint[] {
  const { setting, environment } = surroundings;
  const found: Endpoint[] = [];
  if (setting.trim() !== '') {
    found.push({ name: 'Setting', ...parseHost(setting.trim(), undefined), source: 'setting' });
  }
  const dockerHost = environment['DOCKER_HOST'];
  if (dockerHost !== undefined && dockerHost !== '') {
    const tls = environmentTls(surroundings);
    found.push({ name: 'DOCKER_HOST', ...parseHost(dockerHost, tls), source: 'environment' });
  }
  const current = currentContext(surroundings);
  if (current !== undefined) found.push(current);
  found.push(...wellKnownEndpoints(surroundings), ...allContexts(surroundings));
  return found.filter(
    (endpoint, index) =>
      found.findIndex(({ name, host }) => (host === endpoint.host && host !== '') || name === endpoint.name) === index,
  );
}

/**
 * The endpoints that are tried of themselves. What a person chose is tried alone: the engine that was selected, or else
 * the setting, `DOCKER_HOST`, a context on another host. Of this machine's engines the first one that answers will do.
 *
 * @param selected name of the endpoint that was selected; one that is no more counts as none
 */
export function endpointsToTry(all: readonly Endpoint[], selected: string | undefined): Endpoint[] {
  const chosen =
    all.find(({ name }) => name === selected) ??
    all.find(({ source }) => source === 'setting') ??
    all.find(({ source }) => source === 'environment') ??
    all.find(({ source, address }) => source === 'current-context' && address.kind !== 'socket');
  if (chosen !== undefined) return [chosen];
  return all.filter(({ source }) => source === 'current-context' || source === 'well-known');
}

function environmentTls(surroundings: Surroundings): ReturnType<typeof tlsIn> {
  const { environment, homeFolder, platform } = surroundings;
  if ((environment['DOCKER_TLS_VERIFY'] ?? '') === '') return undefined;
  const folder = environment['DOCKER_CERT_PATH'];
  const used = folder === undefined || folder === '' ? pathsOf(platform).join(homeFolder, '.docker') : folder;
  return tlsIn(used, true, surroundings) ?? { ca: undefined, cert: undefined, key: undefined, verify: true };
}

function wellKnownEndpoints(surroundings: Surroundings): Endpoint[] {
  const { platform } = surroundings;
  const known = ([name, path]: Known): Endpoint => ({
    name,
    host: platform === 'win32' ? `npipe://${path}` : `unix://${path}`,
    source: 'well-known',
    address: { kind: 'socket', path },
  });
  if (platform === 'win32') return windowsPipes.map(known);
  return [...systemSockets(surroundings), ...homeSockets(surroundings), ...runtimeSockets(surroundings)].map(known);
}

const windowsPipes: readonly Known[] = [
  ['Docker Desktop', '//./pipe/dockerDesktopLinuxEngine'],
  ['Docker Engine', '//./pipe/docker_engine'],
  ['Podman', '//./pipe/podman-machine-default'],
];

type Known = readonly [name: string, path: string];

function systemSockets({ platform, environment }: Surroundings): Known[] {
  const engine: Known = [platform === 'darwin' ? 'Docker' : 'Docker Engine', '/var/run/docker.sock'];
  const isWsl = platform === 'linux' && (environment['WSL_DISTRO_NAME'] ?? '') !== '';
  const proxy: Known = [
    'Docker Desktop (WSL)',
    '/mnt/wsl/docker-desktop/shared-sockets/guest-services/docker.proxy.sock',
  ];
  return isWsl ? [engine, proxy] : [engine];
}

function homeSockets({ homeFolder, environment, listFolder }: Surroundings): Known[] {
  const home = (path: string): string => posix.join(homeFolder, path);
  const configHome = environment['XDG_CONFIG_HOME'];
  const colimaFolders = [
    home('.colima'),
    posix.join(configHome === undefined || configHome === '' ? home('.config') : configHome, 'colima'),
  ];
  const colima = colimaFolders.flatMap((folder): Known[] =>
    listFolder(folder)
      // Folders of Colima's own begin so.
      .filter((profile) => !profile.startsWith('_') && !profile.startsWith('.') && profile !== 'ssh_config')
      .sort((left, right) => Number(right === 'default') - Number(left === 'default'))
      .map((profile) => [
        profile === 'default' ? 'Colima' : `Colima (${profile})`,
        posix.join(folder, profile, 'docker.sock'),
      ]),
  );
  const defaultColima: Known = ['Colima', home('.colima/default/docker.sock')];
  const hasDefault = colima.some(([name]) => name === 'Colima');
  return [
    ['Docker Desktop', home('.docker/run/docker.sock')],
    ['Docker Desktop (Linux)', home('.docker/desktop/docker.sock')],
    ['OrbStack', home('.orbstack/run/docker.sock')],
    ['Rancher Desktop', home('.rd/docker.sock')],
    ...(hasDefault ? [] : [defaultColima]),
    ...colima,
  ];
}

function runtimeSockets({ platform, environment, userId, homeFolder }: Surroundings): Known[] {
  const configured = environment['XDG_RUNTIME_DIR'];
  const runtime =
    configured !== undefined && configured !== ''
      ? configured
      : platform === 'linux' && userId !== undefined
        ? `/run/user/${userId}`
        : undefined;
  const rootless: Known[] =
    runtime === undefined
      ? []
      : [
          ['Rootless Docker', posix.join(runtime, 'docker.sock')],
          ['Podman', posix.join(runtime, 'podman/podman.sock')],
        ];
  if (platform !== 'darwin') return [...rootless, ['Podman (root)', '/run/podman/podman.sock']];
  const temporary = environment['TMPDIR'];
  const machine: Known = ['Podman Machine', posix.join(temporary ?? '/tmp', 'podman/podman-machine-default-api.sock')];
  const older = posix.join(homeFolder, '.local/share/containers/podman/machine/podman.sock');
  return [...rootless, machine, ['Podman Machine (older)', older]];
}
