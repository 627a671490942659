import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { attributePayment } from '#app/campaigns/attribution.server.ts';
import { messageStory } from '#app/campaigns/message-story.server.ts';
import { stateSentence, timelineOf } from '#app/campaigns/message-timeline.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { recordVisits } from '#app/links/clicks.server.ts';
import type { Visit } from '#app/links/visitor.ts';
import { recordEvents, type MessageEvent } from '#app/messaging/events.server.ts';
import { sendTransactional } from '#app/messaging/send-transactional.server.ts';
import { skipWaiting } from '#app/messaging/skip.server.ts';
import { unsubscribe } from '#app/consent/unsubscribe.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makePayment } from '#tests/factories/invoices.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  followLinks,
  launchAndExpand,
  overdueInvoices,
  runRanges,
  sendingCompany,
  sendingWith,
  sentCampaign,
} from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const ZONE = 'America/New_York';
const HOUR = 3_600_000;

/** One person's sent campaign message, an hour ago. */
async function sentMessage() {
  const { companyId, campaignId, invoices } = await sentCampaign(db, 1);
  const inCompany = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const [row] = await inCompany((tx) =>
    tx.execute<{ id: number; address: string; customerId: number }>(sql`
      update messages set sent_at = now() - interval '1 hour', attempted_at = now() - interval '1 hour',
             created_at = now() - interval '2 hours', send_at = now() - interval '2 hours'
       where campaign_id = ${campaignId} returning id, address, customer_id as "customerId"`),
  );
  const codes = await inCompany((tx) => followLinks(tx, companyId, campaignId));
  const code = codes.find((link) => link.kind === 'pay_invoice')!.code;
  return { ...row!, companyId, campaignId, invoiceId: invoices[0]!.invoiceId, code, inCompany };
}

const titles = async (tx: Tx, id: number) => {
  const story = await messageStory(tx, id);
  return timelineOf(story!, ZONE).map((entry) => entry.title);
};

test('B-04: what is told of the same moment stays in the order in which it was told', async () => {
  const { companyId, campaignId } = await sentCampaign(db, 20);
  const stories = await withCompany(db, companyId, async (tx) => {
    const rows = await tx.execute<{ id: number }>(sql`select id from messages where campaign_id = ${campaignId}`);
    const at = new Date();
    const kinds = ['taken', 'delivered', 'opened'] as const;
    await recordEvents(
      tx,
      kinds.flatMap((kind) => rows.map(({ id }) => ({ messageId: id, kind, dedupeKey: kind, details: {}, at }))),
    );
    return Promise.all(rows.map(({ id }) => messageStory(tx, id)));
  });
  expect(stories).toHaveLength(20);
  for (const story of stories) {
    expect(story!.events.map((event) => event.kind)).toEqual(['taken', 'delivered', 'opened']);
  }
});

