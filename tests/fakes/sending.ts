import { sql } from 'drizzle-orm';

import { checkCampaign } from '#app/campaigns/checklist.server.ts';
import { expandCampaign } from '#app/campaigns/expand.server.ts';
import { launchCampaign } from '#app/campaigns/launch.server.ts';
import { sendRange, type RunEnd, type Sending } from '#app/campaigns/send.server.ts';
import { system } from '#app/company/audit.server.ts';
import type { EmailProvider, MailProvider, TextProvider } from '#app/messaging/provider.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { emailLinkCode } from '#app/links/codes.ts';
import { resolveLinks } from '#app/links/resolve.server.ts';
import { linkSeal, messageSecrets } from '#app/messaging/token.server.ts';
import { makeCampaign, type MadeCampaign } from '#tests/factories/campaigns.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';

import { recordingProvider } from './provider.ts';

export const addresses = {
  appOrigin: 'http://localhost:3000',
  portalDomain: 'portal.localhost:3000',
  linkDomain: 'go.localhost:3000',
};
export const SECRET = 'a-secret-for-tests-only-0123456789abcdef';

/** What a campaign is checked with where everything goes to the sandbox. */
export const checkWith = { addresses, ses: null, twilio: null, lob: null, secret: SECRET };

/** What a worker sends with, by this provider. */
export const sendingWith = (db: Db, provider: EmailProvider, more: Partial<Sending> = {}): Sending => ({
  db,
  secret: SECRET,
  addresses,
  provider: () => Promise.resolve(provider),
  textProvider: noTexts,
  mailProvider: noMail,
  ...more,
});

/** For whoever sends no texts. */
export const noTexts = (): Promise<TextProvider> => Promise.reject(new Error('No texts are sent here'));

/** For whoever sends no postcards. */
export const noMail = (): Promise<MailProvider> => Promise.reject(new Error('No postcards are sent here'));

let hosts = 0;

/** A company whose portal is open. */
export async function sendingCompany(db: Db): Promise<number> {
  const { companyId } = await makeCompany(db, { portalHost: `portal${process.pid}x${++hosts}` });
  return companyId;
}

/** Overdue invoices of as many customers, each with an email address. @returns their ids in order */
export async function overdueInvoices(tx: Tx, count: number) {
  const made = [];
  for (let n = 0; n < count; n++) made.push(await makeInvoice(tx));
  return made;
}

/** A draft campaign to everybody overdue, launched as the page does it: checked, compiled, frozen. */
export async function launch(db: Db, companyId: number, made?: MadeCampaign): Promise<MadeCampaign> {
  return withCompany(db, companyId, async (tx) => {
    const campaign = made ?? (await makeCampaign(tx));
    const check = await checkCampaign(tx, campaign.campaignId, checkWith);
    const compiled = check?.content.compiled;
    if (!check?.ready || !compiled) {
      throw new Error(`Not ready: ${JSON.stringify(check?.items.filter((item) => item.state !== 'done'))}`);
    }
    const { step } = check;
    const result = await launchCampaign(tx, {
      campaignId: campaign.campaignId,
      actor: system,
      steps: [{ stepId: step.id, version: step.version, compiled }],
    });
    if (!result.ok) throw new Error(`Not launched: ${JSON.stringify(result)}`);
    return campaign;
  });
}

/** Launched and made into messages. @returns the ids of its ranges too */
export async function launchAndExpand(
  db: Db,
  companyId: number,
  draft?: MadeCampaign,
): Promise<MadeCampaign & { ranges: number[] }> {
  const made = await launch(db, companyId, draft);
  return withCompany(db, companyId, async (tx) => {
    await expandCampaign(tx, made.campaignId);
    return { ...made, ranges: await rangesOf(tx, made.campaignId) };
  });
}

export async function rangesOf(tx: Tx, campaignId: number): Promise<number[]> {
  const rows = await tx.execute<{ id: number }>(
    sql`select id from message_ranges where campaign_id = ${campaignId} order by id`,
  );
  return rows.map((row) => row.id);
}

/** One run over each range, one after another. @returns how each ended */
export async function runRanges(sending: Sending, companyId: number, ranges: readonly number[]): Promise<RunEnd[]> {
  const ends: RunEnd[] = [];
  for (const rangeId of ranges) ends.push(await sendRange(sending, { companyId, rangeId }));
  return ends;
}

