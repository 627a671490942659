import { nanoid } from 'nanoid';
import { sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { forgetAttempts, takeAttempt, type Limit } from '#app/company/rate-limit.server.ts';
import { opensAt } from '#app/consent/hours/now.server.ts';
import { addContact, listContacts } from '#app/invoicing/customers/contacts.server.ts';
import { line } from '#app/invoicing/customers/customer-form.ts';
import { mintLinks } from '#app/links/mint.server.ts';
import type { Tx } from '#db/client.ts';

import type { Addresses } from './addresses.ts';
import type { TextOptions } from './providers/choose-text.server.ts';
import { sendTransactionalText } from './send-transactional.server.ts';
import { INVOICE_TEXT_HOURS } from './sms-invoice-gate.server.ts';
import { numberRefusal, readTextNumber, smsInvoiceNumbers } from './sms-invoice-numbers.server.ts';
import { readSmsInvoice, smsInvoiceRefusals, type SmsInvoice } from './sms-invoice.server.ts';
import { invoiceTextWriter } from './sms-invoice-write.server.ts';
import { SAMPLE_CODE, type SmsInvoiceErrors, type SmsInvoiceForm, type SmsInvoicePlace } from './sms-invoice.ts';

type Options = Pick<TextOptions, 'twilio' | 'secret'> & { place: SmsInvoicePlace; addresses: Addresses };

/** All that the page *SMS Text Invoice Link* shows, or null when the company has no such invoice. */
export async function readSmsInvoicePage(tx: Tx, invoiceId: number, options: Options, now = new Date()) {
  const invoice = await readSmsInvoice(tx, invoiceId);
  if (!invoice) return null;
  const refusals = await smsInvoiceRefusals(tx, invoice, options.place, options);
  if (refusals.length > 0) return { invoice, refusals, numbers: [], preview: '', key: '' };
  const body = await writer(tx, invoice, options);
  return {
    invoice,
    refusals,
    numbers: await smsInvoiceNumbers(tx, invoice, now),
    preview: body(SAMPLE_CODE),
    key: nanoid(),
  };
}

const writer = (tx: Tx, { number, owedCents: amountCents, currency }: SmsInvoice, { addresses, secret }: Options) =>
  invoiceTextWriter(tx, { number, amountCents, currency }, { addresses, secret });

export type SentSmsInvoice =
  /** `sendAt` where it waits for the morning. */
  { ok: true; messageId: number; sendAt: string | null } | { ok: false; errors: SmsInvoiceErrors };

/**
 * Texts the link that pays an invoice (S1-12 to S1-14), once for each opening of the page and number. At night it waits until
 * texts may go out where the recipient is, and then says what is owed by then.
 * @returns in words what is wrong, and nothing is written then; null when the company has no such invoice
 */
export async function sendSmsInvoice(
  tx: Tx,
  actor: Actor,
  request: { invoiceId: number; form: SmsInvoiceForm },
  options: Options,
  now: Date = new Date(),
): Promise<SentSmsInvoice | null> {
  const { form } = request;
  const invoice = await readSmsInvoice(tx, request.invoiceId);
  if (!invoice) return null;
  if (!/^[\w-]{8,64}$/.test(form.key)) return refuse({ form: 'This page is too old. Open it again.' });
  const chosen = form.to === 'new' ? await readNew(tx, invoice, form) : await readChosen(tx, invoice, form.to, now);
  if (!chosen.ok) return chosen;
  const { number, save } = chosen;

  const once: Limit = { key: ['invoice text', String(invoice.id), number, form.key], limit: 1, seconds: 86_400 };
  if (!(await takeAttempt(tx, [once])).ok) return { ok: true, ...(await lastOf(tx, invoice.id, number)) };
  const undo = async (errors: SmsInvoiceErrors) => {
    await forgetAttempts(tx, [once.key]);
    return refuse(errors);
  };
  // Asked behind the lock: what a second click finds paid by the first one's link is no error of the second.
  const [refusal] = await smsInvoiceRefusals(tx, invoice, options.place, options);
  if (refusal) return undo({ form: refusal.why });
  const enough = await takeAttempt(tx, await limits(tx, actor, invoice.id, number));
  if (!enough.ok) return undo({ to: tooMany(enough.retryAfterSeconds) });
  if (save) {
    const contact = { kind: 'mobile', value: number, memo: line(form.memo), primary: false };
    const location = save === 'location' ? String(invoice.location!.id) : '';
    const added = await addContact(tx, actor, invoice.customer.id, { ...contact, location });
    if (!added?.ok)
      return undo({ newNumber: added?.errors.value ?? '', ...(added?.errors.memo && { memo: added.errors.memo }) });
  }
  const customerId = invoice.customer.id;
  const sendAt = await opensAt(tx, { number, customerId }, INVOICE_TEXT_HOURS, now);
  const body = await writer(tx, invoice, options);
  const messageId = await sendTransactionalText(tx, {
    kind: 'invoice_text',
    to: number,
    customerId,
    invoiceId: invoice.id,
    sendAt,
    body: async (messageId) => {
      const target = { key: 'pay', kind: 'pay_invoice', url: null } as const;
      const codes = await mintLinks(tx, [target], [{ messageId, customerId, invoiceId: invoice.id }]);
      return body(codes.get(messageId)!.pay!);
    },
  });
  const details = { to: number, from: options.place, ...(save && { saved: save }) };
  await recordAudit(tx, actor, 'invoice.text', { type: 'invoice', id: invoice.id }, details);
  return { ok: true, messageId, sendAt: sendAt?.toISOString() ?? null };
}

type Chosen =
  | { ok: true; number: string; save: 'customer' | 'location' | null }
  | { ok: false; errors: SmsInvoiceErrors };

async function readChosen(tx: Tx, invoice: SmsInvoice, to: string, now: Date): Promise<Chosen> {
  const number = (await smsInvoiceNumbers(tx, invoice, now)).find((one) => String(one.contactId) === to);
  if (!number) return refuse({ to: 'Choose a number, or use a new one.' });
  return number.refused === null ? { ok: true, number: number.value, save: null } : refuse({ to: number.refused });
}

async function readNew(tx: Tx, invoice: SmsInvoice, form: SmsInvoiceForm): Promise<Chosen> {
  const typed = form.newNumber.trim();
  if (!typed) return refuse({ newNumber: 'Enter a mobile number.' });
  const number = readTextNumber(typed);
  if (!number) return refuse({ newNumber: 'Enter a mobile number such as (850) 555-0101.' });
  if (line(form.memo).length > 200) return refuse({ memo: 'Use at most 200 characters.' });
  if (!['', 'customer', 'location'].includes(form.save)) return refuse({ save: 'Choose whether the number is kept.' });
  if (form.save === 'location' && !invoice.location) return refuse({ save: 'This invoice has no location.' });
  const refused = await numberRefusal(tx, number);
  if (refused) return refuse({ newNumber: refused });
  const known = (await listContacts(tx, invoice.customer.id)).filter((contact) => contact.value === number);
  if (known.some((contact) => contact.kind === 'mobile')) return { ok: true, number, save: null };
  if (known.length > 0) {
    const [{ kind }] = known as [(typeof known)[0]];
    return refuse({
      newNumber: `This number is on the customer’s record as ${kind === 'landline' ? 'Landline' : 'Other'}. If it is a mobile number, change that there first.`,
    });
  }
  return { ok: true, number, save: form.save === '' ? null : (form.save as 'customer' | 'location') };
}

/** So many texts about one invoice, and to one number, within a day; and of one person within an hour. */
const PER_INVOICE = 5;
const PER_NUMBER = 5;
const PER_PERSON = 60;

async function limits(tx: Tx, actor: Actor, invoiceId: number, number: string): Promise<Limit[]> {
  const [row] = await tx.execute<{ id: number }>(sql`select current_company_id() as id`);
  const company = String(row!.id);
  return [
    { key: ['invoice text', 'invoice', company, String(invoiceId)], limit: PER_INVOICE, seconds: 86_400 },
    { key: ['invoice text', 'number', company, number], limit: PER_NUMBER, seconds: 86_400 },
    { key: ['invoice text', 'staff', company, String(actor.staffId)], limit: PER_PERSON, seconds: 3_600 },
  ];
}

function tooMany(seconds: number): string {
  const hours = Math.ceil(seconds / 3_600);
  const wait = seconds <= 5_400 ? `${Math.ceil(seconds / 60)} minutes` : `${hours} hours`;
  return `Enough payment links were texted about this invoice or to this number lately. The next one can go out in ${wait}.`;
}

async function lastOf(tx: Tx, invoiceId: number, number: string) {
  const [row] = await tx.execute<{ messageId: number; sendAt: string | null }>(sql`
    select id as "messageId", case when state = 'deferred' then send_at end as "sendAt" from messages
     where invoice_id = ${invoiceId} and kind = 'invoice_text' and address = ${number} order by id desc limit 1`);
  return { messageId: row!.messageId, sendAt: row!.sendAt && new Date(row!.sendAt).toISOString() };
}

const refuse = (errors: SmsInvoiceErrors): { ok: false; errors: SmsInvoiceErrors } => ({ ok: false, errors });
