import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { attributePayment, endSettledRuns } from '#app/campaigns/attribution.server.ts';
import { checkCampaign } from '#app/campaigns/checklist.server.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '#app/campaigns/lifecycle.server.ts';
import { recallCards } from '#app/campaigns/recall.server.ts';
import { takeRange } from '#app/campaigns/send-lease.server.ts';
import { openWindow } from '#app/campaigns/send-gate.server.ts';
import { system } from '#app/company/audit.server.ts';
import { recordEvents } from '#app/messaging/events.server.ts';
import { Retryable } from '#app/messaging/provider.ts';
import { postcardTemplates } from '#builders/postcard/templates.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { recordingMail, type RecordingMail } from '#tests/fakes/mail.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  checkWith,
  counterDifferences,
  launchAndExpand,
  runRanges,
  sendingCompany,
  sendingWith,
  statesOf,
} from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

const { document } = postcardTemplates[0]!;
const step = { channel: 'mail', subject: '', preheader: '', document } as const;

const withMail = (mail: RecordingMail) =>
  sendingWith(db, recordingProvider(), { mailProvider: () => Promise.resolve(mail) });

async function mailCompany() {
  const companyId = await sendingCompany(db);
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  await tx((t) =>
    t.execute(sql`
      insert into company_profiles (postal_address) values (E'1 Main St\nAustin TX 78701')
      on conflict (company_id) do update set postal_address = excluded.postal_address`),
  );
  return { companyId, tx };
}

/** A customer with an overdue invoice and, unless told otherwise, an address. */
async function debtor(tx: Tx, location: Parameters<typeof makeLocation>[1] | object | null = {}, firstName = 'Dana') {
  const { customerId } = await makeCustomer(tx, { firstName, email: null });
  const locationId = location && (await makeLocation(tx, { customerId, ...location }));
  const { invoiceId } = await makeInvoice(tx, { customerId });
  return { customerId, invoiceId, locationId };
}

/** Has every address on record looked up. */
const allChecked = (tx: Tx) =>
  tx.execute(sql`
    insert into address_checks (address, deliverability, provider)
    select distinct postal_key(line1, line2, city, state, zip), 'deliverable', 'sandbox' from locations
    on conflict do nothing`);

/** A launched campaign to whoever is there. */
async function launched({ companyId, tx }: Awaited<ReturnType<typeof mailCompany>>) {
  await tx(allChecked);
  return launchAndExpand(db, companyId, await tx((t) => makeCampaign(t, { step })));
}

test('S0-14, S0-16, B-12: a campaign by mail goes to postal addresses, each card with a code of its own', async () => {
  const at = await mailCompany();
  const [whole] = await at.tx(async (t) => [
    await debtor(t, { line1: '12  Oak Street', line2: 'Apt 4', city: 'Austin', state: 'TX', zip: '78701' }),
    await debtor(t, null),
    await debtor(t, { line1: '9 Elm Street', city: '' }),
    await debtor(t),
  ]);
  const campaign = await launched(at);
  const mail = recordingMail();
  await runRanges(withMail(mail), at.companyId, campaign.ranges);
  const states = await statesOf(db, at.companyId, campaign.campaignId);
  expect(states).toEqual(['sent', 'skipped:no_address', 'skipped:no_address', 'sent']);
  const [first, second] = mail.got;
  expect(first!.to).toMatchObject({
    line1: '12  Oak Street',
    line2: 'Apt 4',
    city: 'Austin',
    state: 'TX',
    zip: '78701',
  });
  expect(first!.card.address.slice(1)).toEqual(['12 OAK STREET', 'APT 4', 'AUSTIN TX 78701']);
  expect(first!.card.returnAddress.slice(1)).toEqual(['1 Main St', 'Austin TX 78701']);
  expect(first!.key).toBe(first!.token);
  const codes = [first!, second!].map(({ card }) => card.qr!.url);
  for (const url of codes) expect(url).toMatch(/^http:\/\/[a-z0-9]+\.go\.localhost:3000\/[a-z0-9]{10}$/);
  expect(new Set(codes).size).toBe(2);
  // What is printed in the Body is the same short link, as a person types it.
  expect(first!.card.back.body).toContain(codes[0]!.replace('http://', ''));
  const printed = await first!.print();
  for (const side of [printed.front, printed.back]) expect(side.subarray(0, 5).toString()).toBe('%PDF-');
  const links = await at.tx((t) =>
    t.execute<{ kind: string; invoiceId: number }>(
      sql`select kind, invoice_id as "invoiceId" from links where message_id = ${first!.messageId}`,
    ),
  );
  expect([...links]).toEqual([{ kind: 'pay_invoice', invoiceId: whole.invoiceId }]);
  const [paid] = await at.tx((t) =>
    t.execute<{ cents: number }>(sql`select cost_cents as cents from campaign_steps where id = ${campaign.stepId}`),
  );
  expect(paid!.cents).toBe(2 * 87);
  expect(await counterDifferences(db, at.companyId, campaign.stepId)).toEqual([]);
});

