import { expect, test } from 'vitest';

import { defaultRules } from '#app/consent/rules.ts';

import { keptHours } from './dry-run-hours.ts';
import { waitsOf, waitWords } from './dry-run.ts';

test('B-05, B-14: the review says which hours are kept: by texts always, by email if the company wants it', () => {
  const nine = { from: '9 am', to: '8 pm' };
  expect(keptHours('email', { ...defaultRules, emailHours: true })).toEqual(nine);
  expect(keptHours('email', defaultRules)).toBeNull();
  expect(keptHours('sms', defaultRules)).toEqual(nine);
});

test('B-05, B-14: who goes out at once and who waits, in words', () => {
  const [firstAt, lastAt] = ['2026-07-15 13:00:00+00', '2026-07-15 16:00:00+00'];
  const said = (drawn: number, waiting: number, eligible = drawn) =>
    waitWords(
      waitsOf({ drawn, waiting, ...(waiting > 0 ? { firstAt, lastAt } : { firstAt: null, lastAt: null }) }, eligible),
      'America/New_York',
    );
  const last = 'Jul 15, 2026, 12:00 PM EDT';
  expect(said(1514, 310)).toBe(
    `1,204 go out at once, 310 wait for sending hours where they are, the last until ${last}`,
  );
  expect(said(2, 1)).toBe(`1 goes out at once, 1 waits for sending hours where the customer is, until ${last}`);
  expect(said(1, 1)).toBe(`It waits for sending hours where the customer is, until ${last}`);
  expect(said(1, 0)).toBe('It goes out at once');
  expect(said(310, 310)).toBe(`All 310 wait for sending hours where they are, the last until ${last}`);
  expect(said(310, 0)).toBe('All 310 go out at once');
  // Some of very many were drawn.
  expect(said(5_000, 1_000, 200_000)).toMatch(/^About 160,000 go out at once, 40,000 wait /);
  expect(said(5_000, 0, 200_000)).toBe('Nearly all 200,000 go out at once');
  expect(waitsOf({ drawn: 0, waiting: 0, firstAt: null, lastAt: null }, 3)).toMatchObject({ atOnce: 3, waiting: 0 });
});
