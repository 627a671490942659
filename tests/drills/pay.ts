import { sql } from 'drizzle-orm';

import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';
import { withCompany, type Db } from '#db/client.ts';
import { makePayment } from '#tests/factories/invoices.ts';
import { SECRET } from '#tests/fakes/sending.ts';

import { launchTo, startWorker, stopWorker, until, untilSent, type Launched } from './crew.ts';
import { startGaugedSes } from './gauge.ts';
import { count, type DrillResult } from './result.ts';

export const name = 'pay';

export type PayOptions = {
  url: string;
  db: Db;
  messages: number;
  rate: number;
  crew: number;
  /** Parties that pay one invoice after the other, while the reminders go out. */
  payers: number;
  /** How many are paid in all. */
  payments: number;
  withinMs: number;
};

/** An invoice that was paid, and whether its reminder had gone out when the payment stood. */
type Paid = { invoiceId: number; sent: boolean };

/**
 * Invoices are paid while their reminders go out (B-01). The moment a payment is committed, its invoice's messages must be past:
 * sent or skipped. Whatever the provider got of an invoice after that moment was `late`.
 */
export async function drill({ url, db, messages, rate, withinMs, ...options }: PayOptions): Promise<DrillResult> {
  const ses = await startGaugedSes(rate);
  const launched = await launchTo(db, messages);
  const crew = Array.from({ length: options.crew }, () => startWorker(url, ses));
  const faults: string[] = [];
  try {
    if (!(await until(() => ses.taken.length > 0, withinMs))) faults.push('Nothing was sent at all.');
    const chosen = await invoicesOf(db, launched, options.payments);
    const paid: Paid[] = [];
    const open: number[] = [];
    await Promise.all(
      Array.from({ length: options.payers }, async () => {
        for (let invoiceId = chosen.pop(); invoiceId !== undefined; invoiceId = chosen.pop()) {
          await pay(db, launched, invoiceId);
          const states = await statesOf(db, launched, invoiceId);
          if (states.some((state) => state !== 'sent' && state !== 'skipped')) open.push(invoiceId);
          paid.push({ invoiceId, sent: states.includes('sent') });
        }
      }),
    );
    if (!(await untilSent(db, launched, withinMs))) faults.push('The campaign did not end in time.');
    if (open.length > 0) faults.push(`${open.length} payments stood while a reminder was still to go out.`);
    const late = await sentLater(db, launched, paid, ses.taken);
    if (late > 0) faults.push(`${late} reminders went out after their payment was committed.`);
    const before = paid.filter(({ sent }) => sent).length;
    if (before === 0 || before === paid.length)
      faults.push('Payments and reminders did not meet: nothing was drilled.');
    const result = await count(name, db, launched, ses);
    if (result.unknown > 0) faults.push('Something is unknown though nothing went wrong.');
    return { ...result, paid: paid.length, remindedBefore: before, endedInTime: paid.length - before, late, faults };
  } finally {
    await Promise.all(crew.map(stopWorker));
    await ses.close();
  }
}

/** Invoices from all over the campaign, so that some were reminded of, some are just being, and some are not yet. */
async function invoicesOf(db: Db, { companyId, campaignId }: Launched, many: number): Promise<number[]> {
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ id: number }>(sql`
      select invoice_id as id from messages where campaign_id = ${campaignId} order by md5(id::text) limit ${many}`),
  );
  return rows.map(({ id }) => id);
}

const pay = (db: Db, { companyId }: Launched, invoiceId: number) =>
  withCompany(db, companyId, async (tx) => {
    const [invoice] = await tx.execute<{ customerId: number; cents: number }>(sql`
      select customer_id as "customerId", balance_cents as cents from invoices where id = ${invoiceId}`);
    const { customerId, cents } = invoice!;
    const paymentId = await makePayment(tx, { customerId, amountCents: cents });
    await postEntries(tx, invoiceId, [{ kind: 'payment', amountCents: -cents, paymentId }]);
  });

const statesOf = async (db: Db, { companyId }: Launched, invoiceId: number) =>
  withCompany(db, companyId, async (tx) =>
    (await tx.execute<{ state: string }>(sql`select state from messages where invoice_id = ${invoiceId}`)).map(
      ({ state }) => state,
    ),
  );

/** How many messages the provider got of invoices whose reminder had not gone out when their payment stood. */
async function sentLater(
  db: Db,
  { companyId }: Launched,
  paid: readonly Paid[],
  taken: readonly { tags: Record<string, string> }[],
): Promise<number> {
  const unreminded = paid.filter(({ sent }) => !sent).map(({ invoiceId }) => invoiceId);
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ id: number }>(sql`
      select id from messages where invoice_id = any(${sql.param(unreminded)}::int8[])`),
  );
  const theirs = new Set(rows.map(({ id }) => id));
  return taken.filter((mail) => theirs.has(readMessageToken(SECRET, mail.tags.message ?? '')?.messageId ?? 0)).length;
}
