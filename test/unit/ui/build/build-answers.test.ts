import assert from 'node:assert/strict';
import {
  answersFor,
  type BuildAnswers,
  keepAnswers,
  keepMeantPlatforms,
  lastBuilt,
  proposedPlatforms,
} from '../../../../src/ui/build/build-answers.js';

/** A memory that lasts for one test, and keeps values as VS Code does: as JSON. */
class SampleMemory {
  private readonly values = new Map<string, string>();

  keys(): string[] {
    return [...this.values.keys()];
  }

  get(key: string): unknown {
    const text = this.values.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  update(key: string, value: unknown): Promise<void> {
    this.values.set(key, JSON.stringify(value));
    return Promise.resolve();
  }
}

const dockerfile = '/home/maria/my study/Dockerfile';
const answers: BuildAnswers = { tag: 'study:1.0', platforms: [], buildArgs: {}, secrets: {}, noCache: false };

describe('the platforms that a build proposes', () => {
  let memory: SampleMemory;
  beforeEach(() => {
    memory = new SampleMemory();
  });

  it('are unknown for a Dockerfile that was neither built nor created', async () => {
    await keepMeantPlatforms('/home/maria/other/Dockerfile', ['linux/arm64'], memory);
    assert.equal(proposedPlatforms(dockerfile, memory), undefined);
  });

  it('are those that a Dockerfile was created for, until it is built', async () => {
    await keepMeantPlatforms(dockerfile, ['linux/amd64', 'linux/arm64'], memory);
    assert.deepEqual(proposedPlatforms(dockerfile, memory), ['linux/amd64', 'linux/arm64']);
    await keepAnswers(dockerfile, { ...answers, platforms: ['linux/arm64'] }, memory);
    assert.deepEqual(proposedPlatforms(dockerfile, memory), ['linux/arm64']);
  });

  it('are the engine’s own where the last build was for that', async () => {
    await keepMeantPlatforms(dockerfile, ['linux/arm64'], memory);
    await keepAnswers(dockerfile, answers, memory);
    assert.deepEqual(proposedPlatforms(dockerfile, memory), []);
  });

  it('make nobody believe that it was built', async () => {
    await keepMeantPlatforms(dockerfile, ['linux/amd64'], memory);
    assert.equal(answersFor(dockerfile, memory), undefined);
    assert.equal(lastBuilt(memory), undefined);
  });

  for (const broken of [[], 'linux/amd64', [1], { platforms: ['linux/amd64'] }]) {
    it(`are not taken from what is no list of platforms: ${JSON.stringify(broken)}`, async () => {
      await keepMeantPlatforms(dockerfile, ['linux/amd64'], memory);
      const [key = ''] = memory.keys();
      await memory.update(key, broken);
      assert.equal(proposedPlatforms(dockerfile, memory), undefined);
    });
  }
});
