import assert from 'node:assert/strict';
import { keptText } from '../../../../src/ui/compose/holdings-text.js';

describe('what “Down” has left', () => {
  it('is named with who uses it', () => {
    assert.equal(keptText({ kept: [] }), '');
    assert.equal(
      keptText({
        kept: [
          { kind: 'network', name: 'app_default', users: ['other-1', 'third'] },
          { kind: 'volume', name: 'app_data', users: ['other-1'] },
        ],
      }),
      ' The network app_default stays: other-1, third use it. The volume app_data stays: other-1 uses it.',
    );
  });
});
