import assert from 'node:assert/strict';
import { formatReadme } from '../../../src/bundle/readme.js';

describe("a bundle's README", () => {
  const image = {
    file: 'image-linux-amd64.tar.gz',
    reference: 'x:1',
    platform: 'linux/amd64',
    configDigest: 'sha256:1',
    manifestDigest: 'sha256:2',
    diffIds: [],
    tarSha256: '3',
    tarBytes: 1,
    target: '/out put',
    command: ['python', "it's.py"],
  };
  const readme = formatReadme(
    { title: '<script>*x*', creators: [{ name: 'A | B' }] },
    [image],
    [{ name: 'LICENSE', what: 'the licence' }],
  );

  it('has the exact commands for each tool, quoted for a shell', () => {
    assert.ok(readme.includes('docker load --input image-linux-amd64.tar.gz'));
    assert.ok(readme.includes(`target='/out put' x:1 python 'it'\\''s.py'`));
    assert.ok(readme.includes('podman load --input image-linux-amd64.tar.gz'));
    assert.ok(
      readme.includes(
        'gunzip --keep image-linux-amd64.tar.gz\napptainer build image.sif oci-archive:image-linux-amd64.tar',
      ),
    );
  });

  it('shows the text of the metadata as text', () => {
    assert.ok(readme.startsWith('# \\<script\\>\\*x\\*\n'));
    assert.ok(readme.includes('By A \\| B.'));
  });
});
