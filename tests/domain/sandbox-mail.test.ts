import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';

import { addressKey, channelOf } from '#app/consent/address.ts';
import { attempt, type Attempt } from '#app/messaging/attempt.server.ts';
import { recordEvents, type EventKind } from '#app/messaging/events.server.ts';
import { postalKey, type PostalAddress } from '#app/messaging/postal-address.ts';
import { checkInSandbox } from '#app/messaging/providers/sandbox-addresses.ts';
import { postFromSandbox, sandboxMailProvider } from '#app/messaging/providers/sandbox-mail.server.ts';
import { withCompany } from '#db/client.ts';
import { jobs } from '#db/jobs.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { makeCard, makeMailMessage } from '#tests/factories/postcards.ts';
import { counterDifferences, sendingCompany } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();

const at = (line1: string, more: Partial<PostalAddress> = {}): PostalAddress => ({
  line1,
  line2: '',
  city: 'Austin',
  state: 'TX',
  zip: '78701',
  ...more,
});

/** A campaign by mail to these streets, whose messages are being handed over. */
async function campaignTo(streets: readonly string[]) {
  const companyId = await sendingCompany(db);
  const made = await withCompany(db, companyId, async (tx) => {
    const campaign = await makeCampaign(tx, {
      status: 'sending',
      step: { channel: 'mail', document: {}, sent: streets.length },
    });
    const cards = [];
    for (const street of streets) {
      const { customerId } = await makeCustomer(tx);
      const { invoiceId } = await makeInvoice(tx, { customerId });
      const to = { name: 'Ann Lee', ...at(street) };
      const { messageId } = await makeMessage(tx, {
        ...campaign,
        customerId,
        invoiceId,
        channel: 'mail',
        address: postalKey(to),
        state: 'sent',
        provider: 'sandbox',
        sentAt: new Date(),
      });
      cards.push(makeMailMessage({ messageId, token: `t${messageId}`, to }));
    }
    return { ...campaign, cards };
  });
  const provider = sandboxMailProvider(db, companyId, { slowMs: 20 });
  const told = () =>
    withCompany(db, companyId, async (tx) => {
      const rows = await tx.execute<{ id: number; is: string; events: string }>(sql`
        select m.id, concat_ws(' ', case when mailed_at is not null then 'mailed' end,
                 case when delivered_at is not null then 'delivered' end, case when returned_at is not null then 'returned' end) as is,
               (select coalesce(string_agg(kind, ' ' order by e.id), '') from message_events e where e.message_id = m.id) as events
          from messages m where campaign_id = ${made.campaignId} order by m.id`);
      return rows.map((row) => [row.is, row.events]);
    });
  const outbox = () =>
    withCompany(db, companyId, async (tx) => [
      ...(await tx.execute<{ recipient: string; card: unknown; sendDate: string | null }>(
        sql`select recipient, card, send_date as "sendDate" from outbox_postcards order by message_id`,
      )),
    ]);
  return { companyId, provider, told, outbox, ...made };
}

const idOf = (result: Attempt) => (result.kind === 'sent' ? result.providerId : '');

/** Runs the next station of this company's cards, however late it is due. @returns in how many minutes each was */
async function post(companyId: number): Promise<number[]> {
  const owner = postgres(url, { max: 1 });
  const rows = await owner<{ payload: unknown; minutes: number }[]>`
    delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
     where t.id = j.task_id and t.identifier = 'sandbox.post' and (j.payload ->> 'companyId')::bigint = ${companyId}
    returning j.payload, round(extract(epoch from j.run_at - now()) / 60)::int as minutes`;
  await owner.end();
  for (const { payload } of rows) {
    const parsed = jobs['sandbox.post'].payload.parse(payload);
    await withCompany(db, companyId, (tx) => postFromSandbox(tx, parsed));
  }
  return rows.map((row) => row.minutes);
}

async function postAll(companyId: number): Promise<number[]> {
  const minutes: number[] = [];
  for (let due = await post(companyId); due.length > 0; due = await post(companyId)) minutes.push(...due);
  return minutes;
}

