import assert from 'node:assert/strict';
import { apiMinor, requireApi } from '../../../src/compose/engine-needs.js';
import { Failure } from '../../../src/host/failure.js';
import { read } from './application.js';

/** What an engine of an API version says to the services of a file: the line, or nothing. */
async function refused(text: string, minor: number): Promise<string | undefined> {
  const { project } = await read(text);
  assert.ok(project !== undefined);
  try {
    requireApi(project.services, minor);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Failure && error.reason === 'engine-too-old');
    return `${error.location?.line ?? 0}: ${error.message}`;
  }
}

describe('what older engines pass over', () => {
  const needs: [keys: string, needed: number][] = [
    ['healthcheck: {test: [CMD, x], start_interval: 1s}', 44],
    ['networks: {b: {mac_address: "02:42:ac:11:00:01"}, a: {}}', 44],
    ['volumes: [{type: volume, source: v, target: /v, volume: {subpath: s}}]', 45],
    ['networks: {a: {gw_priority: 1}}', 48],
    ['networks: {a: {interface_name: eth7}}', 49],
  ];
  for (const [keys, needed] of needs) {
    it(`is refused there, with its line: ${keys}`, async () => {
      const text = `services:\n  one:\n    image: x\n    ${keys}\nnetworks: {a: {}, b: {}}\nvolumes: {v: {}}\n`;
      assert.equal(await refused(text, needed), undefined);
      assert.match((await refused(text, needed - 1)) ?? '', new RegExp(`^4: .*“one” sets .*API 1\\.${needed}\\)`));
    });
  }

  it('is nothing of what all engines know', async () => {
    const text =
      'services: {one: {image: x, mac_address: "02:42:ac:11:00:01", healthcheck: {test: [CMD, x], interval: 1s}, volumes: [/v]}}';
    assert.equal(await refused(text, 40), undefined);
  });

  it('is told by the second number of the version', () => {
    assert.equal(apiMinor({ apiVersion: '1.41' }), 41);
  });
});
