import type { PaymentOutcome, PayRefusal } from '#app/invoicing/payments/paying.ts';
import { formatMoney } from '#app/ui/format.ts';

import type { PayFormError } from './pay-form.ts';
import { payWords } from './pay-words.en.ts';
import { words } from './words.en.ts';

type Errors = Record<string, string>;

/** What is wrong with the form, in words, by field. */
export function explainField(
  errors: { amount?: PayFormError; method?: PayFormError },
  bill: { totalCents: number; currency: string },
): Errors {
  const most = formatMoney(bill.totalCents, bill.currency);
  return Object.fromEntries(Object.entries(errors).map(([field, error]) => [field, textOf(error, most)]));
}

function textOf(error: PayFormError, most: string): string {
  switch (error) {
    case 'too_little':
      return payWords.leastAmount;
    case 'too_much':
      return payWords.mostAmount(most);
    case 'both_amounts':
      return payWords.bothAmounts;
    case 'no_partial':
      return payWords.fullOnly;
    case 'no_method':
      return payWords.chooseMethod;
    case 'method_gone':
      return payWords.methodGone;
    default:
      return payWords.amounts[error];
  }
}

/** Why a payment was not begun: the status of the answer, and the words. */
export function explainResult(
  result: PayRefusal | { reason: 'too_many'; retryAfterSeconds: number },
  company: { name: string; currency: string },
): { status: number; errors: Errors } {
  const money = (cents: number) => formatMoney(cents, company.currency);
  const say = (status: number, form: string) => ({ status, errors: { form } });
  switch (result.reason) {
    case 'too_many':
      return say(429, words.tooMany(Math.max(1, Math.ceil(result.retryAfterSeconds / 60))));
    case 'declined':
      return say(402, payWords.declined[result.declined]);
    case 'changed':
      return say(409, payWords.changed(money(result.owedCents)));
    case 'too_much':
      return say(409, payWords.mostAmount(money(result.mostCents)));
    case 'too_little':
      return say(400, payWords.tooLittle(company.name));
    case 'no_partial':
      return say(400, payWords.fullOnly);
    case 'method_off':
      return { status: 409, errors: { method: payWords.methodOff } };
    case 'not_connected':
      return say(409, payWords.notConnected(company.name));
    case 'unavailable':
    case 'needs_payer':
      return say(503, payWords.unavailable);
    case 'missing':
      return say(404, words.missingText);
    default:
      return say(409, payWords[result.reason]);
  }
}

/** Why a payment failed, in words: nothing was taken. */
export const explainFailure = (reason: Extract<PaymentOutcome, { state: 'failed' }>['reason']): string =>
  reason in payWords.noMoney
    ? payWords.noMoney[reason as keyof typeof payWords.noMoney]
    : payWords.declined[reason as keyof typeof payWords.declined];
