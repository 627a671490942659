import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { recordEvents } from '#app/messaging/events.server.ts';
import { Retryable, type Outcome, type TextProvider } from '#app/messaging/provider.ts';
import { sandboxProvider } from '#app/messaging/providers/sandbox.server.ts';
import { deliverFromSandbox } from '#app/messaging/providers/sandbox.server.ts';
import { sendMessage, sendTransactional, sendTransactionalText } from '#app/messaging/send-transactional.server.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';
import { isSuppressed, unsubscribe } from '#app/consent/unsubscribe.server.ts';
import { bookPlaces } from '#app/messaging/rate.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { isLastTry } from '#db/jobs.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import { SECRET, sendingCompany, sendingWith } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

const invitation = {
  kind: 'portal_invitation',
  to: 'Dana@Mail.example',
  subject: 'Create your password',
  html: '<p>Hello Dana</p>',
  text: 'Hello Dana',
} as const;

async function written(email: Parameters<typeof sendTransactional>[1] = invitation) {
  const companyId = await sendingCompany(db);
  const messageId = await withCompany(db, companyId, (tx) => sendTransactional(tx, email));
  return { companyId, messageId };
}

const stateOf = async ({ companyId, messageId }: { companyId: number; messageId: number }) => {
  const [row] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ state: string; reason: string | null; provider_id: string | null }>(
      sql`select state, reason, provider_id from messages where id = ${messageId}`,
    ),
  );
  return row;
};

test('S2-28: an invitation goes out once, however often its job runs', async () => {
  const job = await written();
  const provider = recordingProvider();
  const sending = sendingWith(db, provider);
  await Promise.all([sendMessage(sending, job), sendMessage(sending, job)]);
  await sendMessage(sending, job);
  expect(provider.got).toHaveLength(1);
  const [mail] = provider.got;
  expect(mail?.to).toBe('dana@mail.example');
  expect(mail?.subject).toBe('Create your password');
  expect(mail?.mime).toContain('Auto-Submitted: auto-generated');
  expect(readMessageToken(SECRET, mail!.token)).toEqual(job);
});

test('a message is written and its job added in one transaction with the change, or not at all', async () => {
  const companyId = await sendingCompany(db);
  await expect(
    withCompany(db, companyId, async (tx) => {
      await sendTransactional(tx, invitation);
      throw new Error('the change failed');
    }),
  ).rejects.toThrow('failed');
  const rows = await withCompany(db, companyId, (tx) => tx.execute(sql`select id from messages`));
  expect([...rows]).toEqual([]);
});

test('B-08: a test send says that it is one', async () => {
  const job = await written({ ...invitation, kind: 'test' });
  const provider = recordingProvider();
  await sendMessage(sendingWith(db, provider), job);
  expect(provider.got[0]?.subject).toBe('[Test] Create your password');
});

test('what a throttled provider refused is tried again, and given up after the last try', async () => {
  const job = await written();
  const provider = recordingProvider(() => {
    throw new Retryable('Throttling');
  });
  const sending = sendingWith(db, provider);
  await expect(sendMessage(sending, job)).rejects.toBeInstanceOf(Retryable);
  expect(await stateOf(job)).toMatchObject({ state: 'planned' });
  await sendMessage(sending, job, { last: true });
  expect(await stateOf(job)).toMatchObject({ state: 'failed', reason: 'gave_up' });
});

test('a run that was cut off after the call leaves the message unknown, and a second run does not send it', async () => {
  const job = await written();
  const provider = recordingProvider();
  await withCompany(db, job.companyId, (tx) =>
    tx.execute(sql`update messages set state = 'attempting', attempted_at = now() where id = ${job.messageId}`),
  );
  await sendMessage(sendingWith(db, provider), job);
  expect(provider.got).toEqual([]);
  expect(await stateOf(job)).toMatchObject({ state: 'unknown', reason: 'interrupted' });
});

test('a run that was cut off after the provider’s event came is sent', async () => {
  const job = await written();
  await withCompany(db, job.companyId, async (tx) => {
    await tx.execute(sql`update messages set state = 'attempting', attempted_at = now() where id = ${job.messageId}`);
    await recordEvents(tx, [
      { messageId: job.messageId, kind: 'delivered', dedupeKey: 'd', details: {}, at: new Date() },
    ]);
  });
  await sendMessage(sendingWith(db, recordingProvider()), job);
  expect(await stateOf(job)).toMatchObject({ state: 'sent', reason: null });
});

