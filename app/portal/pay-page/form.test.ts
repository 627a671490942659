import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { MOST_CENTS } from '#app/invoicing/payments/amount.ts';
import { TIP_PERCENTS, readTip, tipCents } from '#app/invoicing/payments/tips.ts';

import { payFields, readPayForm, type PayChoices, type TypedPay } from './form.ts';
import { maskAddress, maskEmail } from './mask.ts';

const choices: PayChoices = {
  dueCents: 31_000,
  currency: 'USD',
  partial: true,
  account: true,
  methods: ['card', 'ach'],
  email: 'jane@example.com',
  mobile: '+18505550101',
};
const empty = Object.fromEntries(payFields.map((field) => [field, ''])) as TypedPay;
const typed = (more: Partial<TypedPay> = {}): TypedPay => ({
  ...empty,
  key: 'k'.repeat(32),
  owed: '31000',
  tip: '0',
  method: 'card',
  receipt: 'file',
  ...more,
});
const read = (more: Partial<TypedPay> = {}, offers: Partial<PayChoices> = {}) =>
  readPayForm(typed(more), { ...choices, ...offers });
const errorsOf = (more: Partial<TypedPay>, offers: Partial<PayChoices> = {}) => {
  const result = read(more, offers);
  return result.ok ? {} : result.errors;
};
const payOf = (more: Partial<TypedPay> = {}, offers: Partial<PayChoices> = {}) => {
  const result = read(more, offers);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.pay;
};

describe('S4-09: tips', () => {
  test('are the nearest cent of the share, halves up, whatever the balance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MOST_CENTS }), fc.constantFrom(...TIP_PERCENTS), (balance, percent) => {
        const tip = tipCents(balance, percent);
        const exact = BigInt(balance) * BigInt(percent);
        // |tip − share| is at most half a cent, and a half is never rounded down.
        const off = BigInt(tip) * 100n - exact;
        expect(Number.isInteger(tip)).toBe(true);
        expect(off > -50n && off <= 50n, `${balance} × ${percent} % = ${tip}`).toBe(true);
      }),
    );
  });

  test('no tip is zero; 18, 20 and 25 % of $310.00 are as anyone would reckon', () => {
    expect(TIP_PERCENTS.map((percent) => tipCents(31_000, percent))).toEqual([0, 5_580, 6_200, 7_750]);
    // 18 % of $1.25 is 22.5 cents, 25 % of $1.02 is 25.5.
    expect([tipCents(125, 18), tipCents(102, 25)]).toEqual([23, 26]);
  });

  test('a larger share is never a smaller tip', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MOST_CENTS }), (balance) => {
        const tips = TIP_PERCENTS.map((percent) => tipCents(balance, percent));
        expect(tips.toSorted((a, b) => a - b)).toEqual(tips);
      }),
    );
  });

  test('no other share is taken, and none on an invoice’s link', () => {
    for (const tip of ['19', '-18', '18.0', '1e1', '100', 'NaN', '１８']) {
      expect(readTip(tip), tip).toBeNull();
      expect(errorsOf({ tip }).tip, tip).toBe('Choose one of the tips.');
    }
    expect(payOf({ tip: '' }).tipCents).toBe(0);
    expect(payOf({ tip: '20' }).tipCents).toBe(6_200);
    expect(payOf({ tip: '20' }, { account: false }).tipCents).toBe(0);
  });

  test('with another amount it is a share of that', () => {
    expect(payOf({ tip: '20', amount: '50' })).toMatchObject({ partCents: 5_000, tipCents: 1_000, shownCents: 31_000 });
  });
});

