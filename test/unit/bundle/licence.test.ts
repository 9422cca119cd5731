import assert from 'node:assert/strict';
import { guessLicence, isZenodoLicence, licenceIds, licenceProblem } from '../../../src/bundle/licence.js';

const mit = `MIT License

Copyright (c) 1903 Marie Curie

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction.

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED “AS IS”, WITHOUT WARRANTY OF ANY KIND.
`;

const bsd = (more: string): string => `Copyright 1918, Emmy Noether

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:
2. Redistributions in binary form must reproduce the above copyright notice.
${more}
THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND ANY EXPRESS OR IMPLIED WARRANTIES, …`;

const endorse = `3. Neither the name of the copyright holder may be used to endorse or promote
products derived from this software without specific prior written permission.`;

const apache = `Apache License
Version 2.0, January 2004
TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION
3. Grant of Patent License.`;

const gpl = `GNU GENERAL PUBLIC LICENSE
Version 3, 29 June 2007
How to Apply These Terms
${notice('', 'either version 3 of the License, or (at your option) any later version')}`;

function notice(kind: string, version: string): string {
  return `redistribute it under the terms of the GNU ${kind}General Public License as published by
the Free Software Foundation, ${version}.`;
}

describe('the ids of licences', () => {
  it('begin with the usual ones, and have each once', () => {
    const ids = licenceIds();
    assert.deepEqual(ids.slice(0, 2), ['MIT', 'Apache-2.0']);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.length > 500);
    assert.ok(ids.includes('Zlib'));
  });

  it('are all without a problem, and none is deprecated', () => {
    assert.deepEqual(
      licenceIds().filter((id) => licenceProblem(id) !== undefined),
      [],
    );
    assert.ok(!licenceIds().includes('GPL-3.0'));
  });

  it('are proposed where only the case differs', () => {
    assert.equal(licenceProblem('apache-2.0'), 'SPDX writes it “Apache-2.0”.');
    assert.equal(licenceProblem(' MIT'), 'SPDX writes it “MIT”.');
  });

  it('are proposed in place of what SPDX deprecated', () => {
    assert.equal(licenceProblem('gpl-3.0'), 'SPDX has deprecated “GPL-3.0”: say “GPL-3.0-only” or “GPL-3.0-or-later”.');
    assert.equal(licenceProblem('GPL-3.0+'), 'SPDX writes it “GPL-3.0-or-later”.');
    assert.equal(licenceProblem('Nunit'), 'SPDX has deprecated “Nunit”; choose another.');
  });

  it('are not anything else', () => {
    assert.match(licenceProblem('') ?? '', /Choose/);
    assert.match(licenceProblem('MIT OR Apache-2.0') ?? '', /several/);
    for (const id of ['MIT License', 'constructor', 'LicenseRef-mine', 'МIT', 'x'.repeat(1_000_000)]) {
      assert.match(licenceProblem(id) ?? '', /not the id/, id.slice(0, 40));
    }
  });

  it('of Zenodo are SPDX’s in any case, and some more', () => {
    for (const id of ['cc-by-4.0', 'MIT', 'mit', 'other-open', 'cc-zero', 'GPL-2.0'])
      assert.ok(isZenodoLicence(id), id);
    for (const id of ['', ' ', 'MIT OR Apache-2.0', 'constructor']) assert.ok(!isZenodoLicence(id), id);
  });
});

describe('the licence that a text is of', () => {
  it('is told by phrases that are its own', () => {
    const texts: Record<string, string> = {
      MIT: mit,
      'BSD-3-Clause': bsd(endorse),
      'BSD-2-Clause': bsd(''),
      'Apache-2.0': apache,
      ISC: 'Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.',
      'MPL-2.0': 'Mozilla Public License Version 2.0\n====\nExhibit A - Source Code Form License Notice',
      'BSL-1.0': 'Boost Software License - Version 1.0 - August 17th, 2003',
      Unlicense: 'This is free and unencumbered software released into the public domain.',
      'CC0-1.0': 'CC0 1.0 Universal\nStatement of Purpose\n… "Affirmer"',
      'CC-BY-4.0': 'Creative Commons Attribution 4.0 International Public License',
      'CC-BY-NC-SA-4.0': 'Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International Public License',
      'CC-BY-ND-4.0': 'Creative Commons Attribution-NoDerivatives 4.0 International Public License',
    };
    for (const [id, text] of Object.entries(texts)) {
      assert.equal(guessLicence(text), id);
      assert.equal(guessLicence(text.replaceAll('\n', '\r\n    ')), id, `${id}, indented`);
      assert.equal(guessLicence(`/*\n * ${text.replaceAll('\n', '\n * ')}`), id, `${id}, in a comment`);
    }
  });

  it('is told of GNU’s by a notice, never by the terms alone', () => {
    const later = 'either version 3 of the License, or (at your option) any later version';
    assert.equal(guessLicence(gpl), undefined);
    assert.equal(guessLicence(`${notice('', later)}\n\n${gpl}`), 'GPL-3.0-or-later');
    assert.equal(guessLicence(gpl.replace('3, 29 June 2007', '2.1, February 1999')), undefined);
    assert.equal(guessLicence(notice('', 'version 2 of the License')), 'GPL-2.0-only');
    assert.equal(guessLicence(notice('Lesser ', later.replace('3', '2.1'))), 'LGPL-2.1-or-later');
    assert.equal(guessLicence(notice('Affero ', later)), 'AGPL-3.0-or-later');
    assert.equal(guessLicence(notice('', 'either version 3 of the License')), undefined);
    assert.equal(guessLicence(`${notice('', later)} As a special exception, …`), undefined);
  });

  it('is left open for a variant, and for two licences in one', () => {
    for (const text of [
      '',
      'All rights reserved.',
      'MIT',
      `${mit}The Software shall be used for Good, not Evil.`,
      mit.replace(/The above[^.]*\./, ''),
      `Commons Clause\n${mit}`,
      `${mit}${'It must not be used on Sundays. '.repeat(100)}`,
      bsd('3. All advertising materials mentioning features must display this.'),
      bsd(`${endorse} No licenses to any party's patent rights are granted.`),
      `${mit}\n${bsd('')}`,
      `${apache} LLVM Exceptions to the Apache 2.0 License`,
      'Creative Commons Attribution 3.0 Unported',
      'mit '.repeat(250_000),
    ]) {
      assert.equal(guessLicence(text), undefined, text.slice(0, 80));
    }
  });

  it('is what an SPDX-License-Identifier says, whatever else there is', () => {
    assert.equal(guessLicence(`/* SPDX-License-Identifier: Apache-2.0 */\n${mit}`), 'Apache-2.0');
    assert.equal(guessLicence(`# SPDX-License-Identifier: gpl-3.0+\r\n${gpl}`), 'GPL-3.0-or-later');
    assert.equal(guessLicence(`SPDX-License-Identifier: MIT OR Apache-2.0\n${mit}`), undefined);
    assert.equal(guessLicence(`SPDX-License-Identifier: LicenseRef-mine\n${mit}`), undefined);
    assert.equal(guessLicence('SPDX-License-Identifier: MIT\nSPDX-License-Identifier: ISC'), undefined);
    assert.equal(guessLicence(`SPDX-License-Identifier:\n${mit}`), undefined);
  });
});
