import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { payFromPortal, readBill, type PortalPayment } from '#app/portal/pay.server.ts';
import { PayForm } from '#app/portal/PayForm.tsx';
import { words } from '#app/portal/words.en.ts';
import { formatMoney } from '#app/ui/format.ts';
import { readFields } from '#app/web/form.server.ts';
import { payDeps } from '#app/web/payments.server.ts';
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
  const typed = await readFields(args.request, ['method', 'total', 'key']);
  if (typed.method !== 'card' && typed.method !== 'ach') {
    return data({ errors: { method: words.chooseMethod } }, { status: 400 });
  }
  const { origin } = new URL(args.request.url);
  const result = await payFromPortal(payDeps(args.context), visitor, {
    companyId,
    invoiceIds: selected(args.request),
    expectedCents: Number(typed.total),
    method: typed.method,
    idempotencyKey: typed.key,
    returnUrl: (paymentId) => `${origin}/receipts/${paymentId}`,
    cancelUrl: origin + visitorPath(args.request),
  });
  if (result.ok) return redirect(result.kind === 'checkout' ? result.url : `/receipts/${result.paymentId}`, 303);
  if (result.reason === 'missing') throw notFound();
  return data({ errors: { form: explain(result, portal.brand.currency) } }, { status: 409 });
}

function explain(result: Exclude<PortalPayment, { ok: true }>, currency: string): string {
  switch (result.reason) {
    case 'changed':
      return words.changed(formatMoney(result.owedCents, currency));
    case 'too_many':
      return words.tooMany(minutesOf(result.retryAfterSeconds));
    case 'mixed':
      return words.oneCustomer;
    case 'settled':
    case 'busy':
    case 'unsure':
      return words[result.reason];
    default:
      return words.notOpen;
  }
}

export default function Pay() {
  return <PayForm {...useLoaderData<typeof loader>()} result={useActionData<typeof action>()} />;
}
