import { sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { auditEntries, onlinePaymentSettings } from '#db/schema/index.ts';

import { readPaymentAccount } from './choose-processor.server.ts';
import { defaultOnlineSettings, inForce, onlineSettingNames, type OnlineSettings } from './online-settings.ts';

export type { OnlineSettings };

/** What the company offers to pay online: what hangs on something that is off is off. Without a choice, as the defaults say. */
export async function readOnlineSettings(tx: Tx): Promise<OnlineSettings> {
  return (await read(tx)).settings;
}

async function read(tx: Tx): Promise<{ settings: OnlineSettings; version: string }> {
  const [row] = await tx.select().from(onlinePaymentSettings);
  if (!row) return { settings: defaultOnlineSettings, version: '' };
  const stored = Object.fromEntries(onlineSettingNames.map((name) => [name, row[name]])) as OnlineSettings;
  return { settings: inForce(stored), version: row.updatedAt.toISOString() };
}

const ACTION = 'online_payments.update';

/** All that Settings > Invoicing > Online Payments shows: the settings, which state of them that is, and who saved it when. */
export async function readOnlinePage(tx: Tx) {
  const [saved] = await tx.execute<{ actor: string; at: string }>(sql`
    select actor, at from ${auditEntries} where subject_type = 'online_payments' and action = ${ACTION}
     order by id desc limit 1`);
  return {
    ...(await read(tx)),
    saved: saved ? { by: saved.actor, at: new Date(saved.at).toISOString() } : null,
    processor: await processorName(tx),
  };
}

/** Who moves the company's money: with no account of its own the sandbox stands in; `none` where it took that back (S4-13). */
export async function processorName(tx: Tx): Promise<'none' | 'sandbox' | 'stripe'> {
  return (await readPaymentAccount(tx))?.processor ?? 'sandbox';
}

export type SaveOnline = { ok: true; changed: boolean } | { ok: false; reason: 'changed_meanwhile' };

/**
 * Saves what is offered (S1-06), as it comes into force: what hangs on something that is off is saved as off.
 * @param version as `readOnlinePage` gave it: what somebody else saved meanwhile is not written over unseen
 */
export async function saveOnlineSettings(
  tx: Tx,
  actor: Actor,
  wanted: OnlineSettings,
  version: string,
): Promise<SaveOnline> {
  // The row may not be there yet.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('online payments ' || current_company_id(), 0))`);
  const before = await read(tx);
  if (before.version !== version) return { ok: false, reason: 'changed_meanwhile' };
  const after = inForce(wanted);
  const changed = onlineSettingNames.filter((name) => before.settings[name] !== after[name]);
  if (changed.length === 0) return { ok: true, changed: false };
  const fields = { ...after, updatedAt: new Date() };
  await tx
    .insert(onlinePaymentSettings)
    .values(fields)
    .onConflictDoUpdate({ target: onlinePaymentSettings.companyId, set: fields });
  const details = Object.fromEntries(
    changed.map((name) => [name, `${word(before.settings[name])} → ${word(after[name])}`]),
  );
  await recordAudit(tx, actor, ACTION, { type: 'online_payments', id: null }, details);
  return { ok: true, changed: true };
}

const word = (on: boolean) => (on ? 'on' : 'off');
