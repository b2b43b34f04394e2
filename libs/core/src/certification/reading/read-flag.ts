import type { TestFlag } from '../guideline.js';
import type { Place } from './place.js';

/**
 * Reads why a test does not have to pass. The notes on the schema call the member `flag`, the files `flagged`; a reason
 * should begin with a code in brackets, and in published files some lack the brackets and some the code.
 */
export const readFlag = (test: Place): TestFlag | null => {
  const place = test.member('flagged', 'flag');
  const { value } = place;
  if (place.absent || value === false) return null;
  if (value === true || typeof value === 'string') {
    place.warn('a flag is an object with date, reason and action; this one is read as far as it goes');
    return typeof value === 'string' ? { ...BARE_FLAG, code: codeOf(value), reason: value } : BARE_FLAG;
  }
  place.members('a flag');
  place.expectOnly('a flag', ['date', 'reason', 'action']);
  const reason = place.member('reason').text('the reason of a flag');
  if (reason === null) place.warn('the flag gives no reason');
  return {
    code: reason === null ? null : codeOf(reason),
    date: place.member('date').text('the date of a flag'),
    reason,
    action: place.member('action').text('the action of a flag'),
  };
};

/** Of schema 1.2, which only listed the names of flagged tests. */
export const BARE_FLAG: TestFlag = { code: null, date: null, reason: null, action: null };

const codeOf = (reason: string): string | null => /^\s*\[?\s*(D\d{3})\b/i.exec(reason)?.[1]?.toUpperCase() ?? null;
