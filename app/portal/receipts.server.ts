import { sql } from 'drizzle-orm';

import { payToken } from '#app/invoicing/payments/pay-tokens.server.ts';
import type { PayDeps, Payment } from '#app/invoicing/payments/payments.server.ts';
import { readPaidReceipt, readPaymentNumbers } from '#app/invoicing/payments/receipt.server.ts';
import { portalOrigin, type Addresses } from '#app/messaging/addresses.ts';
import { sendTransactional, sendTransactionalText } from '#app/messaging/send-transactional.server.ts';
import type { Tx } from '#db/client.ts';

import { readPortal } from './brand.server.ts';
import { letterhead } from './invitations.server.ts';
import { paidMail, paidText, paymentFailedMail } from './receipts.ts';

/**
 * What payers are told, in the transaction that settles their payment or fails it.
 * @param secret the application's: payers without an account are led back to their own payment page
 */
export const tellPayer = (addresses: Addresses, secret: string): PayDeps['tell'] => ({
  settled: (tx, payment) => sendReceipt(tx, { addresses, secret }, payment),
  failed: (tx, payment) => sendFailure(tx, { addresses, secret }, payment),
});

type Where = { addresses: Addresses; secret: string };

/** The receipt, by email or by text to where its payer wanted it; none where nothing was given. */
export async function sendReceipt(tx: Tx, where: Where, payment: Payment): Promise<void> {
  const to = payment.receiptTo;
  if (to === '') return;
  const portal = await readPortal(tx);
  const receipt = await readPaidReceipt(tx, payment.id);
  if (!receipt || !portal.host) return;
  const { customerId } = payment;
  const origin = portalOrigin(where.addresses, portal.host);
  const head = { ...letterhead(portal, origin), currency: payment.currency };
  if (!to.includes('@')) {
    await sendTransactionalText(tx, { kind: 'receipt', to, customerId, body: paidText(head, receipt) });
    return;
  }
  const button = await backTo(tx, where, origin, payment, 'done');
  await sendTransactional(tx, { kind: 'receipt', to, customerId, ...paidMail(head, receipt, button) });
}

/** A bank payment failed days later: its payer must hear of it, since what it was for is owed again. */
async function sendFailure(tx: Tx, where: Where, payment: Payment): Promise<void> {
  const portal = await readPortal(tx);
  const to = payment.receiptTo.includes('@') ? payment.receiptTo : await emailOf(tx, payment.customerId);
  if (!to || !portal.host) return;
  const origin = portalOrigin(where.addresses, portal.host);
  const head = { ...letterhead(portal, origin), currency: payment.currency };
  const numbers = await readPaymentNumbers(tx, payment.id);
  const { url } = await backTo(tx, where, origin, payment, 'again');
  await sendTransactional(tx, {
    kind: 'payment_failed',
    to,
    customerId: payment.customerId,
    ...paymentFailedMail(head, { ...payment, numbers, url }),
  });
}

/** Where a payer finds the receipt, or pays again: in the portal, or without an account on their own payment page. */
async function backTo(
  tx: Tx,
  { secret }: Where,
  origin: string,
  payment: Payment,
  what: 'done' | 'again',
): Promise<{ url: string; portal: boolean }> {
  const { companyId, id, customerId, source } = payment;
  const version = source === 'customer_link' ? await versionOf(tx, customerId) : 1;
  const invoiceId = payment.allocations[0]?.invoiceId;
  if (source === 'portal' || version === null || invoiceId === undefined) return { url: origin, portal: true };
  const link =
    source === 'customer_link'
      ? payToken(secret, { companyId, kind: 'customer', id: customerId, version })
      : payToken(secret, { companyId, kind: 'invoice', id: invoiceId, version });
  const done = payToken(secret, { companyId, kind: 'payment', id, version: 1 });
  return { url: `${origin}/pay/${link}${what === 'done' ? `/done/${done}` : ''}`, portal: false };
}

async function versionOf(tx: Tx, customerId: number): Promise<number | null> {
  const [row] = await tx.execute<{ version: number }>(
    sql`select version from payment_links where customer_id = ${customerId}`,
  );
  return row?.version ?? null;
}

async function emailOf(tx: Tx, customerId: number): Promise<string | null> {
  const [row] = await tx.execute<{ value: string }>(sql`
    select value from contacts where customer_id = ${customerId} and kind = 'email' order by "primary" desc, id limit 1`);
  return row?.value ?? null;
}
