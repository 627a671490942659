import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { agedDebt } from '#app/invoicing/reports/aging.server.ts';
import { addDays, ageFilters, ageOf, ages, dueDatesOf } from '#app/invoicing/reports/aging.ts';
import { campaignReturns, officeState } from '#app/campaigns/returns.server.ts';
import { nextSteps } from '#app/campaigns/next-steps.ts';
import { can } from '#app/company/permissions.ts';
import { listInvoices } from '#app/invoicing/invoices/invoices.server.ts';
import { withCompany } from '#db/client.ts';
import { attributions } from '#db/schema/index.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const today = '2026-03-31';

test('B-17: each day past due falls into one bucket, and into exactly the filters that hold it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -400, max: 400 }), (days) => {
      const dueOn = addDays(today, -days);
      const key = ageOf(days);
      for (const filter of ageFilters) {
        const { first, last } = dueDatesOf(filter.key, today)!;
        const inside = (first === null || dueOn >= first) && (last === null || dueOn <= last);
        const expected =
          filter.key === key ||
          (filter.key === 'overdue' && key !== 'current') ||
          (filter.key === '31+' && !['current', '1-30'].includes(key));
        expect(inside, `${days} days, ${filter.key}`).toBe(expected);
      }
    }),
  );
  expect(dueDatesOf('nonsense', today)).toBeNull();
});

test('B-17: the buckets sum to what the ledger says is owed, and each leads to as many invoices', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    for (const [days, totalCents] of [
      [-10, 100],
      [0, 200],
      [1, 400],
      [30, 800],
      [31, 1600],
      [60, 3200],
      [61, 6400],
      [90, 12_800],
      [91, 25_600],
      [400, 51_200],
    ] as const) {
      await makeInvoice(tx, { dueOn: addDays(today, -days), totalCents, paidCents: days === 30 ? 300 : 0 });
    }
    await makeInvoice(tx, { dueOn: '2026-01-01', status: 'paid' });
    await makeInvoice(tx, { dueOn: '2026-01-01', status: 'void' });
    await makeInvoice(tx, { dueOn: '2026-01-01', status: 'draft' });
    const debt = await agedDebt(tx, today);
    expect(debt.buckets.map(({ key, cents, invoices }) => [key, cents, invoices])).toEqual([
      ['current', 300, 2],
      ['1-30', 900, 2],
      ['31-60', 4800, 2],
      ['61-90', 19_200, 2],
      ['90+', 76_800, 2],
    ]);
    const [ledger] = await tx.execute<{ cents: number }>(sql`
      select sum(l.amount_cents)::bigint as cents from ledger_entries l join invoices i on i.id = l.invoice_id where i.status = 'open'`);
    expect(debt.totalCents).toBe(ledger!.cents);
    expect(debt).toMatchObject({
      totalInvoices: 10,
      overdueInvoices: 8,
      overdueCents: ledger!.cents - 300,
      customers: 10,
    });
    for (const bucket of debt.buckets) {
      const { total } = await listInvoices(tx, { age: bucket.key, today }, {});
      expect(total, bucket.key).toEqual({ count: bucket.invoices, capped: false, cents: bucket.cents });
    }
  });
});

test('a company without invoices owes nothing in every bucket', async () => {
  const { companyId } = await makeCompany(db);
  const debt = await withCompany(db, companyId, (tx) => agedDebt(tx, today));
  expect(debt.buckets.map((bucket) => bucket.key)).toEqual(ages.map((age) => age.key));
  expect(debt).toMatchObject({ totalCents: 0, overdueCents: 0, customers: 0 });
});

test('B-07: what came back is counted on the company’s own days, direct and influenced apart', async () => {
  const { companyId } = await makeCompany(db, { timeZone: 'America/Los_Angeles' });
  await withCompany(db, companyId, async (tx) => {
    const campaign = await makeCampaign(tx, { name: 'March' });
    const earn = async (kind: 'direct' | 'influenced', amountCents: number, at: string) => {
      const { invoiceId, customerId } = await makeInvoice(tx);
      const { messageId } = await makeMessage(tx, { ...campaign, customerId, invoiceId, state: 'sent' });
      const paymentId = await makePayment(tx, { customerId, amountCents });
      await tx
        .insert(attributions)
        .values({ paymentId, invoiceId, ...campaign, messageId, kind, amountCents, at: new Date(at) });
    };
    await earn('direct', 1000, '2026-03-30T06:30:00Z'); // still the 29th in Los Angeles
    await earn('influenced', 200, '2026-03-30T07:30:00Z');
    await earn('direct', 5000, '2026-03-29T06:59:00Z'); // the 28th: before the range
    await earn('direct', 7000, '2026-04-01T07:00:00Z'); // April 1: after it
    const returns = await campaignReturns(tx, { from: '2026-03-29', to: today, timeZone: 'America/Los_Angeles' });
    expect(returns.days).toEqual([
      { day: '2026-03-29', directCents: 1000, influencedCents: 0 },
      { day: '2026-03-30', directCents: 0, influencedCents: 200 },
      { day: '2026-03-31', directCents: 0, influencedCents: 0 },
    ]);
    expect(returns.campaigns).toEqual([
      { id: campaign.campaignId, name: 'March', directCents: 1000, influencedCents: 200, payments: 2 },
    ]);
  });
});

test('what to do next: the portal, the address, invoices that no campaign follows, drafts; only what one may do', async () => {
  const { companyId } = await makeCompany(db, { profile: { postalAddress: '' } });
  await withCompany(db, companyId, async (tx) => {
    expect(await officeState(tx, today)).toMatchObject({
      invoices: false,
      portalEnabled: false,
      unremindedInvoices: 0,
    });
    await makeInvoice(tx, { dueOn: '2026-02-27', totalCents: 5000 });
    await makeInvoice(tx, { dueOn: '2026-03-01' }); // 30 days only
    await makeInvoice(tx, { dueOn: '2026-01-01', doNotRemind: true });
    await makeInvoice(tx, { dueOn: '2026-01-01', disputedAt: new Date() });
    await makeInvoice(tx, { dueOn: '2026-01-01', promisedFor: '2026-04-15' });
    const followed = await makeInvoice(tx, { dueOn: '2026-01-01' });
    const campaign = await makeCampaign(tx, { status: 'sending', name: 'Running' });
    await makeMessage(tx, { ...campaign, ...followed });
    await tx.execute(sql`update campaigns set status = 'canceled' where id = ${campaign.campaignId}`);
    expect(await officeState(tx, today)).toMatchObject({ unremindedInvoices: 2 });
    await tx.execute(sql`update campaigns set status = 'sending' where id = ${campaign.campaignId}`);
    for (const name of ['A', 'B', 'C', 'D']) await makeCampaign(tx, { name });
    const state = await officeState(tx, today);
    expect(state).toMatchObject({ invoices: true, unremindedInvoices: 1, unremindedCents: 5000, draftCount: 4 });
    expect(state.drafts.map((draft) => draft.name)).toEqual(['D', 'C', 'B']);
    const steps = nextSteps(state, (permission) => can('administrator', permission));
    expect(steps.map((step) => step.title)).toEqual([
      'Set up the Customer Portal',
      'Enter your postal address',
      '1 invoice over 30 days overdue is in no campaign',
      '“Running” is under way',
      '“D” is still a draft',
      '“C” is still a draft',
      '“B” is still a draft',
      '1 more draft',
    ]);
    const seen = nextSteps(state, (permission) => can('viewer', permission));
    expect(seen.map((step) => step.verb)).toEqual(['See the campaign']);
  });
});
