import { sql } from 'drizzle-orm';

import { system, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { customers, invoices, ledgerEntries } from '#db/schema/index.ts';

import { postAll, type AccountPosting, type Entry, type Posting } from './ledger.server.ts';
import { auditMovements } from './money-audit.server.ts';
import { MOVED_ON_INVOICES, movedMemos } from './moved-credit.ts';

/*
 * A customer's credit: what is left on the account, and what was paid beyond the total of invoices. `customers.credit_cents` is
 * its sum, kept by the ledger. Moving it makes pairs of entries whose sum is zero, so no money comes or goes here.
 */

export type UsedCredit = { invoiceId: number; amountCents: number };

type Found = {
  id: number;
  number: string;
  status: 'open' | 'paid';
  balanceCents: number;
  /** What may be settled of it: what payments under way will settle is theirs. */
  openCents: number;
};

/**
 * Uses a customer's credit for their open invoices, the oldest due first, until one of both is used up. Called by whoever
 * grants credit or issues an invoice, in that transaction. What is reserved by a payment under way is left to it.
 * @returns what was settled of which invoice; empty when there is nothing to use, or nothing to use it for
 */
export async function applyCredit(tx: Tx, customerId: number, actor: Actor = system): Promise<UsedCredit[]> {
  const customer = await lockCustomer(tx, customerId);
  if (!customer || customer.creditCents === 0) return [];
  const found = await lockUnsettled(tx, customerId);
  if (!found.some((invoice) => invoice.openCents > 0)) return [];
  const sources = [
    { number: null as string | null, id: null as number | null, left: -(await accountCents(tx, customerId)) },
    ...found
      .filter((invoice) => invoice.balanceCents < 0)
      .toSorted((a, b) => a.id - b.id)
      .map(({ id, number, balanceCents }) => ({ id, number, left: -balanceCents })),
  ].filter((source) => source.left > 0);

  const account: Entry[] = [];
  const onInvoices = new Map<number, Entry[]>();
  const post = (invoiceId: number | null, entry: Entry) => {
    if (invoiceId === null) account.push(entry);
    else onInvoices.set(invoiceId, [...(onInvoices.get(invoiceId) ?? []), entry]);
  };
  const used: UsedCredit[] = [];
  for (const target of found) {
    let open = target.openCents;
    for (const source of sources) {
      const amountCents = Math.min(open, source.left);
      if (amountCents <= 0) continue;
      open -= amountCents;
      source.left -= amountCents;
      post(source.id, { kind: 'credit', amountCents, memo: movedMemos.toInvoice(target.number) });
      const memo = source.number === null ? movedMemos.fromAccount : movedMemos.fromInvoice(source.number);
      post(target.id, { kind: 'credit', amountCents: -amountCents, memo });
    }
    if (open < target.openCents) used.push({ invoiceId: target.id, amountCents: target.openCents - open });
  }
  if (used.length === 0) return [];
  await postAll(tx, pairs(customerId, account, onInvoices));
  await auditMovements(
    tx,
    actor,
    'credit.use',
    used.map((one) => ({ customerId, ...one })),
  );
  return used;
}

/**
 * Makes so much of a customer's account free, for money that leaves it: a check that bounced, a refund of what went to the
 * account. Credit that is used already is taken back from the invoices, the last first; they are owed again.
 * The caller then posts what leaves the account, in the same transaction.
 * @param options.allOrNothing moves nothing when not all of it can be found
 * @returns cents that could not be found: zero unless the account never had so much
 */
export async function freeCredit(
  tx: Tx,
  customerId: number,
  cents: number,
  actor: Actor = system,
  options: { allOrNothing?: boolean } = {},
): Promise<number> {
  if (cents === 0) return 0;
  if (!(await lockCustomer(tx, customerId))) return cents;
  let missing = cents + (await accountCents(tx, customerId));
  if (missing <= 0) return 0;
  const account: Entry[] = [];
  const onInvoices = new Map<number, Entry[]>();
  const taken: UsedCredit[] = [];
  for (const { invoiceId, number, cents: there } of await takeable(tx, customerId)) {
    const amountCents = Math.min(missing, there);
    if (amountCents <= 0) break;
    missing -= amountCents;
    onInvoices.set(invoiceId, [{ kind: 'credit', amountCents, memo: movedMemos.toAccount }]);
    account.push({ kind: 'credit', amountCents: -amountCents, memo: movedMemos.backFrom(number) });
    taken.push({ invoiceId, amountCents });
  }
  if (taken.length === 0 || (missing > 0 && options.allOrNothing)) return missing;
  await postAll(tx, pairs(customerId, account, onInvoices));
  await auditMovements(
    tx,
    actor,
    'credit.take_back',
    taken.map((one) => ({ customerId, ...one })),
  );
  return missing;
}

/** What the entries of a customer's account come to: zero or less. Its negative is the credit that is left on it. */
export async function accountCents(tx: Tx, customerId: number): Promise<number> {
  const [row] = await tx.execute<{ cents: number }>(sql`
    select coalesce(sum(amount_cents), 0)::bigint as cents from ${ledgerEntries}
     where customer_id = ${customerId} and invoice_id is null`);
  return row?.cents ?? 0;
}

/** Takes the customer's lock, which comes before those of invoices. @returns null when the company has no such customer */
export async function lockCustomer(
  tx: Tx,
  customerId: number,
): Promise<{ id: number; companyId: number; name: string; creditCents: number } | null> {
  const [row] = await tx.execute<{ id: number; companyId: number; name: string; creditCents: number }>(sql`
    select id, company_id as "companyId", name, credit_cents as "creditCents" from ${customers}
     where id = ${customerId} for no key update`);
  return row ?? null;
}

/** The customer's invoices that are owed or overpaid, locked; the oldest due first. */
async function lockUnsettled(tx: Tx, customerId: number): Promise<Found[]> {
  const rows = await tx.execute<Found & { dueOn: string }>(sql`
    select id, number, status, due_on as "dueOn", balance_cents as "balanceCents",
           case when status = 'open' then greatest(0, balance_cents - pending_cents) else 0 end as "openCents"
      from ${invoices} where customer_id = ${customerId} and status in ('open', 'paid') and balance_cents <> 0
     order by id for no key update`);
  return [...rows].sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.id - b.id));
}

