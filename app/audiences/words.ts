import { formatCount } from '#app/ui/format.ts';
import type { Channel } from '#db/schema/columns.ts';

import type { AudienceRules, Exclusion } from './rules.ts';

type Line = { one: string; many: string };

const lines: Record<Exclusion, Line> = {
  do_not_contact: { one: 'is marked do not contact', many: 'are marked do not contact' },
  payment_pending: { one: 'has a payment on its way', many: 'have a payment on its way' },
  do_not_remind: { one: 'has an invoice marked do not remind', many: 'have an invoice marked do not remind' },
  disputed: { one: 'disputes the invoice', many: 'dispute the invoice' },
  promised: { one: 'promised to pay by a day still to come', many: 'promised to pay by a day still to come' },
  no_email: { one: 'has no email address', many: 'have no email address' },
  no_mobile: { one: 'has no mobile number', many: 'have no mobile number' },
  no_address: { one: 'has no postal address', many: 'have no postal address' },
  undeliverable: { one: 'has an address that mail can’t reach', many: 'have an address that mail can’t reach' },
  complained: { one: 'reported an email as spam', many: 'reported an email as spam' },
  bounced: { one: 'has an address that bounced', many: 'have an address that bounced' },
  no_consent: { one: 'has not agreed to texts of this kind', many: 'have not agreed to texts of this kind' },
  unsubscribed: { one: 'unsubscribed', many: 'unsubscribed' },
};

/** Where a channel says it in other words. */
const linesOf: Record<Channel, Partial<Record<Exclusion, Line>>> = {
  email: {},
  sms: {
    bounced: { one: 'has a number that takes no texts', many: 'have a number that takes no texts' },
    unsubscribed: { one: 'wants no texts', many: 'want no texts' },
  },
  mail: {
    bounced: { one: 'has an address that mail came back from', many: 'have an address that mail came back from' },
    unsubscribed: { one: 'wants no mail', many: 'want no mail' },
  },
};

/** Why so many people are left out, as it stands behind their number: "41 unsubscribed". */
export const exclusionWords = (reason: Exclusion, channel: Channel, count: number): string =>
  (linesOf[channel][reason] ?? lines[reason])[count === 1 ? 'one' : 'many'];

/** `1,204 customers`, or `invoices` where each gets a message of its own. */
export function audienceNoun(count: number, per: AudienceRules['per']): string {
  const noun = per === 'customer' ? 'customer' : 'invoice';
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
