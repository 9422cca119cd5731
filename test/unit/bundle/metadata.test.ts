import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMetadata } from '../../../src/bundle/metadata.js';
import { Failure, type Reason } from '../../../src/host/failure.js';

const failsWith =
  (reason: Reason) =>
  (error: unknown): boolean =>
    error instanceof Failure && error.reason === reason;

describe('the metadata of a bundle', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'metadata-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const cff = `cff-version: 1.2.0
message: Cite it.
title: "A: study"
version: 1.0
license: MIT
authors:
  - family-names: Noether
    given-names: Emmy
    orcid: https://orcid.org/0000-0002-1825-0097
  - name: The group
`;

  it('is read from CITATION.cff', async () => {
    await writeFile(join(folder, 'CITATION.cff'), cff);
    assert.deepEqual(await readMetadata(folder, undefined), {
      upload_type: 'software',
      title: 'A: study',
      creators: [{ name: 'Noether, Emmy', orcid: '0000-0002-1825-0097' }, { name: 'The group' }],
      version: '1',
      license: 'MIT',
    });
  });

  it('is .zenodo.json whole where there is one, unknown keys kept', async () => {
    await writeFile(join(folder, 'CITATION.cff'), cff);
    await writeFile(join(folder, '.zenodo.json'), '{"title":"T","creators":[{"name":"N"}],"grants":[{"id":"1"}]}');
    assert.deepEqual(await readMetadata(folder, undefined), {
      upload_type: 'software',
      title: 'T',
      creators: [{ name: 'N' }],
      grants: [{ id: '1' }],
    });
  });

  it('that is given comes first', async () => {
    const given = { title: 'G', creators: [{ name: 'N' }] };
    assert.equal((await readMetadata(folder, given)).title, 'G');
  });

  it('is never invented', async () => {
    await assert.rejects(readMetadata(folder, undefined), failsWith('metadata-missing'));
    await writeFile(join(folder, 'CITATION.cff'), 'title: [');
    await assert.rejects(readMetadata(folder, undefined), failsWith('metadata-invalid'));
    await writeFile(join(folder, '.zenodo.json'), '{"title":"T","creators":[]}');
    await assert.rejects(readMetadata(folder, undefined), failsWith('metadata-invalid'));
  });
});
