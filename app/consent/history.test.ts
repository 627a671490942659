import fc from 'fast-check';
import { expect, test } from 'vitest';

import { howWords, stopAt, type ConsentLine } from './history.ts';

let id = 0;
const line = (more: Partial<ConsentLine>): ConsentLine => ({
  id: ++id,
  at: new Date(Date.UTC(2026, 0, 1, 0, id)).toISOString(),
  address: 'a@mail.example',
  purpose: 'all',
  state: 'out',
  how: 'link',
  actor: 'Recipient',
  textShown: '',
  textVersion: '',
  messageId: null,
  ...more,
});
const LATER = new Date('2030-01-01T00:00:00Z');
const why = (lines: ConsentLine[], purpose: 'reminders' | 'promotions' = 'reminders', at = LATER) =>
  stopAt(lines, purpose, at)?.why ?? null;

test('B-13: an opt-out holds for its purpose from its moment on, until its owner comes back', () => {
  const out = line({ purpose: 'reminders' });
  const back = line({ purpose: 'reminders', state: 'in' });
  expect([why([out]), why([out], 'promotions'), why([out, back])]).toEqual(['unsubscribed', null, null]);
  expect(why([out], 'reminders', new Date(Date.parse(out.at) - 1))).toBeNull();
  expect(why([back, out])).toBeNull();
  expect(stopAt([out, line({ purpose: 'reminders' })], 'reminders', LATER)?.since).toBe(out.at);
});

test('B-13: leaving all and coming back for one purpose keeps the other out', () => {
  const lines = [line({}), line({ purpose: 'reminders', state: 'in' })];
  expect([why(lines), why(lines, 'promotions')]).toEqual([null, 'unsubscribed']);
});

test('B-13: a bounce or complaint is lifted by the office alone, and outweighs an opt-out', () => {
  const bounced = line({ how: 'bounce', actor: 'Mail provider' });
  const click = line({ state: 'in' });
  expect([why([bounced]), why([bounced, click]), why([bounced, line({})])]).toEqual(['bounced', 'bounced', 'bounced']);
  expect(why([bounced, line({ state: 'in', how: 'office' })])).toBeNull();
  expect(why([line({}), line({ how: 'complaint' })])).toBe('complained');
});

test('the order of the lines changes nothing', () => {
  const any = fc.record({
    purpose: fc.constantFrom('reminders' as const, 'promotions' as const, 'all' as const),
    state: fc.constantFrom('in' as const, 'out' as const),
    how: fc.constantFrom('link', 'bounce', 'complaint', 'office'),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 8 }), (specs) => {
      const lines = specs.map(line);
      expect(stopAt(lines.toReversed(), 'reminders', LATER)).toEqual(stopAt(lines, 'reminders', LATER));
      expect(stopAt(lines, 'reminders', new Date(0))).toBeNull();
    }),
  );
});

test('every way has its words, and one of tomorrow is shown as it is', () => {
  expect(howWords('one_click')).toContain('mail program');
  expect(howWords('by_fax')).toBe('by fax');
});
