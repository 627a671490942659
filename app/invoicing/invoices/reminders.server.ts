import { eq } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { lockInvoices } from '#app/invoicing/ledger/ledger.server.ts';
import { isCalendarDate } from '#app/invoicing/reports/aging.ts';
import type { Tx } from '#db/client.ts';
import { invoices } from '#db/schema/index.ts';

/** One of the things that stop reminders of an invoice (B-01). A promise without a date is taken back. */
export type ReminderChange =
  | { what: 'do_not_remind'; on: boolean }
  | { what: 'disputed'; on: boolean }
  | { what: 'promised'; on: string | null; today: string };

export type ChangeReminders = { ok: true } | { ok: false; reason: 'not_found' } | { ok: false; error: string };

/**
 * Stops or allows reminders of an invoice. The gate reads these fields again in the transaction that sends (B-01), so a
 * message that is planned already is skipped with the reason.
 * @returns `not_found` for another company's invoice; `error` in words for a date that can't be a promise
 */
export async function changeReminders(
  tx: Tx,
  actor: Actor,
  invoiceId: number,
  change: ReminderChange,
): Promise<ChangeReminders> {
  const [locked] = await lockInvoices(tx, [invoiceId]);
  if (!locked) return { ok: false, reason: 'not_found' };
  if (change.what === 'promised' && change.on !== null) {
    if (!isCalendarDate(change.on)) return { ok: false, error: 'Enter the day on which the customer will pay.' };
    if (change.on < change.today) return { ok: false, error: 'This day has passed. Enter today or a later day.' };
    if (change.on > `${Number(change.today.slice(0, 4)) + 2}-12-31`)
      return { ok: false, error: 'Enter a day within the next two years.' };
  }
  const [before] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
  const fields = fieldsOf(change);
  const same =
    (change.what === 'do_not_remind' && before!.doNotRemind === change.on) ||
    (change.what === 'disputed' && (before!.disputedAt !== null) === change.on) ||
    (change.what === 'promised' && before!.promisedFor === change.on);
  if (same) return { ok: true };
  await tx
    .update(invoices)
    .set({ ...fields, updatedAt: new Date() })
    .where(eq(invoices.id, invoiceId));
  await recordAudit(tx, actor, `invoice.${change.what}`, { type: 'invoice', id: invoiceId }, { on: change.on });
  return { ok: true };
}

function fieldsOf(change: ReminderChange) {
  if (change.what === 'do_not_remind') return { doNotRemind: change.on };
  if (change.what === 'disputed') return { disputedAt: change.on ? new Date() : null };
  return { promisedFor: change.on };
}
