/** Names of files that hold passwords or private keys, whatever folder they are in. */
export const secretFileNames: ReadonlySet<string> = new Set([
  ...['.env', '.env.local', '.netrc', '.git-credentials', '.pypirc', 'kaggle.json'],
  ...['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519'],
]);
