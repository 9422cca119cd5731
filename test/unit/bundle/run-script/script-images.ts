import { type ArchivedImage } from '../../../../src/bundle/description.js';

export const image: ArchivedImage = {
  file: 'image-linux-amd64.tar.gz',
  reference: 'study:1',
  platform: 'linux/amd64',
  configDigest: `sha256:${'c'.repeat(64)}`,
  manifestDigest: `sha256:${'d'.repeat(64)}`,
  diffIds: [],
  tarSha256: 'e'.repeat(64),
  tarBytes: 1,
  target: '/out put',
  command: ['python', "it's.py"],
  workingFolder: '/my app',
};
export const forArm: ArchivedImage = { ...image, file: 'image-linux-arm64.tar.gz', platform: 'linux/arm64' };
