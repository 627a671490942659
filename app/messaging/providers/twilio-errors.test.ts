import { expect, test } from 'vitest';

import { Blocked, Retryable } from '../provider.ts';
import { reasons } from '../reasons.ts';
import { readTwilioStatus } from '../twilio-events.ts';
import { textOutcomeOf, twilioCodes } from './twilio-errors.ts';

/** As the SDK throws them. */
const error = (status: number, code?: number) => Object.assign(new Error('Refused'), { status, code });
const cut = (code: string) => Object.assign(new Error('cut'), { code });

const told = (thrown: unknown) => {
  try {
    const outcome = textOutcomeOf(thrown);
    if (outcome.kind !== 'failed') return outcome.kind;
    return ['failed', outcome.reason, outcome.suppress].filter(Boolean).join(' ');
  } catch (refusal) {
    if (refusal instanceof Retryable) return `retry ${refusal.why} ${refusal.retryAfterSeconds}`;
    if (refusal instanceof Blocked) return 'blocked';
    throw refusal;
  }
};

/** What a callback with the code says: what becomes of the number, and what operators hear of. */
const heard = (code: number) => {
  const fields = { MessageSid: `SM${'0'.repeat(32)}`, MessageStatus: 'undelivered', ErrorCode: String(code) };
  const told = readTwilioStatus(fields);
  if (told.kind !== 'event') return told.kind;
  const { details, out, problem } = told.event;
  return [details.permanent === true && 'dead', out && 'out', problem?.kind].filter(Boolean).join(' ');
};

const rows: [number, string, string][] = [
  // The account and its keys: every text would be refused.
  [10001, 'blocked', 'blocked'],
  [20003, 'blocked', 'blocked'],
  [20005, 'blocked', 'blocked'],
  [20006, 'blocked', 'blocked'],
  [20008, 'blocked', 'blocked'],
  [20404, 'blocked', 'blocked'],
  [30002, 'blocked', 'blocked'],
  [90010, 'blocked', 'blocked'],
  [21608, 'blocked', 'blocked'],
  [21609, 'blocked', 'blocked'],
  // Not now: nothing was taken.
  [20429, 'retry throttled 2', 'throttled'],
  [20503, 'retry unavailable 30', 'unavailable'],
  [21611, 'retry throttled 60', 'throttled'],
  [21730, 'retry unavailable 60', 'unavailable'],
  [30001, 'retry throttled 60', 'throttled'],
  [30022, 'retry throttled 60', 'throttled'],
  [30023, 'retry quota 900', 'quota'],
  [30027, 'retry quota 900', 'quota'],
  [63038, 'retry quota 900', 'quota'],
  // Whom it was to.
  [21211, 'failed bad_number bounced', 'dead'],
  [21217, 'failed bad_number bounced', 'dead'],
  [21265, 'failed bad_number bounced', 'dead'],
  [21408, 'failed country', ''],
  [21610, 'failed opted_out unsubscribed', 'out'],
  [21612, 'failed unreachable', ''],
  [21614, 'failed landline bounced', 'dead'],
  [21635, 'failed landline bounced', 'dead'],
  [21214, 'failed unreachable bounced', 'dead'],
  [30003, 'failed unreachable', ''],
  [30004, 'failed filtered', 'blocked'],
  [30005, 'failed bad_number bounced', 'dead'],
  [30006, 'failed landline bounced', 'dead'],
  // Whom it was from.
  [21212, 'blocked', 'blocked'],
  [21601, 'blocked', 'blocked'],
  [21603, 'blocked', 'blocked'],
  [21606, 'blocked', 'blocked'],
  [21659, 'blocked', 'blocked'],
  [21660, 'blocked', 'blocked'],
  [21661, 'blocked', 'blocked'],
  [21701, 'blocked', 'blocked'],
  [21703, 'blocked', 'blocked'],
  [21704, 'blocked', 'blocked'],
  [21705, 'blocked', 'blocked'],
  // What it says.
  [21602, 'failed render', ''],
  [21605, 'failed too_long', ''],
  [21617, 'failed too_long', ''],
  [21619, 'failed render', ''],
  [30019, 'failed too_long', ''],
  // What carriers make of it: stop and tell somebody.
  [30007, 'failed filtered', 'blocked'],
  [30008, 'failed unreachable', ''],
  [30017, 'failed unreachable', ''],
  [30018, 'blocked', 'blocked'],
  [30024, 'blocked', 'blocked'],
  [30032, 'blocked', 'blocked'],
  [30034, 'blocked', 'blocked'],
  [30035, 'blocked', 'blocked'],
  [30036, 'failed expired', ''],
  [30037, 'blocked', 'blocked'],
  // One of later times.
  [29999, 'failed rejected', ''],
];
const proven = new Set(rows.map(([code]) => code));

test.each(rows)('%i as an answer is “%s”, in a callback “%s”', (code, answered, inCallback) => {
  expect(told(error(400, code))).toBe(answered);
  expect(heard(code)).toBe(inCallback);
});

test.each([
  [error(429), 'retry throttled 2'],
  [error(503, 503), 'retry unavailable 30'],
  [error(401), 'blocked'],
  [error(403), 'blocked'],
  [error(404), 'blocked'],
  [error(407), 'blocked'],
  [error(400), 'failed rejected'],
  [error(413), 'failed rejected'],
  [cut('ECONNREFUSED'), 'retry unavailable 20'],
  [cut('ENOTFOUND'), 'retry unavailable 20'],
  // Nobody knows: a 503 without Twilio's own code may come from in between, when the call was under way.
  [error(503), 'unknown'],
  [error(500, 20500), 'unknown'],
  // A code says nothing where the answer as a whole does not.
  [error(500, 21610), 'unknown'],
  [error(502), 'unknown'],
  [error(504), 'unknown'],
  [error(408), 'unknown'],
  [error(302), 'unknown'],
  [cut('ECONNRESET'), 'unknown'],
  [cut('ECONNABORTED'), 'unknown'],
  [cut('ETIMEDOUT'), 'unknown'],
  [cut('EPIPE'), 'unknown'],
  [new SyntaxError('The answer can’t be read'), 'unknown'],
  ['a text', 'unknown'],
  [null, 'unknown'],
])('%s is %s', (thrown, expected) => {
  expect(told(thrown)).toBe(expected);
});

test('every code of the table is proven above', () => {
  expect(
    Object.keys(twilioCodes)
      .map(Number)
      .filter((code) => !proven.has(code)),
  ).toEqual([]);
});

test('B-04: a refusal for good has words, and an account’s trouble says what to do', () => {
  for (const code of [
    'bad_number',
    'landline',
    'opted_out',
    'country',
    'filtered',
    'expired',
    'unreachable',
  ] as const) {
    expect(reasons[code].why).toMatch(/\.$/);
  }
  expect(() => textOutcomeOf(error(401, 20003))).toThrow('auth token is wrong');
  expect(() => textOutcomeOf(error(400, 30034))).toThrow('Register it');
});