test('who unsubscribed from reminders still gets what they asked for; an address that bounced does not', async () => {
  const job = await written();
  const provider = recordingProvider();
  await withCompany(db, job.companyId, (tx) =>
    unsubscribe(tx, { address: invitation.to, purpose: 'all', how: 'link', actor: 'Recipient' }),
  );
  await sendMessage(sendingWith(db, provider), job);
  expect(provider.got).toHaveLength(1);
  const again = await withCompany(db, job.companyId, async (tx) => {
    await tx.execute(sql`update suppressions set reason = 'bounced'`);
    return sendTransactional(tx, invitation);
  });
  await sendMessage(sendingWith(db, provider), { companyId: job.companyId, messageId: again });
  expect(provider.got).toHaveLength(1);
  expect(await stateOf({ ...job, messageId: again })).toMatchObject({ state: 'skipped', reason: 'bounced' });
});

test.each(['no at sign', 'dana@mail.example\r\nBcc: eve@mail.example', ''])(
  'an address that cannot be one is skipped with a reason: %j',
  async (to) => {
    const job = await written({ ...invitation, to });
    const provider = recordingProvider();
    await sendMessage(sendingWith(db, provider), job);
    expect(provider.got).toEqual([]);
    expect(await stateOf(job)).toMatchObject({ state: 'skipped', reason: 'bad_address' });
  },
);

test('a subject cannot begin a header of its own', async () => {
  const job = await written({ ...invitation, subject: 'Hello\r\nBcc: eve@mail.example' });
  const provider = recordingProvider();
  await sendMessage(sendingWith(db, provider), job);
  expect(provider.got[0]?.mime).not.toMatch(/^Bcc:/m);
});

/** A text to a number, and what the provider says to it. */
async function texted(kind: 'reply' | 'keyword_answer', outcome: Outcome) {
  const number = '+15005550009';
  const companyId = await sendingCompany(db);
  const inside = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const texts: TextProvider = {
    name: 'sandbox',
    account: null,
    rate: () => Promise.resolve(Number.POSITIVE_INFINITY),
    send: () => Promise.resolve(outcome),
  };
  const sending = sendingWith(db, recordingProvider(), { textProvider: () => Promise.resolve(texts) });
  const send = async () => {
    const messageId = await inside((tx) => sendTransactionalText(tx, { kind, to: number, body: 'Friday is fine.' }));
    await sendMessage(sending, { companyId, messageId });
    return messageId;
  };
  const consents = () =>
    inside((tx) => tx.execute(sql`select state, how, actor, message_id as "messageId" from consents order by id`));
  return { companyId, number, inside, send, consents };
}

test.each([
  ['bad_number', 'bounced', 'bounce'],
  ['opted_out', 'unsubscribed', 'text'],
] as const)('B-13: a reply that is refused for good (%s) puts its number out', async (reason, suppress, how) => {
  const at = await texted('reply', { kind: 'failed', reason, suppress });
  const messageId = await at.send();
  expect(await at.inside((tx) => isSuppressed(tx, at.number, 'reminders'))).toBe(suppress);
  expect([...(await at.consents())]).toEqual([{ state: 'out', how, actor: 'Text provider', messageId }]);
  const again = await at.send();
  expect(await stateOf({ ...at, messageId: again })).toMatchObject({ state: 'skipped', reason: suppress });
});

test('B-13: the confirmation of a STOP that the provider refuses is no second STOP', async () => {
  const at = await texted('keyword_answer', { kind: 'failed', reason: 'opted_out', suppress: 'unsubscribed' });
  const stop = { address: at.number, purpose: 'all', how: 'text', actor: 'Recipient' } as const;
  await at.inside((tx) => unsubscribe(tx, stop));
  const messageId = await at.send();
  expect(await stateOf({ ...at, messageId })).toMatchObject({ state: 'failed', reason: 'opted_out' });
  expect(await at.consents()).toHaveLength(1);
});

test('another company’s message is not sent', async () => {
  const job = await written();
  const other = await sendingCompany(db);
  const provider = recordingProvider();
  await sendMessage(sendingWith(db, provider), { companyId: other, messageId: job.messageId });
  expect(provider.got).toEqual([]);
  expect(await stateOf(job)).toMatchObject({ state: 'planned' });
});

