import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Mount, type Port } from '../../../src/compose/model.js';
import { readService } from './application.js';

describe('a port of a service', () => {
  const portsOf = async (text: string): Promise<readonly Port[]> =>
    (await readService(`services: {a: {image: x, ports: [${text}]}}`)).service.ports;

  const ports: [
    text: string,
    expected: [published: string | undefined, target: number, ip?: string | undefined, protocol?: string][],
  ][] = [
    ['"80"', [[undefined, 80]]],
    ['80', [[undefined, 80]]],
    ['8080:80', [['8080', 80]]],
    // In YAML 1.1 these are numbers of base 60.
    ['22:22', [['22', 22]]],
    ['"53:53/UDP"', [['53', 53, undefined, 'udp']]],
    ['127.0.0.1:8080:80', [['8080', 80, '127.0.0.1']]],
    ['127.0.0.1::80', [[undefined, 80, '127.0.0.1']]],
    ['"[::1]:8080:80"', [['8080', 80, '::1']]],
    [
      '"3000-3001"',
      [
        [undefined, 3000],
        [undefined, 3001],
      ],
    ],
    [
      '8000-8001:80-81',
      [
        ['8000', 80],
        ['8001', 81],
      ],
    ],
    ['8000-8009:80', [['8000-8009', 80]]],
    ['{target: 80}', [[undefined, 80]]],
    ['{target: "80", published: 8080, host_ip: 127.0.0.1, protocol: udp}', [['8080', 80, '127.0.0.1', 'udp']]],
    ['{target: 80, published: 8000-8009, mode: host}', [['8000-8009', 80]]],
  ];
  for (const [text, expected] of ports) {
    it(`is ${text}`, async () => {
      const say = ({ published, target, hostIp, protocol }: Port): unknown => [published, target, hostIp, protocol];
      assert.deepEqual(
        (await portsOf(text)).map(say),
        expected.map(([published, target, ip, protocol = 'tcp']) => [published, target, ip, protocol]),
      );
    });
  }

  it('keeps what it is called and speaks', async () => {
    const [port] = await portsOf('{target: 80, name: web, app_protocol: http}');
    assert.deepEqual([port?.name, port?.appProtocol], ['web', 'http']);
  });
});

describe('a mount of a service', () => {
  const mounts: [text: string, expected: Partial<Mount> & { from?: string }][] = [
    ['./a/../b:/data', { kind: 'bind', from: 'b', target: '/data', readOnly: false, createHostPath: true }],
    ['.:/data:ro', { kind: 'bind', from: '.', readOnly: true }],
    ['../c:/data', { kind: 'bind', from: '../c' }],
    ['~/d:/data', { kind: 'bind', source: join('/home/me', 'd') }],
    [
      '/abs:/data/:rw,z,rshared',
      { kind: 'bind', source: '/abs', target: '/data', selinux: 'z', propagation: 'rshared' },
    ],
    ['./a/:/data', { kind: 'bind', from: 'a' }],
    ['~/d/:/data', { kind: 'bind', source: join('/home/me', 'd') }],
    ['named:/data', { kind: 'volume', source: 'named', noCopy: false, selinux: undefined }],
    ['named:/data:Z', { kind: 'volume', source: 'named', selinux: 'Z' }],
    ['{type: volume, source: named, target: /data, bind: {selinux: z}}', { kind: 'volume', selinux: 'z' }],
    ['named:/data:ro,nocopy', { kind: 'volume', source: 'named', readOnly: true, noCopy: true }],
    ['/data', { kind: 'volume', source: undefined, target: '/data' }],
    ['{type: bind, source: ./a, target: /data}', { kind: 'bind', from: 'a', createHostPath: true }],
    ['{type: bind, source: a, target: /data, bind: {selinux: Z}}', { from: 'a', createHostPath: false, selinux: 'Z' }],
    [
      '{type: volume, source: named, target: /data, read_only: true, volume: {nocopy: true, subpath: s, labels: [a=1]}}',
      { kind: 'volume', readOnly: true, noCopy: true, subpath: 's', labels: new Map([['a', '1']]) },
    ],
    ['{type: tmpfs, target: /data, tmpfs: {size: 1m, mode: 0700}}', { kind: 'tmpfs', size: 1_048_576, mode: 0o700 }],
  ];
  for (const [text, { from, ...expected }] of mounts) {
    it(`is ${text}`, async () => {
      const files = `services: {a: {image: x, volumes: [${text.startsWith('{') ? text : `"${text}"`}]}}\nvolumes: {named: }`;
      const { service, at } = await readService(files);
      const wanted = { ...expected, ...(from === undefined ? {} : { source: at(from) }) };
      assert.deepEqual({ ...service.mounts[0], ...wanted }, { ...service.mounts[0] });
      assert.equal(service.mounts.length, 1);
    });
  }
});
