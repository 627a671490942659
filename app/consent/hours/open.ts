import { Temporal } from 'temporal-polyfill';

import { federalWeek, stateWeeks, type Day, type Week } from './states.ts';

/** The company's own hours, minutes after midnight where the recipient is: from `opensAt` until just before `closesAt`. */
export type Hours = { opensAt: number; closesAt: number };

/** What applies where nobody chose anything. */
export const defaultHours: Hours = { opensAt: 9 * 60, closesAt: 20 * 60 };

/** How far ahead an opening can be: no week of ours has more than two days in a row without one, and part of a third. */
const DAYS_AHEAD = 4;

/**
 * The hours of each day in a state: the company's, narrowed by the state's, within the federal ones. Where they leave not a
 * minute in the whole week the company's are set aside, so that a message waits but is never stuck.
 * @param state two letters; null, or a state without hours of its own, has the federal ones
 */
export function weekOf(state: string | null, hours: Hours): Week {
  const allowed = (state !== null && stateWeeks[state]) || federalWeek;
  const own: Day = [hours.opensAt, hours.closesAt];
  const narrowed = allowed.map((day) => overlap(day, own)) as unknown as Week;
  return narrowed.some((day) => day !== null) ? narrowed : allowed;
}

function overlap(one: Day, other: Day): Day {
  if (!one || !other) return null;
  const opens = Math.max(one[0], other[0]);
  const closes = Math.min(one[1], other[1]);
  return opens < closes ? [opens, closes] : null;
}

/**
 * Whether one may write at that instant to somebody in a zone and state (B-14).
 * @param zone an IANA zone @throws RangeError for a zone that does not exist
 */
export const isOpen = (zone: string, state: string | null, hours: Hours, instant: Date): boolean =>
  isOpenWithin(weekOf(state, hours), localTime(zone, instant));

/**
 * The first instant from `instant` on at which one may write: that very instant while it is open. Right over both nights on
 * which clocks change: a local time that comes twice opens the first time, one that is left out opens with the next that exists.
 * @returns at most four days ahead
 */
export function nextOpening(zone: string, state: string | null, hours: Hours, instant: Date): Date {
  return nextOpeningWithin(weekOf(state, hours), localTime(zone, instant));
}

/** The same for a week made once and a local time read once. */
export function isOpenWithin(week: Week, local: Temporal.ZonedDateTime): boolean {
  const day = week[local.dayOfWeek - 1] ?? null;
  const minute = local.hour * 60 + local.minute;
  return day !== null && minute >= day[0] && minute < day[1];
}

/**
 * When the hours end that are open at a local time. A local time that comes twice ends the first time, one that is left out
 * with the next that exists.
 * @throws Error when they are not open
 */
export function closingWithin(week: Week, local: Temporal.ZonedDateTime): Date {
  const day = isOpenWithin(week, local) ? week[local.dayOfWeek - 1] : null;
  if (!day) throw new Error('Only hours that are open can end');
  const date = local.toPlainDate();
  const midnight = date.toPlainDateTime({ hour: 0 });
  const closes = midnight.add({ minutes: day[1] }).toZonedDateTime(local.timeZoneId, { disambiguation: 'compatible' });
  return new Date(closes.epochMilliseconds);
}

/** As `nextOpening`, for a week made once and a local time read once. */
export function nextOpeningWithin(week: Week, local: Temporal.ZonedDateTime): Date {
  if (isOpenWithin(week, local)) return new Date(local.epochMilliseconds);
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
    const date = local.toPlainDate().add({ days: ahead });
    const day = week[date.dayOfWeek - 1];
    if (!day) continue;
    const opens = date
      .toPlainDateTime({ hour: Math.floor(day[0] / 60), minute: day[0] % 60 })
      .toZonedDateTime(local.timeZoneId, { disambiguation: 'compatible' });
    if (opens.epochMilliseconds > local.epochMilliseconds && isOpenWithin(week, opens)) {
      return new Date(opens.epochMilliseconds);
    }
  }
  throw new Error(`No opening within ${DAYS_AHEAD} days: a week has too many closed days`);
}

/** What the clocks of a zone show. */
export const localTime = (zone: string, instant: Date): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
