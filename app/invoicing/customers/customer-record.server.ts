import { asc, desc, eq, sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import {
  businessUnits,
  customers,
  invoices,
  jobs,
  locations,
  memberships,
  messages,
  payments,
  portalAccounts,
} from '#db/schema/index.ts';

export type CustomerRecord = typeof customers.$inferSelect & {
  /** The last payment that came in, and the last message that went out. */
  lastPayment: { at: string; cents: number } | null;
  lastMessageAt: string | null;
  counts: { jobs: number; invoices: number; messages: number };
};

/** What the head of a customer's record shows, or null when the company has no such customer. */
export async function readCustomer(tx: Tx, customerId: number): Promise<CustomerRecord | null> {
  const [customer] = await tx.select().from(customers).where(eq(customers.id, customerId));
  if (!customer) return null;
  const [facts] = await tx.execute<{
    paidAt: string | null;
    paidCents: number | null;
    lastMessageAt: string | null;
    jobs: number;
    invoices: number;
    messages: number;
  }>(sql`
    select p.created_at as "paidAt", p.amount_cents as "paidCents",
           (select max(sent_at) from ${messages} where customer_id = ${customerId}) as "lastMessageAt",
           (select count(*)::int from ${jobs} where customer_id = ${customerId}) as jobs,
           (select count(*)::int from ${invoices} where customer_id = ${customerId}) as invoices,
           (select count(*)::int from ${messages} where customer_id = ${customerId}) as messages
      from (select 1) one
      left join lateral (select created_at, amount_cents from ${payments}
                          where customer_id = ${customerId} and status = 'succeeded'
                          order by created_at desc, id desc limit 1) p on true`);
  return {
    ...customer,
    lastPayment: facts?.paidAt ? { at: new Date(facts.paidAt).toISOString(), cents: facts.paidCents ?? 0 } : null,
    lastMessageAt: facts?.lastMessageAt ? new Date(facts.lastMessageAt).toISOString() : null,
    counts: { jobs: facts?.jobs ?? 0, invoices: facts?.invoices ?? 0, messages: facts?.messages ?? 0 },
  };
}

/** Where work is done for a customer; the billing address first. */
export function listLocations(tx: Tx, customerId: number) {
  return tx
    .select({
      id: locations.id,
      name: locations.name,
      line1: locations.line1,
      line2: locations.line2,
      city: locations.city,
      state: locations.state,
      zip: locations.zip,
      billing: locations.billing,
    })
    .from(locations)
    .where(eq(locations.customerId, customerId))
    .orderBy(desc(locations.billing), asc(locations.id))
    .limit(200);
}

/** A customer's jobs, the newest first, at most 500. */
export function listJobs(tx: Tx, customerId: number) {
  return tx
    .select({
      id: jobs.id,
      number: jobs.number,
      summary: jobs.summary,
      status: jobs.status,
      technician: jobs.technician,
      internalNotes: jobs.internalNotes,
      scheduledAt: jobs.scheduledAt,
      completedAt: jobs.completedAt,
      location: sql<string>`concat_ws(', ', nullif(${locations.line1}, ''), nullif(${locations.city}, ''))`,
      businessUnit: businessUnits.name,
    })
    .from(jobs)
    .leftJoin(locations, eq(locations.id, jobs.locationId))
    .leftJoin(businessUnits, eq(businessUnits.id, jobs.businessUnitId))
    .where(eq(jobs.customerId, customerId))
    .orderBy(desc(jobs.id))
    .limit(500);
}

/** A customer's invoices, what is owed first, then the newest, at most 500. */
export function listCustomerInvoices(tx: Tx, customerId: number) {
  return tx
    .select({
      id: invoices.id,
      number: invoices.number,
      summary: invoices.summary,
      status: invoices.status,
      issuedOn: invoices.issuedOn,
      dueOn: invoices.dueOn,
      totalCents: invoices.totalCents,
      balanceCents: invoices.balanceCents,
      doNotRemind: invoices.doNotRemind,
      disputed: sql<boolean>`${invoices.disputedAt} is not null`,
      promisedFor: invoices.promisedFor,
    })
    .from(invoices)
    .where(eq(invoices.customerId, customerId))
    .orderBy(
      sql`${invoices.status} <> 'open'`,
      sql`case when ${invoices.status} = 'open' then ${invoices.dueOn} end`,
      desc(invoices.issuedOn),
      desc(invoices.id),
    )
    .limit(500);
}

/** Service agreements, the active first: "Memberships" of residential customers, "Contracts" of commercial ones (S2-06). */
export function listMemberships(tx: Tx, customerId: number) {
  return tx
    .select({
      id: memberships.id,
      name: memberships.name,
      status: memberships.status,
      priceCents: memberships.priceCents,
      startsOn: memberships.startsOn,
      endsOn: memberships.endsOn,
    })
    .from(memberships)
    .where(eq(memberships.customerId, customerId))
    .orderBy(sql`${memberships.status} <> 'active'`, desc(memberships.startsOn), desc(memberships.id))
    .limit(100);
}

/** Who of a customer's contacts may sign in to the portal, by contact (S3-08 to S3-10). */
export async function listPortalAccess(tx: Tx, customerId: number) {
  return tx
    .select({
      contactId: portalAccounts.contactId,
      billingAccess: portalAccounts.billingAccess,
      invitedAt: portalAccounts.invitedAt,
      activatedAt: portalAccounts.activatedAt,
      lastSignInAt: portalAccounts.lastSignInAt,
    })
    .from(portalAccounts)
    .where(eq(portalAccounts.customerId, customerId));
}
