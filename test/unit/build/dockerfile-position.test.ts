import assert from 'node:assert/strict';
import { lineOfBase, lineOfStep } from '../../../src/build/dockerfile-position.js';

describe('the line of a failure', () => {
  it('is that of the FROM which names the base', () => {
    const dockerfile = '# x\nFROM python:3.12 AS a\n from  debian\n';
    assert.equal(lineOfBase(dockerfile, 'docker.io/library/python:3.12'), 2);
    assert.equal(lineOfBase(dockerfile, 'docker.io/library/debian:latest'), 3);
    assert.equal(lineOfBase(dockerfile, 'docker.io/library/alpine:latest'), undefined);
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
