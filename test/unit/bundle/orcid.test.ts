import assert from 'node:assert/strict';
import { parseOrcid } from '../../../src/bundle/orcid.js';

describe('an ORCID iD', () => {
  it('is read from each form that people paste', () => {
    for (const text of [
      '0000-0002-1825-0097',
      '0000000218250097',
      ' 0000-0002-1825-0097\n',
      'https://orcid.org/0000-0002-1825-0097',
      'http://www.orcid.org/0000-0002-1825-0097/',
      'ORCID.org/0000-0002-1825-0097',
      '0000–0002–1825–0097',
    ]) {
      assert.deepEqual(parseOrcid(text), { orcid: '0000-0002-1825-0097' }, text);
    }
  });

  it('may end with an X, in either case', () => {
    assert.deepEqual(parseOrcid('0000-0002-9079-593X'), { orcid: '0000-0002-9079-593X' });
    assert.deepEqual(parseOrcid('0000-0002-9079-593x'), { orcid: '0000-0002-9079-593X' });
  });

  it('is refused when any one digit is another', () => {
    const right = '0000-0002-1825-0097';
    for (let place = 0; place < right.length; place += 1) {
      if (right[place] === '-') continue;
      const digit = String((Number(right[place]) + 1) % 10);
      const result = parseOrcid(right.slice(0, place) + digit + right.slice(place + 1));
      assert.match('problem' in result ? result.problem : '', /mistyped/, String(place));
    }
  });

  it('is refused when two neighbours are swapped', () => {
    assert.ok('problem' in parseOrcid('0000-0002-1852-0097'));
  });

  it('is refused in another form', () => {
    for (const text of [
      '',
      '0000-0002-1825',
      '0000-0002-1825-00970',
      '0000-0002-182X-0097',
      'https://example.org/0000-0002-1825-0097',
      'https://sandbox.orcid.org/0000-0002-1825-0097',
      'see https://orcid.org/0000-0002-1825-0097',
      '٠٠٠٠-0002-1825-0097',
      '0'.repeat(1_000_000),
    ]) {
      const result = parseOrcid(text);
      assert.match('problem' in result ? result.problem : '', /not an ORCID iD/, text.slice(0, 60));
    }
  });
});
