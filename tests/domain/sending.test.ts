import { setMaxListeners } from 'node:events';

import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { sendRange } from '#app/campaigns/send.server.ts';
import { sweepRanges, takeRange } from '#app/campaigns/send-lease.server.ts';
import { unsubscribe } from '#app/consent/unsubscribe.server.ts';
import { recordEvents } from '#app/messaging/events.server.ts';
import { recordOutcomes, type Recorded } from '#app/messaging/outcomes.server.ts';
import { Blocked, Retryable, type EmailMessage } from '#app/messaging/provider.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany } from '#db/client.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  counterDifferences,
  launchAndExpand,
  overdueInvoices,
  runRanges,
  sendingCompany,
  sendingWith,
  statesOf,
} from '#tests/fakes/sending.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { createTestDatabase, somebodyWaits } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

async function campaignTo(people: number) {
  const companyId = await sendingCompany(db);
  const invoices = await withCompany(db, companyId, (tx) => overdueInvoices(tx, people));
  return { companyId, invoices, ...(await launchAndExpand(db, companyId)) };
}

const status = async (companyId: number, campaignId: number) => {
  const [row] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ status: string; pause_reason: string | null }>(
      sql`select status, pause_reason from campaigns where id = ${campaignId}`,
    ),
  );
  return row;
};

