interface LockFormat {
  name: RegExp;
  /** Of a text of that format; its first group is the version. */
  version: RegExp;
  /** The newest major version whose packages are known to be read. */
  newest: number;
}

const formats: readonly LockFormat[] = [
  { name: /^uv\.lock$/, version: /^version = (\d+)/m, newest: 1 },
  { name: /^poetry\.lock$/, version: /^lock-version = "(\d+)/m, newest: 2 },
  { name: /^pdm\.lock$/, version: /^lock_version = "(\d+)/m, newest: 4 },
  { name: /^pylock(?:\..+)?\.toml$/, version: /^lock-version = "(\d+)/m, newest: 1 },
  { name: /^Pipfile\.lock$/, version: /"pipfile-spec":\s*(\d+)/, newest: 6 },
  { name: /^pixi\.lock$/, version: /^version: (\d+)/m, newest: 7 },
  { name: /^conda-lock\.ya?ml$/, version: /^version: (\d+)/m, newest: 1 },
  { name: /^(?:Julia)?Manifest.*\.toml$/, version: /^manifest_format = "(\d+)/m, newest: 2 },
];

/** The major version of a lock file's format, where that is newer than any that is known; else undefined. */
export function futureVersion(name: string, text: string): number | undefined {
  const format = formats.find((each) => each.name.test(name));
  const version = Number(format?.version.exec(text)?.[1]);
  return format !== undefined && version > format.newest ? version : undefined;
}
