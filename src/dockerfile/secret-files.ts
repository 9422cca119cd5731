/** A kind of files that give a secret away whatever is in them. */
interface SecretFile {
  /** What is in one. */
  what: string;
  /** The path of one, in lower case, with `/` between its folders and in front. */
  path: RegExp;
  /** How one is usually called, where that alone tells it, whatever folder it is in. */
  names: readonly string[];
}

export const secretFiles: readonly SecretFile[] = [
  {
    what: 'settings with secrets of an application',
    path: /\/\.env(?!\.(?:dist|example|sample|template)$)(?:\.[^/]*)?$/,
    names: ['.env', '.env.local'],
  },
  { what: 'passwords for servers', path: /\/[._]netrc$/, names: ['.netrc'] },
  {
    what: 'passwords for Git servers',
    path: /\/\.git-credentials$|\/\.config\/git\/credentials$/,
    names: ['.git-credentials'],
  },
  { what: 'passwords for Python package indexes', path: /\/\.pypirc$/, names: ['.pypirc'] },
  { what: 'a key of Kaggle', path: /\/kaggle\.json$/, names: ['kaggle.json'] },
  {
    what: 'a private key of SSH',
    path: /\/id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/,
    names: ['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519'],
  },
  { what: 'keys of Amazon Web Services', path: /\/\.aws\/credentials$/, names: [] },
  {
    what: 'credentials of Google Cloud',
    path: /\/gcloud\/(?:application_default_credentials\.json|credentials\.db)$/,
    names: [],
  },
  {
    what: 'tokens of Azure',
    path: /\/\.azure\/(?:accesstokens\.json|msal_token_cache\.(?:json|bin))$/,
    names: [],
  },
  { what: 'credentials of Kubernetes clusters', path: /\/\.kube\/config$/, names: [] },
  { what: 'passwords for registries', path: /\/\.docker\/config\.json$|\/\.dockercfg$/, names: [] },
  { what: 'passwords for databases', path: /\/\.pgpass$|\/\.my\.cnf$|\/\.mylogin\.cnf$/, names: [] },
  { what: 'passwords of a web server', path: /\/\.htpasswd$/, names: [] },
  { what: 'a token of Hugging Face', path: /\/(?:\.cache\/|\.)huggingface\/(?:token|stored_tokens)$/, names: [] },
  { what: 'a token of Vault', path: /\/\.vault-token$/, names: [] },
  { what: 'a store of private keys or passwords', path: /\.(?:p12|pfx|jks|keystore|ppk|kdbx)$/, names: [] },
];

/** Names of files that hold passwords or private keys, whatever folder they are in. */
export const secretFileNames: ReadonlySet<string> = new Set(secretFiles.flatMap(({ names }) => names));

/** Why a file of that name gives away a secret whatever is in it; undefined for other names. `/` and `\` part folders. */
export function secretFileName(path: string): string | undefined {
  const normal = `/${path.replaceAll('\\', '/').toLowerCase()}`;
  return secretFiles.find((file) => file.path.test(normal))?.what;
}
