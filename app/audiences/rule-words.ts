import { formatAge, formatDate, formatDay, formatMoney, formatNoun } from '#app/ui/format.ts';

import type { AudienceRule, AudienceRules } from './rules.ts';

/** What of a customer and an invoice the rules look at. */
export type RuleFacts = {
  status: 'draft' | 'open' | 'paid' | 'void';
  balanceCents: number;
  currency: string;
  dueOn: string;
  paidAt: string | null;
  businessUnit: string | null;
  customerType: 'residential' | 'commercial';
  tags: readonly string[];
};

/**
 * One rule in words: what the audience asks for, and what was found (B-04).
 * @param today the day to which overdue days are counted
 * @param units names of the business units that the rules name
 */
export function ruleWords(
  rule: AudienceRule,
  rules: AudienceRules,
  facts: RuleFacts,
  { today, units, timeZone }: { today: string; units: readonly string[]; timeZone: string },
): { asks: string; had: string } {
  const money = (cents: number) => formatMoney(cents, facts.currency);
  const age = formatAge(facts.dueOn, today);
  const owed = `${money(facts.balanceCents)} owed`;
  switch (rule) {
    case 'unpaid':
      return { asks: 'an unpaid invoice', had: statusWords(facts, timeZone) };
    case 'days_min':
      return { asks: overdue('at least', rules.daysOverdueMin ?? 0), had: `${age} (${formatDate(facts.dueOn)})` };
    case 'days_max':
      return { asks: overdue('at most', rules.daysOverdueMax ?? 0), had: `${age} (${formatDate(facts.dueOn)})` };
    case 'owed_min':
      return { asks: `at least ${money(rules.owedMinCents ?? 0)} owed`, had: owed };
    case 'owed_max':
      return { asks: `at most ${money(rules.owedMaxCents ?? 0)} owed`, had: owed };
    case 'business_unit':
      return {
        asks: `business unit ${units.join(' or ') || 'that is not there any more'}`,
        had: facts.businessUnit ? `business unit ${facts.businessUnit}` : 'no business unit',
      };
    case 'customer_type':
      return { asks: `a ${rules.customerType} customer`, had: facts.customerType };
    case 'tags_any':
      return { asks: `tagged ${rules.tagsAny.join(' or ')}`, had: tagWords(facts.tags) };
    case 'tags_none':
      return { asks: `not tagged ${rules.tagsNone.join(' or ')}`, had: tagWords(facts.tags) };
  }
}

const overdue = (bound: 'at least' | 'at most', days: number) =>
  days === 0 && bound === 'at least' ? 'due today or before' : `${bound} ${formatNoun(days, 'day')} overdue`;

const tagWords = (tags: readonly string[]) => (tags.length === 0 ? 'no tags' : `tagged ${tags.join(', ')}`);

function statusWords(facts: RuleFacts, timeZone: string): string {
  switch (facts.status) {
    case 'paid':
      return facts.paidAt ? `paid on ${formatDay(facts.paidAt, timeZone)}` : 'paid';
    case 'draft':
      return 'a draft';
    case 'void':
      return 'void';
    default:
      return facts.balanceCents > 0 ? 'unpaid' : 'nothing owed';
  }
}
