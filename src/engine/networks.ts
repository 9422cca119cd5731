import * as v from 'valibot';
import { readAnswer, textMap } from './answer.js';
import { type EngineConnection } from './connection.js';

const networkAnswer = v.object({ Id: v.string(), Name: v.string(), Labels: textMap });
const createAnswer = v.object({ Id: v.string() });
const inspectAnswer = v.object({
  Containers: v.nullish(v.record(v.string(), v.object({ Name: v.optional(v.string(), '') })), {}),
});

export interface NetworkSummary {
  id: string;
  name: string;
  labels: Record<string, string>;
}

/** A network that is about to be made, in the engine's words (`POST /networks/create`). */
export interface NewNetwork {
  Name: string;
  Driver?: string;
  Internal?: boolean;
  Attachable?: boolean;
  EnableIPv4?: boolean;
  EnableIPv6?: boolean;
  IPAM?: object;
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

/** The containers that keep a network from being removed: those that run in it. */
export async function containersIn(
  connection: EngineConnection,
  network: string,
  signal?: AbortSignal,
): Promise<{ id: string; name: string }[]> {
  const path = `/networks/${encodeURIComponent(network)}`;
  const { Containers } = readAnswer(inspectAnswer, await connection.request({ method: 'GET', path, signal }));
  return Object.entries(Containers).map(([id, { Name }]) => ({ id, name: Name }));
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
