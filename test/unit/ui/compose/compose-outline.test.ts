import assert from 'node:assert/strict';
import { outlineOf } from '../../../../src/ui/compose/compose-outline.js';

function short(text: string): string {
  const outline = outlineOf(text);
  return outline === undefined
    ? 'none'
    : [`${outline.line}`, ...outline.services.map(({ name, line }) => `${name}:${line}`)].join(' ');
}

describe('the outline of a compose file', () => {
  it('has the lines of services, and of what they are below', () => {
    const text = `# of a site
name: site

services:
  # the pages
  web:
    image: web
    services: {no: {}}
  "db.1": {image: db}
  8080:
    image: x

volumes:
  data: {}
`;
    assert.equal(short(text), '3 web:5 db.1:8 8080:9');
    assert.equal(short(text.replaceAll('\n', '\r\n')), '3 web:5 db.1:8 8080:9');
    assert.equal(short('services: {a: {image: x}, b: {image: y}}'), '0 a:0 b:0');
  });

  it('leaves out what is no service', () => {
    const text = `services:
  <<: *base
  x-common: &base {image: x}
  web: {image: web}
`;
    assert.equal(short(text), '0 web:3');
  });

  it('is read from a text that is being written', () => {
    assert.equal(short('services:\n  web:\n    image: [\n  db:\n    image: db\n'), '0 web:1 db:3');
    assert.equal(short('services:\n  web:\n'), '0 web:1');
    assert.equal(short('services:\n  web:\n  web:\n'), '0 web:1 web:2');
    assert.equal(short('services:\n\tweb:\n'), 'none');
    for (const text of [
      '',
      'services:\n',
      'services: []\n',
      '- a\n',
      'service:\n  a: {}\n',
      '&a [*a]\n',
      'services: *x\n',
    ]) {
      assert.equal(short(text), 'none', text);
    }
  });

  it('of a text of any length takes no time', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let at = 0; at < 9; at++) {
      const above = String.fromCharCode(97 + at);
      const name = String.fromCharCode(98 + at);
      bomb.push(`${name}: &${name} [*${above}, *${above}, *${above}, *${above}, *${above}, *${above}, *${above}]`);
    }
    assert.equal(short(`${bomb.join('\n')}\nservices:\n  web: *j\n`), '10 web:11');
    assert.equal(short(`services: {a: {image: "${'x'.repeat(2_000_000)}"}}`), 'none');
    assert.equal(short(`services:\n  web: ${'['.repeat(5000)}`), 'none');
  });
});
