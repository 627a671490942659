/*
 * How long money has been owed, in the buckets that bookkeepers use: current, 1–30, 31–60, 61–90 and more than 90 days past
 * the due date. All pure; "today" is the company's own calendar date, always passed in.
 */

export type AgeKey = 'current' | '1-30' | '31-60' | '61-90' | '90+';

export type Age = {
  key: AgeKey;
  /** As a column's heading. */
  short: string;
  /** In plain words, as a filter. */
  label: string;
  /** Days past the due date, both inclusive; null is open. */
  from: number | null;
  to: number | null;
};

export const ages: readonly Age[] = [
  { key: 'current', short: 'Not yet due', label: 'Not yet due', from: null, to: 0 },
  { key: '1-30', short: '1–30 days', label: '1 to 30 days overdue', from: 1, to: 30 },
  { key: '31-60', short: '31–60 days', label: '31 to 60 days overdue', from: 31, to: 60 },
  { key: '61-90', short: '61–90 days', label: '61 to 90 days overdue', from: 61, to: 90 },
  { key: '90+', short: 'Over 90 days', label: 'More than 90 days overdue', from: 91, to: null },
];

/** The filters over ages: the buckets, and the two sums of them that people ask for. */
export const ageFilters = [
  ages[0]!,
  { key: 'overdue', short: 'Overdue', label: 'Overdue', from: 1, to: null },
  ...ages.slice(1),
  { key: '31+', short: 'Over 30 days', label: 'More than 30 days overdue', from: 31, to: null },
] as const;

/** The bucket of so many days past due; zero and less is current. */
export function ageOf(daysOverdue: number): AgeKey {
  return ages.find((age) => age.to === null || daysOverdue <= age.to)!.key;
}

/**
 * The due dates that a filter stands for.
 * @param key of `ageFilters`; any other gives null
 * @param today `2026-03-04`
 * @returns first and last due date, inclusive; null is open
 */
export function dueDatesOf(key: string | null, today: string): { first: string | null; last: string | null } | null {
  const age = ageFilters.find((one) => one.key === key);
  if (!age) return null;
  return {
    first: age.to === null ? null : addDays(today, -age.to),
    last: age.from === null ? null : addDays(today, -age.from),
  };
}

/** A calendar date some days later or, negative, earlier. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** True for a real calendar date, `2026-02-28` and not `2026-02-30`. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
