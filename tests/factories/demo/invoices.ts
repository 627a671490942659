import type { Faker } from '@faker-js/faker';
import { asc, eq } from 'drizzle-orm';

import { postOpeningEntries, refreshRollups, type Entry, type Posting } from '#app/invoicing/ledger/ledger.server.ts';
import type { Tx } from '#db/client.ts';
import { invoiceItems, invoices, jobs, memberships, payments } from '#db/schema/index.ts';

import { insertMany, insertManyReturning } from '../bulk.ts';
import { makeInvoice } from '../invoices.ts';
import { instantOf, isoOf, weekday, workday } from '../plausible/days.ts';
import type { History } from '../plausible/history.ts';
import { services, technicians, type Unit } from '../plausible/trade.ts';
import type { Visit } from '../plausible/visits.ts';
import type { CustomerIds } from './customers.ts';

export type MadeInvoices = {
  /** In the order of the history's visits. */
  invoiceIds: number[];
  payments: { id: number; customer: number; at: Date }[];
};

const FIRST_JOB = 30_100;
const FIRST_INVOICE = 24_001;

/** Writes jobs, invoices with items, payments and, through the ledger, what they come to. */
export async function insertInvoices(
  tx: Tx,
  faker: Faker,
  history: History,
  ids: CustomerIds[],
  unitIds: Record<Unit, number>,
): Promise<MadeInvoices> {
  const { visits } = history;
  const jobIds = await insertManyReturning(
    tx,
    jobs,
    visits.map((visit, n) => ({
      customerId: ids[visit.customer]!.customerId,
      locationId: ids[visit.customer]!.locationIds[visit.location]!,
      businessUnitId: unitIds[visit.unit],
      number: String(FIRST_JOB + n),
      summary: visit.summary,
      status: 'completed' as const,
      technician: visit.technician,
      internalNotes: n % 17 === 0 ? 'Offer a tune-up at the next visit.' : '',
      scheduledAt: instantOf(visit.day, 8 * 60 + (n % 8) * 60),
      completedAt: instantOf(visit.day, 10 * 60 + (n % 8) * 60),
      createdAt: instantOf(visit.day - 2, 9 * 60),
    })),
  );
  const invoiceIds = await insertManyReturning(
    tx,
    invoices,
    visits.map((visit, n) => ({
      customerId: ids[visit.customer]!.customerId,
      jobId: jobIds[n]!,
      locationId: ids[visit.customer]!.locationIds[visit.location]!,
      businessUnitId: unitIds[visit.unit],
      number: String(FIRST_INVOICE + n),
      summary: visit.summary,
      status: visit.status,
      issuedOn: isoOf(visit.day),
      dueOn: isoOf(visit.dueDay),
      totalCents: visit.totalCents,
      balanceCents: 0,
      doNotRemind: visit.doNotRemind,
      disputedAt: visit.disputedDay === null ? null : instantOf(visit.disputedDay, 11 * 60),
      promisedFor: visit.promisedFor === null ? null : isoOf(visit.promisedFor),
      createdAt: issuedAt(visit),
    })),
  );
  await insertMany(
    tx,
    invoiceItems,
    visits.flatMap((visit, n) =>
      visit.items.map((item, position) => ({
        ...item,
        quantity: String(item.quantity),
        invoiceId: invoiceIds[n]!,
        position: position + 1,
      })),
    ),
  );
  const receipts = receiptsOf(visits);
  const paymentIds = await insertManyReturning(
    tx,
    payments,
    receipts.map((receipt, n) => paymentRow(faker, receipt, ids[receipt.customer]!.customerId, n)),
  );
  const postings: Posting[] = visits.map((visit, n) => ({ invoiceId: invoiceIds[n]!, entries: charges(visit) }));
  receipts.forEach((receipt, n) => {
    for (const { visit, cents } of receipt.parts) {
      postings[visit]!.entries.push({
        kind: 'payment',
        amountCents: -cents,
        paymentId: paymentIds[n]!,
        at: receipt.at,
      });
    }
  });
  await postOpeningEntries(
    tx,
    postings.filter((posting) => posting.entries.length > 0),
  );
  await refreshRollups(
    tx,
    ids.map((each) => each.customerId),
  );
  const made = receipts.map(({ customer, at }, n) => ({ id: paymentIds[n]!, customer, at }));
  return { invoiceIds, payments: made };
}

