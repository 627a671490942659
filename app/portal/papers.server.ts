import { imageBytes } from '#app/company/images.server.ts';
import { readProfile } from '#app/company/profile.server.ts';
import { listLocations } from '#app/invoicing/customers/customer-record.server.ts';
import { renderInvoicePdf, type InvoicePaper } from '#app/invoicing/invoices/pdf.server.ts';
import { readInvoice, type InvoiceRecord } from '#app/invoicing/invoices/record.server.ts';
import { processorName, readOnlineSettings } from '#app/invoicing/payments/online-settings.server.ts';
import type { PaperCompany } from '#app/invoicing/invoices/paper.server.ts';
import { invoicePayPath } from '#app/invoicing/payments/pay-tokens.server.ts';
import { portalOrigin, type Addresses } from '#app/messaging/addresses.ts';
import { dateIn, formatPhone } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';

import { readPortal, type Portal } from './brand.server.ts';

/** What addresses on papers and in mails are made of. */
export type Papers = { addresses: Addresses; secret: string };

/** A file as it is downloaded or goes along with an email. */
export type PaperFile = { name: string; bytes: Buffer };

/** The company as its papers show it: by the name, logo and color that customers know from its portal. */
export async function paperCompany(tx: Tx, { brand }: Portal): Promise<PaperCompany> {
  const profile = await readProfile(tx);
  return {
    name: brand.name,
    // It often begins with the name, which stands above it.
    address: linesOf(profile.postalAddress).filter((line) => line !== brand.name),
    phone: formatPhone(brand.phone),
    email: brand.email,
    website: profile.website.replace(/^https?:\/\//, '').replace(/\/$/, ''),
    color: brand.color,
    logo: await imageBytes(tx, brand.logo?.id ?? null),
  };
}

/**
 * An invoice as a PDF, for the office, its customer's portal (S2-20) and the invoice email. Whose it is to see is the caller's to
 * ask.
 * @returns null when the company has no such invoice
 */
export async function invoicePdf(tx: Tx, papers: Papers, invoiceId: number): Promise<PaperFile | null> {
  const paper = await readInvoicePaper(tx, papers, invoiceId);
  return paper && { name: fileName('invoice', paper.number), bytes: await renderInvoicePdf(paper) };
}

/** All that an invoice's paper shows; null when the company has no such invoice. */
export async function readInvoicePaper(tx: Tx, papers: Papers, invoiceId: number): Promise<InvoicePaper | null> {
  const record = await readInvoice(tx, invoiceId);
  if (!record) return null;
  const { invoice, customer, job, location, ledger } = record;
  const portal = await readPortal(tx);
  const [billing] = await listLocations(tx, customer.id);
  const home = billing ? addressLines(billing) : [];
  const service = location ? addressLines(location) : [];
  const items =
    record.items.length > 0
      ? record.items
      : [plainItem(invoice.summary || 'Services', invoice.totalCents, sumOf(ledger, ['tax']))];
  return {
    company: await paperCompany(tx, portal),
    number: invoice.number,
    summary: invoice.summary,
    status: invoice.status,
    issuedOn: invoice.issuedOn,
    dueOn: invoice.dueOn,
    currency: invoice.currency,
    job: job?.number ?? null,
    billTo: [customer.name, ...home],
    serviceAt: service.join('\n') === home.join('\n') ? [] : service,
    items,
    taxCents: items.reduce((sum, item) => sum + item.taxCents, 0),
    totalCents: invoice.totalCents,
    movements: ledger.flatMap((entry) =>
      entry.kind === 'charge' || entry.kind === 'tax'
        ? []
        : [
            {
              on: dateIn(portal.brand.timeZone, entry.at),
              label: movementWords(entry),
              amountCents: entry.amountCents,
            },
          ],
    ),
    // A draft has no entries yet: what it asks for is its total.
    balanceCents: invoice.status === 'draft' ? invoice.totalCents : invoice.balanceCents,
    notes: invoice.notes,
    payUrl: (await canBePaidOnline(tx, record)) ? invoicePayUrl(papers, portal, invoiceId) : null,
  };
}

/** Where an invoice is paid without signing in (S1-14); null while the portal, whose host it is, is not set up (S0-06). */
export function invoicePayUrl(
  { addresses, secret }: Papers,
  { host, enabled, brand }: Portal,
  id: number,
): string | null {
  if (!enabled || !host) return null;
  return portalOrigin(addresses, host) + invoicePayPath(secret, brand.companyId, id);
}

/** Whether an invoice can be paid online: something is owed, its job is done, and the company takes payments (S4-13). */
export async function canBePaidOnline(
  tx: Tx,
  { invoice, job }: Pick<InvoiceRecord, 'invoice' | 'job'>,
): Promise<boolean> {
  if (invoice.status !== 'open' || invoice.balanceCents <= 0) return false;
  if (job && job.status !== 'completed') return false;
  return takesPayments(tx);
}

/** Whether the company takes payments online at all. */
async function takesPayments(tx: Tx): Promise<boolean> {
  const { cards, ach } = await readOnlineSettings(tx);
  return (cards || ach) && (await processorName(tx)) !== 'none';
}

type Movement = InvoiceRecord['ledger'][number];

const movements = {
  payment: 'Payment',
  credit: 'Credit',
  refund: 'Refund',
  tip: 'Tip',
  write_off: 'Adjustment',
} as const;
const methods = { card: 'card', ach: 'bank', check: 'check', cash: 'cash', other: '' } as const;

/** `Payment, card ending 4242`. Memos are the office's own and not for customers. */
function movementWords(entry: Movement): string {
  const kind = movements[entry.kind as keyof typeof movements];
  if (entry.kind !== 'payment' || !entry.method || entry.method === 'other') return kind;
  return `${kind}, ${methods[entry.method]}${entry.cardLast4 ? ` ending ${entry.cardLast4}` : ''}`;
}

const sumOf = (ledger: Movement[], kinds: Movement['kind'][]) =>
  ledger.filter((entry) => kinds.includes(entry.kind)).reduce((sum, entry) => sum + entry.amountCents, 0);

/** Stands for the items of an invoice that came without any. */
const plainItem = (description: string, totalCents: number, taxCents: number) => ({
  description,
  quantity: 1,
  unitCents: totalCents - taxCents,
  taxCents,
  totalCents,
});

type Address = { name: string; line1: string; line2: string; city: string; state: string; zip: string };

export const addressLines = ({ name, line1, line2, city, state, zip }: Address): string[] =>
  [name, line1, line2, [city, [state, zip].filter(Boolean).join(' ')].filter(Boolean).join(', ')].filter(Boolean);

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** A file's name of what is plain in any system: letters, digits, dash. */
export const fileName = (kind: string, name: string): string =>
  `${kind}-${name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60)}.pdf`;
