import { createHash } from 'node:crypto';
import { type EngineConnection } from '../engine/connection.js';
import {
  containersIn,
  createNetwork,
  deleteNetwork,
  listNetworks,
  type NetworkSummary,
  type NewNetwork,
} from '../engine/networks.js';
import { createVolumeWith } from '../engine/volume-operations.js';
import { listVolumes } from '../engine/volumes.js';
import { Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { dependentsFirst } from './dependents-first.js';
import { composeLabels, hashLabel } from './labels.js';
import { type ComposeProject, type Network, type Volume } from './model.js';
import { type Observed } from './observed.js';
import { stopIfRunning } from './stop-and-remove.js';

/**
 * Makes the networks of a project that are not there, and anew those that the file says something else of by now: containers of
 * the project that run in them are stopped for that. Rejects `network-not-found` for an external one.
 *
 * @returns the engine's identifiers by the networks' keys
 */
export async function provideNetworks(
  connection: EngineConnection,
  project: ComposeProject,
  observed: Observed,
  { signal, onProgress }: Work,
): Promise<ReadonlyMap<string, string>> {
  const all = await listNetworks(connection, signal);
  const identifiers = new Map<string, string>();
  for (const network of project.networks) {
    const there =
      all.find(({ name }) => name === network.name) ??
      all.find(({ id }) => network.kind === 'external' && id === network.name);
    if (network.kind === 'external') {
      if (there === undefined) throw notFound(network);
      identifiers.set(network.key, there.id);
      continue;
    }
    const wanted = newNetwork(project, network);
    const made = there?.labels[composeLabels.project] === project.name ? there.labels[hashLabel] : undefined;
    if (there !== undefined && (made === undefined || made === wanted.Labels[hashLabel])) {
      identifiers.set(network.key, there.id);
      continue;
    }
    if (there !== undefined) {
      onProgress({ message: `Making the network ${network.name} anew` });
      await removeDifferent(connection, there, observed, signal);
    } else onProgress({ message: `Creating the network ${network.name}` });
    identifiers.set(network.key, await createNetwork(connection, wanted, signal));
  }
  return identifiers;
}

function notFound({ name, place }: Network): Failure {
  return new Failure(
    'network-not-found',
    `There is no network ${name}, and the file says that it comes from elsewhere (external: true).`,
    'Create it first, for instance by bringing up the application that it belongs to.',
    { location: place },
  );
}

async function removeDifferent(
  connection: EngineConnection,
  { id, name }: NetworkSummary,
  { containers }: Observed,
  signal: AbortSignal,
): Promise<void> {
  const users = await containersIn(connection, id, signal);
  const ours = containers.filter(({ container }) => users.some((user) => user.id === container.id));
  const others = users.filter((user) => !ours.some(({ container }) => container.id === user.id));
  if (others.length > 0) {
    throw new Failure(
      'engine-refused',
      `The file says something else of the network ${name} than it was made with, and ${others.map((each) => each.name).join(', ')} of another application runs in it.`,
      'Stop that first, or give the network another name; then “Up” again.',
    );
  }
  for (const { container } of dependentsFirst(ours)) await stopIfRunning(connection, container, signal);
  await deleteNetwork(connection, id, signal);
}

/** Makes the volumes of a project that are not there. Rejects `volume-not-found` for an external one. */
export async function provideVolumes(
  connection: EngineConnection,
  project: ComposeProject,
  { signal, onProgress }: Work,
): Promise<void> {
  const there = new Set((await listVolumes(connection, signal)).map(({ name }) => name));
  for (const volume of project.volumes) {
    if (there.has(volume.name)) continue;
    if (volume.kind === 'external') {
      throw new Failure(
        'volume-not-found',
        `There is no volume ${volume.name}, and the file says that it comes from elsewhere (external: true).`,
        'Create it first (“Create Volume…”).',
        { location: volume.place },
      );
    }
    onProgress({ message: `Creating the volume ${volume.name}` });
    await createVolumeWith(
      connection,
      {
        Name: volume.name,
        ...(volume.driver === undefined ? {} : { Driver: volume.driver }),
        DriverOpts: Object.fromEntries(volume.driverOptions),
        Labels: {
          ...Object.fromEntries(volume.labels),
          [composeLabels.project]: project.name,
          [composeLabels.volume]: volume.key,
          [hashLabel]: volumeHash(volume),
        },
      },
      signal,
    );
  }
}

/** By which a volume is known that the file says something else of by now. */
export function volumeHash({ driver, driverOptions, labels }: Extract<Volume, { kind: 'own' }>): string {
  return hashOf([driver ?? 'local', [...driverOptions], [...labels]]);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function newNetwork(project: ComposeProject, network: Extract<Network, { kind: 'own' }>): NewNetwork {
  const { driver, driverOptions, internal, attachable, enableIpv4, enableIpv6, ipam } = network;
  const said = {
    Name: network.name,
    Driver: driver ?? 'bridge',
    Internal: internal,
    Attachable: attachable,
    ...(enableIpv4 === undefined ? {} : { EnableIPv4: enableIpv4 }),
    ...(enableIpv6 === undefined ? {} : { EnableIPv6: enableIpv6 }),
    ...(ipam === undefined
      ? {}
      : {
          IPAM: {
            ...(ipam.driver === undefined ? {} : { Driver: ipam.driver }),
            Options: Object.fromEntries(ipam.options),
            Config: ipam.pools.map(({ subnet, gateway, ipRange, auxiliaryAddresses }) => ({
              ...(subnet === undefined ? {} : { Subnet: subnet }),
              ...(gateway === undefined ? {} : { Gateway: gateway }),
              ...(ipRange === undefined ? {} : { IPRange: ipRange }),
              AuxiliaryAddresses: Object.fromEntries(auxiliaryAddresses),
            })),
          },
        }),
    Options: Object.fromEntries(driverOptions),
    Labels: {
      ...Object.fromEntries(network.labels),
      [composeLabels.project]: project.name,
      [composeLabels.network]: network.key,
    },
  };
  return { ...said, Labels: { ...said.Labels, [hashLabel]: hashOf(said) } };
}
