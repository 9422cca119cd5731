import { compareVersions } from '../../cuda/version.js';
import { nameOf } from './known-bases.js';
import { type Rule } from './rule.js';
import { wordsOfChain } from './subject.js';

/** CUDA's images before it are not supported any more (https://gitlab.com/nvidia/container-images/cuda, support policy). */
const oldestCuda = '11.8';

/** Systems whose package archives are gone from where their images look for them: the first install fails. */
const goneSystems: readonly { name: RegExp; tag: RegExp; why: string }[] = [
  {
    name: /^(?:debian|buildpack-deps|python|node|ruby|golang|rust|gcc|openjdk|r-base|julia|perl|php|pypy)$/,
    tag: /(?:^|-)(?:wheezy|jessie|stretch|buster)(?:-|$)/,
    why: 'Debian has moved its packages to an archive',
  },
  { name: /^debian$/, tag: /^(?:7|8|9|10)(?:[.-]|$)/, why: 'Debian has moved its packages to an archive' },
  {
    // Its newest tag is that of release 8.
    name: /^(?:centos\/)?centos$/,
    tag: /^(?:$|latest$|(?:centos|stream)?[5678](?:[.-]|$))/,
    why: 'the servers of its packages are switched off',
  },
  {
    // Those between two that are kept for years, and the first of these (https://wiki.ubuntu.com/Releases).
    name: /^(?:ubuntu|buildpack-deps)$/,
    tag: /(?:^|-)(?:1[0-9]\.10|2[0-4]\.10|10\.04|12\.04|1[13579]\.04|2[13]\.04|lucid|precise|artful|cosmic|disco|eoan|groovy|hirsute|impish|kinetic|lunar|mantic|oracular|wily|yakkety|zesty)(?:-|$)/,
    why: 'Ubuntu has moved its packages to an archive',
  },
  {
    name: /^nvidia\/cuda$/,
    tag: /-centos[678]$/,
    why: 'the servers of the packages of CentOS are switched off',
  },
];

export const baseEndOfLife: Rule = {
  id: 'base-end-of-life',
  title: 'Base images are still kept by those who make them',
  why:
    'NVIDIA removes the tags of CUDA images half a year after their support ends, and packages of old systems are moved ' +
    'away: then nothing can be built any more (https://gitlab.com/nvidia/container-images/cuda, support policy; ' +
    'https://www.debian.org/distrib/archive).',
  weight: 10,
  needsNetwork: false,
  check: ({ needed }) =>
    needed.flatMap((stage) => {
      const { base, line } = stage;
      if (base.kind !== 'image') return [];
      const archive = /snapshot\.debian|archive\.debian|old-releases\.ubuntu|vault\.centos/.test(wordsOfChain([stage]));
      const why = whyCudaEnded(base.reference) ?? (archive ? undefined : whyGone(base.reference));
      if (why === undefined) return [];
      return [
        {
          severity: 'warning',
          line,
          endLine: line,
          message: `${base.reference} is no longer kept: ${why}.`,
          remedy:
            'Move to a version that is still supported; archive the image that you have, as it cannot be built again.',
          fix: undefined,
        },
      ];
    }),
};

function whyGone(reference: string): string | undefined {
  const { name, tag = '' } = nameOf(reference) ?? {};
  return goneSystems.find((system) => system.name.test(name ?? '') && system.tag.test(tag))?.why;
}

function whyCudaEnded(reference: string): string | undefined {
  const { name, tag = '' } = nameOf(reference) ?? {};
  const [, cuda] = name === 'nvidia/cuda' ? (/^(\d+\.\d+(?:\.\d+)?)(?:-|$)/.exec(tag) ?? []) : [];
  if (cuda === undefined || (compareVersions(cuda, oldestCuda) ?? 0) >= 0) return undefined;
  return `NVIDIA supports CUDA ${cuda} no more, and removes the tags of its images`;
}
