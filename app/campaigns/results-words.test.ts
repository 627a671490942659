import { expect, test } from 'vitest';

import { formatDuration, sendTimes } from './dry-run.ts';
import { explainReason } from './reasons.ts';
import { everyDay, machineSentence, plainLine, secondsLeft } from './results-words.ts';
import { reasons } from '#app/messaging/reasons.ts';

test('B-04: every reason says what happened; those that the office can mend say how', () => {
  for (const code of Object.keys(reasons)) {
    const words = explainReason(code);
    expect(words.label, code).not.toBe(code);
    expect(words.why).toMatch(/\.$/);
    if (words.todo !== null) expect(words.todo).toMatch(/\.$/);
  }
  expect(explainReason('no_email').todo).toContain('Add an email address');
  expect(explainReason('paid').todo).toBeNull();
  expect(explainReason('constructor')).toEqual({ label: 'constructor', why: 'constructor', todo: null });
});

test('B-05: first and last send time follow from the provider’s rate', () => {
  const now = new Date('2026-03-04T15:00:00Z');
  const end = (count: number, rate: number) => sendTimes(count, rate, now).lastAt;
  expect(end(1, 1)).toBe('2026-03-04T15:00:00.000Z');
  expect(end(0, 14)).toBe('2026-03-04T15:00:00.000Z');
  expect(end(841, 14)).toBe('2026-03-04T15:01:00.000Z');
  expect(sendTimes(501, Number.POSITIVE_INFINITY, now)).toMatchObject({
    perSecond: null,
    lastAt: '2026-03-04T15:00:01.000Z',
  });
  expect([1, 59, 60, 61 * 60, 2 * 3600].map(formatDuration)).toEqual([
    'less than a minute',
    'less than a minute',
    '1 min',
    '1 h 1 min',
    '2 h',
  ]);
});

test('every day from the launch on is drawn, with and without dollars', () => {
  const some = [{ day: '2026-03-10', directCents: 100, influencedCents: 0 }];
  const days = everyDay(some, '2026-03-04', '2026-03-12');
  expect(days).toHaveLength(14);
  expect(days[0]!.day).toBe('2026-03-04');
  expect(days.filter((day) => day.directCents > 0)).toEqual(some);
  expect(everyDay([], '2026-03-04', '2026-12-01')).toHaveLength(35);
  const late = [{ day: '2026-05-01', directCents: 1, influencedCents: 0 }];
  expect(everyDay(late, '2026-03-04', '2026-05-02').at(-1)!.day).toBe('2026-05-01');
});

test('a line with merge tags is read aloud; unknown tags stay as typed', () => {
  expect(plainLine('Invoice {{ invoice.number }} for {{customer.first_name | default: "there"}} {{ x.y }}')).toBe(
    'Invoice [invoice number] for [first name] {{ x.y }}',
  );
});

test('time left is told once there is a pace to go by', () => {
  const at = (done: number) => secondsLeft(done, 1_000, '2026-03-04T15:00:00Z', '2026-03-04T15:00:10Z');
  expect(at(5)).toBeNull();
  expect(at(100)).toBe(90);
  expect(at(1_000)).toBeNull();
});

test('B-03: a list of machines’ visits says how many there are and what they are; other lists say nothing', () => {
  const funnel = { machineOpened: 1_204, machineClicked: 1 };
  expect(machineSentence('machineOpened', funnel, 'email')).toMatch(
    /^1,204 messages were opened by machines\. Scanners .* neither says that anybody read it\.$/,
  );
  expect(machineSentence('machineClicked', funnel, 'sms')).toMatch(
    /^1 message was looked at by machines that followed a link\. Phones and scanners /,
  );
  expect(machineSentence('opened', funnel, 'email')).toBeNull();
});
