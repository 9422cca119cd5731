import { builderOf, type BuildWay } from '../../src/engine/build.js';
import { openControl } from '../../src/engine/buildkit/build-over-grpc.js';
import { itBuilds } from './build-ways.js';
import { connect, engineName } from './support.js';

const ways: BuildWay[] = ['grpc', 'rest', 'classic'];

for (const way of ways) {
  describe(`building over ${way} on engine ${engineName}`, function () {
    this.timeout(120_000);
    itBuilds(
      async () => {
        const connection = connect();
        const control = way === 'grpc' ? await openControl(connection, new AbortController().signal) : undefined;
        const close = (): Promise<void> => {
          connection.dispose();
          return Promise.resolve();
        };
        return { connection, builder: builderOf(connection, way, control), close };
      },
      { secrets: way !== 'classic', cacheMounts: way !== 'classic' },
    );
  });
}