/** What some service agreements cost for their next year: bills of no job, whose links are not texted (S1-09). */
export async function insertMembershipInvoices(tx: Tx, history: History): Promise<void> {
  const active = await tx
    .select({
      id: memberships.id,
      customerId: memberships.customerId,
      name: memberships.name,
      cents: memberships.priceCents,
    })
    .from(memberships)
    .where(eq(memberships.status, 'active'))
    .orderBy(asc(memberships.id))
    .limit(3);
  const day = history.today - 9;
  for (const [n, { id, customerId, name, cents }] of active.entries()) {
    await makeInvoice(tx, {
      customerId,
      membershipId: id,
      number: `M-${1_001 + n}`,
      summary: `${name}, next year`,
      issuedOn: isoOf(day),
      dueOn: isoOf(day + 30),
      totalCents: cents,
      createdAt: instantOf(day, 10 * 60),
    });
  }
}

/** Work to come, work of today, and visits that were called off. */
export async function insertOtherJobs(
  tx: Tx,
  faker: Faker,
  history: History,
  ids: CustomerIds[],
  unitIds: Record<Unit, number>,
): Promise<void> {
  const { today, visits } = history;
  const make = (status: 'scheduled' | 'in_progress' | 'canceled', count: number, from: number, to: number) =>
    Array.from({ length: count }, () => {
      const customer = faker.helpers.arrayElement(ids);
      const service = faker.helpers.arrayElement(services);
      const day = workday(today + faker.number.int({ min: from, max: to }));
      return {
        customerId: customer.customerId,
        locationId: customer.locationIds[0]!,
        businessUnitId: unitIds[service.unit],
        summary: service.summary,
        status,
        technician: status === 'canceled' ? '' : faker.helpers.arrayElement(technicians[service.unit]),
        scheduledAt: instantOf(day, faker.helpers.arrayElement([480, 600, 780, 900])),
        createdAt: instantOf(Math.min(day, today) - 2, 600),
      };
    });
  const open = weekday(today) === 0 ? [] : make('in_progress', 6, 0, 0);
  const rows = [...make('canceled', 70, -500, -3), ...open, ...make('scheduled', 64, 1, 30)];
  await insertMany(
    tx,
    jobs,
    rows.map((row, n) => ({ ...row, number: String(FIRST_JOB + visits.length + n) })),
  );
}

type Receipt = {
  customer: number;
  at: Date;
  method: 'card' | 'ach' | 'check' | 'cash';
  online: boolean;
  parts: { visit: number; cents: number }[];
};

/** Money as it came in: a business pays all that it settles on one day in one sum (S2-18). */
function receiptsOf(visits: Visit[]): Receipt[] {
  const found = new Map<string, Receipt>();
  visits.forEach((visit, n) => {
    if (visit.status !== 'open' || visit.totalCents === 0) return;
    if (visit.partial) {
      const { day, cents } = visit.partial;
      const parts = [{ visit: n, cents }];
      found.set(`part ${n}`, {
        customer: visit.customer,
        at: instantOf(day, 14 * 60),
        method: 'check',
        online: false,
        parts,
      });
    }
    if (!visit.paid) return;
    const { day, method, online } = visit.paid;
    const at = visit.paid.at ?? instantOf(day, 11 * 60 + (visit.customer % 300));
    const key = online ? `online ${n}` : `${visit.customer} ${day} ${method}`;
    const receipt = found.get(key) ?? { customer: visit.customer, at, method, online, parts: [] };
    receipt.parts.push({ visit: n, cents: visit.totalCents });
    found.set(key, receipt);
  });
  return [...found.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
}

function paymentRow(faker: Faker, receipt: Receipt, customerId: number, n: number) {
  const card = receipt.method === 'card';
  return {
    customerId,
    amountCents: receipt.parts.reduce((sum, part) => sum + part.cents, 0),
    method: receipt.method,
    status: 'succeeded' as const,
    processor: receipt.online ? ('sandbox' as const) : ('office' as const),
    reference: receipt.method === 'check' ? `Check ${faker.number.int({ min: 1001, max: 9899 })}` : '',
    idempotencyKey: `demo-${n + 1}`,
    cardBrand: card ? faker.helpers.arrayElement(['visa', 'visa', 'mastercard', 'amex']) : null,
    cardLast4: card ? faker.string.numeric(4) : null,
    createdAt: receipt.at,
  };
}

function charges(visit: Visit): Entry[] {
  if (visit.status === 'draft') return [];
  const at = issuedAt(visit);
  const entries: Entry[] = [{ kind: 'charge', amountCents: visit.totalCents - visit.taxCents, at }];
  if (visit.taxCents > 0) entries.push({ kind: 'tax', amountCents: visit.taxCents, at });
  if (visit.status === 'void') entries.push({ kind: 'credit', amountCents: -visit.totalCents, memo: 'Voided', at });
  return entries;
}

/** In the morning: whoever pays on the day of the work pays after it. */
const issuedAt = (visit: Visit) => instantOf(visit.day, 10 * 60);
