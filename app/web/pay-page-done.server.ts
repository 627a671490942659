import type { LoaderFunctionArgs } from '@remix-run/node';

import { readMadePayment } from '#app/invoicing/payments/pay-page.server.ts';
import type { PaymentOutcome } from '#app/invoicing/payments/paying.ts';
import { finishPayment } from '#app/invoicing/payments/finish.server.ts';
import { maskAddress } from '#app/portal/pay-page/mask.ts';
import { findPayPage } from '#app/portal/pay-page/view.server.ts';
import { dateIn } from '#app/ui/format.ts';

import { payDeps } from './payments.server.ts';
import { inPortal, payNotFound, targetOf } from './pay-page.server.ts';

/**
 * Asks what became of a payment and reads what its payer may see of it. The payment's own token is the key: a link that was
 * replaced while somebody paid still says thank you, and leads nowhere.
 * @throws 404 for a payment that is not of this link's customer
 */
export async function finishPaymentPage(args: LoaderFunctionArgs) {
  const link = targetOf(args);
  const payment = targetOf(args, 'payment');
  const known = link !== null && link.kind !== 'payment' && payment?.kind === 'payment';
  const outcome = known
    ? await finishPayment(payDeps(args.context), { companyId: payment.companyId, paymentId: payment.id })
    : null;
  const { portal, found } = await inPortal(args, async (tx) => {
    if (!outcome || !link || !payment) return null;
    const made = await readMadePayment(tx, link, payment.id);
    return made && { made, page: await findPayPage(tx, link) };
  });
  if (!outcome || !link || !found) throw payNotFound(portal);
  const { made, page } = found;
  const { sandbox: test, receiptTo, at: madeAt, customerId: _, ...shown } = made;
  return {
    portal,
    outcome: shownOf(outcome),
    payment: {
      ...shown,
      test,
      on: dateIn(portal.brand.timeZone, madeAt),
      receiptTo: receiptTo && maskAddress(receiptTo),
    },
    number: page?.invoice?.number ?? null,
    leftCents: (page?.invoice ?? page?.account)?.dueCents ?? null,
    back: `/pay/${args.params.token}`,
  };
}

/** Without our own numbers. */
function shownOf(outcome: PaymentOutcome) {
  const { paymentId: _, ...shown } = outcome;
  return shown;
}
