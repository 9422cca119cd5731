import assert from 'node:assert/strict';
import { DockerfileParser, Label } from 'dockerfile-ast';
import * as v from 'valibot';
import { parse } from 'yaml';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { aptPart, sourcePart, userPart } from '../../../src/dockerfile/recipes/parts.js';
import { uvPart } from '../../../src/dockerfile/recipes/uv-part.js';
import { judgeDockerfile } from '../../../src/dockerfile/rules/judge.js';
import { expansionsOf, placesOf } from './expand.js';
import { type Snippet, snippetsOf } from './snippet-file.js';

const ofDockerfiles = snippetsOf('dockerfile.json');
const ofCompose = snippetsOf('compose.json');

const atLeast: [string, Snippet[], number][] = [
  ['Dockerfiles', ofDockerfiles, 25],
  ['compose files', ofCompose, 5],
];
for (const [kind, snippets, count] of atLeast) {
  describe(`the snippets for ${kind}`, () => {
    it('are many', () => {
      assert.ok(snippets.length >= count);
    });
    it('have prefixes of our own, each only once', () => {
      const prefixes = snippets.map(({ prefix }) => prefix);
      assert.deepEqual(prefixes, [...new Set(prefixes)]);
      for (const prefix of prefixes) assert.match(prefix, /^rc(?:-[a-z]+)+$/);
    });
    for (const { name, description, pieces } of snippets) {
      it(`say what “${name}” is`, () => {
        assert.match(description, /^[A-Z].{20,180}\.$/);
      });
      it(`count the tabstops of “${name}” without a gap, and end at the last`, () => {
        const places = placesOf(pieces);
        const numbers = [...new Set(places.map(({ number }) => number))].sort((one, other) => one - other);
        assert.deepEqual(
          numbers,
          numbers.map((_, at) => at),
        );
        assert.equal(places.filter(({ number }) => number === 0).length, 1);
      });
      it(`give each tabstop of “${name}” its text in one place`, () => {
        const given = placesOf(pieces).filter((place) => place.kind === 'choice' || place.default !== undefined);
        assert.deepEqual(
          given.map(({ number }) => number),
          [...new Set(given.map(({ number }) => number))],
        );
        const numbers = new Set(given.map(({ number }) => number));
        assert.ok(placesOf(pieces).every(({ number }) => number === 0 || numbers.has(number)));
      });
    }
  });
}

const keywords =
  /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)$/;

