import fc from 'fast-check';
import { expect, test } from 'vitest';

import { payToken, readPayToken, type PayTarget } from './pay-tokens.server.ts';

const secret = 'a secret of the application, long enough';
const target = fc.record<PayTarget>({
  companyId: fc.integer({ min: 1, max: 2 ** 40 }),
  kind: fc.constantFrom('customer', 'invoice', 'payment'),
  id: fc.integer({ min: 1, max: 2 ** 48 }),
  version: fc.integer({ min: 1, max: 1_000_000 }),
});

test('a token names what it was made for, and is safe in an address', () => {
  fc.assert(
    fc.property(target, (one) => {
      const token = payToken(secret, one);
      expect(token).toMatch(/^[\w-]{28,60}$/);
      expect(readPayToken(secret, token)).toEqual(one);
    }),
  );
});

test('a token that is changed anywhere, or made with another secret, names nothing', () => {
  fc.assert(
    fc.property(target, fc.nat(), fc.constantFrom('a', 'b', '0', '-', 'c', 'i', 'p'), (one, at, character) => {
      const token = payToken(secret, one);
      const place = at % token.length;
      const changed = token.slice(0, place) + character + token.slice(place + 1);
      if (changed !== token) expect(readPayToken(secret, changed)).toBeNull();
      expect(readPayToken(`${secret}!`, token)).toBeNull();
    }),
  );
  for (const token of ['', 'c1-1-1-', 'x'.repeat(10_000), '../../etc/passwd', 'c1-1-1-ＡＢ']) {
    expect(readPayToken(secret, token)).toBeNull();
  }
});
