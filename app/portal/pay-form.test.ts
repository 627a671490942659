import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readPayment, type PayChoices } from './pay-form.ts';

const choices: PayChoices = {
  mostCents: 31_000,
  partial: true,
  methods: { card: true, ach: true, saved: [{ id: 7, kind: 'ach' }] },
};
const typed = { how: 'full', amount: '', method: 'card', save: '' };
const read = (more: Partial<typeof typed>, at: Partial<PayChoices> = {}) =>
  readPayment({ ...typed, ...more }, { ...choices, ...at });

test('S2-17, S3-19: in full or in part, by a new card, a bank account or what is saved', () => {
  expect(read({})).toEqual({ ok: true, partCents: null, method: 'card', savedMethodId: null, saveMethod: false });
  expect(read({ how: 'part', amount: '$120.50', method: 'ach', save: 'on' })).toEqual({
    ok: true,
    partCents: 12_050,
    method: 'ach',
    savedMethodId: null,
    saveMethod: true,
  });
  // What is saved already is not saved again.
  expect(read({ method: 'saved-7', save: 'on' })).toMatchObject({
    method: 'ach',
    savedMethodId: 7,
    saveMethod: false,
  });
  expect(read({ how: 'part', amount: '310' })).toMatchObject({ ok: true, partCents: 31_000 });
});

test('S2-17: every bad amount is told for what it is', () => {
  const error = (amount: string) => {
    const result = read({ how: 'part', amount });
    return result.ok ? result.partCents : result.errors.amount;
  };
  expect(
    Object.fromEntries(
      ['', ' ', '0', '0.99', '310.01', '-5', '(5)', '1.234', '€50', '50 EUR', '1,20', 'abc', '99999999', '１２０'].map(
        (amount) => [amount, error(amount)],
      ),
    ),
  ).toEqual({
    '': 'empty',
    ' ': 'empty',
    '0': 'too_little',
    '0.99': 'too_little',
    '310.01': 'too_much',
    '-5': 'negative',
    '(5)': 'negative',
    '1.234': 'decimals',
    '€50': 'currency',
    '50 EUR': 'currency',
    '1,20': 'format',
    abc: 'format',
    '99999999': 'too_large',
    '１２０': 12_000,
  });
});

test('S2-17: a part is refused where none is offered, and in full with another amount is asked again', () => {
  expect(read({ how: 'part', amount: '5' }, { partial: false })).toEqual({
    ok: false,
    errors: { amount: 'no_partial' },
  });
  expect(read({ how: 'full', amount: '50' })).toEqual({ ok: false, errors: { amount: 'both_amounts' } });
  expect(read({ how: 'full', amount: '310.00' }).ok).toBe(true);
  // Where the page has no such field, one that is posted means nothing.
  expect(read({ how: '', amount: '50' }, { partial: false })).toMatchObject({ ok: true, partCents: null });
});

test('S3-19: a method that is not offered, or was removed meanwhile, is refused', () => {
  const only = (method: string, methods: Partial<PayChoices['methods']> = {}) => {
    const result = read({ method }, { methods: { ...choices.methods, ...methods } });
    return result.ok ? 'ok' : result.errors.method;
  };
  expect(only('')).toBe('no_method');
  expect(only('card', { card: false })).toBe('method_gone');
  expect(only('ach', { ach: false })).toBe('method_gone');
  expect(only('saved-8')).toBe('method_gone');
  expect(only('saved-7', { saved: [] })).toBe('method_gone');
  expect(only('saved--7')).toBe('method_gone');
  expect(only('gold')).toBe('method_gone');
});

test('S2-17: whatever is typed, no part below $1 or above what is owed comes out', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 100, max: 1_000_000 }), (amount, mostCents) => {
      const result = read({ how: 'part', amount }, { mostCents });
      if (result.ok) {
        expect(result.partCents).toBeGreaterThanOrEqual(100);
        expect(result.partCents).toBeLessThanOrEqual(mostCents);
      }
    }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 1_000_000 }),
      fc.integer({ min: 0, max: 2_000_000 }),
      (mostCents, cents) => {
        const result = read({ how: 'part', amount: (cents / 100).toFixed(2) }, { mostCents });
        expect(result.ok).toBe(cents >= 100 && cents <= mostCents);
      },
    ),
  );
});
