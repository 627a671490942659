import { expect, test } from 'vitest';

import { Blocked, Retryable } from '../provider.ts';
import { reasons } from '../reasons.ts';
import { outcomeOf } from './ses-errors.ts';

/** As the SDK throws them. */
const error = (status: number | null, name: string, message = 'Refused') =>
  Object.assign(new Error(message), { name, $metadata: status === null ? {} : { httpStatusCode: status } });

const told = (thrown: unknown) => {
  try {
    const outcome = outcomeOf(thrown);
    return outcome.kind === 'sent' ? 'sent' : `${outcome.kind} ${outcome.reason}`;
  } catch (refusal) {
    if (refusal instanceof Retryable) return `retry ${refusal.why} ${refusal.retryAfterSeconds}`;
    if (refusal instanceof Blocked) return 'blocked';
    throw refusal;
  }
};

test.each([
  // Too much at a time, or for today: nothing was taken.
  [error(400, 'Throttling', 'Maximum sending rate exceeded.'), 'retry throttled 2'],
  [error(400, 'ThrottlingException', 'Rate exceeded'), 'retry throttled 2'],
  [error(429, 'TooManyRequestsException'), 'retry throttled 2'],
  [error(429, 'AnythingElse'), 'retry throttled 2'],
  [error(400, 'Throttling', 'Daily message quota exceeded.'), 'retry quota 900'],
  [error(400, 'LimitExceededException'), 'retry throttled 2'],
  [error(503, 'ServiceUnavailable'), 'retry unavailable 10'],
  [error(503, 'AnythingElse'), 'retry unavailable 10'],
  [Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 'retry unavailable 20'],
  [Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }), 'retry unavailable 20'],
  // The account or its keys: every message would be refused.
  [error(403, 'SignatureDoesNotMatch'), 'blocked'],
  [error(403, 'ExpiredTokenException'), 'blocked'],
  [error(400, 'RequestExpired'), 'blocked'],
  [error(403, 'SomethingNew'), 'blocked'],
  [error(404, 'UnknownOperationException'), 'blocked'],
  [error(400, 'AccountSendingPausedException'), 'blocked'],
  [error(400, 'ConfigurationSetDoesNotExist'), 'blocked'],
  [error(400, 'MessageRejected', 'Email address is not verified. The following identities failed …'), 'blocked'],
  [error(400, 'MessageRejected', 'Sending paused for this account.'), 'blocked'],
  // This one message.
  [error(400, 'MessageRejected', 'Content rejected'), 'failed rejected'],
  [error(400, 'InvalidParameterValue', "Missing final '@domain'"), 'failed bad_address'],
  [error(400, 'InvalidParameterValue', 'Domain contains illegal character'), 'failed bad_address'],
  [error(400, 'InvalidParameterValue', 'Header too long'), 'failed rejected'],
  [error(413, 'RequestEntityTooLarge'), 'failed rejected'],
  // Nobody knows.
  [error(500, 'InternalFailure'), 'unknown no_answer'],
  [error(502, 'BadGateway'), 'unknown no_answer'],
  [error(504, 'GatewayTimeout'), 'unknown no_answer'],
  [error(408, 'RequestTimeout'), 'unknown no_answer'],
  [error(null, 'TimeoutError', 'Request timed out'), 'unknown no_answer'],
  [Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'unknown no_answer'],
  [Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }), 'unknown no_answer'],
  [error(200, 'SyntaxError', 'The answer can’t be read'), 'unknown no_answer'],
  ['a text', 'unknown no_answer'],
  [null, 'unknown no_answer'],
])('%s is %s', (thrown, expected) => {
  expect(told(thrown)).toBe(expected);
});

test('B-04: a refusal for good has words', () => {
  for (const code of ['rejected', 'bad_address'] as const) expect(reasons[code].why).toMatch(/\.$/);
});