test('everybody gets the message once, with links, headers and token of their own', async () => {
  const campaign = await campaignTo(5);
  const provider = recordingProvider();
  expect(await runRanges(sendingWith(db, provider), campaign.companyId, campaign.ranges)).toEqual(['done']);
  expect(new Set(provider.got.map((one) => one.to)).size).toBe(5);
  expect(await statesOf(db, campaign.companyId, campaign.campaignId)).toEqual(Array(5).fill('sent'));
  expect(await status(campaign.companyId, campaign.campaignId)).toEqual({ status: 'sent', pause_reason: null });
  expect(await counterDifferences(db, campaign.companyId, campaign.stepId)).toEqual([]);
  const { mime, token } = provider.got[0]!;
  expect(mime).toContain(`Message-ID: <${token}@`);
  expect(mime).toMatch(new RegExp(`List-Unsubscribe: <http://\\w+\\.go\\.localhost:3000/u/${token}>\r\n`));
  expect(mime).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
  const html = mime.replaceAll('=\r\n', '');
  expect(html).toMatch(/http:\/\/\w+\.go\.localhost:3000\/[0-9a-z]+-l1-[\w-]{20}"/);
  expect(html).toContain(`/o/${token}.gif`);
  // A second run has nothing left to do.
  expect(await runRanges(sendingWith(db, provider), campaign.companyId, campaign.ranges)).toEqual(['resting']);
  expect(provider.got).toHaveLength(5);
});

test('B-01: an invoice that is paid between plan and send is not reminded of', async () => {
  const { companyId, invoices, ranges, campaignId, stepId } = await campaignTo(3);
  const { invoiceId, customerId } = invoices[1]!;
  await withCompany(db, companyId, async (tx) => {
    const paymentId = await makePayment(tx, { customerId, amountCents: 10_000 });
    await postEntries(tx, invoiceId, [{ kind: 'payment', amountCents: -10_000, paymentId }]);
  });
  const provider = recordingProvider();
  await runRanges(sendingWith(db, provider), companyId, ranges);
  expect(provider.got).toHaveLength(2);
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual(['sent', 'sent', 'skipped:paid']);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('B-04: whoever must not get the message keeps the reason, as it stood when it would have gone out', async () => {
  const { companyId, invoices, ranges, campaignId, stepId } = await campaignTo(9);
  await withCompany(db, companyId, async (tx) => {
    const change = (index: number, what: ReturnType<typeof sql>) =>
      tx.execute(sql`update invoices set ${what} where id = ${invoices[index]!.invoiceId}`);
    await change(0, sql`status = 'void'`);
    await change(1, sql`disputed_at = now()`);
    await change(2, sql`promised_for = ${day(3)}`);
    await change(3, sql`do_not_remind = true`);
    await tx.execute(sql`update customers set do_not_contact = true where id = ${invoices[4]!.customerId}`);
    const address = async (index: number) => {
      const [row] = await tx.execute<{ address: string }>(
        sql`select address from messages where invoice_id = ${invoices[index]!.invoiceId}`,
      );
      return row!.address;
    };
    const choice = { how: 'link', actor: 'Recipient' };
    await unsubscribe(tx, { ...choice, address: await address(5), purpose: 'reminders' });
    await unsubscribe(tx, { ...choice, address: await address(6), purpose: 'promotions' });
    await tx.execute(sql`insert into suppressions (channel, address, purpose, reason)
      values ('email', ${await address(7)}, 'all', 'bounced')`);
    await tx.execute(
      sql`update messages set address = 'no address at all' where invoice_id = ${invoices[8]!.invoiceId}`,
    );
  });
  const provider = recordingProvider();
  await runRanges(sendingWith(db, provider), companyId, ranges);
  const states = await withCompany(db, companyId, (tx) =>
    tx.execute<{ invoiceId: number; what: string }>(
      sql`select invoice_id as "invoiceId", coalesce(reason, state) as what from messages where campaign_id = ${campaignId}`,
    ),
  );
  const byInvoice = new Map(states.map((row) => [row.invoiceId, row.what]));
  expect(invoices.map((one) => byInvoice.get(one.invoiceId))).toEqual([
    'void',
    'disputed',
    'promised',
    'do_not_remind',
    'do_not_contact',
    'unsubscribed',
    'sent',
    'bounced',
    'bad_address',
  ]);
  expect(provider.got).toHaveLength(1);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('B-04: whoever is left out at launch is a skipped message with its reason from the start', async () => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, async (tx) => {
    await overdueInvoices(tx, 1);
    const { customerId } = await makeCustomer(tx, { email: null });
    await makeInvoice(tx, { customerId });
    await makeInvoice(tx, { disputedAt: new Date() });
  });
  const { campaignId, stepId, ranges } = await launchAndExpand(db, companyId);
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual([
    'planned',
    'skipped:disputed',
    'skipped:no_email',
  ]);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
  expect(await runRanges(sendingWith(db, recordingProvider()), companyId, ranges)).toEqual(['done']);
});

test('three runs at once over the same ranges hand each message over once', async () => {
  const { companyId, campaignId, stepId, ranges } = await campaignTo(40);
  const provider = recordingProvider(async (message) => {
    await new Promise((done) => setImmediate(done));
    return { kind: 'sent', providerId: String(message.messageId) };
  });
  const sending = sendingWith(db, provider, { windowSize: 7 });
  const ends = await Promise.all([1, 2, 3].map(() => runRanges(sending, companyId, ranges)));
  // One run takes the range; the others find it held, or already done if they come late.
  expect(ends.flat().filter((end) => end === 'done')).toHaveLength(1);
  expect(provider.got).toHaveLength(40);
  expect(new Set(provider.got.map((one) => one.messageId)).size).toBe(40);
  expect(await statesOf(db, companyId, campaignId)).toEqual(Array(40).fill('sent'));
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('a run that died after the provider took the message leaves it unknown, and it is never sent again', async () => {
  const { companyId, campaignId, stepId, ranges } = await campaignTo(6);
  const dead = new Promise<never>(() => {});
  const first = recordingProvider(() => dead);
  void sendRange(sendingWith(db, first, { windowSize: 2, leaseSeconds: 600 }), { companyId, rangeId: ranges[0]! });
  await expect.poll(() => first.got.length).toBe(2);

  // Its lease lapses, as it would without its renewals.
  const second = recordingProvider();
  expect(await sendRange(sendingWith(db, second), { companyId, rangeId: ranges[0]! })).toBe('held');
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`update message_ranges set lease_expires_at = now() - interval '1 second' where id = ${ranges[0]!}`),
  );
  expect(await sweepRanges(db)).toBe(1);
  expect(await sendRange(sendingWith(db, second), { companyId, rangeId: ranges[0]! })).toBe('done');
  const twice = second.got.filter((one) => first.got.some((other) => other.messageId === one.messageId));
  expect(twice).toEqual([]);
  expect(second.got).toHaveLength(4);
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual([
    ...Array(4).fill('sent'),
    ...Array(2).fill('unknown:interrupted'),
  ]);

  // The provider's event settles one, the first run's own late answer the other.
  const [one, other] = first.got as [EmailMessage, EmailMessage];
  await withCompany(db, companyId, async (tx) => {
    const event = {
      messageId: one.messageId,
      kind: 'delivered',
      dedupeKey: 'late',
      details: {},
      at: new Date(),
    } as const;
    await recordEvents(tx, [event]);
    await recordOutcomes(tx, [{ id: other.messageId, state: 'sent', reason: null, provider: 'ses', providerId: 'x' }]);
  });
  expect(await statesOf(db, companyId, campaignId)).toEqual(Array(6).fill('sent'));
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('events of messages far apart and the outcome of one of them do not lock each other out', async () => {
  const { companyId } = await campaignTo(1);
  const { first, last } = await withCompany(db, companyId, async (tx) => {
    const [ids] = await tx.execute<{ first: number; last: number }>(sql`
      insert into messages (id, kind, campaign_id, step_id, customer_id, invoice_id, address)
      overriding system value
      select id + 5000, kind, campaign_id, step_id, customer_id, invoice_id, address from messages
      returning id as last, id - 5000 as first`);
    await tx.execute(sql`update messages set state = 'attempting', attempted_at = now()`);
    return ids!;
  });
  let listening!: Promise<number>;
  await withCompany(db, companyId, async (tx) => {
    await tx.execute(sql`select from messages where id = ${last} for no key update`);
    const at = new Date();
    listening = withCompany(db, companyId, (other) =>
      recordEvents(
        other,
        [first, last].map((id) => ({ messageId: id, kind: 'delivered', dedupeKey: `d${id}`, details: {}, at })),
      ),
    );
    listening.catch(() => {});
    await somebodyWaits(db);
    await recordOutcomes(tx, [{ id: last, state: 'sent', reason: null, provider: 'ses', providerId: 'x' }]);
  });
  expect(await listening).toBe(2);
});

test('outcomes take messages in the order of their ids, as events of the same messages do', async () => {
  const { companyId, campaignId } = await campaignTo(2);
  const [first, second] = await withCompany(db, companyId, async (tx) => {
    const rows = await tx.execute<{ id: number }>(
      sql`update messages set state = 'attempting', attempted_at = now() returning id`,
    );
    return rows.map((row) => row.id).toSorted((a, b) => a - b);
  });
  // A window of which all was taken is written down in another way than one with an unknown in it.
  for (const last of ['sent', 'unknown'] as const) {
    const told: Recorded[] = [
      { id: second!, state: last, reason: last === 'sent' ? null : 'no_answer', provider: 'ses', providerId: null },
      { id: first!, state: 'sent', reason: null, provider: 'ses', providerId: 'x' },
    ];
    let writing!: Promise<void>;
    await withCompany(db, companyId, (tx) => tx.execute(sql`update messages set state = 'attempting', reason = null`));
    await withCompany(db, companyId, async (tx) => {
      await tx.execute(sql`select from messages where id = ${first!} for no key update`);
      writing = withCompany(db, companyId, (other) => recordOutcomes(other, told));
      writing.catch(() => {});
      await somebodyWaits(db);
      // Refused at once if whoever waits for the first had the second already.
      await tx.execute(sql`select from messages where id = ${second!} for no key update nowait`);
    });
    await writing;
    expect(await statesOf(db, companyId, campaignId)).toEqual(['sent', last === 'sent' ? 'sent' : 'unknown:no_answer']);
  }
});

test('a run whose lease was taken over opens no further window', async () => {
  const { companyId, ranges } = await campaignTo(4);
  const provider = recordingProvider(async (message) => {
    if (provider.got.length === 1) {
      await withCompany(db, companyId, async (tx) => {
        await tx.execute(sql`update message_ranges set lease_expires_at = now() - interval '1 second'`);
        await takeRange(tx, ranges[0]!, 'somebody else', 600);
      });
    }
    return { kind: 'sent', providerId: String(message.messageId) };
  });
  expect(await sendRange(sendingWith(db, provider, { windowSize: 1 }), { companyId, rangeId: ranges[0]! })).toBe(
    'lost',
  );
  expect(provider.got).toHaveLength(1);
});

test('throttled messages wait and go out later, once; the rest of the window is not even tried', async () => {
  const { companyId, campaignId, stepId, ranges } = await campaignTo(30);
  const provider = recordingProvider((message, call) => {
    if (call === 5) throw new Retryable('Throttling', 1);
    return { kind: 'sent', providerId: String(message.messageId) };
  });
  const sending = sendingWith(db, provider, { windowSize: 10 });
  expect(await runRanges(sending, companyId, ranges)).toEqual(['retry']);
  const states = await statesOf(db, companyId, campaignId);
  expect(states.filter((one) => one === 'planned').length).toBe(30 - states.filter((one) => one === 'sent').length);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
  expect(await runRanges(sending, companyId, ranges)).toEqual(['done']);
  const sent = provider.got.map((one) => one.messageId);
  expect(sent).toHaveLength(31);
  expect(new Set(sent).size).toBe(30);
  expect(await statesOf(db, companyId, campaignId)).toEqual(Array(30).fill('sent'));
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('an answer that never came is unknown, a refusal is failed, and neither stops the others', async () => {
  const { companyId, campaignId, stepId, ranges } = await campaignTo(4);
  const provider = recordingProvider((message, call) => {
    if (call === 2) throw new Error('socket hang up');
    if (call === 3) return { kind: 'failed', reason: 'rejected' };
    return { kind: 'sent', providerId: String(message.messageId) };
  });
  expect(await runRanges(sendingWith(db, provider), companyId, ranges)).toEqual(['done']);
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual([
    'failed:rejected',
    'sent',
    'sent',
    'unknown:no_answer',
  ]);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('a recipient for whom the message cannot be written fails alone', async () => {
  const { companyId, invoices, campaignId, stepId, ranges } = await campaignTo(3);
  // A template that is harmless for everybody but the one whose name is enormous.
  const bomb = `{{ customer.first_name | replace: "x", "${'y'.repeat(500)}" }}`;
  await withCompany(db, companyId, async (tx) => {
    await tx.execute(sql`update campaign_steps set compiled = jsonb_set(compiled, '{text}', to_jsonb(${bomb}::text))`);
    await tx.execute(sql`update customers set first_name = ${'x'.repeat(5_000)} where id = ${invoices[1]!.customerId}`);
  });
  const provider = recordingProvider();
  expect(await runRanges(sendingWith(db, provider), companyId, ranges)).toEqual(['done']);
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual(['failed:render', 'sent', 'sent']);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('a provider that refuses everything pauses the campaign with its reason, and nothing is lost', async () => {
  const { companyId, campaignId, stepId, ranges } = await campaignTo(5);
  const provider = recordingProvider(() => {
    throw new Blocked('Amazon SES refuses: the domain is not verified');
  });
  expect(await runRanges(sendingWith(db, provider, { windowSize: 3 }), companyId, ranges)).toEqual(['blocked']);
  expect(await status(companyId, campaignId)).toEqual({
    status: 'paused',
    pause_reason: 'Amazon SES refuses: the domain is not verified',
  });
  expect(await statesOf(db, companyId, campaignId)).toEqual(Array(5).fill('planned'));
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('a process that is asked to stop finishes its window and gives the range back', async () => {
  const { companyId, campaignId, ranges } = await campaignTo(6);
  const provider = recordingProvider();
  const sending = sendingWith(db, provider, { windowSize: 2, stopping: () => provider.got.length >= 2 });
  expect(await runRanges(sending, companyId, ranges)).toEqual(['stopped']);
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual([
    ...Array(4).fill('planned'),
    ...Array(2).fill('sent'),
  ]);
  expect(await runRanges(sendingWith(db, provider), companyId, ranges)).toEqual(['done']);
  expect(new Set(provider.got.map((one) => one.messageId)).size).toBe(6);
  expect(provider.got).toHaveLength(6);
});

test('another company neither sees nor sends the range', async () => {
  const { ranges, campaignId, companyId } = await campaignTo(1);
  const other = await sendingCompany(db);
  const provider = recordingProvider();
  expect(await runRanges(sendingWith(db, provider), other, ranges)).toEqual(['resting']);
  expect(provider.got).toEqual([]);
  expect(await statesOf(db, companyId, campaignId)).toEqual(['planned']);
});

test('a run that was cut off asks a provider that can be asked: what it took is sent, the rest stays unknown', async () => {
  const { companyId, campaignId, stepId, ranges } = await campaignTo(5);
  const first = recordingProvider(() => new Promise<never>(() => {}));
  void sendRange(sendingWith(db, first, { windowSize: 3, leaseSeconds: 600 }), { companyId, rangeId: ranges[0]! });
  await expect.poll(() => first.got.length).toBe(3);
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`update message_ranges set lease_expires_at = now() - interval '1 second' where id = ${ranges[0]!}`),
  );
  const second = recordingProvider();
  const [one, two] = first.got as [EmailMessage, EmailMessage];
  second.find = (asked) => {
    expect(asked.map(({ token }) => token).toSorted()).toEqual(first.got.map(({ token }) => token).toSorted());
    return Promise.resolve(new Map([one, two].map(({ messageId }) => [messageId, `found-${messageId}`])));
  };
  expect(await runRanges(sendingWith(db, second), companyId, ranges)).toEqual(['done']);
  expect(second.got).toHaveLength(2);
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual([
    ...Array(4).fill('sent'),
    'unknown:interrupted',
  ]);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('a process that stops waits for no answer beyond its patience: what was called is unknown, what was not is planned', async () => {
  const { companyId, campaignId, stepId, ranges } = await campaignTo(60);
  const patience = new AbortController();
  setMaxListeners(0, patience.signal);
  const provider = recordingProvider((message, call) => {
    if (call <= 2) return { kind: 'sent', providerId: String(message.messageId) };
    if (call === 30) setImmediate(() => patience.abort());
    return new Promise<never>(() => {});
  });
  const sending = sendingWith(db, provider, {
    windowSize: 60,
    giveUp: patience.signal,
    stopping: () => patience.signal.aborted,
  });
  expect(await runRanges(sending, companyId, ranges)).toEqual(['retry']);
  const states = await statesOf(db, companyId, campaignId);
  const called = provider.got.length;
  expect(called).toBeLessThan(60);
  expect(states.filter((one) => one === 'sent')).toHaveLength(2);
  expect(states.filter((one) => one === 'unknown:interrupted')).toHaveLength(called - 2);
  expect(states.filter((one) => one === 'planned')).toHaveLength(60 - called);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});
