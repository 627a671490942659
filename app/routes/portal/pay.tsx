import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { LEAST_CENTS } from '#app/invoicing/payments/amount.ts';
import { findByForm } from '#app/invoicing/payments/for-portal.server.ts';
import { payFromPortal, readBill, readOffer } from '#app/portal/pay.server.ts';
import { PayForm } from '#app/portal/PayForm.tsx';
import { readPayment } from '#app/portal/pay-form.ts';
import { explainField, explainResult } from '#app/portal/pay-errors.ts';
import { payWords } from '#app/portal/pay-words.en.ts';
import { shownMethod } from '#app/portal/saved-method.ts';
import { words } from '#app/portal/words.en.ts';
import { dateIn } from '#app/ui/format.ts';
import { readFields } from '#app/web/form.server.ts';
import { payDeps } from '#app/web/payments.server.ts';
import { requireVisitor, visitorPath } from '#app/web/portal.server.ts';
import { idParam, notFound } from '#app/web/staff.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data: page }) => [
  { title: `${words.payTitle} · ${page?.company ?? ''}` },
];

const selected = (request: Request) => new URL(request.url).searchParams.getAll('invoice').map(idParam);

/** Whether a bank payment is on its way for what can't be paid now. */
const isOnItsWay = (bill: { leftOut: { pendingCents: number }[] }) => bill.leftOut.some((one) => one.pendingCents > 0);

/** Who is there, what they selected and how it can be paid. */
async function open(args: LoaderFunctionArgs | ActionFunctionArgs) {
  const visit = await requireVisitor(args);
  const ids = selected(args.request);
  const processor = await args.context.processorOf(visit.companyId);
  const [bill, offer] = await visit.tx(async (t) => {
    const found = await readBill(t, visit.scope, ids);
    return [found, found.ok ? await readOffer(t, processor, found) : null] as const;
  });
  if (ids.length > 0 && !bill.ok && bill.reason === 'missing') throw notFound();
  return { ...visit, ids, bill, offer };
}

export async function loader(args: LoaderFunctionArgs) {
  const { portal, ids, bill, offer } = await open(args);
  const { name: company, timeZone } = portal.brand;
  const page = { company, action: visitorPath(args.request), idempotencyKey: nanoid(32), bill: null };
  if (ids.length === 0) return { ...page, problem: words.selectFirst };
  if (!bill.ok) return { ...page, problem: words.oneCustomer };
  if (bill.invoices.length === 0) return { ...page, problem: isOnItsWay(bill) ? payWords.onItsWayAll : words.notOpen };
  const today = dateIn(timeZone, new Date());
  const saved = (offer?.saved ?? []).map((one) => shownMethod(one, today));
  const { partial = false, card = false, ach = false, test = false } = offer ?? {};
  const tooLittle = bill.totalCents < LEAST_CENTS ? payWords.tooLittle(company) : null;
  return {
    ...page,
    problem: offer ? tooLittle : payWords.notConnected(company),
    bill: { ...bill, partial: partial && bill.totalCents > LEAST_CENTS, methods: { card, ach, test, saved } },
  };
}

export async function action(args: ActionFunctionArgs) {
  const { companyId, portal, visitor, scope, tx, ids, bill, offer } = await open(args);
  const fields = ['how', 'amount', 'method', 'save', 'total', 'key'] as const;
  const { key, total, ...posted } = await readFields(args.request, fields);
  const typed = { ...posted, amount: posted.amount.slice(0, 60) };
  const refuse = (status: number, errors: Record<string, string>) => data({ errors, typed }, { status });
  if (ids.length === 0) return refuse(400, { form: words.selectFirst });
  if (!bill.ok) return refuse(409, { form: words.oneCustomer });
  // With nothing left to pay this may still be a form sent twice.
  const before = bill.invoices.length === 0 ? await tx((t) => findByForm(t, scope.customerIds, key)) : null;
  if (before) return redirect(`/payments/${before}`, 303);
  if (bill.invoices.length === 0) {
    return refuse(409, { form: isOnItsWay(bill) ? payWords.onItsWayAll : payWords.settled });
  }
  if (!offer) return refuse(409, { form: payWords.notConnected(portal.brand.name) });
  const choices = { mostCents: bill.totalCents, partial: offer.partial, methods: offer };
  const read = readPayment(typed, choices);
  if (!read.ok) return refuse(400, explainField(read.errors, bill));
  const { origin } = new URL(args.request.url);
  const result = await payFromPortal(payDeps(args.context), visitor, {
    ...read,
    companyId,
    bill,
    shownCents: Number(total),
    idempotencyKey: key,
    returnUrl: (paymentId) => `${origin}/payments/${paymentId}`,
    cancelUrl: `${origin}${visitorPath(args.request)}`,
  });
  if (result.ok) return redirect(result.kind === 'checkout' ? result.url : `/payments/${result.paymentId}`, 303);
  if (result.reason === 'missing') throw notFound();
  const { status, errors } = explainResult(result, portal.brand);
  return refuse(status, errors);
}

export default function Pay() {
  return <PayForm {...useLoaderData<typeof loader>()} result={useActionData<typeof action>()} />;
}
