import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { audienceQuery } from '#app/audiences/audience.server.ts';
import { checkCustomer } from '#app/audiences/explain.server.ts';
import { AudienceRules } from '#app/audiences/rules.ts';
import { customersWithoutMessage, whyCustomer } from '#app/campaigns/why.server.ts';
import { standingSentence, whySentence } from '#app/campaigns/why-words.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const ZONE = 'America/Chicago';
const DAY = 86_400_000;
const LAUNCH = new Date('2026-06-01T15:00:00Z');
const daysBefore = (days: number) => new Date(LAUNCH.getTime() - days * DAY).toISOString().slice(0, 10);

async function inCompany<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  const { companyId } = await makeCompany(db, { timeZone: ZONE });
  return withCompany(db, companyId, work);
}

/** An unpaid invoice that was there at the launch. */
const invoice = (tx: Tx, customerId: number, more: Partial<Parameters<typeof makeInvoice>[1]> = {}) =>
  makeInvoice(tx, {
    customerId,
    totalCents: 50_000,
    dueOn: daysBefore(40),
    issuedOn: daysBefore(70),
    createdAt: new Date(LAUNCH.getTime() - 70 * DAY),
    ...more,
  });

const campaign = (tx: Tx, rules: Partial<AudienceRules> = {}, more = {}) =>
  makeCampaign(tx, { status: 'sent', launchedAt: LAUNCH, audience: AudienceRules.parse(rules), ...more });

const said = async (tx: Tx, campaignId: number, customerId: number) => {
  const why = (await whyCustomer(tx, campaignId, customerId))!;
  return { why, sentence: whySentence(why, ZONE) };
};

test('B-04: each rule that leaves a customer out is named, with what it asks and what they had', async () => {
  await inCompany(async (tx) => {
    const { customerId } = await makeCustomer(tx, { name: 'Alia Conley', type: 'residential', tags: ['VIP'] });
    await invoice(tx, customerId, { number: 'N1' });
    const rules: [Partial<AudienceRules>, string][] = [
      [
        { daysOverdueMin: 60 },
        'invoice N1 was 40 days overdue (Apr 22, 2026), and the audience asks for at least 60 days overdue',
      ],
      [
        { daysOverdueMax: 30 },
        'invoice N1 was 40 days overdue (Apr 22, 2026), and the audience asks for at most 30 days overdue',
      ],
      [{ owedMinCents: 60_000 }, 'invoice N1 had $500.00 owed, and the audience asks for at least $600.00 owed'],
      [{ owedMaxCents: 10_000 }, 'invoice N1 had $500.00 owed, and the audience asks for at most $100.00 owed'],
      [{ customerType: 'commercial' }, 'the audience asks for a commercial customer, and Alia Conley is residential'],
      [
        { tagsAny: ['Net 30', 'Snow'] },
        'the audience asks for customers tagged Net 30 or Snow, and Alia Conley is tagged VIP',
      ],
      [{ tagsNone: ['VIP'] }, 'the audience asks for customers not tagged VIP, and Alia Conley is tagged VIP'],
    ];
    for (const [rule, reason] of rules) {
      const { campaignId } = await campaign(tx, rule);
      const { why, sentence } = await said(tx, campaignId, customerId);
      expect(sentence).toBe(`Alia Conley did not get it: ${reason}.`);
      expect(why.invoices[0]!.tests.filter((each) => !each.holds)).toHaveLength(1);
      expect(standingSentence(why, why.invoices[0]!, ZONE)).toContain('one rule of the audience');
    }
  });
});

