import type { InvoiceFilter } from '#app/invoicing/invoices/invoices.server.ts';

/** The filter that stands in the address of the list, and of its export. */
export const invoiceFilter = (at: URLSearchParams, today: string): InvoiceFilter => ({
  q: at.get('q'),
  status: at.get('status'),
  age: at.get('age'),
  unit: at.get('unit'),
  flag: at.get('flag'),
  customer: at.get('customer'),
  today,
});
