import fc from 'fast-check';
import { expect, test } from 'vitest';

import { defaultHours, isOpen, nextOpening, type Hours } from './open.ts';
import { stateKeys, stateNames, stateWeeks } from './states.ts';

const at = (iso: string) => new Date(iso);
const opens = (zone: string, state: string | null, iso: string, hours: Hours = defaultHours) =>
  nextOpening(zone, state, hours, at(iso)).toISOString().slice(0, 16);

/** The days' hours as far as anything may be sent, so that only the states and the federal rule narrow them. */
const allDay: Hours = { opensAt: 0, closesAt: 24 * 60 };

test('B-14: 9 am to 8 pm where the recipient is, unless the company says otherwise', () => {
  const open = (iso: string) => isOpen('America/New_York', 'NY', defaultHours, at(iso));
  expect([open('2026-07-01T12:59:59Z'), open('2026-07-01T13:00:00Z')]).toEqual([false, true]);
  expect([open('2026-07-01T23:59:59Z'), open('2026-07-02T00:00:00Z')]).toEqual([true, false]);
  expect(opens('America/New_York', 'NY', '2026-07-02T00:00:00Z')).toBe('2026-07-02T13:00');
  expect(opens('America/New_York', 'NY', '2026-07-02T15:30:00Z')).toBe('2026-07-02T15:30');
});

test('B-14: whatever the company chooses, 8 am to 9 pm is the outer bound, and a window that leaves nothing is set aside', () => {
  expect(opens('America/New_York', null, '2026-07-01T05:00:00Z', allDay)).toBe('2026-07-01T12:00');
  expect(isOpen('America/New_York', null, allDay, at('2026-07-02T01:00:00Z'))).toBe(false);
  // 8 to 9 am is never open in Kentucky (10 to 9): the state's hours stand alone.
  expect(opens('America/New_York', 'KY', '2026-07-01T05:00:00Z', { opensAt: 480, closesAt: 540 })).toBe(
    '2026-07-01T14:00',
  );
  expect(opens('America/New_York', null, '2026-07-01T05:00:00Z', { opensAt: 700, closesAt: 600 })).toBe(
    '2026-07-01T12:00',
  );
});

test.each([
  // state, zone, weekday, saturday, sunday: hours that are open, as local hours
  ['FL', 'America/New_York', [8, 20], [8, 20], [8, 20]],
  ['OK', 'America/Chicago', [8, 20], [8, 20], [8, 20]],
  ['MD', 'America/New_York', [8, 20], [8, 20], [8, 20]],
  ['CT', 'America/New_York', [9, 20], [9, 20], [9, 20]],
  ['TX', 'America/Chicago', [9, 21], [9, 21], [12, 21]],
  ['RI', 'America/New_York', [9, 18], [10, 17], [10, 17]],
  ['AL', 'America/Chicago', [8, 20], [8, 20], null],
  ['LA', 'America/Chicago', [8, 20], [8, 20], null],
  ['MS', 'America/Chicago', [8, 20], [8, 20], null],
  ['NV', 'America/Los_Angeles', [9, 20], [9, 20], [9, 20]],
  ['KY', 'America/New_York', [10, 21], [10, 21], [10, 21]],
  ['MA', 'America/New_York', [8, 20], [8, 20], [8, 20]],
  ['WA', 'America/Los_Angeles', [8, 20], [8, 20], [8, 20]],
  ['GA', 'America/New_York', [8, 21], [8, 21], [8, 21]],
] as const)('B-14: hours in %s', (state, zone, weekday, saturday, sunday) => {
  // 2026-07-10 is a Friday.
  for (const [date, hours] of [
    ['2026-07-10', weekday],
    ['2026-07-11', saturday],
    ['2026-07-12', sunday],
  ] as const) {
    const open = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => {
      const offset = zone === 'America/New_York' ? 4 : zone === 'America/Chicago' ? 5 : 7;
      return isOpen(zone, state, allDay, new Date(at(`${date}T00:00:00Z`).getTime() + (hour + offset) * 3_600_000));
    });
    const expected = hours ? Array.from({ length: hours[1] - hours[0] }, (_, n) => hours[0] + n) : [];
    expect(open, `${state} ${date}`).toEqual(expected);
  }
});

test('B-14: a Sunday without sending begins and ends at the recipient’s midnight', () => {
  // Saturday 8 pm in Alabama: Sunday is left out whole.
  expect(opens('America/Chicago', 'AL', '2026-07-12T01:00:00Z')).toBe('2026-07-13T14:00');
  // The same instant is Saturday afternoon in Honolulu.
  expect(opens('Pacific/Honolulu', 'AL', '2026-07-12T01:00:00Z')).toBe('2026-07-12T01:00');
  // In Guam it is Sunday already.
  expect(opens('Pacific/Guam', 'AL', '2026-07-11T22:00:00Z')).toBe('2026-07-12T23:00');
});

