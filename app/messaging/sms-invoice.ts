import type { Role } from '#app/company/permissions.ts';
import type { OnlineSettings } from '#app/invoicing/payments/online-settings.ts';
import { formatMoney } from '#app/ui/format.ts';
import { OPT_OUT } from '#builders/sms/opt-out.ts';

/** From where a payment link is texted: by technicians from their phones, by everybody else from the office (S1-02, S1-03). */
export type SmsInvoicePlace = 'office' | 'mobile';

/** Whoever somebody is says where they work: which address a page was opened at does not. */
export const placeOf = (role: Role): SmsInvoicePlace => (role === 'technician' ? 'mobile' : 'office');

/** Whether the settings let payment links be texted from there. @param settings in force */
export const isSmsInvoiceOn = (place: SmsInvoicePlace, settings: OnlineSettings): boolean =>
  place === 'mobile' ? settings.smsFromMobile : settings.smsFromOffice;

/** Where a link is texted, as a button or a line of a menu has it: *SMS Invoice* (S1-11), for technicians *Text Invoice* (S1-15). */
export const smsInvoiceEntry = (invoiceId: number, place: SmsInvoicePlace): { to: string; label: string } => ({
  to: `/invoices/${invoiceId}/sms-invoice`,
  label: place === 'mobile' ? 'Text Invoice' : 'SMS Invoice',
});

type SmsInvoiceValues = { company: string; number: string; amountCents: number; currency: string; link: string };

/** A name or a number that is longer is cut: it must not become a text of many parts. */
const LONGEST_NAME = 60;
const LONGEST_NUMBER = 30;

/**
 * The text that carries a payment link (S1-14). It is the same for everybody and nobody can change it (S1-05): who writes, what
 * is to be paid, where, and how to stop texts.
 * @param values.link the short link to the invoice's payment page
 */
export function smsInvoiceText({ company, number, amountCents, currency, link }: SmsInvoiceValues): string {
  const amount = formatMoney(amountCents, currency);
  return `${short(company, LONGEST_NAME)}: Here is your link to pay invoice ${short(number, LONGEST_NUMBER)}, ${amount}: ${link}\n${OPT_OUT}`;
}

const short = (text: string, most: number): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > most ? [...line].slice(0, most).join('').trim() : line;
};

/** A sample for Settings (S1-04): of the company, about an invoice that does not exist. @param linkOrigin of its short links */
export const sampleSmsInvoice = (company: string, linkOrigin: string): string =>
  smsInvoiceText({
    company,
    number: '1042',
    amountCents: 31_000,
    currency: 'USD',
    link: `${linkOrigin}/${SAMPLE_CODE}`,
  });

/** As long as a real one. */
export const SAMPLE_CODE = 'k7m2pqw4dr';

/** What the form sends, as typed. */
export type SmsInvoiceForm = {
  /** A contact's id, or `new`. */
  to: string;
  newNumber: string;
  /** Whose the new number is. */
  memo: string;
  /** `customer`, `location`, or empty: it is used this once (S1-13). */
  save: string;
  /** Made with the page: a second click finds what the first one sent. */
  key: string;
};

/** Every field of the form. A text of the person's own is none of them (S1-05). */
export const smsInvoiceFields = [
  'to',
  'newNumber',
  'memo',
  'save',
  'key',
] as const satisfies readonly (keyof SmsInvoiceForm)[];

export type SmsInvoiceErrors = Partial<Record<keyof SmsInvoiceForm | 'form', string>>;

/** Why no link to this invoice can be texted now, and where that is changed. */
export type SmsInvoiceRefusal = { why: string; fix: { to: string; label: string } | null };
