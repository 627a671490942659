import type { LoaderFunctionArgs } from '@remix-run/node';
import { nanoid } from 'nanoid';

import { readInvoice } from '#app/invoicing/invoices/record.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

/** What the pages show that lower what is owed on an invoice, with a key for their form. */
export async function loadSettleable(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const record = await staff.tx((tx) => readInvoice(tx, idParam(args.params.id)));
  if (!record) throw notFound();
  const { id, number, status, balanceCents, pendingCents, currency } = record.invoice;
  return { invoice: { id, number, status, balanceCents, pendingCents, currency }, key: nanoid(24) };
}
