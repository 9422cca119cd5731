import assert from 'node:assert/strict';
import { containersByService, lookOfApplication, lookOfService } from '../../../../src/ui/compose/service-look.js';
import { composeContainer } from './containers.js';

describe('the look of a service', () => {
  it('is what its container does', () => {
    const looks: [Parameters<typeof composeContainer>[1], string][] = [
      [{}, '$(play) running'],
      [{ health: 'healthy' }, '$(play) running, healthy'],
      [{ health: 'starting' }, '$(play) running, health unknown yet'],
      [{ health: 'unhealthy' }, '$(warning) running, unhealthy'],
      [{ state: 'exited', exitCode: 1 }, '$(error) exited with 1'],
      [{ state: 'exited', exitCode: 0 }, '$(pass) exited with 0'],
      [{ state: 'exited' }, '$(circle-outline) stopped'],
      [{ state: 'restarting', exitCode: 3 }, '$(error) restarting, exited with 3'],
      [{ state: 'created' }, '$(circle-outline) not started'],
      [{ state: 'paused' }, '$(circle-outline) paused'],
    ];
    for (const [changes, text] of looks) {
      const look = lookOfService([composeContainer('web', changes)]);
      assert.equal(look.text, text);
      assert.ok(look.isThere && !look.hasPort);
      assert.equal(look.isRunning, (changes?.state ?? 'running') === 'running');
    }
    const none = { text: '$(circle-outline) not running', isRunning: false, hasPort: false, isThere: false };
    assert.deepEqual(lookOfService([]), none);
  });

  it('has the ports of what runs, each once', () => {
    const ipv4and6 = composeContainer('web', { health: 'healthy' }, { ports: [8080, 8080] });
    assert.equal(lookOfService([ipv4and6]).text, '$(play) running, healthy · port 8080');
    assert.equal(
      lookOfService([composeContainer('web', {}, { ports: [80, 81] })]).text,
      '$(play) running · ports 80, 81',
    );
    const stopped = composeContainer('web', { state: 'exited', exitCode: 0 }, { ports: [80] });
    assert.equal(lookOfService([stopped]).hasPort, false);
    const inner = composeContainer('web');
    inner.ports = [
      { container: 80, protocol: 'tcp', host: undefined },
      { container: 53, protocol: 'udp', host: { address: '', port: 53 } },
    ];
    assert.equal(lookOfService([inner]).hasPort, false);
  });

  it('counts containers where there are several', () => {
    const of = (...states: (0 | 1 | 'run' | 'ill')[]): string =>
      lookOfService(
        states.map((state, at) =>
          composeContainer(
            'web',
            typeof state === 'number'
              ? { state: 'exited', exitCode: state }
              : { health: state === 'ill' ? 'unhealthy' : undefined },
            { number: at + 1 },
          ),
        ),
      ).text;
    assert.equal(of('run', 'run'), '$(play) 2 running');
    assert.equal(of('run', 'run', 0), '$(play) 2 of 3 running');
    assert.equal(of('run', 'run', 1), '$(error) 2 of 3 running');
    assert.equal(of('run', 'ill'), '$(warning) 2 running, 1 unhealthy');
    assert.equal(of(0, 0), '$(pass) 0 of 2 running');
  });

  it('is of the containers that the file has made, but of no single commands', () => {
    const byService = containersByService('/app/compose.yaml', [
      composeContainer('web'),
      composeContainer('web', {}, { number: 2 }),
      composeContainer('web', { labels: { 'com.docker.compose.oneoff': 'True' } }, { number: 3 }),
      composeContainer('db', {}, { file: '/other/compose.yaml' }),
    ]);
    assert.deepEqual(
      [...byService].map(([service, containers]) => [service, containers.length]),
      [['web', 2]],
    );
  });

  it('of an application counts services', () => {
    const byService = new Map([
      ['web', [composeContainer('web', {}, { ports: [80] })]],
      ['db', [composeContainer('db')]],
    ]);
    const look = lookOfApplication(['web', 'db', 'worker'], byService);
    assert.deepEqual(look, { text: '$(play) 2 of 3 services running', isRunning: true, hasPort: true, isThere: true });
    assert.equal(lookOfApplication(['web'], byService).text, '$(play) 1 service running');
    assert.equal(lookOfApplication(['worker'], new Map()).text, '$(circle-outline) not running');
    // What is not in the file any more is there, and can be taken down.
    assert.equal(lookOfApplication(['worker'], byService).isThere, true);
  });
});
