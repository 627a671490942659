import { sql } from 'drizzle-orm';

import { inParallel } from '#app/messaging/attempt.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJob, addJobs } from '#db/jobs.ts';

import { addRangeJob } from './send-lease.server.ts';
import type { Sending } from './send.server.ts';

/** Printers take a card back for some minutes, some for hours: who is older is not asked about. */
const WITHIN_HOURS = 24;
/** Asked about at a time. */
const MANY = 200;
const CALLS = 10;
/** So many in a row that are in print, the newest first: the older ones are too. */
const TOO_LATE = 20;

/** What is taken back: a campaign's cards while it is paused or canceled, or those about an invoice that is settled. */
export type Recall = { campaignId: number } | { invoiceId: number };

type Card = { id: number; stepId: number; providerId: string };

/**
 * Takes postcards back that the provider accepted but has not printed (B-06, B-01): those of a campaign that is paused are
 * planned again, those of one that is canceled and those about a settled invoice are skipped, with the reason. A campaign that
 * sends again, and an invoice that is open again, keep theirs.
 * @returns how many were taken back
 * @throws Retryable when the provider can't be asked just now: the job is tried again, and asks for nothing twice
 */
export async function recallCards(
  sending: Pick<Sending, 'db' | 'mailProvider'>,
  companyId: number,
  which: Recall,
): Promise<number> {
  const { db } = sending;
  let recalled = 0;
  let beforeId: number | null = null;
  let late = 0;
  const provider = await sending.mailProvider(companyId);
  for (;;) {
    const cards: Card[] = await withCompany(db, companyId, (tx) => cardsOf(tx, which, beforeId));
    if (cards.length === 0) return recalled;
    beforeId = cards.at(-1)!.id;
    const answers = await inParallel(cards, { limit: CALLS, stop: () => late >= TOO_LATE }, async (card) => {
      const answer = await provider.cancel(card.providerId);
      late = answer === 'too_late' ? late + 1 : 0;
      // Written down at once: what comes after may fail.
      if (answer === 'canceled') recalled += await record(db, companyId, which, card);
      return answer;
    });
    if (answers.includes(null)) return recalled;
  }
}

/**
 * Asks for cards to be taken back that were handed over while their campaign was paused or canceled, or their invoice settled:
 * what was asked for then did not know them yet. Call it with their outcomes.
 */
export async function recallOvertaken(
  tx: Tx,
  companyId: number,
  campaignId: number,
  ids: readonly number[],
): Promise<void> {
  const [campaign] = await tx.execute(sql`select from campaigns c where c.id = ${campaignId} and ${ofCampaign}`);
  if (campaign) return addJob(tx, 'campaign.recall', { companyId, campaignId });
  const rows = await tx.execute<{ invoiceId: number }>(sql`
    select distinct i.id as "invoiceId" from messages m join invoices i on i.id = m.invoice_id
     where m.id = any(${sql.param([...ids])}::int8[]) and m.state = 'sent' and ${settled} is not null order by i.id`);
  await addJobs(
    tx,
    'invoice.recall',
    rows.map(({ invoiceId }) => ({ companyId, invoiceId })),
  );
}

/** A card that went out after an earlier one was taken back is like any other. Call it with what went out, once it is written down. */
export async function forgetRecalled(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.execute(sql`
    with again as (
      update messages set recalled_at = null
       where id = any(${sql.param([...ids])}::int8[]) and state = 'sent' and recalled_at is not null returning step_id
    )
    update campaign_steps s set recalled = s.recalled - a.n
      from (select step_id, count(*)::int as n from again group by step_id) a where s.id = a.step_id`);
}

