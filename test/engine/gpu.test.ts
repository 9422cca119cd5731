import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkGpu, type GpuCheck, reportHost, resultOf } from '../../src/gpu/check-gpu.js';
import { hostGpuOf } from '../../src/gpu/find-host-gpu.js';
import { probeGpu } from '../../src/gpu/probe.js';
import { machineEvidence } from '../../src/gpu/this-machine.js';
import { engineGpuSupport } from '../../src/engine/gpu-support.js';
import { Engine } from '../../src/engine/engine.js';
import { runImage } from '../../src/run/run-image.js';
import { GpuMonitor, type GpuStatus } from '../../src/ui/gpu/gpu-monitor.js';
import { connectTo } from '../harness/engines/connect.js';
import { Door } from '../harness/engines/door.js';
import { GpuDoor } from '../harness/engines/gpu-door.js';
import { waitFor } from '../harness/machine/waiting.js';
import {
  busybox,
  connect,
  containerIds,
  discoverable,
  engineHost,
  engineName,
  failsWith,
  project,
  quiet,
  runPlace,
  work,
} from './support.js';

/** Whether this machine has a GPU of NVIDIA's: then the same code is tried against it. */
const hasGpu = existsSync('/proc/driver/nvidia/version');

describe(`the GPU of engine ${engineName}`, function () {
  this.timeout(60_000);
  const connection = connect();
  const { signal } = new AbortController();
  let before: string[];
  beforeEach(async () => {
    before = await containerIds();
  });
  afterEach(async () => {
    assert.deepEqual(await containerIds(), before, 'no container is left over');
  });
  after(() => {
    connection.dispose();
  });

  it('is looked for by a container, which the engine refuses in words that have a reason', async function () {
    if (hasGpu) return this.skip();
    const outcome = await probeGpu(connection, 'linux/amd64', busybox, signal);
    assert.ok(outcome.kind === 'refused', outcome.kind);
    assert.ok(failsWith('gpu-not-available')(outcome.failure));
    const support = await engineGpuSupport(connection);
    const machine = await machineEvidence(signal);
    assert.deepEqual([machine.smi, machine.procVersion, machine.hasNvidiaDevice], [undefined, undefined, false]);
    // Had the engine its runtime, this would be what it comes to.
    const host = hostGpuOf({ support: { ...support, runtimes: ['nvidia'] }, machine, probe: outcome });
    assert.equal(host.kind, 'none');
    const remote = hostGpuOf({ support: { ...support, runtimes: ['nvidia'] }, machine: undefined, probe: outcome });
    assert.ok(remote.kind === 'blocked' && remote.problem.kind === 'not-configured');
  });

  it('answers nvidia-smi', async function () {
    if (!hasGpu) {
      console.log('      This machine has no GPU of NVIDIA: nvidia-smi was not tried.');
      return this.skip();
    }
    const { host } = await reportHost(connection, undefined, work());
    assert.notEqual(host.kind, 'none');
  });

  it('is not there: images and projects run on the CPU, and nothing is tried', async function () {
    if (hasGpu) return this.skip();
    const place = await project({
      Dockerfile: 'FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\n',
      'requirements.txt': 'torch==2.6.0+cu124\n',
    });
    try {
      const dockerfile = join(place.folder, 'Dockerfile');
      const subjects = [
        { kind: 'image', image: busybox },
        { kind: 'dockerfile', dockerfile },
        { kind: 'project', folder: place.folder },
        { kind: 'host' },
      ] as const;
      const needs: (string | undefined)[] = [];
      for (const subject of subjects) {
        const result = resultOf(await checkGpu(connection, subject, undefined, work()));
        assert.equal(result.verdict, 'cpu-only', `${subject.kind}: ${result.reason}`);
        needs.push(result.needs);
      }
      const both =
        'CUDA 12.4 (nvidia/cuda:12.4.1-runtime-ubuntu22.04), CUDA 12.4 (torch 2.6.0+cu124 in requirements.txt)';
      assert.deepEqual(needs, [undefined, both, both, undefined]);
    } finally {
      await place.dispose();
    }
  });

  it('is judged for images and Dockerfiles that are there', async () => {
    const missing = { kind: 'image', image: 'nothing:here' } as const;
    await assert.rejects(checkGpu(connection, missing, undefined, work()), failsWith('image-not-found'));
    const none = { kind: 'dockerfile', dockerfile: '/nowhere/Dockerfile' } as const;
    await assert.rejects(checkGpu(connection, none, undefined, work()), failsWith('dockerfile-not-found'));
    const cancelled = work(AbortSignal.abort());
    await assert.rejects(checkGpu(connection, { kind: 'host' }, undefined, cancelled), failsWith('cancelled'));
  });

  it('is asked for again only when something has changed, and not waited for without an end', async () => {
    const door = new Door(engineHost);
    await door.open();
    const place = await project({ Dockerfile: 'FROM python:3.12-slim\n', 'requirements.txt': 'torch==2.6.0+cu124\n' });
    const engine = new Engine(discoverable(`unix://${door.path}`), quiet);
    let isTrusted = false;
    const monitor = new GpuMonitor(
      engine,
      () => [place.folder],
      () => isTrusted,
      quiet,
      2000,
    );
    const asked = (): number => door.requests.filter((request) => request.endsWith('/info')).length;
    const kinds: string[] = [];
    monitor.onChange(() => kinds.push(monitor.status.kind));
    try {
      await monitor.begin();
      assert.deepEqual(
        [monitor.status.kind, door.requests],
        ['unchecked', []],
        'nothing is asked where nobody is trusted',
      );
      isTrusted = true;
      await monitor.begin();
      assert.deepEqual([...new Set(kinds)], ['checking', 'checked']);
      const first = asked();
      await monitor.rejudge();
      assert.equal(asked(), first, 'a changed project is judged without asking the host');
      if (!hasGpu) assert.equal(checked(monitor.status).verdict.verdict, 'cpu-only');
      await monitor.check('again');
      assert.ok(asked() > first);

      door.swallow = /^GET \/info/;
      await monitor.check('again');
      const { verdict } = checked(monitor.status);
      assert.equal(verdict.verdict, 'cannot-tell');
      assert.match(verdict.reason, /did not answer within 2 s/);
    } finally {
      monitor.dispose();
      engine.dispose();
      await door.close();
      await place.dispose();
    }
  });

  it('is not waited for when its driver hangs, and the container is removed', async () => {
    const door = await GpuDoor.open(engineHost);
    const through = connect(door.host);
    door.set({ info: {}, container: { hangs: true } });
    const abort = new AbortController();
    const probing = probeGpu(through, 'linux/amd64', busybox, abort.signal);
    probing.catch(() => undefined);
    try {
      const isRunning = async (): Promise<boolean> => {
        const running = await connectTo(engineHost).listContainers();
        return running.some(({ Command }) => Command === 'sleep 300');
      };
      await waitFor('the container to hang', isRunning, { within: 20_000 });
      abort.abort();
      await assert.rejects(probing, failsWith('cancelled'));
    } finally {
      abort.abort();
      await probing.catch(() => undefined);
      through.dispose();
      await door.close();
    }
  });

  it('is refused to a run with the remedy, not with the raw words', async function () {
    if (hasGpu) return this.skip();
    const place = await project({});
    try {
      const running = runImage(
        connection,
        { image: busybox, command: ['true'], gpus: 'all', keep: false },
        runPlace(place.folder),
        work(),
      );
      await assert.rejects(
        running,
        failsWith('gpu-not-available', ({ message, remedy }) => {
          assert.doesNotMatch(message, /capabilities|device driver/);
          return /NVIDIA Container Toolkit|CDI|nvidia-ctk/.test(remedy);
        }),
      );
    } finally {
      await place.dispose();
    }
  });
});

function checked(status: GpuStatus): GpuCheck {
  assert.ok(status.kind === 'checked', status.kind);
  return status.check;
}
