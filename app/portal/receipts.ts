import type { PaidReceipt } from '#app/invoicing/payments/receipt.server.ts';
import { formatInstant, formatMoney } from '#app/ui/format.ts';

import { letter, type Letterhead, type Mail } from './emails.ts';
import { receiptWords as text } from './receipt-words.en.ts';
import { words } from './words.en.ts';

/** The receipt of a payment: what it settled, the tip as a line of its own, and what is left to pay. */
export function paidMail(head: Letterhead, receipt: PaidReceipt, button: { url: string; portal: boolean }): Mail {
  const money = (cents: number) => formatMoney(cents, receipt.currency);
  const leftCents = receipt.invoices.reduce((sum, one) => sum + one.leftCents, 0);
  const rows: [string, string][] = receipt.invoices.map((one) => [words.invoice(one.number), money(one.amountCents)]);
  if (receipt.accountCents > 0) rows.push([text.onAccount, money(receipt.accountCents)]);
  if (receipt.tipCents > 0) rows.push([text.tip, money(receipt.tipCents)]);
  rows.push([words.total, money(receipt.amountCents)]);
  if (receipt.last4) rows.push([words.paidWith, paidWith(receipt)]);
  rows.push([words.paidOn, formatInstant(receipt.at, head.timeZone)], [words.receipt(receipt.paymentId), '']);
  if (leftCents > 0) rows.push([text.left, money(leftCents)]);
  return letter(head, {
    subject: words.mail.receipt.subject(head.name, money(receipt.amountCents)),
    title: words.mail.receipt.title(money(receipt.amountCents)),
    paragraphs: [text.thanks(receipt.customerName)],
    rows,
    button: { label: button.portal ? words.mail.receipt.button : text.seeReceipt, url: button.url },
    after: receipt.test ? [words.testPayment] : [],
  });
}

/** The same as a text: one or two segments. */
export function paidText(head: Letterhead, receipt: PaidReceipt): string {
  const money = (cents: number) => formatMoney(cents, receipt.currency);
  const leftCents = receipt.invoices.reduce((sum, one) => sum + one.leftCents, 0);
  return [
    text.received(
      head.name,
      money(receipt.amountCents),
      receipt.invoices.map((one) => one.number),
    ),
    receipt.tipCents > 0 ? text.withTip(money(receipt.tipCents)) : '',
    leftCents > 0 ? text.leftText(money(leftCents)) : '',
    text.receiptText(receipt.paymentId),
    receipt.test ? words.testPayment : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** A bank payment that failed after its payer had gone. */
export function paymentFailedMail(
  head: Letterhead,
  payment: { amountCents: number; numbers: string[]; failure: string | null; url: string },
): Mail {
  const amount = formatMoney(payment.amountCents, head.currency);
  return letter(head, {
    subject: text.failedSubject(head.name),
    title: text.failedTitle,
    paragraphs: [text.failedText(amount, payment.numbers), text.why(payment.failure), text.owedAgain],
    button: { label: text.payAgain, url: payment.url },
    after: [],
  });
}

/** "Visa ending in 4242", "Test Bank account ending in 6789". */
export const paidWith = ({ brand, last4, method }: Pick<PaidReceipt, 'brand' | 'last4' | 'method'>) =>
  method === 'ach' ? text.account(brand, last4) : words.cardEnding(brand, last4);
