/** A platform in OCI's words (image-spec, `image-index.md`): `linux/arm64`, `linux/arm/v7`. */
export interface Platform {
  os: string;
  architecture: string;
  variant: string | undefined;
}

const architectureAliases: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
};

/** Parses `os/architecture[/variant]`; undefined when the text is no platform. Common aliases become OCI's words. */
export function parsePlatform(text: string): Platform | undefined {
  const match = /^([a-z]+)\/([a-z0-9_-]+)(?:\/(v[0-9]+))?$/.exec(text.trim().toLowerCase());
  const [, os, architecture, variant] = match ?? [];
  if (os === undefined || architecture === undefined) return undefined;
  const normal = architectureAliases[architecture] ?? architecture;
  // arm64's v8 is its only variant and is left out, as containerd's own normalisation does.
  return { os, architecture: normal, variant: normal === 'arm64' && variant === 'v8' ? undefined : variant };
}

export function formatPlatform(platform: Platform): string {
  const variant = platform.variant === undefined || platform.variant === '' ? '' : `/${platform.variant}`;
  return `${platform.os}/${platform.architecture}${variant}`;
}

/** The platform as a part of a file's name: `linux-amd64`. */
export function platformFileName(platform: Platform): string {
  return formatPlatform(platform).replaceAll('/', '-');
}
