import assert from 'node:assert/strict';
import { Failure, type Reason } from '../../src/host/failure.js';

/** For `assert.rejects`: a Failure with that reason, and with words in its message or remedy; anything else is thrown on. */
export function failing(reason: Reason, words = /./): (error: unknown) => true {
  return (error) => {
    if (!(error instanceof Failure)) throw error;
    assert.equal(error.reason, reason, error.message);
    assert.match(`${error.message} ${error.remedy}`, words);
    return true;
  };
}
