import { errorCode, Failure } from '../host/failure.js';

const setting = 'choose another engine with “Select Engine”';
const start = 'Start Docker (Docker Desktop, or “sudo systemctl start docker”)';

/** The Failure for a connection to an engine that could not be made or broke. */
export function connectionFailure(error: unknown, host: string): Failure {
  if (error instanceof Failure) return error;
  const cause = { cause: error };
  const code = errorCode(error) ?? '';
  if (isTlsRefusal(code)) {
    return new Failure(
      'engine-tls-refused',
      `The Docker Engine at ${host} and this machine do not trust each other: ${messageOf(error)}`,
      'Check the certificates of the docker context (ca.pem, cert.pem, key.pem), and that the address is the one they were made for.',
      cause,
    );
  }
  switch (code) {
    case 'ENOENT':
      return new Failure(
        'engine-not-found',
        `No Docker Engine is listening at ${host}.`,
        `${start}, or install it from https://docs.docker.com/get-started/get-docker/.`,
        cause,
      );
    case 'ECONNREFUSED':
      return new Failure('engine-not-running', `The Docker Engine at ${host} is not running.`, `${start}.`, cause);
    case 'EACCES':
    case 'EPERM':
      return new Failure(
        'engine-permission',
        `You may not use the Docker Engine at ${host}.`,
        'On Linux: “sudo usermod -aG docker $USER”, then log out and in again.',
        cause,
      );
    case 'ENOTFOUND':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
    case 'EAI_AGAIN':
      return new Failure(
        'engine-unreachable',
        `The host of the Docker Engine at ${host} cannot be reached.`,
        `Check the network, or ${setting}.`,
        cause,
      );
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return new Failure(
        'engine-lost',
        `The connection to the Docker Engine at ${host} was lost.`,
        'See whether Docker is still running, then try again.',
        cause,
      );
    default:
      return new Failure(
        'engine-unreachable',
        `The Docker Engine at ${host} does not answer: ${messageOf(error)}`,
        `See whether Docker is running, or ${setting}.`,
        cause,
      );
  }
}

/** Node's codes for what OpenSSL refuses: of certificates (X509_V_ERR_…) and of the handshake (ERR_SSL_…). */
function isTlsRefusal(code: string): boolean {
  return (
    /^(?:ERR_SSL_|ERR_TLS_|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|ERR_OSSL_)/.test(code) ||
    code === 'EPROTO' ||
    code === 'HOSTNAME_MISMATCH' ||
    code === 'INVALID_CA'
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
