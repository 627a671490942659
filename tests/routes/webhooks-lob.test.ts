import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';

import { encryptSecret } from '#app/company/crypto.server.ts';
import { readLobEvent } from '#app/messaging/lob-events.ts';
import { isFresh } from '#app/messaging/lob-signature.server.ts';
import { messageToken } from '#app/messaging/token.server.ts';
import { connect, withCompany, type Db } from '#db/client.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { eventOf, lobKeys, tell, type Tampered } from '#tests/fakes/lob.ts';
import { counterDifferences, SECRET, sendingCompany } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { keepLog, serveWebhooks } from '#tests/setup/webhooks.ts';

const { db } = await createTestDatabase();
const OWN_SECRET = 'whs_of_this_company_alone';

const { lines, log, logged } = keepLog();
/** The application with Lob's keys in its environment. */
const serve = async (at: Db = db) => (await serveWebhooks({ db: at, lob: lobKeys, webhooks: { log } })).appOrigin;
const origin = await serve();

let houses = 0;

/** A campaign by mail whose cards Lob has, by the keys of the environment. */
async function mailed(people = 1, state: 'sent' | 'unknown' = 'sent') {
  const companyId = await sendingCompany(db);
  const made = await withCompany(db, companyId, async (tx) => {
    const counts = { sent: 0, unknown: 0, [state]: people };
    const campaign = await makeCampaign(tx, { status: 'sending', step: { channel: 'mail', document: {}, ...counts } });
    const cards = [];
    for (let n = 0; n < people; n++) {
      const address = `${++houses} OAK ST\nAUSTIN TX 78701`;
      const { customerId } = await makeCustomer(tx);
      const { invoiceId } = await makeInvoice(tx, { customerId });
      const { messageId } = await makeMessage(tx, {
        ...campaign,
        customerId,
        invoiceId,
        channel: 'mail',
        address,
        state,
        attemptedAt: new Date(),
        provider: 'lob',
        ...(state === 'sent' ? { sentAt: new Date() } : { reason: 'interrupted' }),
      });
      const token = messageToken(SECRET, companyId, messageId);
      cards.push({ messageId, token, address, id: `psc_${messageId}`, form: { 'metadata[message]': token } });
    }
    if (state === 'unknown') {
      await tx.execute(sql`
        insert into campaign_step_reasons (step_id, state, reason, count)
        values (${campaign.stepId}, 'unknown', 'interrupted', ${people})`);
    }
    return { ...campaign, cards };
  });
  return { companyId, ...made };
}

/** Everything that the webhook could have changed. */
const told = (companyId: number) =>
  withCompany(db, companyId, async (tx) => {
    const list = async (query: ReturnType<typeof sql>) =>
      (await tx.execute<{ is: string }>(query)).map((row) => row.is);
    return {
      events: await list(sql`select kind as is from message_events order by message_id, id`),
      messages: await list(sql`
        select concat_ws(' ', state, reason, case when mailed_at is not null then 'mailed' end,
                         case when delivered_at is not null then 'delivered' end,
                         case when returned_at is not null then 'returned' end,
                         case when bounced_at is not null then 'bounced' end) as is from messages order by id`),
      suppressed: await list(sql`select channel || ' ' || address || ' ' || reason as is from suppressions order by 1`),
      problems: await list(
        sql`select provider || ' ' || kind || ' ' || message as is from provider_errors order by id`,
      ),
    };
  });
const nothing = { events: [], suppressed: [], problems: [] };

const ownKeys = (companyId: number) =>
  withCompany(db, companyId, (tx) =>
    tx.execute(sql`
      insert into channel_settings (channel, provider, secrets)
      values ('mail', 'lob', ${encryptSecret(SECRET, JSON.stringify({ apiKey: 'live_own_key', webhookSecret: OWN_SECRET }))})`),
  );

