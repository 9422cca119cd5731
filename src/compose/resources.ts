import { createHash } from 'node:crypto';
import { type EngineConnection } from '../engine/connection.js';
import {
  createNetwork,
  deleteNetwork,
  inspectNetwork,
  listNetworks,
  type NetworkDetails,
  type NetworkSummary,
  type NewNetwork,
} from '../engine/networks.js';
import { createVolumeWith } from '../engine/volume-operations.js';
import { listVolumes } from '../engine/volumes.js';
import { Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { dependentsFirst } from './dependents-first.js';
import { composeLabels, hashLabel } from './labels.js';
import { type Network, type Volume } from './declarations.js';
import { type ComposeProject, type Service } from './model.js';
import { type Observed } from './observed.js';
import { stopIfRunning } from './stop-and-remove.js';

/** Rejects `network-not-found` and `volume-not-found` where what is to come from elsewhere is not there. */
export async function requireExternals(
  connection: EngineConnection,
  { networks, volumes }: Pick<ComposeProject, 'networks' | 'volumes'>,
  signal: AbortSignal,
): Promise<void> {
  if (![...networks, ...volumes].some(({ kind }) => kind === 'external')) return;
  const [allNetworks, allVolumes] = await Promise.all([
    listNetworks(connection, signal),
    listVolumes(connection, signal),
  ]);
  const network = networks.find((each) => each.kind === 'external' && networkOf(each, allNetworks) === undefined);
  if (network !== undefined) throw networkNotFound(network);
  const volume = volumes.find(
    ({ kind, name }) => kind === 'external' && !allVolumes.some((each) => each.name === name),
  );
  if (volume !== undefined) throw volumeNotFound(volume);
}

/**
 * Makes the networks of a project that are not there, and anew those that the file says something else of by now: containers of
 * the services that run in them are stopped for that. Rejects `network-not-found` for an external one.
 *
 * @param services those that are brought up: others are not stopped
 * @returns the engine's identifiers by the networks' keys
 */
export async function provideNetworks(
  connection: EngineConnection,
  project: ComposeProject,
  services: readonly Service[],
  observed: Observed,
  { signal, onProgress }: Work,
): Promise<ReadonlyMap<string, string>> {
  const all = await listNetworks(connection, signal);
  const identifiers = new Map<string, string>();
  for (const network of project.networks) {
    const there = networkOf(network, all);
    if (network.kind === 'external') {
      if (there === undefined) throw networkNotFound(network);
      identifiers.set(network.key, there.id);
      continue;
    }
    const wanted = newNetwork(project, network);
    if (there !== undefined) {
      const made = isUsedAsItIs(there, project, wanted)
        ? undefined
        : await inspectNetwork(connection, there.id, signal);
      if (made === undefined || (there.labels[hashLabel] === undefined && isAsSaid(made, wanted))) {
        identifiers.set(network.key, there.id);
        continue;
      }
      onProgress({ message: `Making the network ${network.name} anew` });
      await removeDifferent(connection, there, made, services, observed, signal);
    } else onProgress({ message: `Creating the network ${network.name}` });
    identifiers.set(network.key, await createNetwork(connection, wanted, signal));
  }
  return identifiers;
}

function networkOf({ kind, name }: Network, all: readonly NetworkSummary[]): NetworkSummary | undefined {
  return all.find((each) => each.name === name) ?? all.find(({ id }) => kind === 'external' && id === name);
}

/** Whether it is another application's, or was made from what the file says now. */
function isUsedAsItIs({ labels }: NetworkSummary, { name }: ComposeProject, wanted: NewNetwork): boolean {
  return labels[composeLabels.project] !== name || labels[hashLabel] === wanted.Labels[hashLabel];
}

/** Whether one that the compose CLI has made, and that has no label of ours, has all that the file asks for. */
function isAsSaid(made: NetworkDetails, wanted: NewNetwork): boolean {
  const options = Object.entries(wanted.Options ?? {});
  const pools = wanted.IPAM?.Config ?? [];
  return (
    made.driver === wanted.Driver &&
    made.isInternal === (wanted.Internal ?? false) &&
    made.isAttachable === (wanted.Attachable ?? false) &&
    (wanted.EnableIPv6 === undefined || made.hasIpv6 === wanted.EnableIPv6) &&
    options.every(([name, value]) => made.options[name] === value) &&
    pools.every(({ Subnet, Gateway, IPRange }) =>
      made.pools.some(
        ({ subnet, gateway, ipRange }) =>
          (Subnet === undefined || Subnet === subnet) &&
          (Gateway === undefined || Gateway === gateway) &&
          (IPRange === undefined || IPRange === ipRange),
      ),
    )
  );
}

function networkNotFound(network: Network): Failure {
  const remedy = 'Create it first, for instance by bringing up the application that it belongs to.';
  return notFound('network', network, remedy);
}

function volumeNotFound(volume: Volume): Failure {
  return notFound('volume', volume, 'Create it first (“Create Volume…”).');
}

function notFound(what: 'network' | 'volume', { name, place }: Network | Volume, remedy: string): Failure {
  const message = `There is no ${what} ${name}, and the file says that it comes from elsewhere (external: true).`;
  return new Failure(`${what}-not-found`, message, remedy, { location: place });
}

async function removeDifferent(
  connection: EngineConnection,
  { id, name }: NetworkSummary,
  { containers: users }: NetworkDetails,
  services: readonly Service[],
  { containers }: Observed,
  signal: AbortSignal,
): Promise<void> {
  const ours = containers.filter(
    ({ service, container }) =>
      services.some((each) => each.name === service) && users.some((user) => user.id === container.id),
  );
  const others = users.filter((user) => !ours.some(({ container }) => container.id === user.id));
  if (others.length > 0) {
    throw new Failure(
      'engine-refused',
      `The file says something else of the network ${name} than it was made with, and what is not brought up now runs in it: ${others.map((each) => each.name).join(', ')}.`,
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
    if (volume.kind === 'external') throw volumeNotFound(volume);
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