test('B-12: each street gets what its name asks for, and the counters hold', async () => {
  const run = await campaignTo([
    '12 Oak Street',
    '3 Returned Way',
    '4 Rerouted Way',
    '5 Doubled Way',
    '6 Reordered Way',
    '7 Slow Way',
    '8 Undeliverable Way',
    '9 Refused Way',
  ]);
  const results = await Promise.all(run.cards.map((card) => attempt(run.provider, card)));
  expect(results.map((one) => (one.kind === 'failed' ? one.reason : one.kind))).toEqual([
    ...Array.from({ length: 6 }, () => 'sent'),
    'undeliverable',
    'rejected',
  ]);
  expect(results[0]).toMatchObject({ costCents: 87 });
  expect((await run.outbox())[0]).toEqual({
    recipient: '12 OAK STREET\nAUSTIN TX 78701',
    card: makeCard(),
    sendDate: null,
  });
  expect(await postAll(run.companyId)).toEqual([5, 1, 1, 1, 1]);
  const wholeWay = 'mailed in_transit in_local_area out_for_delivery delivered';
  expect(await run.told()).toEqual([
    ['mailed delivered', wholeWay],
    ['mailed returned', 'mailed in_transit returned'],
    ['mailed delivered', 'mailed in_transit rerouted out_for_delivery delivered'],
    ['mailed delivered', wholeWay],
    ['mailed delivered', 'mailed delivered out_for_delivery in_local_area in_transit'],
    ['mailed delivered', wholeWay],
    ['', ''],
    ['', ''],
  ]);
  expect(await counterDifferences(db, run.companyId, run.stepId)).toEqual([]);
});

test('what comes back stops its address for postcards, and says how', async () => {
  const run = await campaignTo(['3 Returned Way']);
  await attempt(run.provider, run.cards[0]!);
  await postAll(run.companyId);
  const address = '3 RETURNED WAY\nAUSTIN TX 78701';
  const [stops, lines] = await withCompany(db, run.companyId, async (tx) => [
    await tx.execute(sql`select channel, address, purpose, reason from suppressions`),
    await tx.execute(sql`select channel, address, how, actor, message_id as "messageId" from consents`),
  ]);
  expect([...stops]).toEqual([{ channel: 'mail', address, purpose: 'all', reason: 'bounced' }]);
  expect([...lines]).toEqual([
    { channel: 'mail', address, how: 'returned', actor: 'Postcard provider', messageId: run.cards[0]!.messageId },
  ]);
});

test('a card is taken once, however often it is handed over; asked, the sandbox says so', async () => {
  const run = await campaignTo(['1 Dropped Way', '2 Throttled Way', '12 Oak Street']);
  const [dropped, throttled, plain] = run.cards;
  expect(await attempt(run.provider, dropped!)).toMatchObject({ kind: 'retry', why: 'unavailable' });
  expect(await attempt(run.provider, throttled!)).toMatchObject({ kind: 'retry', why: 'throttled' });
  const asked = run.cards.map(({ messageId, token }) => ({ messageId, token }));
  const found = await run.provider.find!(asked);
  expect([...found.keys()]).toEqual([dropped!.messageId]);
  expect(idOf(await attempt(run.provider, dropped!))).toBe(found.get(dropped!.messageId));
  expect(idOf(await attempt(run.provider, throttled!))).not.toBe('');
  const twice = await Promise.all([plain!, plain!].map((card) => attempt(run.provider, card)));
  expect(new Set(twice.map(idOf)).size).toBe(1);
  expect(await run.outbox()).toHaveLength(3);
  await postAll(run.companyId);
  expect((await run.told()).map(([is]) => is)).toEqual(Array.from({ length: 3 }, () => 'mailed delivered'));
});