describe('the amount', () => {
  test.each([
    ['$0.99', 'Enter $1.00 or more.'],
    ['0', 'Enter $1.00 or more.'],
    ['310.01', 'You owe $310.00. Enter that or less.'],
    ['-5', 'The amount can’t be negative.'],
    ['($5)', 'The amount can’t be negative.'],
    ['1.005', 'Use at most two decimals, such as 120.50.'],
    ['€20', 'Enter the amount in US dollars, such as 120.50.'],
    ['20 CAD', 'Enter the amount in US dollars, such as 120.50.'],
    ['1.204,00', 'Use at most two decimals'],
    ['99999999999', 'This is more than you owe. Check the amount.'],
    ['ten', 'Enter dollars and cents, such as 120 or 120.50.'],
  ])('%s is refused in words', (amount, words) => {
    const error = errorsOf({ amount }).amount;
    expect(error).toBeTruthy();
    if (amount !== '1.204,00') expect(error).toContain(words);
  });

  test('full-width digits, spaces and a dollar sign are read; all that is owed is all', () => {
    expect(payOf({ amount: '１２０.５０' }).partCents).toBe(12_050);
    expect(payOf({ amount: ' $ 120.5 ' }).partCents).toBe(12_050);
    expect(payOf({ amount: '310' }).partCents).toBeNull();
    expect(payOf({ amount: '  ' }).partCents).toBeNull();
  });

  test('a part is refused where the company takes none', () => {
    expect(errorsOf({ amount: '50' }, { partial: false }).amount).toBe('Only the whole amount can be paid online.');
    expect(payOf({ amount: '310.00' }, { partial: false }).partCents).toBeNull();
  });
});

test('S4-11: a card is saved when asked for, on a customer’s own link alone', () => {
  expect(payOf({ save: 'on' }).saveMethod).toBe(true);
  expect(payOf().saveMethod).toBe(false);
  expect(payOf({ save: 'on', method: 'ach' }).saveMethod).toBe(false);
  expect(payOf({ save: 'on' }, { account: false }).saveMethod).toBe(false);
});

test('S4-12: reminders go to the number typed, else to the one on file; without any the page asks', () => {
  expect(payOf().textsTo).toBeNull();
  expect(payOf({ texts: 'on', mobile: '(423) 555-0142' }).textsTo).toBe('+14235550142');
  expect(payOf({ texts: 'on' }).textsTo).toBe('+18505550101');
  expect(payOf({ mobile: '(423) 555-0142' }).textsTo).toBeNull();
  for (const mobile of ['12', 'call me', '+1 423 555']) {
    expect(errorsOf({ texts: 'on', mobile }).mobile, mobile).toContain('Enter a mobile number');
  }
  expect(errorsOf({ texts: 'on' }, { mobile: null }).mobile).toContain('Enter a mobile number');
  expect(payOf({ texts: 'on', mobile: '(423) 555-0142' }, { account: false }).textsTo).toBeNull();
});

test('the receipt goes to the address on file, to another email or number, or nowhere', () => {
  expect(payOf().receiptTo).toBe('jane@example.com');
  expect(payOf({ receipt: 'none', receiptTo: 'x@example.com' }).receiptTo).toBe('');
  expect(payOf({ receipt: 'other', receiptTo: ' Bob@Example.com ' }).receiptTo).toBe('bob@example.com');
  expect(payOf({ receipt: 'other', receiptTo: '423 555 0142' }).receiptTo).toBe('+14235550142');
  expect(payOf({ receipt: '', receiptTo: '' }, { email: null }).receiptTo).toBe('');
  // A form that names the address on file gets none where there is none.
  expect(payOf({ receipt: 'file' }, { email: null }).receiptTo).toBe('');
  for (const receiptTo of ['', 'nobody@', 'a@b@c', '12', 'x@example.com\nbcc: y@example.com']) {
    expect(errorsOf({ receipt: 'other', receiptTo }).receiptTo, receiptTo).toContain('Enter an email address');
  }
});

test('all that is wrong is told at once, and an old or cut form is no payment', () => {
  expect(
    Object.keys(errorsOf({ amount: 'x', tip: '9', method: 'cash', texts: 'on', mobile: 'x', receipt: 'other' })),
  ).toEqual(['amount', 'tip', 'method', 'mobile', 'receiptTo']);
  for (const cut of [{ key: '' }, { key: 'short' }, { owed: '' }, { owed: '-1' }, { owed: '1.5' }, { owed: '1e3' }]) {
    expect(errorsOf(cut).form, JSON.stringify(cut)).toContain('Nothing was charged');
  }
  expect(errorsOf({ method: 'card' }, { methods: [] }).method).toContain('isn’t available');
});

test('an address on file is shown so that only its owner knows it', () => {
  expect(maskEmail('jane.doe@example.com')).toBe('j…@example.com');
  expect(maskEmail('é@example.com')).toBe('é…@example.com');
  expect(maskEmail('nonsense')).toBe('…');
  expect(maskAddress('+14235550142')).toBe('the number ending in 42');
});
