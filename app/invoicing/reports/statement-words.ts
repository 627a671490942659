import { formatMoney } from '#app/ui/format.ts';

import type { StatementLine } from './statements.server.ts';

const methods = { card: 'card', ach: 'bank', check: 'check', cash: 'cash', other: '' } as const;
const kinds = {
  invoice: 'Invoice',
  payment: 'Payment',
  credit: 'Credit',
  refund: 'Refund',
  write_off: 'Adjustment',
} as const;

/** What a line of a statement is, as its customer reads it: `Payment, card ending 4242, for 1042, 1043`. */
export function statementWords(line: Omit<StatementLine, 'on' | 'balanceCents' | 'amountCents'>): string {
  const { what, invoices, method, last4, tipCents } = line;
  if (what === 'invoice') return `Invoice ${invoices.join(', ')}`;
  const by = what === 'payment' && method && methods[method];
  return [
    kinds[what],
    by && `, ${by}${last4 ? ` ending ${last4}` : ''}`,
    invoices.length > 0 && `, for ${invoices.join(', ')}`,
    tipCents > 0 && `, and a tip of ${formatMoney(tipCents)}`,
  ]
    .filter(Boolean)
    .join('');
}
