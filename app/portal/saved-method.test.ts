import { expect, test } from 'vitest';

import { expiryState } from './saved-method.ts';

test('S3-19: a card is good through the last day of its month, and 60 days before that it expires soon', () => {
  const card = { month: 2, year: 2028 };
  expect(expiryState(card, '2027-12-31')).toBe('good');
  expect(expiryState(card, '2028-01-01')).toBe('soon');
  expect(expiryState(card, '2028-02-29')).toBe('soon');
  expect(expiryState(card, '2028-03-01')).toBe('expired');
  expect(expiryState({ month: 12, year: 2026 }, '2026-12-31')).toBe('soon');
  expect(expiryState({ month: 12, year: 2026 }, '2027-01-01')).toBe('expired');
});