test('B-04: what was owed is told as of the launch, by the ledger', async () => {
  await inCompany(async (tx) => {
    const { customerId } = await makeCustomer(tx, { name: 'Bo Park' });
    const { invoiceId } = await invoice(tx, customerId, { number: 'N2' });
    const { campaignId } = await campaign(tx, { owedMinCents: 40_000 });
    const paymentId = await makePayment(tx, { customerId, amountCents: 50_000 });
    await postEntries(tx, invoiceId, [
      { kind: 'payment', amountCents: -50_000, paymentId, at: new Date(LAUNCH.getTime() + DAY) },
    ]);
    // It was unpaid at the launch and every rule held, so no rule is to blame.
    const after = await said(tx, campaignId, customerId);
    expect(after.why.invoices[0]).toMatchObject({
      status: 'open',
      balanceCents: 50_000,
      standing: { kind: 'changed' },
    });
    const second = await campaign(tx, {}, { launchedAt: new Date(LAUNCH.getTime() + 2 * DAY) });
    const { why, sentence } = await said(tx, second.campaignId, customerId);
    expect(why.invoices[0]).toMatchObject({ status: 'paid', balanceCents: 0, standing: { kind: 'rules' } });
    expect(sentence).toMatch(/^Bo Park did not get it: invoice N2 was paid on .*, before the launch\.$/);
  });
});

test('B-04: a message’s own fate comes first: got, not yet, refused with the fact, or nobody knows', async () => {
  await inCompany(async (tx) => {
    const { customerId } = await makeCustomer(tx, { name: 'Alia Conley' });
    const { invoiceId } = await invoice(tx, customerId, { number: 'N3' });
    const made = await campaign(tx);
    const { messageId } = await makeMessage(tx, { ...made, customerId, invoiceId });
    const become = async (change: ReturnType<typeof sql>) => {
      await tx.execute(sql`update messages set ${change} where id = ${messageId}`);
      return (await said(tx, made.campaignId, customerId)).sentence;
    };
    const sent = sql`state = 'sent', reason = null, sent_at = '2026-06-01T16:00:00Z'`;
    expect(await become(sql`send_at = '2026-06-02T14:00:00Z'`)).toMatch(
      /^Alia Conley has not got it yet: its turn is Jun 2, 2026, /,
    );
    expect(await become(sql`state = 'unknown', reason = 'no_answer'`)).toMatch(
      /^Nobody knows whether Alia Conley got it: the provider did not answer/,
    );
    expect(await become(sent)).toMatch(/^It was sent to Alia Conley on Jun 1, 2026\./);
    expect(await become(sql`${sent}, delivered_at = now()`)).toMatch(/^Alia Conley got it on Jun 1, 2026\./);
    expect(await become(sql`clicked_at = now()`)).toBe('Alia Conley got it on Jun 1, 2026 and followed a link in it.');
    expect(await become(sql`bounced_at = now()`)).toBe(
      'Alia Conley did not get it: it was sent on Jun 1, 2026 and came back.',
    );
    await tx.execute(sql`update invoices set paid_at = '2026-11-03T18:00:00Z' where id = ${invoiceId}`);
    expect(await become(sql`state = 'skipped', reason = 'paid', sent_at = null, bounced_at = null`)).toBe(
      'Alia Conley did not get it: invoice N3 was paid on Nov 3, 2026, before sending.',
    );
    expect(await become(sql`reason = 'unsubscribed'`)).toBe(
      'Alia Conley did not get it: the recipient unsubscribed from this kind of message.',
    );
  });
});

test('B-04: one message a customer covers their other invoices; a newer invoice was not there yet; none at all', async () => {
  await inCompany(async (tx) => {
    const { customerId } = await makeCustomer(tx, { name: 'Cy Dow' });
    const first = await invoice(tx, customerId, { number: 'OLD' });
    await invoice(tx, customerId, { number: 'OTHER', dueOn: daysBefore(20) });
    await invoice(tx, customerId, { number: 'NEW', createdAt: new Date(LAUNCH.getTime() + DAY) });
    const made = await campaign(tx);
    await makeMessage(tx, { ...made, customerId, invoiceId: first.invoiceId, state: 'sent', sentAt: LAUNCH });
    const { why } = await said(tx, made.campaignId, customerId);
    const standing = Object.fromEntries(why.invoices.map((one) => [one.number, one.standing]));
    expect(why.invoices[0]!.number).toBe('OLD');
    expect(standing).toEqual({
      OLD: { kind: 'messages' },
      OTHER: { kind: 'covered', by: 'OLD' },
      NEW: { kind: 'later' },
    });
    const nobody = await makeCustomer(tx, { name: 'Ed Fox' });
    expect((await said(tx, made.campaignId, nobody.customerId)).sentence).toBe(
      'Ed Fox did not get it: they have no invoices.',
    );
    expect(await whyCustomer(tx, made.campaignId, 987_654)).toBeNull();
    expect(await customersWithoutMessage(tx, made.campaignId, 'fo')).toMatchObject([{ name: 'Ed Fox' }]);
    expect(await customersWithoutMessage(tx, made.campaignId, 'Dow')).toEqual([]);
    for (const odd of ['%', '', ' ', 'x\u0000', "'; --"])
      expect(await customersWithoutMessage(tx, made.campaignId, odd)).toEqual([]);
  });
});

