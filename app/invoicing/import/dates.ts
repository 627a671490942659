import { Temporal } from 'temporal-polyfill';

import { isNothing, unwrap } from './cells.ts';

/** Which number comes first in `03/04/2026`. */
export type DateOrder = 'mdy' | 'dmy';

/** What the values of a column say about their order: how many can only be read one way. */
export type DateEvidence = { mdy: number; dmy: number; either: number; dotted: number };

export type DateResult = { ok: true; date: string | null } | { ok: false; reason: string };

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const NUMERIC = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})$/;
const ISO = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const MONTH_FIRST = /^([a-z]{3,9})\.?[\s-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{4}|\d{2})$/i;
const DAY_FIRST = /^(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})$/i;
// Days since December 30, 1899, as a spreadsheet keeps a date that lost its format: 1980 to 2099.
const SERIAL = /^\d{5}(?:\.\d+)?$/;

/** Looks at one value and adds what it proves. Other texts than `03/04/2026` prove nothing. */
export function weighDate(cell: string, evidence: DateEvidence): void {
  const match = NUMERIC.exec(withoutTime(unwrap(cell)));
  if (!match) return;
  const first = Number(match[1]);
  const second = Number(match[3]);
  if (match[2] === '.') evidence.dotted += 1;
  if (first > 12 && second >= 1 && second <= 12) evidence.dmy += 1;
  else if (second > 12 && first >= 1 && first <= 12) evidence.mdy += 1;
  else if (first !== second && first <= 12 && second <= 12) evidence.either += 1;
}

/**
 * The order for a column. `sure` is false where no value decides and the American order is taken (with points between
 * the numbers, the European). Null where values contradict each other: then `03/04/2026` must not be guessed.
 */
export function settleDates(column: DateEvidence, file: DateEvidence): { order: DateOrder | null; sure: boolean } {
  if (column.mdy > 0 && column.dmy > 0) return { order: null, sure: true };
  if (column.mdy > 0) return { order: 'mdy', sure: true };
  if (column.dmy > 0) return { order: 'dmy', sure: true };
  if (file.mdy > 0 !== file.dmy > 0) return { order: file.mdy > 0 ? 'mdy' : 'dmy', sure: true };
  return { order: column.dotted > 0 ? 'dmy' : 'mdy', sure: column.either === 0 };
}

/**
 * Reads a date of any of the forms that products export: `11/03/2026`, `2026-11-03`, `Nov 20, 2025`, `20-Nov-25`, with
 * or without a time (the day counts as written). Returns it as `2026-11-03`, null for nothing, or the reason why not.
 */
export function parseDate(cell: string, order: DateOrder | null): DateResult {
  const whole = unwrap(cell);
  if (isNothing(whole)) return { ok: true, date: null };
  const plain = withoutTime(whole);
  let match = NUMERIC.exec(plain);
  if (match) return numeric(Number(match[1]), Number(match[3]), year(match[4]), order, plain);
  match = ISO.exec(plain) ?? COMPACT.exec(plain);
  if (match) return build(Number(match[1]), Number(match[2]), Number(match[3]), plain);
  match = MONTH_FIRST.exec(plain);
  if (match) return build(year(match[3]), month(match[1]), Number(match[2]), plain);
  match = DAY_FIRST.exec(plain);
  if (match) return build(year(match[3]), month(match[2]), Number(match[1]), plain);
  if (SERIAL.test(plain)) {
    const day = Temporal.PlainDate.from('1899-12-30').add({ days: Math.trunc(Number(plain)) });
    if (day.year >= 1980) return { ok: true, date: day.toString() };
  }
  return { ok: false, reason: `“${short(whole)}” is not a date. Write it like 11/03/2026 or 2026-11-03.` };
}

function numeric(first: number, second: number, y: number, order: DateOrder | null, plain: string): DateResult {
  const asMdy = first >= 1 && first <= 12;
  const asDmy = second >= 1 && second <= 12;
  if (asMdy && asDmy && order === null && first !== second) {
    return {
      ok: false,
      reason: `“${plain}” could be ${MONTHS_FULL[first - 1]} ${second} or ${MONTHS_FULL[second - 1]} ${first}: the column has dates of both kinds. Write it like 2026-11-03.`,
    };
  }
  const dayFirst = asMdy && asDmy ? order === 'dmy' : asDmy;
  return dayFirst ? build(y, second, first, plain) : build(y, first, second, plain);
}

const MONTHS_FULL = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function build(y: number, m: number, d: number, plain: string): DateResult {
  try {
    const date = Temporal.PlainDate.from({ year: y, month: m, day: d }, { overflow: 'reject' });
    if (y >= 1970 && y <= 2100) return { ok: true, date: date.toString() };
    return { ok: false, reason: `“${plain}” has a year that cannot be right.` };
  } catch {
    return { ok: false, reason: `“${plain}” is not a day of the calendar.` };
  }
}

function withoutTime(plain: string): string {
  return plain
    .replace(/^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+/i, '')
    .replace(
      /(?:T|,?\s+(?:at\s+)?)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|UTC|GMT|[A-Z]{2,4})?\s*(?:[+-]\d{2}:?\d{2})?$/i,
      '',
    )
    .trim();
}

function year(text: string | undefined): number {
  const n = Number(text);
  if (text?.length !== 2) return n;
  return n < 70 ? 2000 + n : 1900 + n;
}

function month(name: string | undefined): number {
  const lower = (name ?? '').toLowerCase();
  const at = MONTHS.indexOf(lower.slice(0, 3));
  const full = MONTHS_FULL[at]?.toLowerCase() ?? '';
  return full.startsWith(lower) || lower === 'sept' ? at + 1 : 0;
}

function short(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}
