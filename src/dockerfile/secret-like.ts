/**
 * Whether a build argument looks like a secret. It should be none: build arguments stay in the image's history.
 * The words are those of BuildKit's check `SecretsUsedInArgOrEnv`, with what that takes for secrets wrongly left out.
 *
 * @param value undefined where it is not known; then the name decides
 */
export function looksLikeSecret(argumentName: string, value?: string): boolean {
  if (value !== undefined) {
    if (secretValues.some((pattern) => pattern.test(value))) return true;
    // A switch, or nothing at all, gives nothing away.
    if (/^(?:|true|false|yes|no|on|off|0|1)$/i.test(value.trim())) return false;
  }
  const words = wordsOf(argumentName);
  const last = words.at(-1) ?? '';
  if (harmlessFirst.has(words[0] ?? '') || words.includes('public')) return false;
  if (words.includes('access') && words[words.indexOf('access') + 1] === 'key') return true;
  if (harmlessLast.has(last)) return false;
  return words.some((word, index) => isSecretWord(word, words[index - 1], index === words.length - 1));
}

/** A text with `mask` in place of what is a secret by its form, whatever it is called. */
export function replaceSecretValues(text: string, mask: string): string {
  const tokens = tokenValues.reduce(
    (all, pattern) => all.replace(new RegExp(`${pattern.source}[\\w.-]*`, 'g'), mask),
    text,
  );
  return tokens
    .replace(/(-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, `$1${mask}`)
    .replace(/([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]*:)[^\s/@$]+(?=@)/gi, `$1${mask}`);
}

/** Prefixes by which the services themselves recognise their tokens. */
const tokenValues = [
  /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20}|github_pat_\w{20}|glpat-[\w-]{20}|hf_[A-Za-z0-9]{20}|npm_[A-Za-z0-9]{30})/,
  /(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[\w-]{35}|xox[abeoprs]-[\w-]{10}|dckr_pat_[\w-]{20})/,
  /(?<![A-Za-z0-9])(?:pypi-[\w-]{50}|sk-[\w-]{20}|[rs]k_live_\w{16}|eyJ[\w-]{8,999}\.eyJ[\w-]{8})/,
];

/** Tokens, private keys, and addresses with a password. */
const secretValues = [
  ...tokenValues,
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY/,
  /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@$]+@/i,
];

function wordsOf(name: string): string[] {
  const separated = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2');
  return separated
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

function isSecretWord(word: string, before: string | undefined, isLast: boolean): boolean {
  if (/password(?!less)|passwd|passphrase|pword|secret(?!ar)/.test(word)) return true;
  if (/^(?:credentials?|.*apikeys?|(?:secret|access|private|ssh|deploy|license|encryption|signing)key)$/.test(word)) {
    return true;
  }
  if (word.endsWith('token')) return !harmlessBeforeToken.has(before ?? '');
  if (word === 'key') return !harmlessBeforeKey.has(before ?? '');
  if (word === 'auth' || word === 'pat') return isLast;
  // Without a word before it, PWD is the working folder.
  return isLast && before !== undefined && (word === 'pwd' || (word === 'pass' && !harmlessBeforePass.has(before)));
}

/** `REQUIRE_PASSWORD` is a switch. */
const harmlessFirst = new Set(['allow', 'disable', 'enable', 'no', 'require', 'skip', 'use', 'with', 'without']);

/** `PASSWORD_FILE` and `TOKEN_URL` are about a secret, and none. */
const harmlessLast = new Set(
  (
    'algorithm bits count dir directory email enabled endpoint expiry file fingerprint folder format header host id ' +
    'length limit method mode name path policy port prefix provider publickey server size suffix timeout ttl type uri ' +
    'url user username version'
  ).split(' '),
);

/** `EOS_TOKEN` is a word of a language model. */
const harmlessBeforeToken = new Set('bos cls end eos image mask max min pad sep special start stop unk'.split(' '));

/** `PUBLIC_KEY` is for everybody; `GPG_KEY` names the one that a download is checked with. */
const harmlessBeforeKey = new Set(
  'apt cache foreign gpg host hot index partition pgp primary pub rpm sort unique'.split(' '),
);

const harmlessBeforePass = new Set('by each first high low multi one per second single two'.split(' '));
