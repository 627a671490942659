import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { readCard } from '#app/invoicing/card-form.ts';
import { sandbox } from '#app/invoicing/processors/sandbox.server.ts';
import { payFromPortal, readBill, type PortalPayment } from '#app/portal/pay.server.ts';
import { PayForm } from '#app/portal/PayForm.tsx';
import { words } from '#app/portal/words.en.ts';
import { formatMoney } from '#app/ui/format.ts';
import { readFields } from '#app/web/form.server.ts';
import { minutesOf, requireVisitor, visitorPath } from '#app/web/portal.server.ts';
import { idParam, notFound } from '#app/web/staff.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [
  { title: `${words.payTitle} · ${page?.company ?? ''}` },
];

const selected = (request: Request) => new URL(request.url).searchParams.getAll('invoice').map(idParam);

export async function loader(args: LoaderFunctionArgs) {
  const { portal, scope, tx } = await requireVisitor(args);
  const ids = selected(args.request);
  const page = { company: portal.brand.name, action: visitorPath(args.request), idempotencyKey: nanoid(32) };
  if (ids.length === 0) return { ...page, problem: words.selectFirst, bill: null };
  const bill = await tx((t) => readBill(t, scope, ids));
  if (!bill.ok && bill.reason === 'missing') throw notFound();
  if (!bill.ok) return { ...page, problem: words.oneCustomer, bill: null };
  if (bill.invoices.length === 0) return { ...page, problem: words.notOpen, bill: null };
  return { ...page, problem: null, bill };
}

export async function action(args: ActionFunctionArgs) {
  const { companyId, portal, visitor } = await requireVisitor(args);
  const typed = await readFields(args.request, ['number', 'expiry', 'cvc', 'total', 'key']);
  const expiry = typed.expiry.slice(0, 20);
  const read = readCard(typed, sandbox, new Date());
  if (!read.ok) {
    const errors = Object.fromEntries(Object.entries(read.errors).map(([field, code]) => [field, words.card[code]]));
    return data({ errors, expiry }, { status: 400 });
  }
  const { db, addresses } = args.context;
  const result = await payFromPortal(db, addresses, sandbox, visitor, {
    companyId,
    invoiceIds: selected(args.request),
    expectedCents: Number(typed.total),
    card: read.card,
    idempotencyKey: typed.key,
  });
  if (result.ok) return redirect(`/receipts/${result.paymentId}`);
  if (result.reason === 'missing') throw notFound();
  const status = result.reason === 'declined' ? 402 : result.reason === 'too_many' ? 429 : 409;
  const field = result.reason === 'not_test_card' ? 'number' : 'form';
  return data(
    { errors: { [field]: explain(result, portal.brand.currency) }, expiry },
    { status: field === 'form' ? status : 400 },
  );
}

function explain(result: Exclude<PortalPayment, { ok: true }>, currency: string): string {
  switch (result.reason) {
    case 'declined':
      return words.declined[result.declined];
    case 'changed':
      return words.changed(formatMoney(result.totalCents, currency));
    case 'too_many':
      return words.tooMany(minutesOf(result.retryAfterSeconds));
    case 'not_test_card':
      return words.card.not_test_card;
    case 'mixed':
      return words.oneCustomer;
    case 'missing':
      return words.missingText;
    default:
      return words[result.reason];
  }
}

export default function Pay() {
  return <PayForm {...useLoaderData<typeof loader>()} result={useActionData<typeof action>()} />;
}