describe('a Dockerfile from a snippet', () => {
  for (const { name, pieces } of ofDockerfiles) {
    for (const [at, text] of expansionsOf(pieces).entries()) {
      it(`is read: “${name}”, ${at}`, () => {
        const isStage = /^(?:#.*\n|\n)*FROM /.test(text);
        const whole = isStage ? text : `FROM debian:bookworm\n${text}`;
        const instructions = parseDockerfile(whole).instructions;
        for (const { keyword } of instructions) assert.match(keyword, keywords);
        const others = DockerfileParser.parse(whole).getInstructions();
        assert.deepEqual(
          instructions.map(({ keyword, startLine, endLine }) => [keyword, startLine, endLine]),
          others.map((each) => [each.getKeyword(), each.getRange().start.line + 1, each.getRange().end.line + 1]),
        );
        for (const { heredocs } of instructions) {
          for (const heredoc of heredocs) assert.match(whole, new RegExp(`\n${heredoc.name}(?:\n|$)`));
        }
        for (const { keyword, arguments: words } of instructions) {
          if (keyword === 'FROM')
            assert.match(words, /^[\w./-]+:(?!latest)[\w.-]+(?:@sha256:[0-9a-f]{64})?(?: AS \w+)?$/);
        }
      });
    }
  }

  const files = ofDockerfiles.filter(({ prefix }) => prefix.startsWith('rc-file-'));
  it('is there for every recipe', () => {
    const kinds = 'cmake conda cuda jax julia notebook pip pixi poetry python pytorch r renv tensorflow uv web';
    assert.equal(
      files
        .map(({ prefix }) => prefix.replace('rc-file-', ''))
        .sort()
        .join(' '),
      kinds,
    );
  });
  for (const { name, pieces } of files) {
    const [text = ''] = expansionsOf(pieces);
    const { instructions } = parseDockerfile(text);
    it(`runs what its label says: “${name}”`, () => {
      const label = labelsIn(text).get('org.research-containers.command');
      const command = v.parse(v.pipe(v.string(), v.parseJson(), v.array(v.string())), label);
      const cmd = instructions.findLast(({ keyword }) => keyword === 'CMD')?.arguments;
      assert.deepEqual(v.parse(v.pipe(v.string(), v.parseJson(), v.array(v.string())), cmd), command);
    });
    it(`has a folder for results that its user may write to: “${name}”`, () => {
      const output = labelsIn(text).get('org.research-containers.output');
      assert.equal(output, '/project/results');
      const owner = instructions.findLast(({ keyword }) => keyword === 'USER')?.arguments;
      assert.ok(owner);
      assert.notEqual(owner, 'root');
      assert.ok(text.includes(`install --directory --owner=${owner} --group=${owner} /project ${output}`));
    });
    it(`says what it is: “${name}”`, () => {
      const labels = labelsIn(text);
      assert.equal(labels.get('org.opencontainers.image.title'), 'my study');
      assert.equal(labels.get('org.opencontainers.image.licenses'), 'MIT');
      assert.match(text, /^# The image of my study: /);
    });
    it(`copies the project behind what takes long: “${name}”`, () => {
      const last = instructions.findLast(({ keyword }) => keyword === 'FROM')?.startLine ?? 0;
      const steps = instructions.filter(({ startLine }) => startLine > last);
      const copy = steps.findIndex(({ arguments: words }) => words === '. .');
      assert.ok(copy > 0);
      assert.deepEqual(
        steps.slice(copy).filter(({ keyword }) => keyword === 'RUN'),
        [],
      );
    });
    it(`keeps the rules that ask for nothing but its text: “${name}”`, () => {
      const nothing = { project: undefined, dockerignore: undefined };
      const platforms = ['linux/amd64', 'linux/arm64'];
      const { findings } = judgeDockerfile({ text, dockerfile: parseDockerfile(text), platforms, ...nothing });
      const others = ['base-without-digest', 'context-not-ignored', 'conda-without-lock'];
      assert.deepEqual(
        findings.filter(({ rule }) => !others.includes(rule)),
        [],
      );
    });
    it(`says it in the words of the recipes: “${name}”`, () => {
      if (/conda/.test(name)) return;
      assert.ok(text.includes(userPart({ ...answers, output: 'results' })));
      assert.ok(text.includes(sourcePart()));
    });
  }
  it('has packages of the system as the recipes have them', () => {
    for (const [prefix, system] of [
      ['rc-apt', 'debian'],
      ['rc-apt-ubuntu', 'ubuntu'],
    ] as const) {
      const snippet = ofDockerfiles.find((each) => each.prefix === prefix);
      assert.equal(expansionsOf(snippet?.pieces ?? [])[0], `${aptPart(['git'], system, '20261101')}\n`);
    }
  });
  it('has the uv of the recipes', () => {
    for (const prefix of ['rc-uv', 'rc-uv-day', 'rc-file-uv', 'rc-file-poetry']) {
      const snippet = ofDockerfiles.find((each) => each.prefix === prefix);
      assert.ok(expansionsOf(snippet?.pieces ?? [])[0]?.includes(uvPart), prefix);
    }
  });
});

const answers = {
  version: '3.12',
  accelerator: 'cpu',
  command: [],
  platforms: ['linux/amd64'],
  snapshot: '20261101',
  port: undefined,
} as const;

const service = v.strictObject({
  image: v.optional(v.pipe(v.string(), v.regex(/^[\w./-]+:(?!latest)[\w.-]+$/))),
  build: v.optional(v.literal('.')),
  command: v.optional(v.array(v.string())),
  ports: v.optional(v.array(v.pipe(v.string(), v.regex(/^127\.0\.0\.1:\d+:\d+$/)))),
  volumes: v.optional(v.array(v.pipe(v.string(), v.regex(/^[\w./-]+:\/[\w./-]+(?::ro)?$/)))),
  environment: v.optional(v.record(v.string(), v.string())),
  secrets: v.optional(v.array(v.string())),
  healthcheck: v.optional(v.strictObject({ test: v.array(v.string()), interval: v.string(), retries: v.number() })),
  depends_on: v.optional(
    v.record(
      v.string(),
      v.strictObject({ condition: v.picklist(['service_healthy', 'service_completed_successfully']) }),
    ),
  ),
  deploy: v.optional(
    v.strictObject({
      resources: v.strictObject({
        reservations: v.strictObject({
          devices: v.array(
            v.strictObject({
              driver: v.literal('nvidia'),
              count: v.union([v.number(), v.literal('all')]),
              capabilities: v.tuple([v.literal('gpu')]),
            }),
          ),
        }),
      }),
    }),
  ),
  mem_limit: v.optional(v.string()),
  cpus: v.optional(v.number()),
});

const composeFile = v.strictObject({
  services: v.record(v.string(), service),
  volumes: v.optional(v.record(v.string(), v.null())),
  secrets: v.optional(v.record(v.string(), v.strictObject({ file: v.string() }))),
});

describe('a compose file from a snippet', () => {
  for (const { name, prefix, pieces } of ofCompose) {
    for (const [at, text] of expansionsOf(pieces).entries()) {
      it(`is read: “${name}”, ${at}`, () => {
        const inService = `services:\n  one:\n    build: .\n${text.replace(/^(?=.)/gm, '    ')}`;
        const whole = prefix.startsWith('rc-compose-') ? text : inService;
        const { services, volumes = {}, secrets = {} } = v.parse(composeFile, parse(whole));
        assert.ok(Object.keys(services).length > 0);
        for (const {
          image,
          build,
          depends_on: before = {},
          volumes: mounts = [],
          secrets: given = [],
        } of Object.values(services)) {
          assert.notEqual(image === undefined, build === undefined);
          for (const other of Object.keys(before)) assert.ok(other in services);
          for (const secret of given) assert.ok(secret in secrets);
          for (const mount of mounts) assert.ok(mount.startsWith('.') || (mount.split(':')[0] ?? '') in volumes, mount);
        }
      });
    }
  }
});

function labelsIn(text: string): ReadonlyMap<string, string> {
  const properties = DockerfileParser.parse(text)
    .getInstructions()
    .flatMap((each) => (each instanceof Label ? each.getProperties() : []));
  return new Map(properties.map((property) => [property.getName(), property.getValue() ?? '']));
}