/**
 * Where credit can be taken back from: what overpaid invoices have too much, then what was settled from the account or from another
 * invoice that was overpaid. That one may be void by now: what is left of its money is on the account, and the rest here.
 */
async function takeable(tx: Tx, customerId: number) {
  const overpaid = await tx.execute<{ invoiceId: number; number: string; cents: number }>(sql`
    select id as "invoiceId", number, -balance_cents as cents from ${invoices}
     where customer_id = ${customerId} and status in ('open', 'paid') and balance_cents < 0 order by id`);
  // Summed before the join: by old statistics the database looks at all the company's invoices for each entry.
  const settled = await tx.execute<{ invoiceId: number; number: string; cents: number }>(sql`
    with settled as materialized (
      select invoice_id, -sum(amount_cents)::bigint as cents, max(id) as newest from ${ledgerEntries}
       where customer_id = ${customerId} and invoice_id is not null and kind = 'credit'
         and memo similar to ${MOVED_ON_INVOICES}
       group by invoice_id having sum(amount_cents) < 0)
    select i.id as "invoiceId", i.number, s.cents from settled s join ${invoices} i on i.id = s.invoice_id
     where i.id = any(array(select invoice_id from settled)) and i.status in ('open', 'paid')
     order by s.newest desc`);
  const most = new Map(overpaid.map((one) => [one.invoiceId, one]));
  for (const one of settled) {
    const known = most.get(one.invoiceId);
    most.set(one.invoiceId, known && known.cents > one.cents ? known : one);
  }
  return most.values();
}

const pairs = (
  customerId: number,
  account: Entry[],
  onInvoices: Map<number, Entry[]>,
): (Posting | AccountPosting)[] => [
  ...[...onInvoices].map(([invoiceId, entries]) => ({ invoiceId, entries })),
  ...(account.length > 0 ? [{ accountOf: customerId, entries: account }] : []),
];
