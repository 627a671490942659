import { sql } from 'drizzle-orm';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

import { opensAt } from '#app/consent/hours/now.server.ts';
import { isSuppressed } from '#app/consent/unsubscribe.server.ts';
import { contactKindLabels } from '#app/invoicing/customers/contact-kinds.ts';
import { listContacts, type Contact } from '#app/invoicing/customers/contacts.server.ts';
import type { Tx } from '#db/client.ts';

import { INVOICE_TEXT_HOURS } from './sms-invoice-gate.server.ts';
import type { SmsInvoice } from './sms-invoice.server.ts';

/** A number on the customer's record, as one may choose it. */
export type SmsInvoiceNumber = {
  contactId: number;
  value: string;
  memo: string;
  whose: 'customer' | 'location';
  /** Why no text goes to it, in words; null when one may. */
  refused: string | null;
  /** When a text to it goes out, where it is night there now. */
  opensAt: string | null;
};

/** More numbers than anybody looks through. */
const MOST = 30;

/**
 * The numbers on the customer's record, those that a link may be texted to on top (S1-10): saved as Mobile, the customer's own
 * or of the location where the work was done, and not of somebody who wants no texts.
 */
export async function smsInvoiceNumbers(tx: Tx, invoice: SmsInvoice, now: Date): Promise<SmsInvoiceNumber[]> {
  const phones = (await listContacts(tx, invoice.customer.id)).filter((contact) => contact.kind !== 'email');
  const found: SmsInvoiceNumber[] = [];
  for (const contact of phones.slice(0, MOST)) {
    const { id: contactId, value, memo, locationId } = contact;
    const refused = refusalOf(contact, invoice) ?? (await numberRefusal(tx, value));
    const opens =
      refused === null
        ? await opensAt(tx, { number: value, customerId: invoice.customer.id }, INVOICE_TEXT_HOURS, now)
        : null;
    const whose = locationId === null ? 'customer' : 'location';
    found.push({ contactId, value, memo, whose, refused, opensAt: opens?.toISOString() ?? null });
  }
  return [...found.filter((one) => one.refused === null), ...found.filter((one) => one.refused !== null)];
}

function refusalOf(contact: Contact, invoice: SmsInvoice): string | null {
  if (contact.kind !== 'mobile') {
    return `Saved as ${contactKindLabels[contact.kind]}. Links are texted to numbers saved as Mobile only.`;
  }
  if (contact.locationId !== null && contact.locationId !== invoice.location?.id) {
    return 'The number of another location than this invoice’s.';
  }
  return null;
}

/** Kinds of numbers that no text reaches, or not free of charge, by the numbering plans. */
const NO_TEXTS = ['FIXED_LINE', 'TOLL_FREE', 'PREMIUM_RATE', 'SHARED_COST', 'UAN', 'VOICEMAIL', 'PAGER'];

/**
 * Why a number gets no texts: it is none, or a landline as far as that can be known (US numbers do not tell, but an earlier text
 * may have), or its owner wants none.
 * @returns null when it may be tried
 */
export async function numberRefusal(tx: Tx, value: string): Promise<string | null> {
  const number = parsePhoneNumberFromString(value);
  if (!number?.isValid()) return 'Texts can’t go to this number. Check it.';
  const type = number.getType();
  if (type === 'FIXED_LINE') return 'This is a landline, which takes no texts.';
  if (type && NO_TEXTS.includes(type)) return 'Texts can’t go to numbers of this kind. Use a mobile number.';
  switch (await isSuppressed(tx, value, 'reminders')) {
    case null:
      break;
    case 'unsubscribed':
      return 'They asked for no more texts. They can text START to your number.';
    case 'office':
      return 'Your office noted that it gets no texts. The note stands on the customer’s record, under Consent.';
    default:
      return 'Texts to it don’t arrive. Reach them another way.';
  }
  const [last] = await tx.execute<{ reason: string | null }>(sql`
    select reason from messages
     where channel = 'sms' and address = ${value} and (state in ('sent', 'failed')) order by id desc limit 1`);
  return last?.reason === 'landline' ? 'The last text showed that it is a landline, which takes no texts.' : null;
}

/** A number as typed, as E.164; null for what is none. */
export function readTextNumber(typed: string): string | null {
  if (typed.length > 60) return null;
  const number = parsePhoneNumberFromString(typed, 'US');
  return number?.isValid() ? number.number : null;
}