test('the sandbox shows each message in the Outbox and tells what became of it', async () => {
  const companyId = await sendingCompany(db);
  const ids = await withCompany(db, companyId, async (tx) => {
    const made = [];
    for (const to of [
      'dana@mail.example',
      'bounce@mail.example',
      'soft-bounce@mail.example',
      'complaint+1@mail.example',
    ]) {
      made.push(await sendTransactional(tx, { ...invitation, to }));
    }
    return made;
  });
  const sending = sendingWith(db, sandboxProvider(db, companyId));
  await Promise.all(ids.map((messageId) => sendMessage(sending, { companyId, messageId })));
  await withCompany(db, companyId, async (tx) => {
    await deliverFromSandbox(tx, ids);
    await deliverFromSandbox(tx, ids); // the job may run twice
    const outbox = await tx.execute<{ recipient: string; subject: string; mime: string }>(
      sql`select recipient, subject, mime from outbox_emails order by id`,
    );
    expect(outbox.map((mail) => mail.recipient).toSorted()).toEqual([
      'bounce@mail.example',
      'complaint+1@mail.example',
      'dana@mail.example',
      'soft-bounce@mail.example',
    ]);
    expect(outbox[0]?.mime).toContain('Subject: Create your password\r\n');
    const fates = await tx.execute(sql`
      select address, delivered_at is not null as delivered, bounced_at is not null as bounced,
             complained_at is not null as complained, provider_id like 'sandbox-%' as named
        from messages order by id`);
    expect([...fates]).toEqual([
      { address: 'dana@mail.example', delivered: true, bounced: false, complained: false, named: true },
      { address: 'bounce@mail.example', delivered: false, bounced: true, complained: false, named: true },
      { address: 'soft-bounce@mail.example', delivered: false, bounced: true, complained: false, named: true },
      { address: 'complaint+1@mail.example', delivered: true, bounced: false, complained: true, named: true },
    ]);
    expect(await isSuppressed(tx, 'bounce@mail.example', 'reminders')).toBe('bounced');
    expect(await isSuppressed(tx, 'soft-bounce@mail.example', 'reminders')).toBeNull();
    expect(await isSuppressed(tx, 'complaint+1@mail.example', 'reminders')).toBe('complained');
  });
});

/** A provider with a rate, under an account of its own. */
const rated = (account: string, perSecond: number) => ({
  ...recordingProvider(),
  account,
  rate: () => Promise.resolve(perSecond),
});

test('who waits for a place in the rate when the process stops is not marked, and its job is written anew', async () => {
  const job = await written();
  const provider = rated('single-stop', 1);
  await bookPlaces(db, 'single-stop', 60, 1);
  const sending = sendingWith(db, provider, { stopping: () => true });
  await sendMessage(sending, job, { last: true });
  expect(provider.got).toEqual([]);
  expect(await stateOf(job)).toMatchObject({ state: 'planned' });
  const [queued] = await db.execute<{ n: number }>(sql`
    select (due + later)::int as n from queue_state(${job.companyId}::bigint) where task = 'message.send'`);
  expect(queued?.n).toBe(2); // its own, and the one that takes its place
});

test('single messages keep to the rate: each call begins in its place', async () => {
  const jobs = [await written(), await written(), await written()];
  const calls: number[] = [];
  const provider = {
    ...rated('single-rate', 10),
    send: async () => (calls.push(performance.now()), { kind: 'sent', providerId: 'x' } as const),
  };
  await Promise.all(jobs.map((job) => sendMessage(sendingWith(db, provider), job)));
  const gaps = calls.slice(1).map((at, n) => at - calls[n]!);
  // 104 ms lie between two places. A busy machine may be late for one, and without places there would be nothing between them.
  for (const gap of gaps) expect(gap).toBeGreaterThan(40);
});

test('a single message is settled in its tenth try, and further tries are for when that one was cut off', () => {
  const last = (attempts: number, max_attempts = 25) => isLastTry('message.send', { attempts, max_attempts });
  expect([last(9), last(10), last(11)]).toEqual([false, true, true]);
  // A job of older code has ten in all, one of another kind its own number.
  expect(last(10, 10)).toBe(true);
  expect(isLastTry('campaign.expand', { attempts: 9, max_attempts: 10 })).toBe(false);
});
