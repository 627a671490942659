import { sql, type SQL } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { sendingRules } from '#db/schema/index.ts';

import { checkRules, defaultRules, type RulesErrors, type RulesForm, type SendingRules } from './rules.ts';

/** The columns of `SendingRules`, from an outer-joined `sending_rules r`; what was never chosen has its default. */
export const rulesColumns: SQL = sql`
  coalesce(r.opens_at, ${defaultRules.opensAt}::int) as "opensAt",
  coalesce(r.closes_at, ${defaultRules.closesAt}::int) as "closesAt", coalesce(r.email_hours, false) as "emailHours",
  r.cap_per_customer as "capPerCustomer",
  coalesce(r.cap_per_invoice, ${defaultRules.capPerInvoice}::int) as "capPerInvoice",
  coalesce(r.cap_days, ${defaultRules.capDays}::int) as "capDays",
  coalesce(r.text_consent, ${defaultRules.textConsent}) as "textConsent", coalesce(r.stop_ends_all, true) as "stopEndsAll"`;

/** The company's rules. */
export async function readRules(tx: Tx): Promise<SendingRules> {
  const [row] = await tx.execute<SendingRules>(
    sql`select ${rulesColumns} from (select) one left join sending_rules r on r.company_id = current_company_id()`,
  );
  return row!;
}

/**
 * Changes the rules. They hold from the next window of every campaign on; a message that already waits goes by them when it
 * is looked at again.
 * @returns field errors in words; nothing is written then
 */
export async function saveRules(
  tx: Tx,
  actor: Actor,
  form: RulesForm,
): Promise<{ ok: true } | { ok: false; errors: RulesErrors }> {
  const checked = checkRules(form);
  if (!checked.ok) return checked;
  const before = await readRules(tx);
  const changed = Object.fromEntries(
    Object.entries(checked.rules).filter(([key, value]) => before[key as keyof SendingRules] !== value),
  );
  if (Object.keys(changed).length === 0) return { ok: true };
  const set = { ...checked.rules, updatedAt: new Date() };
  await tx.insert(sendingRules).values(set).onConflictDoUpdate({ target: sendingRules.companyId, set });
  await recordAudit(tx, actor, 'rules.update', { type: 'rules', id: null }, changed);
  return { ok: true };
}
