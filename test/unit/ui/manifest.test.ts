import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { commandTable } from '../../../src/ui/command-table.js';

interface Manifest {
  contributes: {
    menus: Record<string, { command: string; when?: string }[]>;
    configuration: { properties: Record<string, { scope?: string }> };
  };
  capabilities: { untrustedWorkspaces: { supported: string } };
  extensionKind: string[];
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

describe('the manifest', () => {
  it('offers the build on every kind of Dockerfile name and on nothing else', () => {
    const when = manifest.contributes.menus['explorer/context']?.find((entry) =>
      entry.command.endsWith('.buildImage'),
    )?.when;
    const source = /=~ \/(.*)\//.exec(when ?? '')?.[1];
    assert.ok(source);
    const pattern = new RegExp(source);
    for (const name of ['Dockerfile', 'Dockerfile.gpu', 'Dockerfile-arm', 'train.dockerfile', 'x.Dockerfile']) {
      assert.match(name, pattern);
    }
    for (const name of ['Dockerfile.dockerignore', '.dockerignore', 'MyDockerfile', 'dockerfile.txt', '.dockerfile']) {
      assert.doesNotMatch(name, pattern);
    }
  });

  it('offers nothing that builds, runs or exports in an untrusted workspace', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
    for (const [menu, entries] of Object.entries(manifest.contributes.menus)) {
      for (const { command, when } of entries) {
        const name = command.replace('researchContainers.', '');
        const declaration = Object.entries(commandTable).find(([key]) => key === name)?.[1];
        assert.ok(declaration, command);
        assert.ok('untrusted' in declaration || when?.includes('isWorkspaceTrusted'), `${command} in ${menu}`);
      }
    }
  });

  it("keeps engine and Zenodo out of a repository's reach", () => {
    const { properties } = manifest.contributes.configuration;
    assert.equal(properties['researchContainers.engine.host']?.scope, 'machine');
    assert.equal(properties['researchContainers.zenodo.url']?.scope, 'machine');
    assert.deepEqual(manifest.extensionKind, ['workspace']);
  });
});
