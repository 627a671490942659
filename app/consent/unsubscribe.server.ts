import { sql } from 'drizzle-orm';

import { recordEvents } from '#app/messaging/events.server.ts';
import type { Tx } from '#db/client.ts';

import { purposes, type Purpose, type PurposeOrAll } from './purposes.ts';
import { addressKey, channelOf } from './address.ts';
import { appendConsent, suppress, type Proof } from './suppress.server.ts';

/** Whose choice it is: the recipient of a message, or an address (and, if known, its customer). */
export type Whose = { messageId: number } | { address: string; customerId?: number | null };

type Choice = Omit<Proof, 'messageId' | 'customerId'> & { purpose: PurposeOrAll } & Whose;

/**
 * Takes an address out of a purpose, or of everything (RFC 8058, B-13): a line of history each time it is asked for, the
 * suppression, and once on the message that it was asked from.
 * @returns `{ ok: false }` when the company has no such message, or it went to no address
 */
export async function unsubscribe(tx: Tx, choice: Choice): Promise<{ ok: true; address: string } | { ok: false }> {
  const who = await addressOf(tx, choice);
  if (!who) return { ok: false };
  await suppress(tx, {
    ...proofOf(choice, who),
    address: who.address,
    purpose: choice.purpose,
    reason: choice.how === 'office' ? 'office' : 'unsubscribed',
  });
  if (who.messageId !== null) {
    await recordEvents(tx, [
      {
        messageId: who.messageId,
        kind: 'unsubscribed',
        dedupeKey: `unsubscribe:${who.messageId}`,
        details: { purpose: choice.purpose, how: choice.how },
        at: new Date(),
      },
    ]);
  }
  return { ok: true, address: who.address };
}

/**
 * Puts an address back in for a purpose. What a bounce or a complaint took out stays out: only the office may lift that, by
 * `liftSuppression`. Leaving "all" for one purpose keeps the others out.
 */
export async function resubscribe(tx: Tx, choice: Choice): Promise<{ ok: true; address: string } | { ok: false }> {
  const who = await addressOf(tx, choice);
  if (!who) return { ok: false };
  await appendConsent(tx, { ...proofOf(choice, who), address: who.address, purpose: choice.purpose, state: 'in' });
  const lifted = await tx.execute<{ purpose: PurposeOrAll; reason: string }>(sql`
    delete from suppressions
     where channel = ${channelOf(who.address)} and address = ${who.address} and reason in ('unsubscribed', 'office')
       and (purpose in (${choice.purpose}, 'all') or ${choice.purpose} = 'all')
    returning purpose, reason`);
  const all = lifted.find((row) => row.purpose === 'all');
  if (all && choice.purpose !== 'all') {
    for (const rest of purposes.filter((purpose) => purpose !== choice.purpose)) {
      await tx.execute(sql`
        insert into suppressions (channel, address, purpose, reason) values (${channelOf(who.address)}, ${who.address}, ${rest}, ${all.reason})
        on conflict do nothing`);
    }
  }
  return { ok: true, address: who.address };
}

/** The office's word that an address works again after a bounce, or that its owner wants mail again. */
export async function liftSuppression(
  tx: Tx,
  request: { address: string; actor: string; textShown: string },
): Promise<void> {
  const address = addressKey(request.address);
  await appendConsent(tx, {
    address,
    purpose: 'all',
    state: 'in',
    how: 'office',
    actor: request.actor,
    textShown: request.textShown,
  });
  await tx.execute(sql`delete from suppressions where channel = ${channelOf(address)} and address = ${address}`);
}

/** Why nothing of this purpose goes to the address, or null when it may. */
export async function isSuppressed(tx: Tx, address: string, purpose: Purpose): Promise<string | null> {
  const key = addressKey(address);
  const [row] = await tx.execute<{ reason: string }>(sql`
    select reason from suppressions
     where channel = ${channelOf(key)} and address = ${key} and purpose in (${purpose}, 'all')
     order by purpose = 'all' desc limit 1`);
  return row?.reason ?? null;
}

export type Preference = { purpose: Purpose; out: boolean; reason: string | null };

/** What an address is in and out of, for the preference center. */
export async function preferences(tx: Tx, address: string): Promise<Preference[]> {
  const key = addressKey(address);
  const rows = await tx.execute<{ purpose: PurposeOrAll; reason: string }>(
    sql`select purpose, reason from suppressions where channel = ${channelOf(key)} and address = ${key}`,
  );
  return purposes.map((purpose) => {
    const reason = rows.find((row) => row.purpose === 'all' || row.purpose === purpose)?.reason ?? null;
    return { purpose, out: reason !== null, reason };
  });
}

type Person = { address: string; messageId: number | null; customerId: number | null };

async function addressOf(tx: Tx, whose: Whose): Promise<Person | null> {
  if (!('messageId' in whose)) {
    const address = addressKey(whose.address);
    return address === '' ? null : { address, messageId: null, customerId: whose.customerId ?? null };
  }
  const [row] = await tx.execute<{ address: string; customerId: number | null }>(
    sql`select address, customer_id as "customerId" from messages where id = ${whose.messageId}`,
  );
  if (!row || row.address === '') return null;
  return { address: addressKey(row.address), messageId: whose.messageId, customerId: row.customerId };
}

const proofOf = (choice: Choice, who: Person): Proof => ({
  how: choice.how,
  actor: choice.actor,
  textShown: choice.textShown ?? '',
  version: choice.version ?? '',
  messageId: who.messageId,
  customerId: who.customerId,
});
