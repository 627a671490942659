import { LEAST_CENTS, readAmount } from '#app/invoicing/payments/amount.ts';
import { readEmail, readPhone } from '#app/invoicing/customers/customer-form.ts';
import type { PayMethod } from '#app/invoicing/payments/processor.ts';
import { readTip, tipCents } from '#app/invoicing/payments/tips.ts';
import { formatMoney } from '#app/ui/format.ts';

import { payPageWords as words } from './words.en.ts';

/** The fields of the form, as typed. `owed` is what the page said is due, in cents. */
export const payFields = [
  'key',
  'owed',
  'amount',
  'tip',
  'method',
  'save',
  'texts',
  'mobile',
  'receipt',
  'receiptTo',
] as const;
export type TypedPay = Record<(typeof payFields)[number], string>;

/** What the page offers. */
export type PayChoices = {
  /** What can be paid now, in cents, without a tip. */
  dueCents: number;
  currency: string;
  partial: boolean;
  /** The customer's own link: tips, saving a card and reminders by text (S4-07). */
  account: boolean;
  methods: readonly PayMethod[];
  /** The addresses on file, never shown. */
  email: string | null;
  mobile: string | null;
};

export type ReadPay = {
  /** Null for all that is owed. */
  partCents: number | null;
  /** What the payer was shown as owed. */
  shownCents: number;
  tipCents: number;
  method: PayMethod;
  saveMethod: boolean;
  /** Who agreed to reminders by text, as E.164. */
  textsTo: string | null;
  /** An email address or E.164; empty for none. */
  receiptTo: string;
};

export type PayErrors = Partial<Record<'form' | 'amount' | 'tip' | 'method' | 'mobile' | 'receiptTo', string>>;

/**
 * Reads the form against what the page offers; all that is wrong is told at once, in words by field. A tip is a share of
 * what is paid: of all that the payer was shown as owed (S4-09), or of the part that they entered.
 */
export function readPayForm(
  typed: TypedPay,
  choices: PayChoices,
): { ok: true; pay: ReadPay } | { ok: false; errors: PayErrors } {
  const errors: PayErrors = {};
  const shownCents = /^\d{1,9}$/.test(typed.owed) ? Number(typed.owed) : null;
  if (shownCents === null || !/^[\w-]{16,64}$/.test(typed.key)) errors.form = words.oldForm;
  const part = readPart(typed.amount, choices);
  if (typeof part === 'string') errors.amount = part;
  const percent = choices.account ? readTip(typed.tip || '0') : 0;
  if (percent === null) errors.tip = words.chooseTip;
  const method = choices.methods.find((one) => one === typed.method);
  if (!method) errors.method = choices.methods.length > 0 ? words.chooseMethod : words.refused.not_connected;
  const textsTo = choices.account && typed.texts === 'on' ? readMobile(typed.mobile, choices.mobile) : null;
  if (textsTo === undefined) errors.mobile = words.enterMobile;
  const receiptTo = readReceipt(typed, choices.email);
  if (receiptTo === null) errors.receiptTo = words.badReceipt;
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    pay: {
      partCents: part as number | null,
      shownCents: shownCents!,
      tipCents: tipCents((part as number | null) ?? shownCents!, percent!),
      method: method!,
      saveMethod: choices.account && typed.save === 'on' && method === 'card',
      textsTo: textsTo ?? null,
      receiptTo: receiptTo!,
    },
  };
}

/** @returns cents, null for all, or what is wrong in words */
function readPart(typed: string, { dueCents, currency, partial }: PayChoices): number | null | string {
  if (typed.trim() === '') return null;
  const read = readAmount(typed);
  if (!read.ok) return words.amounts[read.error];
  if (read.cents === dueCents) return null;
  if (read.cents > dueCents) return words.mostAmount(formatMoney(dueCents, currency));
  if (!partial) return words.fullOnly;
  return read.cents < LEAST_CENTS ? words.leastAmount : read.cents;
}

/** The number that was typed, or the one on file where none was; undefined for none. */
function readMobile(typed: string, onFile: string | null): string | undefined {
  return (typed.trim() === '' ? onFile : readPhone(typed)) ?? undefined;
}

/** @returns an address, empty for none, null for what is none */
function readReceipt({ receipt, receiptTo }: TypedPay, onFile: string | null): string | null {
  if (receipt === 'none') return '';
  const text = receiptTo.trim();
  if (receipt === 'file' && onFile !== null) return onFile;
  // With an address on file the field stands behind a choice, and must be filled in.
  if (text === '') return receipt === 'other' ? null : '';
  return text.includes('@') ? readEmail(text) : readPhone(text);
}