test('B-12: the billing address comes before the one that was entered first', async () => {
  const at = await mailCompany();
  await at.tx(async (t) => {
    const { customerId } = await debtor(t, { line1: '1 First Street', billing: false });
    await makeLocation(t, { customerId, line1: '2 Billing Street', billing: true });
    const other = await debtor(t, { line1: '3 First Street', billing: false });
    await makeLocation(t, { customerId: other.customerId, line1: '4 Later Street', billing: false });
  });
  const campaign = await launched(at);
  const mail = recordingMail();
  await runRanges(withMail(mail), at.companyId, campaign.ranges);
  expect(mail.got.map(({ to }) => to.line1)).toEqual(['2 Billing Street', '3 First Street']);
});

test('B-12: addresses must be looked up before the launch; those that mail can’t reach are left out', async () => {
  const at = await mailCompany();
  await at.tx(async (t) => [await debtor(t, { line1: '1 Good Street' }), await debtor(t, { line1: '2 Bad Street' })]);
  const draft = await at.tx((t) => makeCampaign(t, { step }));
  const open = async () =>
    (await at.tx((t) => checkCampaign(t, draft.campaignId, checkWith)))!.items
      .filter((item) => item.state !== 'done')
      .map((item) => item.id);
  expect(await open()).toEqual(['addresses']);
  await at.tx(allChecked);
  await at.tx((t) =>
    t.execute(sql`update address_checks set deliverability = 'undeliverable' where address like '2 BAD%'`),
  );
  expect(await open()).toEqual([]);
  const check = (await at.tx((t) => checkCampaign(t, draft.campaignId, checkWith)))!;
  expect(check.counts).toMatchObject({ eligible: 1, byExclusion: { undeliverable: 1 } });
  // What only the sandbox said does not count for a real printer.
  const lob = { apiKey: 'live_0123456789', webhookSecret: '' };
  const real = (await at.tx((t) => checkCampaign(t, draft.campaignId, { ...checkWith, lob })))!;
  expect(real.items.find((item) => item.id === 'addresses')!.state).toBe('missing');
});

test('B-12, B-13: the gate looks again: a changed, undeliverable or unwanted address gets no card', async () => {
  const at = await mailCompany();
  const made = await at.tx(async (t) => {
    const all = [];
    for (let n = 1; n <= 4; n++) all.push(await debtor(t, { line1: `${n} Gate Street` }));
    return all;
  });
  const campaign = await launched(at);
  await at.tx(async (t) => {
    await t.execute(sql`update locations set line1 = '10 New Street' where id = ${made[0]!.locationId}`);
    await t.execute(sql`update address_checks set deliverability = 'undeliverable' where address like '2 GATE%'`);
    await t.execute(sql`
      insert into suppressions (channel, address, purpose, reason)
      select 'mail', address, 'all', 'unsubscribed' from messages where location_id = ${made[2]!.locationId}`);
  });
  const mail = recordingMail();
  await runRanges(withMail(mail), at.companyId, campaign.ranges);
  expect(await statesOf(db, at.companyId, campaign.campaignId)).toEqual([
    'skipped:no_address',
    'skipped:undeliverable',
    'skipped:unsubscribed',
    'sent',
  ]);
  expect(mail.got.map(({ to }) => to.line1)).toEqual(['4 Gate Street']);
  expect(await counterDifferences(db, at.companyId, campaign.stepId)).toEqual([]);
});

