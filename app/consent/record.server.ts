import { sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';

import { purposes, type PurposeOrAll } from './purposes.ts';
import { addressKey } from './address.ts';
import { suppress } from './suppress.server.ts';
import { liftSuppression, resubscribe } from './unsubscribe.server.ts';

export type ConsentChange = {
  customerId: number;
  address: string;
  /** `stop` takes the address out of a purpose, `agree` keeps a yes to one, `lift` lets everything through again. */
  what: 'stop' | 'agree' | 'lift';
  purpose: PurposeOrAll;
  /** How the customer asked, or why it may be lifted: kept with the change for good. */
  note: string;
};

export const NOTE_LIMIT = 500;

/**
 * What somebody of the office writes down about an address of a customer (B-13): that its owner asked for no more messages, or
 * agreed to some, or that they may go there again, after a bounce too. One more line of the history and of the audit log; nothing is rewritten.
 * @returns `missing` when neither the customer's record nor their history has the address, else errors by field
 */
export async function changeConsent(
  tx: Tx,
  actor: Actor,
  change: ConsentChange,
): Promise<{ ok: true } | { ok: false; missing: true } | { ok: false; errors: { note: string } }> {
  const { customerId, what } = change;
  const address = addressKey(change.address);
  const [known] = await tx.execute(sql`
    select from contacts where customer_id = ${customerId} and kind in ('email', 'mobile') and lower(value) = ${address}
    union all
    select from locations where customer_id = ${customerId} and postal_key(line1, line2, city, state, zip) = ${address}
    union all
    select from consents where customer_id = ${customerId} and address = ${address} limit 1`);
  if (!known || ![...purposes, 'all'].includes(change.purpose)) return { ok: false, missing: true };
  const note = change.note.replaceAll(/\s+/g, ' ').trim();
  if (note === '' || note.length > NOTE_LIMIT) {
    const ask = {
      stop: 'Write down how they asked',
      agree: 'Write down how they agreed, and to what',
      lift: 'Write down why messages may go there again',
    }[what];
    return { ok: false, errors: { note: `${ask}, in at most ${NOTE_LIMIT} characters.` } };
  }
  if (what === 'stop') {
    await suppress(tx, {
      address,
      customerId,
      purpose: change.purpose,
      // Asked for by the customer, as by their own click: they may come back by themselves.
      reason: 'unsubscribed',
      how: 'office',
      actor: actor.name,
      textShown: note,
    });
  } else if (what === 'agree') {
    // A yes is to one purpose at a time.
    for (const purpose of change.purpose === 'all' ? purposes : [change.purpose]) {
      await resubscribe(tx, { address, customerId, purpose, how: 'office', actor: actor.name, textShown: note });
    }
  } else {
    await liftSuppression(tx, { address, actor: actor.name, textShown: note });
  }
  const details = { address, ...(what !== 'lift' && { purpose: change.purpose }), note };
  await recordAudit(tx, actor, `consent.${what}`, { type: 'customer', id: customerId }, details);
  return { ok: true };
}
