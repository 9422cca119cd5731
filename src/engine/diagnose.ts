import { type Failure, type Reason } from '../host/failure.js';
import { type Endpoint } from './endpoint.js';
import { type EngineIdentity } from './system.js';
import { tryEndpoint } from './try-endpoint.js';

/** Why no engine can be used at an endpoint. */
export type Trouble =
  | 'host-key-unknown'
  | 'no-permission'
  | 'not-running'
  | 'not-there'
  | 'ssh-denied'
  | 'tls-refused'
  | 'unreachable'
  | 'unsupported';

/** What was found at an endpoint. */
export type Diagnosis =
  | { endpoint: Endpoint; state: 'ok'; identity: EngineIdentity }
  | { endpoint: Endpoint; state: Trouble; failure: Failure };

/**
 * Asks all endpoints at once; never rejects.
 *
 * @param onDiagnosis told each as it is known
 * @returns the diagnoses in the order of the endpoints
 */
export function diagnose(
  endpoints: readonly Endpoint[],
  signal: AbortSignal,
  onDiagnosis: (diagnosis: Diagnosis) => void,
): Promise<Diagnosis[]> {
  return Promise.all(
    endpoints.map(async (endpoint) => {
      const diagnosis = await diagnoseOne(endpoint, signal);
      if (!signal.aborted) onDiagnosis(diagnosis);
      return diagnosis;
    }),
  );
}

async function diagnoseOne(endpoint: Endpoint, signal: AbortSignal): Promise<Diagnosis> {
  const attempt = await tryEndpoint(endpoint, signal);
  if (attempt.kind === 'answers') {
    attempt.connection.dispose();
    return { endpoint, state: 'ok', identity: attempt.identity };
  }
  const { failure } = attempt;
  const state = endpoint.address.kind === 'unsupported' ? 'unsupported' : troubleOf(failure.reason);
  return { endpoint, state, failure };
}

function troubleOf(reason: Reason): Trouble {
  switch (reason) {
    case 'engine-not-found':
      return 'not-there';
    case 'engine-not-running':
      return 'not-running';
    case 'engine-permission':
      return 'no-permission';
    case 'engine-tls-refused':
      return 'tls-refused';
    case 'ssh-host-key-unknown':
      return 'host-key-unknown';
    case 'ssh-denied':
      return 'ssh-denied';
    case 'engine-too-old':
    case 'engine-windows-containers':
    case 'ssh-not-installed':
      return 'unsupported';
    default:
      return 'unreachable';
  }
}
