import { expect, test } from 'vitest';

import { readCard } from './card-form.ts';

const now = new Date('2026-11-21T12:00:00Z');
const any = { refuses: () => null };
const form = { number: '4242 4242 4242 4242', expiry: '04/29', cvc: '123' };

test('a card is read as people type it', () => {
  const card = { number: '4242424242424242', expiryMonth: 4, expiryYear: 2029, cvc: '123' };
  expect(readCard(form, any, now)).toEqual({ ok: true, card });
  for (const expiry of ['4/29', '04 / 2029', '04-29', '0429', ' 4/2029 ']) {
    expect(readCard({ ...form, expiry, number: '4242-4242-4242-4242' }, any, now), expiry).toEqual({ ok: true, card });
  }
});

test('each field says what is wrong with it, all at once', () => {
  expect(readCard({ number: 'x', expiry: '13/29', cvc: '12' }, any, now)).toEqual({
    ok: false,
    errors: { number: 'number', expiry: 'expiry', cvc: 'cvc' },
  });
  const refuses = () => 'not_test_card' as const;
  expect(readCard({ ...form, cvc: '' }, { refuses }, now)).toEqual({
    ok: false,
    errors: { number: 'not_test_card', cvc: 'cvc' },
  });
});

test('a card is good until the end of its month', () => {
  expect(readCard({ ...form, expiry: '11/26' }, any, now).ok).toBe(true);
  expect(readCard({ ...form, expiry: '10/26' }, any, now)).toEqual({ ok: false, errors: { expiry: 'expired' } });
  expect(readCard({ ...form, expiry: '11/26' }, any, new Date('2026-12-03T00:00:00Z')).ok).toBe(false);
});
