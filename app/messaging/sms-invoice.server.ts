import { sql } from 'drizzle-orm';

import { locationTitle } from '#app/invoicing/customers/location-form.ts';
import { processorName, readOnlineSettings } from '#app/invoicing/payments/online-settings.server.ts';
import { openPortalHost } from '#app/links/host.server.ts';
import { formatDate } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';

import { textsReady, type TextOptions } from './providers/choose-text.server.ts';
import { isSmsInvoiceOn, type SmsInvoicePlace, type SmsInvoiceRefusal } from './sms-invoice.ts';

/** The invoice that a payment link is texted for, and whose it is. */
export type SmsInvoice = {
  id: number;
  number: string;
  status: 'draft' | 'open' | 'paid' | 'void';
  currency: string;
  /** What is owed and not on its way. */
  owedCents: number;
  pendingCents: number;
  dueOn: string;
  /** The service agreement that it bills, or null. */
  membership: string | null;
  customer: { id: number; name: string; doNotContact: boolean };
  /** Where the work was done: the job's location, else the invoice's own. */
  location: { id: number; title: string } | null;
  jobId: number | null;
};

type Row = {
  id: number;
  number: string;
  status: SmsInvoice['status'];
  currency: string;
  balanceCents: number;
  pendingCents: number;
  dueOn: string;
  membershipId: number | null;
  membership: string | null;
  customerId: number;
  customer: string;
  doNotContact: boolean;
  locationId: number | null;
  name: string;
  line1: string;
  city: string;
  jobId: number | null;
};

/** The invoice, or null when the company has no such one. */
export async function readSmsInvoice(tx: Tx, invoiceId: number): Promise<SmsInvoice | null> {
  const [row] = await tx.execute<Row>(sql`
    select i.id, i.number, i.status, i.currency, i.balance_cents as "balanceCents", i.pending_cents as "pendingCents",
           i.due_on as "dueOn", i.membership_id as "membershipId", m.name as membership, c.id as "customerId",
           c.name as customer, c.do_not_contact as "doNotContact", l.id as "locationId", l.name, l.line1, l.city,
           i.job_id as "jobId"
      from invoices i
      join customers c on c.id = i.customer_id
      left join memberships m on m.id = i.membership_id
      left join jobs j on j.id = i.job_id
      left join locations l on l.id = coalesce(j.location_id, i.location_id)
     where i.id = ${invoiceId}`);
  if (!row) return null;
  const { id, number, status, currency, balanceCents, pendingCents, dueOn, jobId } = row;
  return {
    id,
    number,
    status,
    currency,
    pendingCents,
    dueOn,
    jobId,
    owedCents: Math.max(0, balanceCents - pendingCents),
    membership: row.membershipId === null ? null : (row.membership ?? 'a membership'),
    customer: { id: row.customerId, name: row.customer, doNotContact: row.doNotContact },
    location: row.locationId === null ? null : { id: row.locationId, title: locationTitle(row) },
  };
}

/**
 * Why no payment link of the invoice can be texted: of the invoice itself (S1-09), or all that is not set up yet (S1-01 to S1-03,
 * S1-08). None means that it can.
 */
export async function smsInvoiceRefusals(
  tx: Tx,
  invoice: SmsInvoice,
  place: SmsInvoicePlace,
  options: Pick<TextOptions, 'twilio'>,
): Promise<SmsInvoiceRefusal[]> {
  const own = refusalOf(invoice);
  if (own) return [{ why: own, fix: null }];
  const found: SmsInvoiceRefusal[] = [];
  const add = (why: string, to: string, label: string) => found.push({ why, fix: { to, label } });
  const settings = await readOnlineSettings(tx);
  if (!isSmsInvoiceOn(place, settings)) {
    add(
      place === 'mobile'
        ? 'Texting payment links from Mobile is switched off.'
        : 'Texting payment links from the office is switched off.',
      ONLINE_PAYMENTS,
      'Online Payments',
    );
  }
  if (!settings.cards && !settings.ach) {
    add('Neither cards nor ACH are offered, so nobody can pay online.', ONLINE_PAYMENTS, 'Online Payments');
  }
  if ((await processorName(tx)) === 'none') {
    add('No payment account is connected, so nobody can pay online.', PAYMENT_ACCOUNT, 'Payment account');
  }
  if (!(await openPortalHost(tx))) {
    add(
      'The customer portal is not set up or is switched off: the link would lead nowhere.',
      PORTAL,
      'Customer Portal',
    );
  }
  const ready = await textsReady(tx, options);
  if (!ready.ok) add(ready.why, ready.to, 'Texts');
  return found;
}

const ONLINE_PAYMENTS = '/settings/invoicing/online-payments';
const PAYMENT_ACCOUNT = '/settings/invoicing/payment-account';
const PORTAL = '/settings/communications/customer-portal';

function refusalOf(invoice: SmsInvoice): string | null {
  if (invoice.membership) {
    return `This invoice bills ${invoice.membership}. Payment links of such invoices aren’t texted; email the invoice instead, or its customer pays it in the portal.`;
  }
  switch (invoice.status) {
    case 'draft':
      return 'This invoice is a draft. Issue it first.';
    case 'void':
      return 'This invoice is void. There is nothing to pay.';
    case 'paid':
      return 'This invoice is paid. There is nothing to pay.';
    default:
      if (invoice.owedCents > 0) return null;
      return invoice.pendingCents > 0
        ? 'A payment of all that is owed is on its way.'
        : `Nothing is owed on this invoice, due ${formatDate(invoice.dueOn)}.`;
  }
}

/**
 * Whether *SMS Invoice* or *Text Invoice* stands on an invoice's page: in the office for whoever has the permission (S1-07, S1-11),
 * where the page behind it says what is missing; on a technician's phone only where Mobile is on as well (S1-15).
 */
export async function isSmsInvoiceOffered(
  tx: Tx,
  invoice: { status: string; balanceCents: number },
  who: { may: boolean; place: SmsInvoicePlace },
): Promise<boolean> {
  if (!who.may || invoice.status !== 'open' || invoice.balanceCents <= 0) return false;
  return who.place === 'office' || isSmsInvoiceOn('mobile', await readOnlineSettings(tx));
}
