import postgres from 'postgres';
import { expect, test } from 'vitest';

import { attributePayment } from '#app/campaigns/attribution.server.ts';
import { listCampaigns } from '#app/campaigns/campaigns.server.ts';
import { campaignResults } from '#app/campaigns/results.server.ts';
import { campaignReturns } from '#app/campaigns/returns.server.ts';
import { system } from '#app/company/audit.server.ts';
import { addDays } from '#app/invoicing/reports/aging.ts';
import { recordDispute } from '#app/invoicing/payments/dispute.server.ts';
import { startRefund } from '#app/invoicing/payments/refund.server.ts';
import { recordPayment } from '#app/invoicing/payments/record-payment.server.ts';
import { undoPayment } from '#app/invoicing/payments/undo-payment.server.ts';
import { voidInvoice } from '#app/invoicing/ledger/void.server.ts';
import { withCompany } from '#db/client.ts';
import { newKey, openTill } from '#tests/factories/paying.ts';
import { sentCampaign } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const TODAY = new Date().toISOString().slice(0, 10);

/** A campaign that reached one customer, who then paid $100.00 by check; its job ran. */
async function earned() {
  const { companyId, invoices, campaignId } = await sentCampaign(db, 1);
  const { invoiceId, customerId } = invoices[0]!;
  const form = {
    amount: '100',
    method: 'check',
    receivedOn: TODAY,
    memo: '',
    toAccount: '',
    key: newKey(),
    parts: {},
    only: invoiceId,
  };
  const done = await withCompany(db, companyId, (tx) => recordPayment(tx, system, customerId, form, TODAY));
  if (!done?.ok) throw new Error('not recorded');
  const { paymentId } = done;
  await runJob(companyId, paymentId);
  const refund = (amountCents: number, reduces: boolean) =>
    startRefund(openTill(db, companyId).deps, system, {
      companyId,
      paymentId,
      amountCents,
      reduces,
      reason: 'Late',
      idempotencyKey: newKey(),
    });
  return { companyId, invoiceId, campaignId, paymentId, refund };
}

/** Runs the job that attributes a payment, and takes it out of the queue. @throws when nobody added one */
async function runJob(companyId: number, paymentId: number) {
  const admin = postgres(url, { max: 1 });
  const taken = await admin`
    delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
     where t.id = j.task_id and t.identifier = 'payment.attribute' and (j.payload ->> 'paymentId')::bigint = ${paymentId}
       and (j.payload ->> 'companyId')::bigint = ${companyId} returning j.id`;
  await admin.end();
  if (taken.length === 0) throw new Error('No job attributes this payment.');
  await withCompany(db, companyId, (tx) => attributePayment(tx, paymentId));
}

/** What the campaign's page, the list and the dashboard say was collected: the same, or this fails. */
async function collected({ companyId, campaignId }: { companyId: number; campaignId: number }): Promise<number> {
  return withCompany(db, companyId, async (tx) => {
    const results = await campaignResults(tx, campaignId);
    const { rows } = await listCampaigns(tx);
    const returns = await campaignReturns(tx, { from: TODAY, to: addDays(TODAY, 1), timeZone: 'UTC' });
    const cents = results!.directCents + results!.influencedCents;
    expect(rows.find((row) => row.id === campaignId)!.collectedCents).toBe(cents);
    const found = returns.campaigns.find((one) => one.id === campaignId);
    expect(found ? found.directCents + found.influencedCents : 0).toBe(cents);
    return cents;
  });
}

test('B-07: a check that bounced was not collected', async () => {
  const here = await earned();
  expect(await collected(here)).toBe(10_000);
  await withCompany(db, here.companyId, (tx) => undoPayment(tx, system, here.paymentId, { reason: 'Bounced' }));
  await runJob(here.companyId, here.paymentId);
  expect(await collected(here)).toBe(0);
});

test('B-07: what was refunded was not collected, whether the invoice is owed again or reduced', async () => {
  const here = await earned();
  expect(await here.refund(2_500, true)).toMatchObject({ ok: true, status: 'succeeded' });
  await runJob(here.companyId, here.paymentId);
  expect(await collected(here)).toBe(7_500);
  expect(await here.refund(1_500, false)).toMatchObject({ ok: true, status: 'succeeded' });
  await runJob(here.companyId, here.paymentId);
  expect(await collected(here)).toBe(6_000);
  expect(await here.refund(6_000, true)).toMatchObject({ ok: true, status: 'succeeded' });
  await runJob(here.companyId, here.paymentId);
  expect(await collected(here)).toBe(0);
});

test('B-07: a part that went back before the payment was attributed is not counted', async () => {
  const here = await earned();
  await withCompany(db, here.companyId, (tx) => tx.execute('delete from attributions'));
  await here.refund(4_000, true);
  await runJob(here.companyId, here.paymentId);
  expect(await collected(here)).toBe(6_000);
});

test('B-07: a lost dispute was not collected; an open one still is', async () => {
  const here = await earned();
  const told = { reference: 'dp', paymentId: here.paymentId, amountCents: 10_000, reason: 'fraudulent' };
  const tell = (status: 'open' | 'lost') =>
    withCompany(db, here.companyId, (tx) => recordDispute(tx, { ...told, status }));
  await tell('open');
  expect(await collected(here)).toBe(10_000);
  await tell('lost');
  await runJob(here.companyId, here.paymentId);
  expect(await collected(here)).toBe(0);
});

test('B-07: what was paid on an invoice that is void by now counts until it is given back from the account', async () => {
  const here = await earned();
  const { companyId, invoiceId, paymentId } = here;
  await withCompany(db, companyId, (tx) => voidInvoice(tx, system, invoiceId, { reason: 'Wrong house', move: true }));
  await withCompany(db, companyId, (tx) => attributePayment(tx, paymentId));
  expect(await collected(here)).toBe(10_000);
  await here.refund(3_000, false);
  await runJob(companyId, paymentId);
  expect(await collected(here)).toBe(7_000);
});
