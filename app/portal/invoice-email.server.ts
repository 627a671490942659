import { sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { readProfile } from '#app/company/profile.server.ts';
import { readEmail } from '#app/invoicing/customers/customer-form.ts';
import { readInvoice, type InvoiceRecord } from '#app/invoicing/invoices/record.server.ts';
import { lockInvoices } from '#app/invoicing/ledger/ledger.server.ts';
import { portalOrigin } from '#app/messaging/addresses.ts';
import { sendTransactional } from '#app/messaging/send-transactional.server.ts';
import { dateIn, daysBetween, formatDate, formatMoney, formatPhone } from '#app/ui/format.ts';
import { parseTemplate, renderTemplate, type MergeMode } from '#builders/merge/template.ts';
import type { MergeValues } from '#builders/merge/values.ts';
import type { Tx } from '#db/client.ts';
import { customers, invoiceEmails, invoices, messages } from '#db/schema/index.ts';

import { readPortal, type Portal } from './brand.server.ts';
import { letter, type Mail } from './emails.ts';
import {
  checkInvoiceEmail,
  INVOICE_EMAIL,
  inGrammar,
  type InvoiceEmailErrors,
  type InvoiceEmailForm,
} from './invoice-email.ts';
import { letterhead } from './invitations.server.ts';
import { canBePaidOnline, invoicePayUrl, type Papers } from './papers.server.ts';
import { words } from './words.en.ts';

/** The company's template; our own words where it never wrote any. */
export async function readInvoiceEmail(tx: Tx): Promise<InvoiceEmailForm> {
  const [row] = await tx.select().from(invoiceEmails);
  if (!row) return INVOICE_EMAIL;
  return {
    subject: row.subject || INVOICE_EMAIL.subject,
    body: row.body || INVOICE_EMAIL.body,
    attachPdf: row.attachPdf,
  };
}

/** Saves the template, or says what is wrong with it, by field. What is left as our own words follows them when they change. */
export async function saveInvoiceEmail(
  tx: Tx,
  actor: Actor,
  form: InvoiceEmailForm,
): Promise<{ ok: true } | { ok: false; errors: InvoiceEmailErrors }> {
  const body = form.body.replaceAll('\r\n', '\n').trim();
  const subject = form.subject.trim();
  const errors = checkInvoiceEmail({ subject, body });
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const row = {
    subject: subject === INVOICE_EMAIL.subject ? '' : subject,
    body: body === INVOICE_EMAIL.body ? '' : body,
    attachPdf: form.attachPdf,
  };
  await tx
    .insert(invoiceEmails)
    .values(row)
    .onConflictDoUpdate({ target: invoiceEmails.companyId, set: { ...row, updatedAt: sql`now()` } });
  await recordAudit(
    tx,
    actor,
    'invoice_email.update',
    { type: 'invoice_email', id: null },
    { subject, attachPdf: form.attachPdf },
  );
  return { ok: true };
}

/**
 * Why an invoice can't be emailed. `no_portal`: the payment page and the account are on the portal's host, which is not set up
 * (S0-06). `template`: it can't be read any more.
 */
export type EmailRefusal = 'missing' | 'draft' | 'void' | 'no_portal' | 'template';

export type WrittenInvoice =
  | { ok: true; mail: Mail; attachPdf: boolean; customerId: number; number: string }
  | { ok: false; reason: EmailRefusal };

/**
 * The email of an invoice as its customer gets it. A payment link stands in it while anything can be paid online (S1-16), a link to
 * register always (S3-21).
 * @param template as it is saved, or as it is being typed
 */
export async function writeInvoiceEmail(
  tx: Tx,
  papers: Papers,
  invoiceId: number,
  template?: InvoiceEmailForm,
): Promise<WrittenInvoice> {
  const record = await readInvoice(tx, invoiceId);
  if (!record) return { ok: false, reason: 'missing' };
  const { invoice } = record;
  if (invoice.status === 'draft' || invoice.status === 'void') return { ok: false, reason: invoice.status };
  const portal = await readPortal(tx);
  if (!portal.enabled || !portal.host) return { ok: false, reason: 'no_portal' };
  const form = template ?? (await readInvoiceEmail(tx));
  const origin = portalOrigin(papers.addresses, portal.host);
  const payUrl = invoicePayUrl(papers, portal, invoiceId)!;
  const values = await mergeValuesOf(tx, record, portal, { portal: `${origin}/`, pay: payUrl });
  const subject = render(form.subject, values, 'header');
  const body = render(form.body, values, 'text');
  if (subject === null || body === null) return { ok: false, reason: 'template' };
  const due = formatMoney(invoice.balanceCents, invoice.currency);
  const payable = await canBePaidOnline(tx, record);
  const head = { ...letterhead(portal, origin), currency: invoice.currency };
  const mail = letter(head, {
    subject,
    title:
      invoice.balanceCents > 0
        ? words.billing.invoiceTitle(invoice.number, due)
        : words.billing.paidTitle(invoice.number),
    paragraphs: body.split(/\n{2,}/).filter((text) => text.trim() !== ''),
    button: payable ? { label: words.billing.payNow(due), url: payUrl } : null,
    ...registering(origin, {
      [payUrl]: words.invoice(invoice.number),
      [`${origin}/`]: portal.brand.name,
      ...addressesIn(form.body),
    }),
  });
  return { ok: true, mail, attachPdf: form.attachPdf, customerId: invoice.customerId, number: invoice.number };
}

/** The line at the foot of invoices and statements that leads to an account (S3-21), with what other addresses are called. */
export const registering = (origin: string, links: Record<string, string>) => ({
  after: [`${words.billing.register}\n${origin}/invitation`],
  links: { ...links, [`${origin}/invitation`]: words.billing.registerLink },
});

export type SendInvoice = { ok: true; to: string } | { ok: false; error: string } | { ok: false; reason: EmailRefusal };

/** A second click within so many seconds finds the first. */
const AGAIN_SECONDS = 60;

/**
 * Emails an invoice to one address, in the transaction that notes it on the invoice. It stands in the customer's and the invoice's
 * messages. The same invoice to the same address twice within a minute is one.
 * @param typed an address of the customer, or another one; `error` says in words that it is none
 */
export async function sendInvoiceEmail(
  tx: Tx,
  actor: Actor,
  papers: Papers,
  invoiceId: number,
  typed: string,
): Promise<SendInvoice> {
  const to = readEmail(typed);
  if (!to) return { ok: false, error: 'Enter an email address such as maria@example.com.' };
  if ((await lockInvoices(tx, [invoiceId])).length === 0) return { ok: false, reason: 'missing' };
  const written = await writeInvoiceEmail(tx, papers, invoiceId);
  if (!written.ok) return written;
  const [before] = await tx.execute<{ id: number }>(sql`
    select id from ${messages} where invoice_id = ${invoiceId} and kind = 'invoice' and address = ${to}
       and created_at > now() - make_interval(secs => ${AGAIN_SECONDS}::int) limit 1`);
  if (before) return { ok: true, to };
  const { mail, attachPdf, customerId, number } = written;
  await sendTransactional(tx, {
    kind: 'invoice',
    to,
    customerId,
    invoiceId,
    ...mail,
    attachment: attachPdf ? { kind: 'invoice', invoiceId } : null,
  });
  await tx.execute(sql`update ${invoices} set emailed_at = now() where id = ${invoiceId}`);
  await recordAudit(tx, actor, 'invoice.email', { type: 'invoice', id: invoiceId }, { to, number, attachPdf });
  return { ok: true, to };
}

/** The newest invoice that is owed, for a preview; null while there is none. */
export async function invoiceToShow(tx: Tx): Promise<number | null> {
  const [row] = await tx.execute<{ id: number }>(sql`
    select id from ${invoices} where status in ('open', 'paid') order by status = 'open' desc, id desc limit 1`);
  return row?.id ?? null;
}

/** What the tags of the builders mean for an invoice. */
async function mergeValuesOf(
  tx: Tx,
  { invoice }: InvoiceRecord,
  { brand }: Portal,
  links: { portal: string; pay: string },
): Promise<MergeValues> {
  const [customer] = await tx
    .select({
      first_name: customers.firstName,
      last_name: customers.lastName,
      name: customers.name,
      company_name: customers.companyName,
    })
    .from(customers)
    .where(sql`${customers.id} = ${invoice.customerId}`);
  const profile = await readProfile(tx);
  const today = dateIn(brand.timeZone, new Date());
  return {
    customer: customer!,
    company: {
      name: profile.name,
      phone: formatPhone(profile.phone),
      email: profile.email,
      website: profile.website,
      postal_address: profile.postalAddress
        .split(/\s*\n\s*/)
        .filter(Boolean)
        .join(', '),
    },
    invoice: {
      number: invoice.number,
      amount_due: formatMoney(Math.max(0, invoice.balanceCents), invoice.currency),
      total: formatMoney(invoice.totalCents, invoice.currency),
      due_date: formatDate(invoice.dueOn),
      issued_date: formatDate(invoice.issuedOn),
      days_overdue: Math.max(0, daysBetween(invoice.dueOn, today)),
      summary: invoice.summary,
    },
    links: { customer_portal: links.portal, pay_invoice: links.pay, unsubscribe: '' },
  };
}

function render(template: string, values: MergeValues, mode: MergeMode): string | null {
  const parsed = parseTemplate(inGrammar(template), '');
  if (!parsed.ok) return null;
  try {
    return renderTemplate(parsed.template, values, mode).trim();
  } catch {
    return null; // a filter made it grow beyond all bounds
  }
}

/** Addresses that the office typed into the message itself: those are links too. */
const addressesIn = (body: string): Record<string, string> =>
  Object.fromEntries(
    (body.match(/https?:\/\/[^\s<>"{}]*[^\s<>"{}.,;:!?)\]]/g) ?? []).map((address) => [address, address]),
  );
