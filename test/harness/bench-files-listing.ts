import { EngineConnection } from '../../src/engine/connection.js';
import { parseHost } from '../../src/engine/endpoint.js';
import { openInside } from '../../src/engine/inside/open-inside.js';
import { type Case } from './bench-case.js';
import { connectTo } from './engines/connect.js';
import { Door } from './engines/door.js';
import { type RunningEngine } from './engines/state.js';

const bench = 'files';
const volume = 'bench-files-listing';

/**
 * Bytes that a folder of a volume costs to list, with all that has to be made for it, where the volume holds 300 MB.
 *
 * @param engine which has the image `busybox:stand-in`
 */
export async function benchListing(engine: RunningEngine, signal: AbortSignal): Promise<Case[]> {
  const docker = connectTo(engine.host);
  const filler = await docker.createContainer({
    Image: 'busybox:stand-in',
    Cmd: ['sh', '-c', 'dd if=/dev/zero of=/data/large bs=1M count=300 && mkdir /data/plots && touch /data/plots/a.png'],
    HostConfig: { Mounts: [{ Type: 'volume', Source: volume, Target: '/data' }] },
  });
  const door = new Door(engine.host);
  await door.open();
  const connection = new EngineConnection({
    name: 'bench',
    source: 'setting',
    ...parseHost(`unix://${door.path}`, undefined),
  });
  const quiet = (): void => undefined;
  try {
    await filler.start();
    await filler.wait();
    const inside = await openInside(
      connection,
      { kind: 'volume', name: volume },
      { info: quiet, warn: quiet, error: quiet },
    );
    try {
      await inside.list('/', signal);
      await inside.list('/plots', signal);
    } finally {
      await inside.dispose();
    }
    return [{ bench, case: 'list-bytes', ours: door.bytes + door.received, unit: 'bytes', goal: 1_000_000, runs: 1 }];
  } finally {
    connection.dispose();
    await door.close();
    await filler.remove({ force: true });
    await docker.getVolume(volume).remove();
  }
}
