import { eq, sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { lockCustomer } from '#app/invoicing/customers/contacts.server.ts';
import { applyCredit } from '#app/invoicing/ledger/credits.server.ts';
import { lockInvoices, postEntries, refreshRollups, type Entry } from '#app/invoicing/ledger/ledger.server.ts';
import type { Tx } from '#db/client.ts';
import {
  invoiceItems,
  invoices,
  jobs,
  ledgerEntries,
  locations,
  memberships,
  businessUnits,
} from '#db/schema/index.ts';

import { readInvoiceForm, type InvoiceContent, type InvoiceErrors, type InvoiceForm } from './form.ts';
import { isNumberFree, lockNumbers } from './number.server.ts';
import { writeDecimal } from './price.ts';

export type SaveInvoice = { ok: true; invoiceId: number } | { ok: false; errors: InvoiceErrors };

/**
 * Why an invoice can't be edited or issued. `stale`: somebody else changed it since the form was opened. `paid`: somebody paid, or
 * is paying. `void`: nothing of it is changed any more.
 */
export type EditRefusal = 'stale' | 'paid' | 'void';

/** Who saves, and the company's calendar date. */
type Saving = { actor: Actor; today: string };

/**
 * Makes an invoice for a customer, as a draft or issued at once (then with its charge and tax in the ledger).
 * @returns field errors in words, or null when the company has no such customer
 */
export async function createInvoice(
  tx: Tx,
  saving: Saving,
  customerId: number,
  form: InvoiceForm,
  options: { issue: boolean },
): Promise<SaveInvoice | null> {
  if (!(await lockCustomer(tx, customerId))) return null;
  const read = await readWhole(tx, customerId, form, saving.today, null);
  if (!read.ok) return read;
  const { lines, netCents: _, taxCents: __, ...row } = read.content;
  const [made] = await tx
    .insert(invoices)
    .values({ ...row, customerId, status: 'draft', balanceCents: 0 })
    .returning({ id: invoices.id });
  const invoiceId = made!.id;
  await writeItems(tx, invoiceId, lines);
  await audit(tx, saving.actor, 'invoice.create', invoiceId, { number: row.number, totalCents: row.totalCents });
  if (options.issue) await issue(tx, saving, invoiceId, customerId, read.content);
  return { ok: true, invoiceId };
}

/**
 * Changes an invoice on which nothing was paid yet; a draft may be issued with it. What the items come to now is compared with what
 * they came to before: the difference is posted, so that the ledger keeps both. With less to pay than was credited already, the
 * rest becomes the customer's credit.
 * @param version as `readForEdit` gave it
 * @returns null when the company has no such invoice
 */
export async function editInvoice(
  tx: Tx,
  saving: Saving,
  invoiceId: number,
  version: string,
  form: InvoiceForm,
  options: { issue: boolean },
): Promise<SaveInvoice | { ok: false; refused: EditRefusal } | null> {
  const found = await lockForEdit(tx, invoiceId, version);
  if (!found || 'refused' in found) return found;
  const { before } = found;
  const read = await readWhole(tx, before.customerId, form, saving.today, before);
  if (!read.ok) return read;
  const { content } = read;
  const { lines, netCents: _, taxCents: __, ...row } = content;
  const itemsTax = await sumOf(tx, sql`select sum(tax_cents) from ${invoiceItems} where invoice_id = ${invoiceId}`);
  await tx
    .update(invoices)
    .set({ ...row, updatedAt: sql`clock_timestamp()` })
    .where(eq(invoices.id, invoiceId));
  await tx.delete(invoiceItems).where(eq(invoiceItems.invoiceId, invoiceId));
  await writeItems(tx, invoiceId, lines);
  const changes = changesOf(before, row);
  await audit(tx, saving.actor, 'invoice.edit', invoiceId, changes);
  if (before.status === 'draft') {
    if (options.issue) await issue(tx, saving, invoiceId, before.customerId, content);
    return { ok: true, invoiceId };
  }
  const moved = row.totalCents !== before.totalCents || content.taxCents !== itemsTax;
  if (moved) await postDifference(tx, invoiceId, before.totalCents, content);
  if (row.dueOn !== before.dueOn) await refreshRollups(tx, [before.customerId]);
  // Whatever moved: less to pay may leave credit, more to pay may use some.
  if (moved) await applyCredit(tx, before.customerId, saving.actor);
  return { ok: true, invoiceId };
}

/** Issues a draft as it stands. @returns null when the company has no such invoice; `stale` for one that is no draft any more */
export async function issueDraft(
  tx: Tx,
  saving: Saving,
  invoiceId: number,
): Promise<{ ok: true } | { ok: false; refused: EditRefusal } | null> {
  const [locked] = await lockInvoices(tx, [invoiceId]);
  if (!locked) return null;
  if (locked.status !== 'draft') return { ok: false, refused: 'stale' };
  const [row] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
  const taxCents = await sumOf(tx, sql`select sum(tax_cents) from ${invoiceItems} where invoice_id = ${invoiceId}`);
  const { issuedOn, totalCents } = row!;
  await issue(tx, saving, invoiceId, locked.customerId, {
    issuedOn,
    totalCents,
    taxCents,
    netCents: totalCents - taxCents,
  });
  return { ok: true };
}

/** Deletes a draft; what was issued is voided in place of it. @returns false when it is no draft, or not the company's */
export async function deleteDraft(tx: Tx, actor: Actor, invoiceId: number): Promise<boolean> {
  const [locked] = await lockInvoices(tx, [invoiceId]);
  if (locked?.status !== 'draft') return false;
  const entries = await sumOf(tx, sql`select count(*) from ${ledgerEntries} where invoice_id = ${invoiceId}`);
  if (entries > 0) return false;
  const [gone] = await tx.delete(invoices).where(eq(invoices.id, invoiceId)).returning({ number: invoices.number });
  await audit(tx, actor, 'invoice.delete', invoiceId, { number: gone!.number });
  return true;
}

type Before = typeof invoices.$inferSelect;

async function lockForEdit(
  tx: Tx,
  invoiceId: number,
  version: string,
): Promise<{ before: Before } | { ok: false; refused: EditRefusal } | null> {
  const [locked] = await lockInvoices(tx, [invoiceId]);
  if (!locked) return null;
  const [before] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
  if (locked.status === 'void') return { ok: false, refused: 'void' };
  if (locked.status === 'paid' || before!.pendingCents > 0 || (await hasPayments(tx, invoiceId))) {
    return { ok: false, refused: 'paid' };
  }
  const [now] = await tx.execute<{ version: string }>(
    sql`select ${versionOf(sql`updated_at`)} as version from ${invoices} where id = ${invoiceId}`,
  );
  return now!.version === version ? { before: before! } : { ok: false, refused: 'stale' };
}

/** Whether any payment was ever posted to it, also one that came back: what was paid for is not changed behind the payer's back. */
export const hasPayments = async (tx: Tx, invoiceId: number): Promise<boolean> =>
  (await sumOf(tx, sql`select count(*) from ${ledgerEntries} where invoice_id = ${invoiceId} and kind = 'payment'`)) >
  0;

/** When it was changed last, to the microsecond: who saves sends it back. */
export const versionOf = (updatedAt: ReturnType<typeof sql>) =>
  sql<string>`to_char(${updatedAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`;

/** The form as a whole: what is typed, whose the job, the location and the membership are, and whether the number is free. */
async function readWhole(
  tx: Tx,
  customerId: number,
  form: InvoiceForm,
  today: string,
  before: Before | null,
): Promise<{ ok: true; content: InvoiceContent } | { ok: false; errors: InvoiceErrors }> {
  const read = readInvoiceForm(form, today);
  if (!read.ok) return read;
  const { content } = read;
  const errors: InvoiceErrors = {};
  const job = await known(
    tx,
    content.jobId,
    sql`select location_id as "locationId", business_unit_id as "businessUnitId" from ${jobs} where customer_id = ${customerId}`,
  );
  if (job === 'missing') errors.jobId = 'This job is not the customer’s any more. Choose another.';
  const location = await known(
    tx,
    content.locationId,
    sql`select id from ${locations} where customer_id = ${customerId}`,
  );
  if (location === 'missing') errors.locationId = 'This location is not the customer’s any more. Choose another.';
  const membership = await known(
    tx,
    content.membershipId,
    sql`select id from ${memberships} where customer_id = ${customerId}`,
  );
  if (membership === 'missing') errors.membershipId = 'This is not the customer’s any more. Choose another.';
  const unit = await known(tx, content.businessUnitId, sql`select id from ${businessUnits} where true`);
  if (unit === 'missing') errors.businessUnitId = 'This business unit is gone. Choose another.';
  if (content.number !== before?.number) {
    await lockNumbers(tx);
    if (!(await isNumberFree(tx, content.number))) {
      errors.number = `Invoice ${content.number} is there already. Choose another number.`;
    }
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  if (job && job !== 'missing') {
    content.locationId ??= job.locationId ?? null;
    content.businessUnitId ??= job.businessUnitId ?? null;
  }
  return { ok: true, content };
}

/** The row of an id that the form names: null for none, `missing` where it is not there, or another customer's. */
async function known(
  tx: Tx,
  id: number | null,
  from: ReturnType<typeof sql>,
): Promise<Record<string, number | null> | null | 'missing'> {
  if (id === null) return null;
  const [row] = await tx.execute<Record<string, number | null>>(sql`${from} and id = ${id}`);
  return row ?? 'missing';
}

async function writeItems(tx: Tx, invoiceId: number, lines: InvoiceContent['lines']): Promise<void> {
  await tx.insert(invoiceItems).values(
    lines.map((line, index) => ({
      invoiceId,
      position: index + 1,
      description: line.description,
      quantity: writeDecimal(line.quantity, 3),
      unitCents: line.unitCents,
      taxRate: line.taxRate === 0 ? null : writeDecimal(line.taxRate, 6),
      taxCents: line.taxCents,
      totalCents: line.totalCents,
    })),
  );
}

/** From here on it is owed. A day in the past is the day of its charge, as bookkeepers count it; a coming one is not waited for. */
async function issue(
  tx: Tx,
  saving: Saving,
  invoiceId: number,
  customerId: number,
  sums: { issuedOn: string; totalCents: number; netCents: number; taxCents: number },
): Promise<void> {
  await tx
    .update(invoices)
    .set({ status: 'open', updatedAt: sql`clock_timestamp()` })
    .where(eq(invoices.id, invoiceId));
  const at = sums.issuedOn < saving.today ? new Date(`${sums.issuedOn}T12:00:00Z`) : new Date();
  const entries: Entry[] = [{ kind: 'charge', amountCents: sums.netCents, at }];
  if (sums.taxCents !== 0) entries.push({ kind: 'tax', amountCents: sums.taxCents, at });
  await postEntries(tx, invoiceId, entries);
  await audit(tx, saving.actor, 'invoice.issue', invoiceId, { totalCents: sums.totalCents });
  await applyCredit(tx, customerId, saving.actor);
}

/**
 * What the items come to now against before. Files bring an invoice's total as one charge, so what the ledger has as tax decides
 * how the difference is split.
 */
async function postDifference(tx: Tx, invoiceId: number, totalBefore: number, now: InvoiceContent): Promise<void> {
  const taxed = await sumOf(
    tx,
    sql`select sum(amount_cents) from ${ledgerEntries} where invoice_id = ${invoiceId} and kind = 'tax'`,
  );
  const charge = now.netCents - (totalBefore - taxed);
  const tax = now.taxCents - taxed;
  const memo = 'Invoice changed';
  const entries: Entry[] = [];
  if (charge !== 0) entries.push({ kind: 'charge', amountCents: charge, memo });
  if (tax !== 0) entries.push({ kind: 'tax', amountCents: tax, memo });
  if (entries.length > 0) await postEntries(tx, invoiceId, entries);
}

/** What was changed, for the audit log: from and to, by field. */
function changesOf(before: Before, row: Partial<Before>): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const [key, to] of Object.entries(row)) {
    const from = before[key as keyof Before];
    if (from !== to) changes[key] = { from, to };
  }
  return changes;
}

const sumOf = async (tx: Tx, query: ReturnType<typeof sql>): Promise<number> => {
  const [row] = await tx.execute<{ sum: number }>(sql`select coalesce((${query}), 0)::bigint as sum`);
  return row?.sum ?? 0;
};

const audit = (tx: Tx, actor: Actor, action: string, invoiceId: number, details: Record<string, unknown>) =>
  recordAudit(tx, actor, action, { type: 'invoice', id: invoiceId }, details);
