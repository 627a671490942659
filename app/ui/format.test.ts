import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  dateIn,
  daysBetween,
  formatAge,
  formatDate,
  formatMoney,
  formatNoun,
  formatPhone,
  formatShare,
} from './format.ts';

test('money is written with its cents, and every cent amount comes back', () => {
  expect(formatMoney(123_450)).toBe('$1,234.50');
  expect(formatMoney(-5000)).toBe('-$50.00');
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000_000_00, max: 1_000_000_000_00 }), (cents) => {
      expect(Math.round(Number(formatMoney(cents).replaceAll(/[$,]/g, '')) * 100)).toBe(cents);
    }),
  );
});

test('a calendar date is written as the language writes it', () => {
  const intl = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });
  const range = { min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(range), (date) => {
      expect(formatDate(date.toISOString().slice(0, 10))).toBe(intl.format(date));
    }),
  );
});

test('ages are said in words', () => {
  expect(formatAge('2026-03-04', '2026-03-04')).toBe('due today');
  expect(formatAge('2026-03-04', '2026-03-05')).toBe('1 day overdue');
  expect(formatAge('2026-03-04', '2026-03-16')).toBe('12 days overdue');
  expect(formatAge('2026-03-04', '2026-03-01')).toBe('due in 3 days');
});

test('days between calendar dates do not depend on daylight saving', () => {
  expect(daysBetween('2026-03-07', '2026-03-09')).toBe(2);
  expect(daysBetween('2026-11-01', '2026-10-31')).toBe(-1);
});

test('the calendar date of an instant depends on the zone', () => {
  const at = new Date('2026-03-04T03:30:00Z');
  expect(dateIn('America/New_York', at)).toBe('2026-03-03');
  expect(dateIn('Europe/Berlin', at)).toBe('2026-03-04');
});

test('nouns, shares and phone numbers', () => {
  expect([formatNoun(1, 'invoice'), formatNoun(1204, 'invoice'), formatNoun(2, 'company', 'companies')]).toEqual([
    '1 invoice',
    '1,204 invoices',
    '2 companies',
  ]);
  expect([formatShare(1, 8), formatShare(0, 0)]).toEqual(['12.5%', '–']);
  expect([formatPhone('+18505550101'), formatPhone('+4930123456')]).toEqual(['(850) 555-0101', '+4930123456']);
});