test('B-12: a card whose texts do not fit with one customer’s values is left out, and the others go', async () => {
  const at = await mailCompany();
  await at.tx(async (t) => [await debtor(t), await debtor(t, {}, 'Maximiliane'.repeat(40))]);
  const campaign = await launched(at);
  const mail = recordingMail();
  await runRanges(withMail(mail), at.companyId, campaign.ranges);
  expect(await statesOf(db, at.companyId, campaign.campaignId)).toEqual(['sent', 'skipped:too_long']);
});

test('a crash between call and record hands the same card over again, by the same key', async () => {
  const at = await mailCompany();
  await at.tx(async (t) => [await debtor(t), await debtor(t)]);
  const campaign = await launched(at);
  const [rangeId] = campaign.ranges;
  // What a run leaves behind that dies after its calls: both marked, nothing written down, the cursor past them.
  await at.tx(async (t) => {
    const taken = await takeRange(t, rangeId!, 'dead', 20);
    if (taken.kind !== 'mine') throw new Error('The range should be free');
    const window = await openWindow(t, taken.range, 10, '2026-01-01');
    expect(window.passed).toHaveLength(2);
    await t.execute(sql`
      update message_ranges set cursor_id = ${window.lastId! + 1}, lease_expires_at = now() - interval '1 second' where id = ${rangeId}`);
  });
  const mail = recordingMail();
  expect(await runRanges(withMail(mail), at.companyId, [rangeId!])).toEqual(['done']);
  expect(await statesOf(db, at.companyId, campaign.campaignId)).toEqual(['sent', 'sent']);
  expect(mail.got.map(({ key, token }) => key === token)).toEqual([true, true]);
  expect(await counterDifferences(db, at.companyId, campaign.stepId)).toEqual([]);
});

test('what is older than the printer’s memory of keys stays unknown', async () => {
  const at = await mailCompany();
  await at.tx((t) => debtor(t));
  const campaign = await launched(at);
  await at.tx((t) =>
    t.execute(sql`
      update messages set state = 'attempting', attempted_at = now() - interval '24 hours' where step_id = ${campaign.stepId}`),
  );
  const mail = recordingMail();
  await runRanges(withMail(mail), at.companyId, campaign.ranges);
  expect(mail.got).toEqual([]);
  expect(await statesOf(db, at.companyId, campaign.campaignId)).toEqual(['unknown:interrupted']);
  expect(await counterDifferences(db, at.companyId, campaign.stepId)).toEqual([]);
});

test('a card that the printer may have under a key that it forgot is asked for before it is ordered again', async () => {
  const at = await mailCompany();
  await at.tx(async (t) => [await debtor(t), await debtor(t)]);
  const campaign = await launched(at);
  const mail = recordingMail();
  mail.answer = () => {
    throw new Retryable('The answer was lost.');
  };
  expect(await runRanges(withMail(mail), at.companyId, campaign.ranges)).toEqual(['retry']);
  await at.tx((t) =>
    t.execute(sql`update messages set attempted_at = now() - interval '24 hours' where step_id = ${campaign.stepId}`),
  );
  const first = mail.got[0]!;
  mail.got.length = 0;
  mail.answer = ({ key }) => ({ kind: 'sent', providerId: `card-${key}` });
  mail.find = () => Promise.reject(new Error('away'));
  expect(await runRanges(withMail(mail), at.companyId, campaign.ranges)).toEqual(['retry']);
  expect(mail.got).toEqual([]);
  mail.find = () => Promise.resolve(new Map([[first.messageId, 'psc_before']]));
  expect(await runRanges(withMail(mail), at.companyId, campaign.ranges)).toEqual(['done']);
  expect(mail.got.map((one) => one.messageId)).not.toContain(first.messageId);
  expect(await statesOf(db, at.companyId, campaign.campaignId)).toEqual(['sent', 'sent']);
  expect(await counterDifferences(db, at.companyId, campaign.stepId)).toEqual([]);
});

