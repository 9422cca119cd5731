import { type Builder, builderOf } from '../../src/engine/build.js';
import { openControl } from '../../src/engine/buildkit/build-over-grpc.js';
import { openNativeControl } from '../../src/engine/buildkit/native-control.js';
import { type EngineConnection } from '../../src/engine/connection.js';
import { NativeDoor } from '../harness/engines/native-door.js';
import { itBuilds } from './build-ways.js';
import { connect, engineHost, engineName } from './support.js';

const { signal } = new AbortController();

/** Each way with what it takes to go it; `native` through a door that adds to the engine what newer ones have. */
const ways: Record<string, (connection: EngineConnection) => Promise<Builder>> = {
  native: async (connection) =>
    builderOf(connection, { way: 'grpc', control: await openNativeControl(connection, signal) }),
  grpc: async (connection) => builderOf(connection, { way: 'grpc', control: await openControl(connection, signal) }),
  rest: (connection) => Promise.resolve(builderOf(connection, { way: 'rest' })),
  classic: (connection) => Promise.resolve(builderOf(connection, { way: 'classic' })),
};

for (const [way, open] of Object.entries(ways)) {
  describe(`building over ${way} on engine ${engineName}`, function () {
    this.timeout(120_000);
    itBuilds(
      async () => {
        const door = way === 'native' ? await NativeDoor.open(engineHost) : undefined;
        const connection = connect(door?.host ?? engineHost);
        const close = async (): Promise<void> => {
          connection.dispose();
          await door?.close();
        };
        return { connection, builder: await open(connection), close };
      },
      { secrets: way !== 'classic', cacheMounts: way !== 'classic' },
    );
  });
}
