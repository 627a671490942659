import fc from 'fast-check';
import { expect, test } from 'vitest';

import { reasons } from '../reasons.ts';
import { lobCodes, lobMeaning } from './lob-errors.ts';

/** As the SDK rejects: with an answer of Lob, of something in between, or none. */
const answered = (status: number, error: unknown, headers: Record<string, unknown> = {}) =>
  Object.assign(new Error('No.'), { status_code: status, _response: { status, headers, data: { error } } });

const status = fc.integer({ min: 400, max: 599 });
const unknownCode = fc.string({ maxLength: 30 }).filter((code) => !Object.hasOwn(lobCodes, code.toLowerCase()));

test('every code that Lob’s documentation names for postcards means the same whatever its status and case', () => {
  const codes = Object.keys(lobCodes);
  fc.assert(
    fc.property(fc.constantFrom(...codes), status, fc.boolean(), (code, at, upper) => {
      const written = upper ? code.toUpperCase() : code;
      expect(lobMeaning(answered(at, { code: written, message: 'No.' })).kind).toBe(lobCodes[code]!.kind);
    }),
  );
});

test('without a known code the status decides: who asks, later, or this one card', () => {
  fc.assert(
    fc.property(status, unknownCode, fc.string({ maxLength: 400 }), (at, code, message) => {
      const { kind } = lobMeaning(answered(at, { code, message }));
      const later = at >= 500 || [408, 409, 429].includes(at);
      const whoAsks = [401, 402, 403, 404, 407].includes(at);
      expect(kind).toBe(later ? 'retry' : whoAsks ? 'blocked' : 'failed');
    }),
  );
});

test('no error whatever is taken for a refusal of the card, or throws, where Lob gave no status', () => {
  fc.assert(
    fc.property(fc.anything(), (error) => {
      fc.pre(!hasStatus(error));
      expect(lobMeaning(error)).toMatchObject({ kind: 'retry', why: 'unavailable' });
    }),
  );
  expect(lobMeaning(Object.assign(new Error('cut'), { code: 'ECONNRESET' }))).toMatchObject({
    kind: 'retry',
    message: 'Lob can’t be reached: ECONNRESET',
  });
});

const hasStatus = (error: unknown) => {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return 'status_code' in fields || '_response' in fields;
};

test('how long to wait is between a second and five minutes, whatever the headers hold', () => {
  const header = fc.oneof(fc.string({ maxLength: 15 }), fc.nat().map(String), fc.constant(undefined));
  fc.assert(
    fc.property(header, header, fc.nat(), (after, reset, now) => {
      const headers = { 'retry-after': after, 'x-rate-limit-reset': reset };
      const meaning = lobMeaning(answered(429, { code: 'rate_limit_exceeded' }, headers), now);
      expect(meaning).toMatchObject({ kind: 'retry', why: 'throttled' });
      if (meaning.kind !== 'retry') return;
      expect(meaning.seconds).toBeGreaterThanOrEqual(1);
      expect(meaning.seconds).toBeLessThanOrEqual(300);
      expect(Number.isInteger(meaning.seconds)).toBe(true);
    }),
  );
});

test('every reason of the table has words, and no code stops an address', () => {
  for (const meaning of Object.values(lobCodes)) {
    if (meaning.kind === 'failed') expect(Object.keys(reasons)).toContain(meaning.reason);
    expect(Object.keys(meaning)).not.toContain('suppress');
  }
});
