import { line } from '#app/invoicing/customers/customer-form.ts';
import { isFormKey, NO_KEY, readMoney } from '#app/invoicing/ledger/money-form.ts';
import { isCalendarDate } from '#app/invoicing/reports/aging.ts';
import type { FieldErrors } from '#app/ui/FormErrors.tsx';

export const officeMethods = [
  { value: 'check', label: 'Check' },
  { value: 'cash', label: 'Cash' },
  { value: 'other', label: 'Other' },
] as const;

export type OfficeMethod = (typeof officeMethods)[number]['value'];

/** What the form of an office payment sends, as typed. */
export type RecordPaymentForm = {
  amount: string;
  method: string;
  /** A calendar date. */
  receivedOn: string;
  /** A check's number, or what else is worth noting. */
  memo: string;
  /** `on`: what is placed on no invoice becomes credit of the account. */
  toAccount: string;
  key: string;
  /** What is placed on which invoice, as typed, by the invoice's id. */
  parts: Record<string, string>;
  /** The invoice that all of it is for, as far as it is owed; then `parts` says nothing. */
  only?: number;
};

/** The text fields of the form, for reading it from a request. */
export const recordPaymentFields = ['amount', 'method', 'receivedOn', 'memo', 'toAccount', 'key'] as const;

/** The field of an invoice's part: `part-12`. */
export const partField = (invoiceId: number | string): string => `part-${invoiceId}`;

export type RecordPayment = {
  cents: number;
  method: OfficeMethod;
  receivedOn: string;
  memo: string;
  toAccount: boolean;
  key: string;
  /** Above zero, by the invoice's id. */
  parts: Map<number, number>;
  only: number | null;
};

/** Long ago enough for every check that turns up in a drawer. */
const OLDEST = '2000-01-01';

/** Checks the form of an office payment by itself. @param today the company's calendar date */
export function readRecordPayment(
  form: RecordPaymentForm,
  today: string,
): { ok: true; value: RecordPayment } | { ok: false; errors: FieldErrors } {
  if (!isFormKey(form.key)) return { ok: false, errors: NO_KEY };
  const errors: FieldErrors = {};
  const amount = readMoney(form.amount);
  if (!amount.ok) errors.amount = amount.error;
  const method = officeMethods.find((one) => one.value === form.method)?.value;
  if (!method) errors.method = 'Choose how it was paid.';
  if (!isCalendarDate(form.receivedOn)) errors.receivedOn = 'Enter the day on which it was received.';
  else if (form.receivedOn > today) errors.receivedOn = 'This day has not come yet. Enter today or an earlier day.';
  else if (form.receivedOn < OLDEST) errors.receivedOn = 'Enter a day since the year 2000.';
  const memo = line(form.memo);
  if (memo.length > 100) errors.memo = 'Use at most 100 characters.';
  const parts = new Map<number, number>();
  for (const [id, typed] of form.only === undefined ? Object.entries(form.parts) : []) {
    if (!/^\d{1,15}$/.test(id) || line(typed) === '') continue;
    if (/^\$?(?:0+\.?0*|\.0+)$/.test(line(typed))) continue;
    const part = readMoney(typed);
    if (part.ok) parts.set(Number(id), part.cents);
    else errors[partField(id)] = part.error;
  }
  if (Object.keys(errors).length > 0 || !amount.ok || !method) return { ok: false, errors };
  const toAccount = form.toAccount === 'on';
  return {
    ok: true,
    value: {
      cents: amount.cents,
      method,
      receivedOn: form.receivedOn,
      memo,
      toAccount,
      key: form.key,
      parts,
      only: form.only ?? null,
    },
  };
}
