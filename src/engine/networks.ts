import * as v from 'valibot';
import { readAnswer, textMap } from './answer.js';
import { type EngineConnection } from './connection.js';

const networkAnswer = v.object({ Id: v.string(), Name: v.string(), Labels: textMap });
const createAnswer = v.object({ Id: v.string() });
const poolAnswer = v.object({
  Subnet: v.nullish(v.string(), ''),
  Gateway: v.nullish(v.string(), ''),
  IPRange: v.nullish(v.string(), ''),
});
const inspectAnswer = v.object({
  Driver: v.nullish(v.string(), ''),
  Internal: v.nullish(v.boolean(), false),
  Attachable: v.nullish(v.boolean(), false),
  EnableIPv6: v.nullish(v.boolean(), false),
  IPAM: v.nullish(v.object({ Config: v.nullish(v.array(poolAnswer), []) }), {}),
  Options: textMap,
  Containers: v.nullish(v.record(v.string(), v.object({ Name: v.optional(v.string(), '') })), {}),
});

export interface NetworkSummary {
  id: string;
  name: string;
  labels: Record<string, string>;
}

export interface NetworkDetails {
  driver: string;
  isInternal: boolean;
  isAttachable: boolean;
  hasIpv6: boolean;
  options: Record<string, string>;
  /** Empty where the engine says nothing of a part. */
  pools: { subnet: string; gateway: string; ipRange: string }[];
  /** Those that keep it from being removed: those that run in it. */
  containers: { id: string; name: string }[];
}

/** A network that is about to be made, in the engine's words (`POST /networks/create`). */
export interface NewNetwork {
  Name: string;
  Driver?: string;
  Internal?: boolean;
  Attachable?: boolean;
  EnableIPv4?: boolean;
  EnableIPv6?: boolean;
  IPAM?: {
    Driver?: string;
    Options: Record<string, string>;
    Config: {
      Subnet?: string;
      Gateway?: string;
      IPRange?: string;
      AuxiliaryAddresses: Record<string, string>;
    }[];
  };
  Options?: Record<string, string>;
  Labels: Record<string, string>;
}

export async function listNetworks(connection: EngineConnection, signal?: AbortSignal): Promise<NetworkSummary[]> {
  const answer = await connection.request({ method: 'GET', path: '/networks', signal });
  return readAnswer(v.array(networkAnswer), answer).map(({ Id, Name, Labels }) => ({
    id: Id,
    name: Name,
    labels: Labels,
  }));
}

/** Resolves to its identifier; engines before API 1.44 make a second one of the same name, unless told to look. */
export async function createNetwork(
  connection: EngineConnection,
  network: NewNetwork,
  signal?: AbortSignal,
): Promise<string> {
  const answer = await connection.request({
    method: 'POST',
    path: '/networks/create',
    body: { CheckDuplicate: true, ...network },
    signal,
  });
  return readAnswer(createAnswer, answer).Id;
}

export async function inspectNetwork(
  connection: EngineConnection,
  network: string,
  signal?: AbortSignal,
): Promise<NetworkDetails> {
  const path = `/networks/${encodeURIComponent(network)}`;
  const answer = readAnswer(inspectAnswer, await connection.request({ method: 'GET', path, signal }));
  return {
    driver: answer.Driver,
    isInternal: answer.Internal,
    isAttachable: answer.Attachable,
    hasIpv6: answer.EnableIPv6,
    options: answer.Options,
    pools: answer.IPAM.Config.map(({ Subnet, Gateway, IPRange }) => ({
      subnet: Subnet,
      gateway: Gateway,
      ipRange: IPRange,
    })),
    containers: Object.entries(answer.Containers).map(([id, { Name }]) => ({ id, name: Name })),
  };
}

/** Rejects while a container is connected to it. */
export async function deleteNetwork(connection: EngineConnection, id: string, signal?: AbortSignal): Promise<void> {
  await connection.request({ method: 'DELETE', path: `/networks/${encodeURIComponent(id)}`, signal });
}

/** @param settings an `EndpointSettings` of the engine */
export async function connectToNetwork(
  connection: EngineConnection,
  network: string,
  container: string,
  settings: object,
  signal?: AbortSignal,
): Promise<void> {
  const path = `/networks/${encodeURIComponent(network)}/connect`;
  const body = { Container: container, EndpointConfig: settings };
  await connection.request({ method: 'POST', path, body, signal });
}