/** What may still be taken back, the newest first. */
async function cardsOf(tx: Tx, which: Recall, beforeId: number | null): Promise<Card[]> {
  const rows = await tx.execute<Card>(sql`
    select m.id, m.step_id as "stepId", m.provider_id as "providerId"
      from messages m join campaigns c on c.id = m.campaign_id
      left join invoices i on i.id = m.invoice_id
     where m.channel = 'mail' and m.state = 'sent' and m.mailed_at is null and m.provider_id is not null
       and m.sent_at > now() - make_interval(hours => ${WITHIN_HOURS})
       and ${'campaignId' in which ? ofItsSteps(which.campaignId) : sql`m.invoice_id = ${which.invoiceId}`}
       and ${'campaignId' in which ? ofCampaign : sql`${settled} is not null`}
       and ${beforeId === null ? sql`true` : sql`m.id < ${beforeId}`}
     order by m.id desc limit ${MANY}`);
  return [...rows];
}

/** Messages are found by their step. */
const ofItsSteps = (campaignId: number) =>
  sql`m.step_id in (select id from campaign_steps where campaign_id = ${campaignId})`;
const ofCampaign = sql`c.status in ('paused', 'canceled')`;
const settled = sql`case when i.status in ('paid', 'void') then i.status end`;

/** Moves one card that will not be printed, with the counters of its step. @returns 1, or 0 when somebody else did */
async function record(db: Db, companyId: number, which: Recall, card: Card): Promise<number> {
  return withCompany(db, companyId, async (tx) => {
    const reason = 'campaignId' in which ? sql`case c.status when 'canceled' then 'canceled' end` : settled;
    const [row] = await tx.execute<{ state: 'planned' | 'skipped'; campaign: string; rangeId: number | null }>(sql`
      with card as (
        select m.id, m.step_id, m.cost_cents, m.recalled_at is not null as again, c.status as campaign, ${reason} as reason
          from messages m join campaigns c on c.id = m.campaign_id left join invoices i on i.id = m.invoice_id
         where m.id = ${card.id} and m.state = 'sent' and m.provider_id = ${card.providerId} and m.mailed_at is null
           for no key update of m
      ), moved as (
        update messages m
           set state = case when card.reason is null then 'planned' else 'skipped' end, reason = card.reason,
               skipped_at = case when card.reason is not null then now() end, recalled_at = now(), sent_at = null, attempted_at = null, provider_id = null, cost_cents = null
          from card where m.id = card.id
        returning m.id, m.step_id, m.state, m.reason, card.cost_cents, card.campaign, card.again
      ), told as (
        insert into message_events (message_id, kind, dedupe_key, details)
        select id, 'recalled', ${`recalled:${card.providerId}`}, jsonb_strip_nulls(jsonb_build_object('reason', reason)) from moved
        on conflict do nothing
      ), counted as (
        update campaign_steps s
           set sent = s.sent - 1, recalled = s.recalled + (not moved.again)::int, cost_cents = s.cost_cents - coalesce(moved.cost_cents, 0),
               planned = s.planned + (moved.state = 'planned')::int, skipped = s.skipped + (moved.state = 'skipped')::int
          from moved where s.id = moved.step_id
      ), reasoned as (
        insert into campaign_step_reasons as r (step_id, state, reason, count)
        select step_id, 'skipped', reason, 1 from moved where reason is not null
        on conflict (company_id, step_id, state, reason) do update set count = r.count + 1
      ), opened as (
        update message_ranges r set status = 'open', cursor_id = least(r.cursor_id, moved.id)
          from moved where moved.state = 'planned' and r.step_id = moved.step_id and moved.id between r.from_id and r.to_id
        returning r.id
      )
      select moved.state, moved.campaign, (select id from opened) as "rangeId" from moved`);
    if (!row) return 0;
    // Resumed meanwhile, or the invoice is open again: the card goes out after all, of a campaign that was through too.
    if (row.rangeId === null || row.campaign === 'paused') return 1;
    await tx.execute(sql`
      update campaigns set status = 'sending', finished_at = null, updated_at = now()
       where id = (select campaign_id from message_ranges where id = ${row.rangeId}) and status = 'sent'`);
    await addRangeJob(tx, { companyId, rangeId: row.rangeId });
    return 1;
  });
}