test('B-04: a message’s story tells every event in its order, with the dollars and who is credited', async () => {
  const { id, companyId, customerId, invoiceId, code, inCompany } = await sentMessage();
  await inCompany(async (tx) => {
    const at = Date.now() - HOUR;
    const told = (kind: MessageEvent['kind'], ms: number, details = {}): MessageEvent => ({
      messageId: id,
      kind,
      dedupeKey: `t:${kind}`,
      details,
      at: new Date(at + ms),
    });
    await recordEvents(tx, [told('delayed', 1_000, { diagnostic: 'try later' }), told('delivered', 60_000)]);
    const visit = (more: Partial<Visit>): Visit => ({
      companyId,
      messageId: id,
      code: null,
      at: at + 120_000,
      method: 'GET',
      userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36',
      purpose: undefined,
      ip: '203.0.113.7',
      ...more,
    });
    await recordVisits(tx, [
      visit({ at: at + 2_000 }),
      visit({ at: at + 90_000, userAgent: 'Mozilla/5.0' }),
      visit({}),
      visit({ code, at: at + 180_000 }),
      visit({ code, at: at + 240_000 }),
      visit({ code, at: at + 245_000, method: 'HEAD' }),
    ]);
    const paymentId = await makePayment(tx, { customerId, amountCents: 12_345, createdAt: new Date(at + 300_000) });
    await postEntries(tx, invoiceId, [{ kind: 'payment', amountCents: -12_345, paymentId }]);
    await attributePayment(tx, paymentId);
    await unsubscribe(tx, { messageId: id, purpose: 'reminders', how: 'one_click', actor: 'Recipient' });

    const story = (await messageStory(tx, id))!;
    const number = story.message.invoice!.number;
    expect(timelineOf(story, ZONE).map((entry) => entry.title)).toEqual([
      expect.stringMatching(/^Planned at the launch of “Campaign/),
      expect.stringContaining('Passed every check'),
      expect.stringContaining('which took it'),
      'Delayed on its way',
      'Opened by a mail scanner, not counted',
      'Delivered',
      'Opened by Apple Mail by itself, not counted',
      'Opened',
      `Clicked the link to the payment page of invoice ${number}`,
      `A mail scanner followed the link to the payment page of invoice ${number}, not counted`,
      `$123.45 paid on invoice ${number}`,
      'The recipient unsubscribed by the button of the mail program',
    ]);
    const notes = timelineOf(story, ZONE).map((entry) => entry.note ?? '');
    expect(notes).toContain('2 clicks in all.');
    expect(notes).toContain('Credited to this message: direct, since it was clicked before.');
    expect(notes.some((note) => note.includes('“try later”'))).toBe(true);
    expect(story.consent).toMatchObject({ purpose: 'reminders', atItsTurn: null, now: 'unsubscribed' });
    expect(story.message.openedAt).toBe(new Date(at + 120_000).toISOString());
    expect(stateSentence(story, ZONE, new Date().toISOString())).toMatch(
      /^It arrived, and the recipient followed a link on /,
    );
  });
});

test('B-04: what was not sent says why and what to do; what is unknown says why it is not sent again', async () => {
  const { id, inCompany, invoiceId } = await sentMessage();
  await inCompany(async (tx) => {
    const now = new Date().toISOString();
    const become = async (change: ReturnType<typeof sql>) => {
      await tx.execute(sql`update messages set ${change} where id = ${id}`);
      return (await messageStory(tx, id))!;
    };
    const unknown = await become(sql`state = 'unknown', reason = 'no_answer', sent_at = null`);
    expect(stateSentence(unknown, ZONE, now)).toMatch(/^Nobody knows whether it arrived\..*not sent again/);
    expect(await titles(tx, id)).toContainEqual(expect.stringMatching(/^No answer from /));
    const deferred = await become(
      sql`state = 'deferred', reason = null, attempted_at = null, send_at = '2027-01-04T14:00:00Z'`,
    );
    expect(stateSentence(deferred, ZONE, now)).toBe('It waits until Jan 4, 2027, 9:00 AM EST.');
    expect(timelineOf(deferred, ZONE).at(-1)).toMatchObject({
      title: 'Waits until Jan 4, 2027, 9:00 AM EST',
      quiet: true,
    });
    await tx.execute(
      sql`update invoices set status = 'paid', paid_at = '2026-11-03T15:00:00Z' where id = ${invoiceId}`,
    );
    const paid = await become(sql`state = 'skipped', reason = 'paid'`);
    expect(stateSentence(paid, ZONE, now)).toMatch(
      /^It was not sent\. Invoice .* was paid on Nov 3, 2026, before sending\.$/,
    );
    const noEmail = await become(sql`state = 'skipped', reason = 'no_email', address = ''`);
    expect(stateSentence(noEmail, ZONE, now)).toBe(
      'It was not sent. The customer has no email address on record. Add an email address to the customer.',
    );
    expect(noEmail.consent).toBeNull();
    const planned = await become(sql`state = 'planned', reason = null`);
    expect(stateSentence(planned, ZONE, now)).toBe('It goes out on Jan 4, 2027, 9:00 AM EST.');
  });
});

