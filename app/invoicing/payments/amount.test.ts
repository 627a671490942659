import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readAmount } from './amount.ts';

test('every amount reads back as it was written, with and without signs', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999 }), fc.boolean(), (cents, grouped) => {
      const plain = (cents / 100).toFixed(2);
      const written = grouped ? Number(plain).toLocaleString('en-US', { minimumFractionDigits: 2 }) : plain;
      for (const typed of [written, `$${written}`, ` ${written} `, `${written} USD`]) {
        expect(readAmount(typed)).toEqual({ ok: true, cents });
      }
    }),
  );
});

test.each([
  ['310', 31_000],
  ['310.5', 31_050],
  ['310.', 31_000],
  ['.50', 50],
  ['１２．５０', 1250],
  ['$１,２００', 120_000],
  ['0', 0],
  ['007.10', 710],
])('%s is %i cents', (typed, cents) => {
  expect(readAmount(typed)).toEqual({ ok: true, cents });
});

test.each([
  ['', 'empty'],
  ['  ', 'empty'],
  ['-5', 'negative'],
  ['−5.00', 'negative'],
  ['($5.00)', 'negative'],
  ['$-5', 'negative'],
  ['1.234', 'decimals'],
  ['310.000', 'decimals'],
  ['€310', 'currency'],
  ['310£', 'currency'],
  ['310 EUR', 'currency'],
  ['CAD 310', 'currency'],
  ['1,20', 'format'],
  ['1.204,00', 'format'],
  ['12,34,567', 'format'],
  ['1e3', 'format'],
  ['0x10', 'format'],
  ['ten', 'format'],
  ['.', 'format'],
  ['1 . 2 . 3', 'format'],
  ['9999999999', 'too_large'],
  ['1000000', 'too_large'],
])('%j is refused: %s', (typed, error) => {
  expect(readAmount(typed)).toEqual({ ok: false, error });
});