test('B-14: the night that is an hour shorter and the one that is an hour longer', () => {
  // Spring forward 2026-03-08, fall back 2026-11-01.
  expect(opens('America/New_York', null, '2026-03-08T02:00:00Z')).toBe('2026-03-08T13:00');
  expect(opens('America/New_York', null, '2026-03-07T02:00:00Z')).toBe('2026-03-07T14:00');
  expect(opens('America/New_York', null, '2026-11-01T02:00:00Z')).toBe('2026-11-01T14:00');
  // Arizona and Hawaii keep their time; the Navajo Nation, by its own zone, does not.
  expect(opens('America/Phoenix', null, '2026-03-08T08:00:00Z')).toBe('2026-03-08T16:00');
  expect(opens('Pacific/Honolulu', null, '2026-03-08T08:00:00Z')).toBe('2026-03-08T19:00');
  expect(opens('America/Denver', null, '2026-03-08T08:00:00Z')).toBe('2026-03-08T15:00');
});

test('zones of half and quarter hours, and one whose clocks change by half an hour', () => {
  expect(opens('Asia/Kolkata', null, '2026-03-08T00:00:00Z')).toBe('2026-03-08T03:30');
  expect(opens('Asia/Kathmandu', null, '2026-03-08T00:00:00Z')).toBe('2026-03-08T03:15');
  expect(opens('Australia/Lord_Howe', null, '2026-04-04T12:00:00Z')).toBe('2026-04-04T22:30');
});

test('a local time that is left out opens with the next that exists, one that comes twice opens once', () => {
  const early: Hours = { opensAt: 8 * 60, closesAt: 21 * 60 };
  // Apia had no 30 December 2011 at all.
  expect(opens('Pacific/Apia', null, '2011-12-30T09:00:00Z', early)).toBe('2011-12-30T18:00');
  expect(isOpen('Pacific/Apia', null, early, at('2011-12-30T18:00:00Z'))).toBe(true);
});

const zones = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Phoenix',
  'America/Los_Angeles',
  'America/Anchorage',
  'America/Adak',
  'Pacific/Honolulu',
  'Pacific/Guam',
  'Pacific/Apia',
  'America/Puerto_Rico',
  'America/St_Johns',
  'America/Havana',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
];

/** Near a change of clocks as often as anywhere else. */
const instants = fc.oneof(
  fc.date({ min: at('2007-01-01T00:00:00Z'), max: at('2037-12-31T00:00:00Z'), noInvalidDate: true }),
  fc
    .tuple(
      fc.constantFrom('2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z', '2027-03-14T10:00:00Z', '2026-04-04T15:00:00Z'),
      fc.integer({ min: -100_000_000, max: 100_000_000 }),
    )
    .map(([iso, ms]) => new Date(at(iso).getTime() + ms)),
);

test('B-14: the next opening is not before now, is open, was closed the moment before, and is never four days off', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(null, 'NY', ...Object.keys(stateWeeks)),
      fc.record({ opensAt: fc.integer({ min: 0, max: 1440 }), closesAt: fc.integer({ min: 0, max: 1440 }) }),
      instants,
      (zone, state, hours, now) => {
        const next = nextOpening(zone, state, hours, now);
        const wait = next.getTime() - now.getTime();
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(4 * 86_400_000);
        expect(isOpen(zone, state, hours, next)).toBe(true);
        expect(wait === 0).toBe(isOpen(zone, state, hours, now));
        if (wait > 0) expect(isOpen(zone, state, hours, new Date(next.getTime() - 1))).toBe(false);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('B-14: nothing between now and the next opening was open', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(null, ...Object.keys(stateWeeks)),
      instants,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (zone, state, now, part) => {
        const next = nextOpening(zone, state, defaultHours, now);
        const between = new Date(now.getTime() + Math.floor((next.getTime() - now.getTime()) * part * 0.999_999));
        if (between < next) expect(isOpen(zone, state, defaultHours, between)).toBe(false);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a state is known however it is written', () => {
  expect(['FL', 'FLORIDA', 'DC', 'WASHINGTONDC', 'NEWHAMPSHIRE'].map((key) => stateKeys.get(key))).toEqual([
    'FL',
    'FL',
    'DC',
    'DC',
    'NH',
  ]);
  expect(stateKeys.get('ON')).toBeUndefined();
  expect(Object.keys(stateWeeks).every((code) => code in stateNames)).toBe(true);
});

test('a zone that does not exist is an error, not an hour', () => {
  expect(() => isOpen('America/Nowhere', null, defaultHours, new Date())).toThrow(RangeError);
});