test('B-04: of a draft it says what a launch now would do', async () => {
  await inCompany(async (tx) => {
    const { campaignId } = await campaign(tx, {}, { status: 'draft', launchedAt: null });
    const get = await makeCustomer(tx, { name: 'Gia Holt' });
    await makeInvoice(tx, { customerId: get.customerId, number: 'D1' });
    expect((await said(tx, campaignId, get.customerId)).sentence).toBe('Gia Holt would get it now, about invoice D1.');
    const silent = await makeCustomer(tx, { name: 'Ira Jett', email: null });
    await makeInvoice(tx, { customerId: silent.customerId });
    expect((await said(tx, campaignId, silent.customerId)).sentence).toBe(
      'Ira Jett would not get it now: the customer has no email address on record.',
    );
    const fine = await makeCustomer(tx, { name: 'Kay Lund' });
    await makeInvoice(tx, { customerId: fine.customerId, status: 'paid', number: 'D2' });
    expect((await said(tx, campaignId, fine.customerId)).sentence).toMatch(
      /^Kay Lund would not get it now: invoice D2 was paid on /,
    );
  });
});

test('B-04: the rules asked one by one agree with the audience itself', async () => {
  await inCompany(async (tx) => {
    const people: number[] = [];
    for (const [type, tags] of [
      ['residential', ['a']],
      ['commercial', ['a', 'b']],
      ['residential', []],
    ] as const) {
      const { customerId } = await makeCustomer(tx, { type, tags: [...tags] });
      for (const days of [-3, 5, 45])
        await makeInvoice(tx, { customerId, totalCents: 10_000 + days * 100, dueOn: daysBefore(days) });
      await makeInvoice(tx, { customerId, status: 'void' });
      people.push(customerId);
    }
    const today = daysBefore(0);
    const bound = (max: number) => fc.option(fc.integer({ min: 0, max }));
    const spec = fc.record({
      daysOverdueMin: bound(50),
      daysOverdueMax: bound(50),
      owedMinCents: bound(15_000),
      owedMaxCents: bound(15_000),
      customerType: fc.constantFrom('any' as const, 'residential' as const, 'commercial' as const),
      tagsAny: fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 }),
      tagsNone: fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(spec, async (some) => {
        const rules = AudienceRules.parse({ ...some, per: 'invoice' });
        const inAudience = await tx.execute<{ id: number }>(
          sql`select invoice_id as id from (${audienceQuery(rules, today)}) a order by 1`,
        );
        const alone = [];
        for (const customerId of people) {
          const { invoices } = await checkCustomer(tx, rules, customerId, { today, at: null });
          alone.push(...invoices.filter((one) => one.tests.every((each) => each.holds)).map((one) => one.id));
        }
        expect(alone.toSorted((a, b) => a - b)).toEqual(inAudience.map((row) => row.id));
      }),
      { numRuns: 25 },
    );
  });
});

test('another company’s campaign or customer has no answer', async () => {
  const theirs = await inCompany(async (tx) => {
    const { customerId } = await makeCustomer(tx);
    return { ...(await campaign(tx)), customerId };
  });
  await inCompany(async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const ours = await campaign(tx);
    expect(await whyCustomer(tx, theirs.campaignId, customerId)).toBeNull();
    expect(await whyCustomer(tx, ours.campaignId, theirs.customerId)).toBeNull();
  });
});
