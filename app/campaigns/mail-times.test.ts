import { expect, test } from 'vitest';

import { mailTimes } from './mail-times.ts';

test('B-12: a card takes two business days to print and five to seven in the post', () => {
  // A Friday: printed by Tuesday, with customers a week later.
  expect(mailTimes('2026-11-27')).toEqual({
    mailedOn: '2026-12-01',
    arrivesFrom: '2026-12-08',
    arrivesTo: '2026-12-10',
  });
});

test('B-12: weekends do not count, whatever day it begins on', () => {
  const saturday = mailTimes('2026-11-28');
  expect(saturday).toEqual(mailTimes('2026-11-27'));
  expect(mailTimes('2026-11-30').mailedOn).toBe('2026-12-02');
});
