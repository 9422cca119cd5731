import currentIds from 'spdx-license-ids/index.json';
import deprecatedIds from 'spdx-license-ids/deprecated.json';

/** What research software and data are usually published under, software first. */
const usualIds = [
  'MIT',
  'Apache-2.0',
  'BSD-3-Clause',
  'BSD-2-Clause',
  'GPL-3.0-or-later',
  'GPL-3.0-only',
  'GPL-2.0-or-later',
  'LGPL-3.0-or-later',
  'AGPL-3.0-or-later',
  'MPL-2.0',
  'EUPL-1.2',
  'CECILL-2.1',
  'CC-BY-4.0',
  'CC0-1.0',
  'CC-BY-SA-4.0',
  'CC-BY-NC-4.0',
  'ODbL-1.0',
  'PDDL-1.0',
];

/** Ids of Zenodo's vocabulary of licences that are not SPDX's in another case. */
const zenodoIds = new Set(
  `against-drm agpl-v3 apache apache2.0 apgl-v3 apl1.0 artistic-license-2.0 attribution bsd-license bsl1.0 ca-tosl1.1
  canada-crown cc-by cc-by-sa cc-nc cc-zero cddl1 cpal_1.0 cuaoffice dli-model-use dsl ecl2 eclipse-1.0 eiffel eurofound fal
  frameworx geo-no-fee-unrestricted geogratis gfdl hesa-withrights ibmpl intel-osl ipafont isc-license jabber-osl
  localauth-withrights lucent-plan9 lucent1.02 met-office-cp mit-license mitre mozilla mozilla1.1 nasa1.3 nethack nosl3.0
  notspecified ntp-license oclc2 odc-by odc-odbl odc-pddl openfont opengroup other-at other-closed other-nc other-open
  other-pd php pythonpl pythonsoftfoundation qtpl real ricohpl rpl1.5 sun-issl sunpublic sybase uk-ogl ukclickusepsi ukcrown
  ukcrown-withrights ukpsi uoi-ncsa user-jsim ver2_eiffel vovidapl zenodo-freetoread-1.0 zlib-license zpl`.split(/\s+/),
);

const deprecated = new Set(deprecatedIds);
const spdxIds = new Map([...deprecatedIds, ...currentIds].map((id) => [id.toLowerCase(), id]));
const sortedIds = [
  ...usualIds,
  ...currentIds.filter((id) => !usualIds.includes(id)).sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
];

/** SPDX's ids of licences without those it deprecates: first the usual ones for research, then all others by the alphabet. */
export function licenceIds(): readonly string[] {
  return sortedIds;
}

/** The id as SPDX writes it, given in any case; undefined where it is none of SPDX's, deprecated ones included. */
export function spdxLicence(id: string): string | undefined {
  return spdxIds.get(id.toLowerCase());
}

/** Whether Zenodo's vocabulary of licences has the id, which it holds in lower case. */
export function isZenodoLicence(id: string): boolean {
  return spdxLicence(id) !== undefined || zenodoIds.has(id.toLowerCase());
}

/** What is wrong with an id of a licence, as SPDX's list has them (https://spdx.org/licenses/); undefined if nothing is. */
export function licenceProblem(id: string): string | undefined {
  if (id.trim() === '') return 'Choose a licence.';
  const known = spdxLicence(id.trim());
  if (known === undefined) {
    const newer = spdxLicence(id.trim().replace(/\+$/, '-or-later'));
    if (newer !== undefined) return `SPDX writes it “${newer}”.`;
    return /\s(?:AND|OR|WITH)\s/i.test(id)
      ? 'This names several licences, or one with an exception; a record takes the id of one.'
      : 'This is not the id of a licence on SPDX’s list (https://spdx.org/licenses/).';
  }
  if (deprecated.has(known)) {
    const newer = [`${known}-only`, `${known}-or-later`].filter((candidate) => spdxLicence(candidate) === candidate);
    const say = newer.map((candidate) => `“${candidate}”`).join(' or ');
    return `SPDX has deprecated “${known}”${say === '' ? '; choose another' : `: say ${say}`}.`;
  }
  return known === id ? undefined : `SPDX writes it “${known}”.`;
}

/** A licence that its own text gives away: phrases in lower case that must all be there, and others that must not. */
interface Telltale {
  id: string;
  has: string[];
  hasNot?: string[];
  /** Characters that the text of a short licence with its copyright lines stays under: more says something else, too. */
  longest?: number;
}

const short = 3000;
const bsdPhrases = [
  'redistribution and use in source and binary forms, with or without modification, are permitted provided that',
  'redistributions in binary form must reproduce the above copyright notice',
  'express or implied warranties,',
];
const bsdVariants = [
  'advertising',
  'any form whatsoever',
  'military',
  'no obligation',
  'nuclear',
  'patent',
  'permission is hereby granted',
  'reassurances',
  'views and conclusions',
];

