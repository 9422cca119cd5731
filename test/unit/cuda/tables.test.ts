import assert from 'node:assert/strict';
import architectures from '../../../src/cuda/architectures.json';
import frameworks from '../../../src/cuda/frameworks.json';
import names from '../../../src/cuda/gpu-names.json';
import toolkits from '../../../src/cuda/toolkits.json';
import {
  architectureOf,
  capabilityOf,
  cudaBuildsOf,
  firstToolkitFor,
  minorVersionFloor,
  newestToolkitOf,
  packagedDriver,
} from '../../../src/cuda/tables.js';
import { compareVersions } from '../../../src/cuda/version.js';

/** Strictly ascending, and all of them versions. */
function isAscending(versions: readonly string[]): boolean {
  return versions.every((version, at) => at === 0 || (compareVersions(versions[at - 1] ?? '', version) ?? 0) < 0);
}

describe('the tables of CUDA', () => {
  it('say where they are from, and when they were read', () => {
    for (const { source, date } of [toolkits, architectures, frameworks, names]) {
      assert.match(source, /^https:\/\//);
      assert.match(date, /^20\d\d-\d\d-\d\d$/);
    }
  });

  it('have toolkits and their drivers in ascending order, none left out', () => {
    const rows = toolkits.toolkits;
    assert.ok(isAscending(rows.map(({ toolkit }) => toolkit)));
    assert.ok(isAscending(rows.map(({ linux }) => linux)));
    assert.ok(isAscending(rows.map(({ windows }) => windows).filter((driver) => driver !== undefined)));
    const known = [...['10.2'], ...minors(11, 8), ...minors(12, 9).filter((each) => each !== '12.7'), ...minors(13, 3)];
    assert.deepEqual(
      rows.map(({ toolkit }) => toolkit),
      known,
    );
    // Only toolkits that came after Windows' drivers were no longer listed have none.
    assert.deepEqual(
      rows.filter(({ windows }) => windows === undefined).map(({ toolkit }) => toolkit),
      minors(13, 3),
    );
  });

  it('have a floor for each major version that has one, below its first toolkit of the next minor version', () => {
    assert.deepEqual(
      toolkits.minorVersionFloors.map(({ major }) => major),
      [11, 12, 13],
    );
    for (const { major, linux } of toolkits.minorVersionFloors) {
      assert.ok((compareVersions(linux, packagedDriver(`${major}.1`, 'linux') ?? '') ?? 1) < 0, String(major));
    }
  });

  it('have architectures in ascending order, each with a first toolkit before its last', () => {
    const rows: readonly { capability: string; firstToolkit: string; lastToolkit?: string }[] =
      architectures.architectures;
    assert.ok(isAscending(rows.map(({ capability }) => capability)));
    for (const { capability, firstToolkit, lastToolkit } of rows) {
      assert.ok(lastToolkit === undefined || (compareVersions(firstToolkit, lastToolkit) ?? 1) < 0, capability);
      // CUDA 13 begins with Turing.
      assert.equal(lastToolkit === undefined, (compareVersions(capability, '7.5') ?? -1) >= 0, capability);
    }
  });

  it('have releases of frameworks in ascending order, with toolkits that there are', () => {
    for (const rows of [frameworks.torch, frameworks.tensorflow]) {
      assert.ok(isAscending(rows.map(({ from }) => from)));
      for (const { cuda } of rows) {
        assert.ok(isAscending(cuda));
        for (const toolkit of cuda) assert.notEqual(packagedDriver(toolkit, 'linux'), undefined, toolkit);
      }
    }
  });

  it('have a compute capability for each product that is listed', () => {
    for (const { pattern, capability } of names.names) {
      assert.doesNotThrow(() => new RegExp(pattern));
      assert.notEqual(architectureOf(capability), undefined, capability);
    }
  });

  const products: [name: string, capability: string | undefined][] = [
    ['NVIDIA GeForce RTX 5090 D', '12.0'],
    ['NVIDIA GeForce RTX 4070 ...', '8.9'],
    ['NVIDIA RTX 5000 Ada Generation', '8.9'],
    ['NVIDIA RTX 6000 Ada Gener...', '8.9'],
    ['Quadro RTX 5000', '7.5'],
    ['Quadro RTX 4000', '7.5'],
    ['GeForce RTX 208...', '7.5'],
    ['NVIDIA A100-SXM4-80GB', '8.0'],
    ['NVIDIA A10G', '8.6'],
    ['NVIDIA RTX A6000', '8.6'],
    ['NVIDIA L40S', '8.9'],
    ['NVIDIA H100 80GB HBM3', '9.0'],
    ['NVIDIA GH200 480GB', '9.0'],
    ['NVIDIA B200', '10.0'],
    ['NVIDIA GB10', '12.1'],
    ['Tesla V100-SXM2-32GB', '7.0'],
    ['NVIDIA TITAN V', '7.0'],
    ['TITAN Xp', '6.1'],
    ['Tesla P100-PCIE...', '6.0'],
    ['Tesla T4', '7.5'],
    ['NVIDIA GeForce GTX 1650', '7.5'],
    ['NVIDIA GeForce GTX 1050 Ti', '6.1'],
    ['Orin (nvgpu)', '8.7'],
    ['NVIDIA GeForce ...', undefined],
    ['NVIDIA RTX PRO ...', undefined],
    ['Something else', undefined],
  ];
  for (const [name, capability] of products) {
    it(`know ${name} as ${capability ?? 'nothing'}`, () => {
      assert.equal(capabilityOf(name), capability);
    });
  }

  it('answer for versions as they are written', () => {
    assert.equal(packagedDriver('12.4.1', 'linux'), '550.54.14');
    assert.equal(packagedDriver('12.7', 'linux'), undefined);
    assert.equal(packagedDriver('13.0', 'windows'), undefined);
    assert.equal(minorVersionFloor('12.8', 'linux'), '525');
    assert.equal(minorVersionFloor('10.2', 'linux'), undefined);
    assert.equal(newestToolkitOf('535.183.01', 'linux'), '12.2');
    assert.equal(newestToolkitOf('400.1', 'linux'), undefined);
    assert.equal(newestToolkitOf('999.1', 'linux'), undefined);
    assert.deepEqual(cudaBuildsOf('torch', '2.5.1+cu124'), ['11.8', '12.1', '12.4']);
    assert.deepEqual(cudaBuildsOf('torch', '2.1.0a0+32f93b1'), ['11.8', '12.1']);
    assert.deepEqual(cudaBuildsOf('torch', '1.13.1'), []);
    assert.deepEqual(cudaBuildsOf('tensorflow', '2.16.1-gpu'), ['12.3']);
    assert.deepEqual(cudaBuildsOf('torch', '2.13.1'), ['12.6', '13.0', '13.2']);
    assert.deepEqual(cudaBuildsOf('torch', '2.14.0'), []);
    assert.deepEqual(cudaBuildsOf('tensorflow', '2.22.0'), []);
    // Programs for 8.0 run on 8.9, those for 9.0 do not on 10.0.
    assert.equal(firstToolkitFor('8.9'), '11.0');
    assert.equal(firstToolkitFor('12.1'), '12.8');
    assert.equal(firstToolkitFor('99.0'), undefined);
  });
});

function minors(major: number, last: number): string[] {
  return Array.from({ length: last + 1 }, (_, minor) => `${major}.${minor}`);
}