describe('what becomes of postcards', () => {
  test('B-12: each event is stored before it is answered, through to delivered', async () => {
    const at = await mailed();
    const [card] = at.cards;
    const way = ['created', 'rendered_pdf', 'mailed', 'in_transit', 'in_local_area', 'processed_for_delivery'];
    for (const type of [...way, 'delivered']) {
      expect(await tell(origin, eventOf(card!, type))).toEqual({ status: 200, body: 'Taken.\n' });
    }
    expect(await told(at.companyId)).toEqual({
      ...nothing,
      events: ['taken', 'taken', 'mailed', 'in_transit', 'in_local_area', 'out_for_delivery', 'delivered'],
      messages: ['sent mailed delivered'],
    });
    expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  });

  test('what comes back stops its address; what takes another way does not', async () => {
    const at = await mailed(2);
    await tell(origin, eventOf(at.cards[0]!, 'returned_to_sender'));
    await tell(origin, eventOf(at.cards[1]!, 're-routed'));
    expect(await told(at.companyId)).toEqual({
      ...nothing,
      events: ['returned', 'rerouted'],
      messages: ['sent mailed returned', 'sent mailed'],
      suppressed: [`mail ${at.cards[0]!.address} bounced`],
    });
    expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  });

  test('what was deleted changes nothing, and what can’t be printed is told to operators', async () => {
    const at = await mailed(2);
    await tell(origin, eventOf(at.cards[0]!, 'deleted'));
    const body = {
      id: at.cards[1]!.id,
      metadata: { message: at.cards[1]!.token },
      failure_reason: { message: 'Fonts are missing' },
    };
    await tell(origin, eventOf(at.cards[1]!, 'failed', { body }));
    expect(await told(at.companyId)).toEqual({
      events: ['bounced'],
      messages: ['sent', 'sent bounced'],
      suppressed: [],
      problems: ['lob rejected Lob can’t print a postcard: Fonts are missing'],
    });
    expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  });

  test('told twice, late and in any order, it ends in the same state', async () => {
    const at = await mailed(2);
    const types = ['created', 'mailed', 'in_transit', 'delivered'];
    const doubled = types.map((type) => eventOf(at.cards[0]!, type));
    for (const event of [...doubled, ...doubled]) expect((await tell(origin, event)).status).toBe(200);
    for (const type of types.toReversed()) await tell(origin, eventOf(at.cards[1]!, type));
    const after = await told(at.companyId);
    expect(after.messages).toEqual(['sent mailed delivered', 'sent mailed delivered']);
    expect(after.events).toHaveLength(8);
    expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  });

  test('a card whose fate was unknown is settled by “created”', async () => {
    const at = await mailed(1, 'unknown');
    await tell(origin, eventOf(at.cards[0]!, 'created'));
    expect((await told(at.companyId)).messages).toEqual(['sent']);
    expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  });

  test('a burst is stored whole', async () => {
    const at = await mailed(40);
    const answers = await Promise.all(
      at.cards.flatMap((card) =>
        ['mailed', 'in_transit', 'delivered'].map((type) => tell(origin, eventOf(card, type))),
      ),
    );
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200]));
    expect((await told(at.companyId)).events).toHaveLength(120);
    expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  });

  test('a time to come counts as now', async () => {
    const at = await mailed();
    await tell(origin, eventOf(at.cards[0]!, 'delivered', { at: new Date(Date.now() + 86_400_000) }));
    const [row] = await withCompany(db, at.companyId, (tx) =>
      tx.execute<{ past: boolean }>(sql`select delivered_at <= now() as past from messages`),
    );
    expect(row).toEqual({ past: true });
  });
});

