import assert from 'node:assert/strict';
import { lineOfError, lineOfStep } from '../../../src/build/dockerfile-position.js';

describe('the line of a failure', () => {
  it("is read from BuildKit's words, old and new", () => {
    assert.equal(lineOfError('failed to solve: dockerfile parse error line 4: unknown instruction: RUNN'), 4);
    assert.equal(lineOfError('dockerfile parse error on line 12: unknown instruction: X (did you mean RUN?)'), 12);
    assert.equal(lineOfError('failed to solve: process "/bin/sh -c false" did not complete'), undefined);
  });

  it('is found by the step, through continuation lines and comments', () => {
    const dockerfile = ['# a comment', 'FROM x AS one', '', 'run  echo \\', '  # inside', '  two', 'COPY a b'].join(
      '\n',
    );
    assert.equal(lineOfStep(dockerfile, '[one 2/3] RUN echo   two'), 4);
    assert.equal(lineOfStep(dockerfile, '[3/3] COPY a b'), 7);
    assert.equal(lineOfStep(dockerfile, '[3/3] COPY c d'), undefined);
    assert.equal(lineOfStep(dockerfile, ''), undefined);
  });
});
