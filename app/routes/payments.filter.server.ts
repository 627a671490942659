import type { PaymentFilter } from '#app/invoicing/payments/list.server.ts';

/** The filter of the list of payments, as its address has it; the same for the page and its export. */
export const paymentFilter = (at: URLSearchParams, timeZone: string, today: string): PaymentFilter => ({
  q: at.get('q'),
  method: at.get('method'),
  status: at.get('status'),
  source: at.get('source'),
  when: at.get('when'),
  today,
  timeZone,
});
