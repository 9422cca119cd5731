import assert from 'node:assert/strict';
import { oneLine, withoutIcons, withoutLinks } from '../../../src/ui/plain-text.js';

describe('text from elsewhere', () => {
  it('stays on one line and shows what turns its direction', () => {
    assert.equal(oneLine('a\nb\tc'), 'a⏎b c');
    assert.equal(oneLine('safe\u202Eexe.txt'), 'safe\\u202eexe.txt');
    assert.equal(oneLine('\u2066x\u2069\u0007\u2028'), '\\u2066x\\u2069\\u0007\\u2028');
    assert.equal(oneLine('naïve 画像 🐳 <b>&amp;'), 'naïve 画像 🐳 <b>&amp;');
  });

  it('makes no link in a message and no icon in a list', () => {
    assert.equal(withoutLinks('[run](command:evil)'), '[run] (command:evil)');
    assert.equal(withoutIcons('$(trash) x'), '$ (trash) x');
  });
});
