import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { attributePayment, endSettledRuns } from '#app/campaigns/attribution.server.ts';
import { messageStory } from '#app/campaigns/message-story.server.ts';
import { campaignPeople, campaignResults } from '#app/campaigns/results.server.ts';
import { recordEvents } from '#app/messaging/events.server.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import {
  counterDifferences,
  sentCampaign,
  launchAndExpand,
  overdueInvoices,
  sendingCompany,
  statesOf,
} from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

async function pay(tx: Tx, invoice: { invoiceId: number; customerId: number }, amountCents = 10_000) {
  const paymentId = await makePayment(tx, { customerId: invoice.customerId, amountCents });
  await postEntries(tx, invoice.invoiceId, [{ kind: 'payment', amountCents: -amountCents, paymentId }]);
  return paymentId;
}

async function click(tx: Tx, invoiceId: number, at = new Date(Date.now() - 60_000)) {
  const [message] = await tx.execute<{ id: number }>(sql`select id from messages where invoice_id = ${invoiceId}`);
  await recordEvents(tx, [{ messageId: message!.id, kind: 'clicked', dedupeKey: `c${message!.id}`, details: {}, at }]);
}

test('B-07: clicked, then paid is direct; reached, then paid is influenced; dollars come first', async () => {
  const { companyId, invoices, campaignId, stepId } = await sentCampaign(db, 4);
  await withCompany(db, companyId, async (tx) => {
    await click(tx, invoices[0]!.invoiceId);
    const direct = await pay(tx, invoices[0]!);
    const influenced = await pay(tx, invoices[1]!, 2_500);
    const late = await pay(tx, invoices[2]!);
    await click(tx, invoices[2]!.invoiceId, new Date(Date.now() + 60_000)); // clicked only after paying
    expect(await attributePayment(tx, direct)).toBe(1);
    expect(await attributePayment(tx, influenced)).toBe(1);
    expect(await attributePayment(tx, late)).toBe(1);
    // The job may run again.
    expect(await attributePayment(tx, direct)).toBe(0);
  });
  const results = await withCompany(db, companyId, (tx) => campaignResults(tx, campaignId));
  expect(results).toMatchObject({
    status: 'sent',
    directCents: 10_000,
    influencedCents: 12_500,
    invoicesWithPayment: 3,
    invoicesPaid: 2,
    funnel: { total: 4, waiting: 0, sent: 4, clicked: 2, skipped: 0 },
    steps: [{ stepId, sent: 4, directCents: 10_000, influencedCents: 12_500 }],
    reasons: [],
  });
  expect(results!.days).toEqual([{ day: expect.any(String) as string, directCents: 10_000, influencedCents: 12_500 }]);
});

test('B-07: a payment before the message, after the window, that failed, or of somebody else earns nothing', async () => {
  const { companyId, invoices } = await sentCampaign(db, 2);
  await withCompany(db, companyId, async (tx) => {
    const move = (days: number) =>
      tx.execute(sql`update messages set sent_at = now() - make_interval(days => ${days})`);
    await move(31);
    expect(await attributePayment(tx, await pay(tx, invoices[0]!, 100))).toBe(0);
    await move(-1);
    expect(await attributePayment(tx, await pay(tx, invoices[0]!, 100))).toBe(0);
    await move(1);
    const stranger = await makeInvoice(tx);
    expect(await attributePayment(tx, await pay(tx, stranger))).toBe(0);
    const failed = await pay(tx, invoices[1]!);
    await tx.execute(sql`update payments set status = 'failed' where id = ${failed}`);
    expect(await attributePayment(tx, failed)).toBe(0);
    expect(await attributePayment(tx, 999_999)).toBe(0);
  });
});

