import assert from 'node:assert/strict';
import { type ComposeProject } from '../../../src/compose/model.js';
import { placesOf, read } from './application.js';

describe('a compose file that includes others', () => {
  const servicesOf = (project: ComposeProject | undefined): Record<string, string | undefined> =>
    Object.fromEntries((project?.services ?? []).map(({ name, image }) => [name, image]));

  it('has their services, with the paths and variables of their own folders', async () => {
    const { project, problems, at } = await read(
      {
        'compose.yaml': 'include: [sub/inc.yaml]\nservices: {a: {image: "a${Y-none}", depends_on: [i]}}',
        'sub/inc.yaml':
          'services: {i: {image: "i$X$Y", build: {dockerfile: D}, volumes: ["./v:/v", "data:/d"]}}\nvolumes: {data: }',
        'sub/.env': 'X=inner\nY=y',
      },
      { environment: { X: 'outer' } },
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(servicesOf(project), { a: 'anone', i: 'iouter' + 'y' });
    const included = project?.services.find(({ name }) => name === 'i');
    assert.equal(included?.build?.context, at('sub'));
    const [mount] = included.mounts;
    assert.equal(mount?.kind === 'bind' ? mount.source : undefined, at('sub/v'));
    assert.equal(project?.volumes[0]?.name, 'app_data');
  });

  it('may give several files that override each other, their folder and their variables', async () => {
    const { project, problems, at } = await read({
      'compose.yaml': `include:
  - path: [p/a.yaml, p/b.yaml]
    project_directory: q
    env_file: [one.env, two.env]
services: {z: {image: z}}`,
      'p/a.yaml': 'services: {a: {image: "a$ONE$TWO", build: .}}',
      'p/b.yaml': 'services: {a: {labels: [b]}}',
      'one.env': 'ONE=1',
      'two.env': 'TWO=$ONE-2',
      'q/.env': 'ONE=not this one',
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(servicesOf(project), { a: 'a11-2', z: 'z' });
    const included = project?.services.find(({ name }) => name === 'a');
    assert.equal(included?.build?.context, at('q'));
    assert.ok(included.labels.has('b'));
  });

  it('may be overridden by a file beside it', async () => {
    const { project } = await read(
      {
        'compose.yaml': 'include: [inc.yaml]\nservices: {a: {image: a}}',
        'inc.yaml': 'services: {i: {image: i}}',
        'override.yaml': 'services: {i: {image: other}}',
      },
      {},
      ['compose.yaml', 'override.yaml'],
    );
    assert.deepEqual(servicesOf(project), { a: 'a', i: 'other' });
  });

  it('may include a file in which nothing stands, or name none', async () => {
    for (const include of ['[b.yaml]', '']) {
      const files = { 'compose.yaml': `include: ${include}\nservices: {a: {image: a}}`, 'b.yaml': '# Nothing yet.' };
      const { project, problems } = await read(files);
      assert.deepEqual([servicesOf(project), problems], [{ a: 'a' }, []]);
    }
  });

  it('may include the same file twice', async () => {
    const { project, problems } = await read({
      'compose.yaml': 'include: [b.yaml, c.yaml]\nservices: {a: {image: a}}',
      'b.yaml': 'include: [d.yaml]',
      'c.yaml': 'include: [d.yaml]\nservices: {d: {image: d}}',
      'd.yaml': 'services: {d: {image: d}}',
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(servicesOf(project), { a: 'a', d: 'd' });
  });

  const wrong: [files: Record<string, string>, expected: string[]][] = [
    [
      { 'compose.yaml': 'include: [b.yaml]\nservices: {a: {image: a}}', 'b.yaml': 'include: [compose.yaml]' },
      ['error cycle b.yaml:1:11'],
    ],
    [
      {
        'compose.yaml': 'include: [b.yaml]\nservices: {a: {image: a}}',
        'b.yaml': 'services: {a: {image: b}}',
      },
      ['error conflict compose.yaml:2:12'],
    ],
    [{ 'compose.yaml': 'include: [no.yaml]\nservices: {a: {image: a}}' }, ['error missing-file compose.yaml:1:11']],
    [
      {
        'compose.yaml': 'include: [{path: b.yaml, env_file: no.env}]\nservices: {a: {image: a}}',
        'b.yaml': 'services: {b: {image: b}}',
      },
      ['error missing-file compose.yaml:1:36'],
    ],
    [{ 'compose.yaml': 'include: b.yaml\nservices: {a: {image: a}}' }, ['error type compose.yaml:1:10']],
    [
      {
        'compose.yaml': 'include: [b.yaml]\nservices: {a: {image: a}}',
        'b.yaml':
          'name: b\nx-b: 1\nversion: "3"\nservice: {b: {image: b}}\nmodels: {m: {model: n}}\nvolumes:\nnetworks: [n]',
      },
      [
        'error type b.yaml:6:1',
        'error type b.yaml:7:11',
        'error unknown-key b.yaml:4:1',
        'error unsupported b.yaml:5:1',
        'warning no-effect b.yaml:3:1',
      ],
    ],
    [
      { 'compose.yaml': 'include: [{pth: b.yaml}]\nservices: {a: {image: a}}' },
      ['error unknown-key compose.yaml:1:12', 'error type compose.yaml:1:11'],
    ],
    [
      { 'compose.yaml': 'include: ["https://example.org/x.git"]\nservices: {a: {image: a}}' },
      ['error unsupported compose.yaml:1:11'],
    ],
  ];
  for (const [files, expected] of wrong) {
    it(`is refused in ${JSON.stringify(files)}`, async () => {
      assert.deepEqual(placesOf((await read(files)).problems).sort(), [...expected].sort());
    });
  }
});