/** A campaign to three that went out, and is paused. The first card is in print already. */
async function paused() {
  const at = await mailCompany();
  const debtors = await at.tx(async (t) => [await debtor(t), await debtor(t), await debtor(t)]);
  const campaign = await launched(at);
  // One range is left open by a message that is due later, as in a longer campaign.
  await at.tx((t) =>
    t.execute(sql`
      update messages set send_at = now() + interval '1 day' where invoice_id = ${debtors[2]!.invoiceId}`),
  );
  const mail = recordingMail();
  await runRanges(withMail(mail), at.companyId, campaign.ranges);
  mail.back = (id) => (id === `card-${mail.got[0]!.key}` ? 'too_late' : 'canceled');
  await at.tx((t) => pauseCampaign(t, campaign.campaignId, system));
  return { ...at, ...campaign, debtors, mail };
}

const recalled = (at: Awaited<ReturnType<typeof paused>>, which: { campaignId: number } | { invoiceId: number }) =>
  recallCards(withMail(at.mail), at.companyId, which);
const jobsOf = (at: Awaited<ReturnType<typeof paused>>, task: string) =>
  at.tx((t) =>
    t.execute<{ task: string }>(sql`select task from queue_state(${at.companyId}::bigint) where task = ${task}`),
  );

test('B-06: a pause takes back what is not in print, and a resume sends it as another card', async () => {
  const at = await paused();
  expect(await jobsOf(at, 'campaign.recall')).toHaveLength(1);
  expect(await recalled(at, at)).toBe(1);
  expect(await recalled(at, at), 'asked again nothing is left').toBe(0);
  expect(await statesOf(db, at.companyId, at.campaignId)).toEqual(['sent', 'planned', 'planned']);
  expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  await at.tx((t) => resumeCampaign(t, at.campaignId, system));
  await at.tx((t) => t.execute(sql`update messages set send_at = now() where step_id = ${at.stepId}`));
  await runRanges(withMail(at.mail), at.companyId, at.ranges);
  const [, before, again] = at.mail.got;
  expect(again!.messageId).toBe(before!.messageId);
  expect(again!.key).not.toBe(before!.key);
  expect(again!.token).toBe(before!.token);
  expect(await statesOf(db, at.companyId, at.campaignId)).toEqual(['sent', 'sent', 'sent']);
  expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
});

test('B-06: a cancel takes back for good', async () => {
  const at = await paused();
  await at.tx((t) => cancelCampaign(t, at.campaignId, system));
  expect(await recalled(at, at)).toBe(1);
  const states = await statesOf(db, at.companyId, at.campaignId);
  expect(states.slice(0, 2)).toEqual(['sent', 'skipped:canceled']);
  expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
});

test('B-01: a paid invoice takes its card back; one that is open again keeps it', async () => {
  const at = await paused();
  const { invoiceId } = at.debtors[1]!;
  expect(await recalled(at, { invoiceId })).toBe(0);
  await at.tx((t) => t.execute(sql`update invoices set status = 'paid', balance_cents = 0 where id = ${invoiceId}`));
  await at.tx((t) => endSettledRuns(t, invoiceId));
  expect(await jobsOf(at, 'invoice.recall')).toHaveLength(1);
  expect(await recalled(at, { invoiceId })).toBe(1);
  expect((await statesOf(db, at.companyId, at.campaignId))[1]).toBe('skipped:paid');
  expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
});