/** Each message's state and reason, by id. */
export async function statesOf(db: Db, companyId: number, campaignId: number): Promise<string[]> {
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ state: string; reason: string | null }>(
      sql`select state, reason from messages where campaign_id = ${campaignId} order by id`,
    ),
  );
  return rows.map((row) => (row.reason ? `${row.state}:${row.reason}` : row.state));
}

/** Says where a step's counters and the messages themselves disagree; empty when all is well. */
export async function counterDifferences(db: Db, companyId: number, stepId: number): Promise<string[]> {
  return withCompany(db, companyId, async (tx) => {
    const [row] = await tx.execute<Record<string, number>>(sql`
      select s.planned - count(m.id) filter (where m.state in ('planned', 'deferred', 'attempting'))::int as planned,
             s.sent - count(m.id) filter (where m.state = 'sent')::int as sent,
             s.skipped - count(m.id) filter (where m.state = 'skipped')::int as skipped,
             s.failed - count(m.id) filter (where m.state = 'failed')::int as failed,
             s.unknown - count(m.id) filter (where m.state = 'unknown')::int as unknown,
             s.delivered - count(m.delivered_at)::int as delivered, s.opened - count(m.opened_at)::int as opened,
             s.clicked - count(m.clicked_at)::int as clicked, s.bounced - count(m.bounced_at)::int as bounced,
             s.complained - count(m.complained_at)::int as complained,
             s.mailed - count(m.mailed_at)::int as mailed, s.returned - count(m.returned_at)::int as returned,
             s.recalled - count(m.recalled_at)::int as recalled,
             s.replied - count(m.replied_at)::int as replied,
             s.machine_opened - count(m.machine_opened_at)::int as machine_opened,
             s.machine_clicked - count(m.machine_clicked_at)::int as machine_clicked, s.parts - coalesce(sum(m.parts), 0)::int as parts,
             s.unsubscribed - count(m.unsubscribed_at)::int as unsubscribed
        from campaign_steps s left join messages m on m.step_id = s.id where s.id = ${stepId} group by s.id,
             s.company_id`);
    const reasons = await tx.execute<{ key: string; n: number }>(sql`
      select key, sum(n)::int as n from (
        select state || ':' || reason as key, count as n from campaign_step_reasons where step_id = ${stepId}
        union all select state || ':' || reason, -1 from messages
                   where step_id = ${stepId} and reason is not null and state <> 'deferred') each
       group by key having sum(n) <> 0`);
    const wrong = Object.entries(row ?? { missing: 1 }).filter(([, difference]) => difference !== 0);
    return [...wrong.map(([name, by]) => `${name}: ${by}`), ...reasons.map(({ key, n }) => `${key}: ${n}`)];
  });
}

/** A campaign to so many people, each with one overdue invoice, that went out. `got` is what the provider really got. */
export async function sentCampaign(db: Db, people: number) {
  const companyId = await sendingCompany(db);
  const invoices = await withCompany(db, companyId, (tx) => overdueInvoices(tx, people));
  const campaign = await launchAndExpand(db, companyId);
  const provider = recordingProvider();
  await runRanges(sendingWith(db, provider), companyId, campaign.ranges);
  return { companyId, invoices, ...campaign, got: provider.got };
}

/** Follows each link of the campaign's emails once, as a recipient does. @returns them by message, then by key */
export async function followLinks(tx: Tx, companyId: number, campaignId: number) {
  const named = await tx.execute<{ messageId: number; key: string }>(sql`
    select m.id as "messageId", l.key from messages m join campaign_steps s on s.id = m.step_id
     cross join lateral jsonb_to_recordset(s.compiled -> 'links') as l(key text)
     where m.campaign_id = ${campaignId} and m.state = 'sent'`);
  const codes = named.map(({ messageId, key }) =>
    emailLinkCode(messageId, key, linkSeal(messageSecrets(SECRET, companyId, messageId).linkSecret, key)),
  );
  await resolveLinks(tx, companyId, codes, { addresses, secret: SECRET });
  return tx.execute<{ code: string; kind: string; messageId: number; invoiceId: number }>(sql`
    select code, kind, message_id as "messageId", invoice_id as "invoiceId" from links order by message_id, key`);
}
