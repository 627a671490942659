import { expect, test } from 'vitest';

import type { PaidReceipt } from '#app/invoicing/payments/receipt.server.ts';
import { countText } from '#builders/sms/segments.ts';

import type { Letterhead } from './emails.ts';
import { paidMail, paidText, paymentFailedMail } from './receipts.ts';

const head: Letterhead = {
  name: 'Lark & Sons <script>alert(1)</script>',
  phone: '+18505550101',
  email: 'office@lark.example',
  color: '#1E6B52',
  timeZone: 'America/New_York',
  currency: 'USD',
  logo: null,
};
const receipt: PaidReceipt = {
  paymentId: 7,
  customerId: 3,
  customerName: '<b>Ann</b>',
  amountCents: 47_900,
  tipCents: 4_450,
  currency: 'USD',
  method: 'card',
  brand: 'Visa',
  last4: '4242',
  at: new Date('2026-03-04T14:05:00Z'),
  test: true,
  invoices: [
    { id: 1, number: '10"42', amountCents: 31_000, leftCents: 0 },
    { id: 2, number: '1057', amountCents: 12_450, leftCents: 2_550 },
  ],
  accountCents: 0,
};

test('B-17, S4-09: a receipt names what was paid, the tip as a line of its own, and what is left', () => {
  const mail = paidMail(head, receipt, { url: 'http://lark.portal.localhost:3000', portal: true });
  expect(mail.html).not.toMatch(/<script|<b>/);
  for (const line of [
    'Invoice 1057: $124.50',
    'Tip: $44.50',
    'Total: $479.00',
    'Still to pay: $25.50',
    'Visa ending in 4242',
    'no money was moved',
  ]) {
    expect(mail.text).toContain(line);
  }
  const plain = paidMail(
    head,
    { ...receipt, tipCents: 0, test: false, invoices: [{ ...receipt.invoices[0]!, leftCents: 0 }] },
    { url: 'http://lark.portal.localhost:3000/pay/x', portal: false },
  );
  expect(plain.text).not.toMatch(/Tip|Still to pay|no money/);
  expect(plain.text).toContain('See your receipt');
});

test('B-17: a receipt by text says the same, in two segments at most', () => {
  const text = paidText({ ...head, name: 'Gulf Coast Comfort' }, receipt);
  expect(text).toBe(
    'Gulf Coast Comfort: We received $479.00 for invoices 10"42, 1057. Thank you. Includes a tip of $44.50. Still to pay: $25.50. Receipt 7. Test payment: no money was moved.',
  );
  expect(countText(text).parts).toBeLessThanOrEqual(2);
});

test('a bank payment that failed tells what, why and what to do', () => {
  const url = 'http://lark.portal.localhost:3000/pay/x';
  const mail = paymentFailedMail(head, { amountCents: 31_000, numbers: ['1042'], failure: 'insufficient_funds', url });
  expect(mail.subject).toContain('did not go through');
  for (const words of ['$310.00 for invoice 1042', 'too little money', 'owed again', url])
    expect(mail.text).toContain(words);
});
