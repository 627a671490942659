import { ages, isCalendarDate, type AgeKey } from '#app/invoicing/reports/aging.ts';
import { agingSorts, type AgingFilter, type AgingSort } from '#app/invoicing/reports/aging-report.server.ts';

export type AgingRequest = {
  filter: AgingFilter;
  sort: AgingSort;
  /** Whose invoices, and of which bucket, are listed behind a figure; null: none. */
  behind: { customerId: number | null; age: AgeKey | null } | null;
};

/** What an address asks of the aging report. Values that mean nothing are left aside; a day that is to come is today. */
export function agingRequest(at: URLSearchParams, today: string, timeZone: string): AgingRequest {
  const asked = at.get('on') ?? '';
  const on = isCalendarDate(asked) && asked < today && asked >= '1970-01-01' ? asked : today;
  const id = (text: string | null) => (/^[1-9]\d{0,14}$/.test(text ?? '') ? Number(text) : null);
  const customerId = id(at.get('customer'));
  const age = ages.find((one) => one.key === at.get('age'))?.key ?? null;
  return {
    filter: { on, today, timeZone, unit: id(at.get('unit')) },
    sort: agingSorts.find((one) => one === at.get('sort')) ?? 'total',
    behind: at.has('age') || customerId !== null ? { customerId, age } : null,
  };
}