test('an invoice that is open again by the time its card is back gets another card, of a campaign that was through', async () => {
  const at = await mailCompany();
  const { invoiceId } = await at.tx((t) => debtor(t));
  const campaign = await launched(at);
  const mail = recordingMail();
  expect(await runRanges(withMail(mail), at.companyId, campaign.ranges)).toEqual(['done']);
  const set = (status: string) =>
    at.tx((t) => t.execute(sql`update invoices set status = ${status} where id = ${invoiceId}`));
  await set('paid');
  mail.back = async () => {
    await set('open');
    return 'canceled' as const;
  };
  expect(await recallCards(withMail(mail), at.companyId, { invoiceId })).toBe(1);
  expect(await statesOf(db, at.companyId, campaign.campaignId)).toEqual(['planned']);
  expect(await runRanges(withMail(mail), at.companyId, campaign.ranges)).toEqual(['done']);
  expect(await statesOf(db, at.companyId, campaign.campaignId)).toEqual(['sent']);
  expect(new Set(mail.got.map(({ key }) => key)).size).toBe(2);
  expect(await counterDifferences(db, at.companyId, campaign.stepId)).toEqual([]);
});

test('what is in the post is not asked back, and neither is another company’s', async () => {
  const at = await paused();
  const other = await mailCompany();
  expect(await recallCards(withMail(at.mail), other.companyId, { campaignId: at.campaignId })).toBe(0);
  await at.tx((t) =>
    t.execute(sql`update messages set mailed_at = now() where step_id = ${at.stepId} and state = 'sent'`),
  );
  await at.tx((t) => t.execute(sql`update campaign_steps set mailed = 2 where id = ${at.stepId}`));
  expect(await recalled(at, at)).toBe(0);
  expect(at.mail.asked).toEqual([]);
});

test('a printer that can’t be asked is asked again, and what it took back before is written down', async () => {
  const at = await paused();
  at.mail.back = (id) => {
    if (id === `card-${at.mail.got[1]!.key}`) return 'canceled';
    throw new Retryable('away');
  };
  await expect(recalled(at, at)).rejects.toThrow('away');
  expect(await statesOf(db, at.companyId, at.campaignId)).toEqual(['sent', 'planned', 'planned']);
  at.mail.back = () => 'canceled';
  expect(await recalled(at, at)).toBe(1);
  expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
});

test('B-06: a card that was handed over while its campaign was paused is asked back too', async () => {
  const at = await mailCompany();
  await at.tx((t) => debtor(t));
  const campaign = await launched(at);
  const mail = recordingMail();
  mail.answer = async ({ key }) => {
    await at.tx((t) => pauseCampaign(t, campaign.campaignId, system));
    return { kind: 'sent', providerId: `card-${key}` };
  };
  await runRanges(withMail(mail), at.companyId, campaign.ranges);
  const jobs = await at.tx((t) =>
    t.execute(sql`select task from queue_state(${at.companyId}::bigint) where task = 'campaign.recall'`),
  );
  expect(jobs).toHaveLength(1);
});

test('B-07: a card takes the credit once it arrived, not while it is in the post', async () => {
  const at = await mailCompany();
  const { customerId, invoiceId } = await at.tx((t) => debtor(t));
  const campaign = await launched(at);
  const mail = recordingMail();
  await runRanges(withMail(mail), at.companyId, campaign.ranges);
  const pay = () =>
    at.tx(async (t) => {
      const paymentId = await makePayment(t, { customerId, amountCents: 500 });
      await t.execute(sql`
        insert into ledger_entries (customer_id, invoice_id, payment_id, kind, amount_cents)
        values (${customerId}, ${invoiceId}, ${paymentId}, 'payment', -500)`);
      return attributePayment(t, paymentId);
    });
  expect(await pay()).toBe(0);
  await at.tx((t) =>
    recordEvents(t, [
      {
        messageId: mail.got[0]!.messageId,
        kind: 'delivered',
        dedupeKey: 'x',
        details: {},
        at: new Date(Date.now() - 1_000),
      },
    ]),
  );
  expect(await pay()).toBe(1);
});