test('B-04: the history says when a message was left out, by the gate or before its turn', async () => {
  const companyId = await sendingCompany(db);
  const inCompany = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const [paid, gone, disputed] = await inCompany((tx) => overdueInvoices(tx, 4));
  const { campaignId, ranges } = await launchAndExpand(db, companyId);
  await inCompany(async (tx) => {
    await tx.execute(
      sql`update messages set created_at = now() - interval '1 hour', send_at = now() - interval '1 hour'`,
    );
    await tx.execute(
      sql`update messages set send_at = now() + interval '1 day' where customer_id = ${gone!.customerId}`,
    );
    await skipWaiting(tx, { campaignId, customerId: gone!.customerId }, 'replied');
    await tx.execute(
      sql`update messages set send_at = now() + interval '1 day' where customer_id = ${paid!.customerId}`,
    );
    await tx.execute(sql`update invoices set disputed_at = now() where id = ${disputed!.invoiceId}`);
    await tx.execute(sql`update invoices set status = 'paid' where id = ${paid!.invoiceId}`);
  });
  const before = Date.now();
  await runRanges(sendingWith(db, recordingProvider()), companyId, ranges);
  await inCompany(async (tx) => {
    const leftOut = async (customerId: number) => {
      const [row] = await tx.execute<{ id: number }>(sql`select id from messages where customer_id = ${customerId}`);
      const entries = timelineOf((await messageStory(tx, row!.id))!, ZONE);
      return entries.find((entry) => entry.title.startsWith('Left out'))!;
    };
    const refused = await leftOut(disputed!.customerId);
    expect(refused.title).toBe('Left out when its turn came');
    expect(Date.parse(refused.at!)).toBeGreaterThanOrEqual(before);
    for (const { customerId } of [gone!, paid!]) {
      const early = await leftOut(customerId);
      expect(early.title).toBe('Left out before its turn came');
      expect(Date.parse(early.at!)).toBeLessThanOrEqual(before);
    }
    const [sent] = await tx.execute(sql`select count(*)::int as n from messages where skipped_at is null`);
    expect(sent).toEqual({ n: 1 });
  });
});

test('B-04: a bounce is told in words, and what a message has no line for is told from its own columns', async () => {
  const { id, inCompany } = await sentMessage();
  await inCompany(async (tx) => {
    const bounce = { permanent: true, type: 'Permanent', subtype: 'OnAccountSuppressionList', diagnostic: '550 no' };
    await recordEvents(tx, [{ messageId: id, kind: 'bounced', dedupeKey: 'b', details: bounce, at: new Date() }]);
    const story = (await messageStory(tx, id))!;
    expect(timelineOf(story, ZONE).at(-1)).toEqual({
      at: expect.any(String),
      title: 'Came back',
      note: 'Your Amazon SES account keeps this address from mail. The address does not take mail, so nothing more is sent to it. It said: “550 no”',
      tone: 'overdue',
    });
    expect(story.consent).toMatchObject({ atItsTurn: null, now: 'bounced' });
    await tx.execute(sql`update messages set complained_at = now() where id = ${id}`);
    expect(await titles(tx, id)).toContain('Reported as spam');
  });
});

test('a transactional message has its story too; another company’s has none', async () => {
  const companyId = await sendingCompany(db);
  const id = await withCompany(db, companyId, (tx) =>
    sendTransactional(tx, {
      kind: 'receipt',
      to: 'A@mail.example',
      subject: 'Your receipt',
      html: '<p>x</p>',
      text: 'x',
    }),
  );
  const story = await withCompany(db, companyId, (tx) => messageStory(tx, id));
  expect(story?.message).toMatchObject({ subject: 'Your receipt', merged: true, campaign: null, customer: null });
  expect(story?.consent).toBeNull();
  expect(timelineOf(story!, ZONE).map((entry) => entry.title)).toEqual(['Written, and asked to be sent', 'To be sent']);
  const other = await sendingCompany(db);
  expect(await withCompany(db, other, (tx) => messageStory(tx, id))).toBeNull();
});