const telltales: Telltale[] = [
  {
    id: 'MIT',
    has: [
      'permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files',
      'the above copyright notice and this permission notice shall be included in all copies or substantial portions of the software.',
      'the software is provided as is, without warranty of any kind',
    ],
    hasNot: ['except as contained in this notice', 'for good, not evil', 'redistributions', 'advertising'],
    longest: short,
  },
  {
    id: 'BSD-3-Clause',
    has: [
      ...bsdPhrases,
      'may be used to endorse or promote products derived from this software without specific prior',
    ],
    hasNot: bsdVariants,
    longest: short,
  },
  { id: 'BSD-2-Clause', has: bsdPhrases, hasNot: [...bsdVariants, 'endorse'], longest: short },
  {
    id: 'ISC',
    has: [
      'permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.',
    ],
    longest: short,
  },
  {
    id: 'Apache-2.0',
    has: [
      'apache license version 2.0, january 2004',
      'terms and conditions for use, reproduction, and distribution',
      'grant of patent license',
    ],
    hasNot: ['llvm exceptions'],
  },
  {
    id: 'MPL-2.0',
    has: ['mozilla public license version 2.0 ', 'exhibit a - source code form license notice'],
  },
  { id: 'BSL-1.0', has: ['boost software license - version 1.0 - august 17th, 2003'], longest: short },
  {
    id: 'Unlicense',
    has: ['this is free and unencumbered software released into the public domain.'],
    longest: short,
  },
  { id: 'CC0-1.0', has: ['cc0 1.0 universal', 'statement of purpose', 'affirmer'] },
];

/**
 * The licence whose text, or whose SPDX-License-Identifier line, this is; undefined where that is not beyond doubt. The
 * text of a GNU licence alone says nothing of later versions, so only a notice that does tells one.
 */
export function guessLicence(text: string): string | undefined {
  const declared = [...text.matchAll(/SPDX-License-Identifier:[ \t]*([^\r\n]*)/g)].map(([, value = '']) => value);
  if (declared.length > 0) return only(declared.map((value) => declaredLicence(value)));
  // Quotes differ among copies of one text, and comments and Markdown have marks of their own.
  const plain = text
    .replace(/["'“”‘’*#]/g, '')
    .replace(/\s+/g, ' ')
    .toLowerCase();
  if (plain.includes('commons clause')) return undefined;
  const told = telltales
    .filter(
      ({ has, hasNot = [], longest = Infinity }) =>
        plain.length <= longest &&
        has.every((phrase) => plain.includes(phrase)) &&
        !hasNot.some((phrase) => plain.includes(phrase)),
    )
    .map(({ id }) => id);
  return only([...told, ...creativeCommons(plain), ...gnuNotices(plain)]);
}

function declaredLicence(value: string): string | undefined {
  // What ends the comment that the line stands in is not of the id.
  const id = value.replace(/\s*(?:\*\/|-->)?\s*$/, '');
  return spdxLicence(id) ?? spdxLicence(id.replace(/\+$/, '-or-later'));
}

function creativeCommons(plain: string): (string | undefined)[] {
  const title =
    /creative commons attribution(-noncommercial)?(-sharealike|-noderivatives)? 4\.0 international public license/g;
  return [...plain.matchAll(title)].map(([, nonCommercial, more]) => {
    const suffix = more === undefined ? '' : more === '-sharealike' ? '-SA' : '-ND';
    return spdxLicence(`CC-BY${nonCommercial === undefined ? '' : '-NC'}${suffix}-4.0`);
  });
}

function gnuNotices(plain: string): (string | undefined)[] {
  const title = /gnu (?:lesser |affero )?general public license version \d(?:\.\d)?, (?:\d+ )?[a-z]+ \d{4}/.exec(plain);
  // After the title come the terms, which end with a notice to be copied: it says nothing of this work.
  const notice = plain.slice(0, title?.index);
  const granted =
    /gnu (lesser |affero )?general public license as published by the free software foundation[,;:]? (either )?version (\d)(\.\d)?( of the license)?(,? or \(?at your option\)? any later version|,? or any later version)?/g;
  return [...notice.matchAll(granted)].map(([, kind, either, major, minor = '.0', , later]) => {
    if (major === undefined || notice.includes('exception') || (either !== undefined && later === undefined))
      return undefined;
    const family = kind === undefined ? 'GPL' : kind === 'lesser ' ? 'LGPL' : 'AGPL';
    return spdxLicence(`${family}-${major}${minor}-${later === undefined ? 'only' : 'or-later'}`);
  });
}

function only(ids: readonly (string | undefined)[]): string | undefined {
  return new Set(ids).size === 1 ? ids[0] : undefined;
}
