import { redirect, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { readPayment } from '#app/invoicing/payments/for-portal.server.ts';
import { finishPayment } from '#app/invoicing/payments/finish.server.ts';
import { explainFailure } from '#app/portal/pay-errors.ts';
import { PaymentPage, type ShownOutcome } from '#app/portal/PaymentPage.tsx';
import { payWords } from '#app/portal/pay-words.en.ts';
import { payDeps } from '#app/web/payments.server.ts';
import { requireVisitor, visitorPath } from '#app/web/portal.server.ts';
import { idParam, notFound } from '#app/web/staff.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${payWords.paymentTitle} · ${data?.company ?? ''}` },
];

/** Where the processor's page leads back to: finishes the payment, once however often it is opened, and says how it stands. */
export async function loader(args: LoaderFunctionArgs) {
  const { companyId, portal, scope, tx } = await requireVisitor(args);
  const paymentId = idParam(args.params.id);
  const payment = await tx((t) => readPayment(t, scope.customerIds, paymentId));
  if (!payment) throw notFound();
  const outcome = payment.online ? await finishPayment(payDeps(args.context), { companyId, paymentId }) : null;
  if (!outcome || outcome.state === 'succeeded') throw redirect(`/receipts/${paymentId}`);
  const shown: ShownOutcome =
    outcome.state === 'failed' ? { state: 'failed', reason: explainFailure(outcome.reason) } : outcome;
  const query = new URLSearchParams(payment.invoices.map((one) => ['invoice', String(one.id)]));
  return {
    company: portal.brand.name,
    payment,
    outcome: shown,
    again: `/pay?${query}`,
    here: visitorPath(args.request),
  };
}

export default function Payment() {
  const { company: _, ...page } = useLoaderData<typeof loader>();
  return <PaymentPage {...page} />;
}