describe('who may tell', () => {
  test('forged, stale, oversized and malformed events are refused and logged, and nothing is stored', async () => {
    const at = await mailed();
    const [card] = at.cards;
    const event = eventOf(card!, 'delivered');
    const text = JSON.stringify(event);
    const minutesAgo = (minutes: number) => String(Date.now() - minutes * 60_000);
    const foreign = messageToken('another', at.companyId, card!.messageId);
    const cases: [Tampered & { event?: object }, number, string][] = [
      [{ secret: OWN_SECRET }, 403, 'signature'],
      [{ secret: '' }, 403, 'signature'],
      [{ signature: null }, 403, 'signature'],
      [{ signature: '' }, 403, 'signature'],
      [{ signature: 'f'.repeat(64) }, 403, 'signature'],
      [{ body: text.replace('delivered', 'returned_to_sender') }, 403, 'signature'],
      [{ body: `${text} ` }, 403, 'signature'],
      [{ timestamp: minutesAgo(5.2) }, 403, 'stale'],
      [{ timestamp: minutesAgo(-2) }, 403, 'stale'],
      [{ timestamp: String(Math.floor(Date.now() / 1000) - 320) }, 403, 'stale'],
      [{ timestamp: 'now' }, 403, 'stale'],
      [{ timestamp: '' }, 403, 'signature'],
      [{ event: { ...event, body: { metadata: { message: foreign } } } }, 403, 'unknown_token'],
      [{ event: { ...event, id: 'evt 1' } }, 400, 'malformed'],
      [{ event: { ...event, date_created: 'yesterday' } }, 400, 'malformed'],
      [{ event: [] }, 400, 'malformed'],
      [{ body: '{' }, 400, 'malformed'],
      [{ body: '' }, 400, 'malformed'],
      [{ body: 'x'.repeat(140_000) }, 413, 'too_long'],
    ];
    for (const [{ event: other, ...as }, status, why] of cases) {
      lines.length = 0;
      expect((await tell(origin, other ?? event, as)).status, why).toBe(status);
      expect(logged()).toEqual([why]);
      expect(lines.join('')).not.toContain('OAK ST');
      expect(lines.join('')).not.toContain(card!.token);
    }
    expect(await told(at.companyId)).toEqual({ ...nothing, messages: ['sent'] });
  });

  test('seconds in the timestamp are understood too', async () => {
    const at = await mailed();
    const timestamp = String(Math.floor(Date.now() / 1000));
    expect((await tell(origin, eventOf(at.cards[0]!, 'mailed'), { timestamp })).status).toBe(200);
    expect((await told(at.companyId)).messages).toEqual(['sent mailed']);
    expect([isFresh('1000000000', 1_000_000_000_000), isFresh('1000000000000', 1_000_000_000_000)]).toEqual([
      true,
      true,
    ]);
    expect([isFresh('1000000000', 1_000_000_301_000), isFresh(undefined, 0), isFresh('1e9', 1e12)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('a company with a webhook of its own is told things by that one only', async () => {
    const at = await mailed(2);
    await ownKeys(at.companyId);
    expect((await tell(origin, eventOf(at.cards[0]!, 'mailed'))).status).toBe(403);
    expect((await tell(origin, eventOf(at.cards[1]!, 'mailed'), { secret: OWN_SECRET })).status).toBe(200);
    const other = await mailed();
    expect((await tell(origin, eventOf(other.cards[0]!, 'mailed'), { secret: OWN_SECRET })).status).toBe(403);
    expect((await told(at.companyId)).messages).toEqual(['sent', 'sent mailed']);
    expect((await told(other.companyId)).messages).toEqual(['sent']);
  });

  test('what is not ours, or says nothing of a card’s way, is taken and changes nothing', async () => {
    const at = await mailed();
    const [card] = at.cards;
    const deleted = eventOf(card!, 'deleted', { body: { id: card!.id, deleted: true } });
    expect((await tell(origin, deleted)).status).toBe(200);
    expect((await tell(origin, eventOf({ id: 'psc_other', form: {} }, 'mailed'))).status).toBe(200);
    for (const type of ['rendered_thumbnails', 'viewed', 'constructor']) {
      expect((await tell(origin, eventOf(card!, type))).status).toBe(200);
    }
    expect(await told(at.companyId)).toEqual({ ...nothing, messages: ['sent'] });
    expect(readLobEvent(JSON.stringify({ ...eventOf(card!, 'x'), event_type: { id: 'constructor.x' } }))).toMatchObject(
      {
        kind: 'ignored',
      },
    );
    const gone = { id: 'psc_1', form: { 'metadata[message]': messageToken(SECRET, at.companyId, 987_654) } };
    expect((await tell(origin, eventOf(gone, 'mailed'))).status).toBe(200);
    expect((await told(at.companyId)).events).toEqual([]);
  });

  test('Lob posts, at the office’s host alone', async () => {
    expect((await fetch(`${origin}/webhooks/lob`)).status).toBe(405);
  });

  test('a database that is away: 503, and the log says what failed without anybody’s data', async () => {
    const away = connect('postgres://nobody@127.0.0.1:1/none', { max: 1 });
    const there = await serve(away.db);
    const at = await mailed();
    expect((await tell(there, eventOf(at.cards[0]!, 'mailed'))).status).toBe(503);
    expect(lines.join('')).toContain('webhook failed');
    expect(lines.join('')).not.toContain('OAK ST');
    await away.close();
  });
});