test('a card can be taken back for five minutes, or until the day it is to be printed', async () => {
  const run = await campaignTo(['1 Oak Street', '2 Oak Street', '3 Oak Street']);
  const later = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  run.cards[2]!.sendDate = later;
  const ids = (await Promise.all(run.cards.map((card) => attempt(run.provider, card)))).map(idOf);
  await withCompany(db, run.companyId, (tx) =>
    tx.execute(sql`
      update outbox_postcards set at = at - interval '6 minutes'
       where message_id in (${run.cards[1]!.messageId}, ${run.cards[2]!.messageId})`),
  );
  for (let n = 0; n < 2; n++) expect(await run.provider.cancel(ids[0]!)).toBe('canceled');
  expect(await run.provider.cancel(ids[1]!)).toBe('too_late');
  expect(await run.provider.cancel(ids[2]!)).toBe('canceled');
  expect(await run.provider.cancel('psc_of_lob')).toBe('too_late');
  await postAll(run.companyId);
  expect(await run.told()).toEqual([
    ['', ''],
    ['mailed delivered', 'mailed in_transit in_local_area out_for_delivery delivered'],
    ['', ''],
  ]);
  expect(await counterDifferences(db, run.companyId, run.stepId)).toEqual([]);
});

describe('events of a postcard', () => {
  const kinds = [
    'mailed',
    'in_transit',
    'in_local_area',
    'out_for_delivery',
    'rerouted',
    'returned',
    'delivered',
  ] as const;
  const tell = (run: { companyId: number; cards: readonly { messageId: number }[] }, told: readonly EventKind[]) =>
    withCompany(db, run.companyId, (tx) =>
      recordEvents(
        tx,
        told.map((kind) => ({
          messageId: run.cards[0]!.messageId,
          kind,
          dedupeKey: `test:${kind}`,
          details: {},
          at: new Date('2026-11-20T12:00:00Z'),
        })),
      ),
    );

  test.each(kinds)('%s proves that it was mailed, whatever comes later', async (kind) => {
    const run = await campaignTo(['12 Oak Street']);
    await tell(run, [kind]);
    const [first] = await run.told();
    expect(first![0]).toContain('mailed');
    await tell(run, [...kinds].toReversed());
    expect((await run.told())[0]![0]).toBe('mailed delivered returned');
    expect(await counterDifferences(db, run.companyId, run.stepId)).toEqual([]);
  });
});

test('a postal address is told from email and numbers, and stays as it is', () => {
  const key = postalKey(at('12 Oak Street', { line2: 'Apt 4' }));
  expect([key, ' Ann@Mail.Example ', '+15125550101'].map((one) => [channelOf(one.trim()), addressKey(one)])).toEqual([
    ['mail', '12 OAK STREET\nAPT 4\nAUSTIN TX 78701'],
    ['email', 'ann@mail.example'],
    ['sms', '+15125550101'],
  ]);
});

test('B-12: the sandbox looks addresses up, and writes them as the Postal Service does', () => {
  const check = (line1: string, more: Partial<PostalAddress> = {}) => {
    const { deliverability, standard } = checkInSandbox(at(line1, more));
    return [deliverability, standard && postalKey({ ...standard, zip: standard.zip.slice(0, 5) })];
  };
  expect(check('12 Oak Street', { line2: 'Apartment 4.' })).toEqual([
    'deliverable',
    '12 OAK ST\nAPT 4\nAUSTIN TX 78701',
  ]);
  expect(check('1 Undeliverable Way')).toEqual(['undeliverable', null]);
  expect(check('12 Oak St', { zip: 'none' })).toEqual(['undeliverable', null]);
  expect(check('12 Oak St', { city: '' })).toEqual(['undeliverable', null]);
  expect(check('2 Missing Unit Way')[0]).toBe('deliverable_missing_unit');
  expect(check('2 Missing Unit Way', { line2: '# 3' })[0]).toBe('deliverable');
  expect(check('2 Wrong Unit Way', { line2: '# 3' })[0]).toBe('deliverable_incorrect_unit');
  expect(check('2 Needless Unit Way', { line2: '# 3' })).toEqual([
    'deliverable_unnecessary_unit',
    '2 NEEDLESS UNIT WAY\nAUSTIN TX 78701',
  ]);
  expect(check('7 Misspelled Way')).toEqual(['deliverable', '7 CORRECTED WAY\nAUSTIN TX 78701']);
  const { standard } = checkInSandbox(at('12 Oak Street'));
  expect(standard!.zip).toMatch(/^78701-\d{4}$/);
  // What is standard already stays so.
  expect(checkInSandbox(standard!).standard).toEqual(standard);
});
