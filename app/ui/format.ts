/**
 * How figures and dates are written, in the office and to customers (US English). All pure; "today" is always passed in.
 */

/** Making a formatter costs a hundred times what using it does, and a list uses hundreds: one is kept for each currency or zone. */
function kept<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    let one = made.get(key);
    if (one === undefined) made.set(key, (one = make(key)));
    return one;
  };
}

const money = kept((currency) => new Intl.NumberFormat('en-US', { style: 'currency', currency }));
const dollars = kept(
  (currency) => new Intl.NumberFormat('en-US', { style: 'currency', currency, maximumFractionDigits: 0 }),
);
const counts = new Intl.NumberFormat('en-US');
const shares = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const time = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
const instants = kept(
  (timeZone) => new Intl.DateTimeFormat('en-US', { year: 'numeric', ...time, timeZone, timeZoneName: 'short' }),
);
const moments = kept((timeZone) => new Intl.DateTimeFormat('en-US', { year: 'numeric', ...time, timeZone }));
const shortInstants = kept((timeZone) => new Intl.DateTimeFormat('en-US', { ...time, timeZone }));
const days = kept(
  (timeZone) => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
);

/** `$1,234.50`. @param cents integer cents @param currency ISO 4217 */
export function formatMoney(cents: number, currency = 'USD'): string {
  return money(currency).format(cents / 100);
}

/** `$1,235`: for dashboards, where cents distract. */
export function formatDollars(cents: number, currency = 'USD'): string {
  return dollars(currency).format(cents / 100);
}

/** `1,204`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 invoice`, `1,204 invoices`. @param plural where adding an s is wrong */
export function formatNoun(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** `12 %` of a whole; an empty whole has none. */
export function formatShare(part: number, whole: number): string {
  return whole === 0 ? '–' : shares.format(part / whole);
}

/** `Mar 4, 2026` of a calendar date `2026-03-04`. */
export function formatDate(date: string): string {
  const [year, month, day] = date.split('-');
  return `${months[Number(month) - 1]} ${Number(day)}, ${Number(year)}`;
}

/** `Mar 4, 2026, 9:05 AM EST` of an instant in an IANA zone. */
export function formatInstant(at: Date | string, timeZone: string): string {
  return instants(timeZone).format(new Date(at));
}

/** `Mar 4, 2026` of an instant in an IANA zone. */
export function formatDay(at: Date | string, timeZone: string): string {
  return formatDate(dateIn(timeZone, new Date(at)));
}

/** `Mar 4, 2026, 9:05 AM` where the zone is plain from the page. */
export function formatMoment(at: Date | string, timeZone: string): string {
  return moments(timeZone).format(new Date(at));
}

/** `Mar 4, 9:05 AM` where year and zone are plain from the page. */
export function formatShortInstant(at: Date | string, timeZone: string): string {
  return shortInstants(timeZone).format(new Date(at));
}

/** `9:05 AM`: a time of today. */
export function formatClock(at: Date | string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit', timeZone }).format(new Date(at));
}

/** Days from one calendar date to a later one; negative when it is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** `12 days overdue`, `due today`, `due in 3 days`. */
export function formatAge(dueOn: string, today: string): string {
  const days = daysBetween(dueOn, today);
  if (days === 0) return 'due today';
  return days > 0 ? `${formatNoun(days, 'day')} overdue` : `due in ${formatNoun(-days, 'day')}`;
}

/** The calendar date of an instant in an IANA zone, `2026-03-04`. */
export function dateIn(timeZone: string, at: Date): string {
  return days(timeZone).format(at);
}

/** `(850) 555-0101` of a US number in E.164; any other stays as it is. */
export function formatPhone(e164: string): string {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  return us ? `(${us[1]}) ${us[2]}-${us[3]}` : e164;
}

/** An address as people read it: a number, an email address, or a postal one on one line. */
export const formatAddress = (address: string): string =>
  address.includes('\n') ? address.split('\n').join(', ') : formatPhone(address);
