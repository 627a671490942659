import { z } from 'zod';

import { parseMoney, sayMoney } from '#app/invoicing/import/money.ts';

import { AudienceRules, MAX_CENTS, MAX_DAYS } from './rules.ts';

/** The fields of the audience form as a browser sends them: one value, or several of one name. */
export const audienceFields = z.record(
  z.string().max(40),
  z.union([z.string().max(1_000), z.array(z.string().max(1_000)).max(300)]),
);
export type AudienceFields = z.infer<typeof audienceFields>;

export type FormRules = { ok: true; rules: AudienceRules } | { ok: false; errors: Record<string, string> };

/**
 * Reads the audience form. An empty box means "any".
 * @returns the rules, or what is wrong by field, in words
 */
export function rulesFromForm(fields: AudienceFields): FormRules {
  const errors: Record<string, string> = {};
  const days = (name: string) => readDays(one(fields[name]), name, errors);
  const money = (name: string) => readAmount(one(fields[name]), name, errors);
  const rules = {
    daysOverdueMin: days('daysOverdueMin'),
    daysOverdueMax: days('daysOverdueMax'),
    owedMinCents: money('owedMin'),
    owedMaxCents: money('owedMax'),
    customerType: one(fields.customerType) || 'any',
    tagsAny: unique(fields.tagsAny),
    tagsNone: unique(fields.tagsNone),
    businessUnitIds: unique(fields.businessUnitIds).map(Number),
    per: one(fields.per) || 'customer',
  };
  if (above(rules.daysOverdueMin, rules.daysOverdueMax))
    errors.daysOverdueMax = 'The second number must not be smaller.';
  if (above(rules.owedMinCents, rules.owedMaxCents)) errors.owedMax = 'The second amount must not be smaller.';
  if (rules.tagsAny.some((tag) => rules.tagsNone.includes(tag))) {
    errors.tagsNone = 'A tag can’t be asked for and left out at once: nobody would match.';
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const parsed = AudienceRules.safeParse(rules);
  return parsed.success
    ? { ok: true, rules: parsed.data }
    : { ok: false, errors: { form: 'These rules can’t be read. Open the page again.' } };
}

/** A number of cents as its box shows it: `1,234.50`, or nothing. */
export const amountField = (cents: number | null) =>
  cents === null ? '' : sayMoney(cents).replace('$', '').replace(/\.00$/, '');

const one = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).trim();

const unique = (value: string | string[] | undefined): string[] => [
  ...new Set((Array.isArray(value) ? value : value === undefined ? [] : [value]).filter(Boolean)),
];

const above = (min: number | null, max: number | null) => min !== null && max !== null && min > max;

function readDays(text: string, name: string, errors: Record<string, string>): number | null {
  if (text === '') return null;
  const days = Number(text.replaceAll(',', ''));
  if (/^[\d,]+$/.test(text) && days <= MAX_DAYS) return days;
  errors[name] = `Enter a whole number of days from 0 to ${MAX_DAYS.toLocaleString('en-US')}.`;
  return null;
}

function readAmount(text: string, name: string, errors: Record<string, string>): number | null {
  const read = parseMoney(text, '.');
  if (read.ok && (read.cents === null || (read.cents >= 0 && read.cents <= MAX_CENTS))) return read.cents;
  errors[name] = read.ok ? `Enter an amount from $0 to ${sayMoney(MAX_CENTS).replace('.00', '')}.` : read.reason;
  return null;
}