test('B-07: one payment for several invoices is attributed part by part, and a bounced message earns nothing', async () => {
  const { companyId, invoices, campaignId } = await sentCampaign(db, 1);
  await withCompany(db, companyId, async (tx) => {
    const { customerId } = invoices[0]!;
    const second = await makeInvoice(tx, { customerId, totalCents: 5_000 });
    await click(tx, invoices[0]!.invoiceId);
    const paymentId = await makePayment(tx, { customerId, amountCents: 15_000 });
    await postEntries(tx, invoices[0]!.invoiceId, [{ kind: 'payment', amountCents: -10_000, paymentId }]);
    await postEntries(tx, second.invoiceId, [{ kind: 'payment', amountCents: -5_000, paymentId }]);
    expect(await attributePayment(tx, paymentId)).toBe(2);
    expect(await campaignResults(tx, campaignId)).toMatchObject({ directCents: 15_000, invoicesPaid: 2 });

    await tx.execute(sql`update messages set bounced_at = now()`);
    const third = await makeInvoice(tx, { customerId });
    expect(await attributePayment(tx, await pay(tx, third))).toBe(0);
  });
});

test('B-01: a settled invoice ends its runs and skips what is still planned', async () => {
  const companyId = await sendingCompany(db);
  const invoices = await withCompany(db, companyId, (tx) => overdueInvoices(tx, 2));
  const { campaignId, stepId } = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, async (tx) => {
    expect(await endSettledRuns(tx, invoices[0]!.invoiceId)).toBe(0); // still open
    await pay(tx, invoices[0]!);
    expect(await endSettledRuns(tx, invoices[0]!.invoiceId)).toBe(0); // skipped with the payment itself
    const runs = await tx.execute(sql`select status, end_reason from enrollments order by invoice_id`);
    expect([...runs]).toEqual([
      { status: 'ended', end_reason: 'paid' },
      { status: 'active', end_reason: null },
    ]);
  });
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual(['planned', 'skipped:paid']);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('B-04: the list by person pages, filters and searches, and a story says why', async () => {
  const { companyId, invoices, campaignId } = await sentCampaign(db, 5);
  await withCompany(db, companyId, async (tx) => {
    await click(tx, invoices[3]!.invoiceId);
    const first = await campaignPeople(tx, campaignId, { limit: 3 });
    const second = await campaignPeople(tx, campaignId, { limit: 3, after: first.next });
    expect([first.rows.length, second.rows.length, first.previous, second.next]).toEqual([3, 2, null, null]);
    expect(new Set([...first.rows, ...second.rows].map((one) => one.invoiceId)).size).toBe(5);
    const back = await campaignPeople(tx, campaignId, { limit: 3, before: second.previous });
    expect(back).toEqual(first);
    const clicked = await campaignPeople(tx, campaignId, { show: 'clicked' });
    expect(clicked.rows.map((one) => one.invoiceId)).toEqual([invoices[3]!.invoiceId]);
    const found = await campaignPeople(tx, campaignId, { search: clicked.rows[0]!.name });
    expect(found.rows.some((one) => one.messageId === clicked.rows[0]!.messageId)).toBe(true);
    expect((await campaignPeople(tx, campaignId, { search: '%' })).rows).toEqual([]);
    expect((await campaignPeople(tx, campaignId, { show: 'skipped' })).rows).toEqual([]);

    const story = await messageStory(tx, clicked.rows[0]!.messageId);
    expect(story?.events.map((event) => event.kind)).toEqual(['clicked']);
    expect(story?.links.length).toBeGreaterThan(0);
    expect(story?.why).toBeNull();
    await tx.execute(sql`update messages set state = 'skipped', reason = 'paid' where id = ${story!.message.id}`);
    expect((await messageStory(tx, story!.message.id))?.why?.why).toMatch(/paid before/);
  });
  const other = await sendingCompany(db);
  await withCompany(db, other, async (tx) => {
    expect(await campaignResults(tx, campaignId)).toBeNull();
    expect((await campaignPeople(tx, campaignId)).rows).toEqual([]);
  });
});
