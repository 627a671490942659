import fc from 'fast-check';
import { expect, test } from 'vitest';

import { amountField, rulesFromForm } from './form.ts';
import { defaultRules, MAX_CENTS, readRules } from './rules.ts';

const errorsOf = (fields: Parameters<typeof rulesFromForm>[0]) => {
  const read = rulesFromForm(fields);
  return read.ok ? {} : read.errors;
};

test('B-09: plain words and numbers become rules; empty boxes mean any', () => {
  expect(rulesFromForm({})).toEqual({ ok: true, rules: { ...defaultRules, daysOverdueMin: null } });
  expect(
    rulesFromForm({
      daysOverdueMin: ' 31 ',
      daysOverdueMax: '1,000',
      owedMin: '$1,234.50',
      owedMax: '2000',
      customerType: 'commercial',
      tagsAny: ['VIP', 'a, b', 'VIP'],
      tagsNone: 'Net 30',
      businessUnitIds: ['4', '9'],
      per: 'invoice',
    }),
  ).toEqual({
    ok: true,
    rules: {
      daysOverdueMin: 31,
      daysOverdueMax: 1000,
      owedMinCents: 123_450,
      owedMaxCents: 200_000,
      customerType: 'commercial',
      tagsAny: ['VIP', 'a, b'],
      tagsNone: ['Net 30'],
      businessUnitIds: [4, 9],
      per: 'invoice',
    },
  });
});

test('what can’t be meant is said at its field', () => {
  expect(errorsOf({ daysOverdueMin: 'ten' })).toEqual({ daysOverdueMin: expect.stringContaining('whole number') });
  expect(errorsOf({ daysOverdueMin: '-3' })).toHaveProperty('daysOverdueMin');
  expect(errorsOf({ daysOverdueMax: '3651' })).toHaveProperty('daysOverdueMax');
  expect(errorsOf({ daysOverdueMin: '30', daysOverdueMax: '10' })).toHaveProperty('daysOverdueMax');
  expect(errorsOf({ owedMin: '12.345' })).toEqual({ owedMin: expect.stringContaining('cent') });
  expect(errorsOf({ owedMin: '(50.00)' })).toHaveProperty('owedMin');
  expect(errorsOf({ owedMin: '99,999,999,999' })).toHaveProperty('owedMin');
  expect(errorsOf({ owedMin: '5', owedMax: '4' })).toHaveProperty('owedMax');
  expect(errorsOf({ tagsAny: ['a'], tagsNone: ['a'] })).toHaveProperty('tagsNone');
  for (const [name, value] of [
    ['per', 'nobody'],
    ['customerType', 'x'],
    ['businessUnitIds', 'x'],
  ] as const) {
    expect(errorsOf({ [name]: value })).toHaveProperty('form');
  }
});

test('amounts go into the box and back unharmed', () => {
  expect([amountField(null), amountField(0), amountField(123_450), amountField(100_000)]).toEqual([
    '',
    '0',
    '1,234.50',
    '1,000',
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_CENTS }), (cents) => {
      const read = rulesFromForm({ owedMin: amountField(cents) });
      expect(read.ok && read.rules.owedMinCents).toBe(cents);
    }),
  );
});

test('whatever is typed is either refused or makes rules that can be stored and read again', () => {
  const field = fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 }));
  const names = [
    'daysOverdueMin',
    'daysOverdueMax',
    'owedMin',
    'owedMax',
    'customerType',
    'tagsAny',
    'tagsNone',
    'businessUnitIds',
    'per',
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), field), (fields) => {
      const read = rulesFromForm(fields);
      if (read.ok) expect(readRules(JSON.parse(JSON.stringify(read.rules)))).toEqual(read.rules);
      else expect(Object.keys(read.errors).length).toBeGreaterThan(0);
    }),
  );
});
