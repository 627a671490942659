import { expect, test } from 'vitest';

import { defaultRules } from '#app/consent/rules.ts';

import { keptHours } from './dry-run-hours.ts';

test('B-05: the review says when sending hours begin, if email keeps them', () => {
  const rules = { ...defaultRules, emailHours: true };
  const at = (iso: string) => keptHours('email', rules, 'America/New_York', new Date(iso));
  expect(at('2026-07-15T15:00:00Z')).toEqual({ from: '9 am', to: '8 pm', opensAt: null });
  expect(at('2026-07-15T03:00:00Z')?.opensAt).toBe('2026-07-15T13:00:00.000Z');
  expect(keptHours('email', defaultRules, 'America/New_York', new Date())).toBeNull();
});

test('B-05, B-14: texts keep them always', () => {
  const night = new Date('2026-07-15T03:00:00Z');
  expect(keptHours('sms', defaultRules, 'America/New_York', night)?.opensAt).toBe('2026-07-15T13:00:00.000Z');
});
