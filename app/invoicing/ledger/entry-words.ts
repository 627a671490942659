/** How movements of money read to the office. */

export type EntryKind = 'charge' | 'tax' | 'payment' | 'credit' | 'refund' | 'tip' | 'write_off';

export const entryKinds: Record<EntryKind, string> = {
  charge: 'Charge',
  tax: 'Tax',
  payment: 'Payment',
  credit: 'Credit',
  refund: 'Refund',
  tip: 'Tip',
  write_off: 'Write-off',
};

export type Method = 'card' | 'ach' | 'check' | 'cash' | 'other';

/** In a sentence: "Payment by card". */
export const byMethod: Record<Method, string> = {
  card: 'card',
  ach: 'bank',
  check: 'check',
  cash: 'cash',
  other: 'other means',
};

export const methodLabels: Record<Method, string> = {
  card: 'Card',
  ach: 'Bank account',
  check: 'Check',
  cash: 'Cash',
  other: 'Other',
};

export type Source = 'portal' | 'customer_link' | 'invoice_link' | 'office' | 'import';

export const sourceLabels: Record<Source, string> = {
  portal: 'Customer Portal',
  customer_link: 'Payment Link',
  invoice_link: 'Invoice link',
  office: 'Office',
  import: 'Import',
};

/** Processors and imports write them in small letters. */
const brands: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
};

/** `Visa ending 4242`, `Check 1042`, `Bank account ending 6789`. */
export function methodWords(payment: {
  method: Method;
  cardBrand: string | null;
  cardLast4: string | null;
  memo: string;
}): string {
  const label = (payment.method === 'card' && brandName(payment.cardBrand)) || methodLabels[payment.method];
  if (payment.cardLast4) return `${label} ending ${payment.cardLast4}`;
  return payment.method === 'check' && /^#?\d{1,12}$/.test(payment.memo) ? `${label} ${payment.memo}` : label;
}

/** A card's brand as people know it, or null where it is not known. */
export const brandName = (brand: string | null): string | null =>
  brand ? (brands[brand.toLowerCase()] ?? brand) : null;
