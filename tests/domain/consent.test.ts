import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { addressConsent } from '#app/consent/history.server.ts';
import { consentText } from '#app/consent/purposes.ts';
import {
  isSuppressed,
  liftSuppression,
  preferences,
  resubscribe,
  unsubscribe,
} from '#app/consent/unsubscribe.server.ts';
import { recordEvents, type EventKind, type MessageEvent } from '#app/messaging/events.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  counterDifferences,
  sentCampaign,
  launchAndExpand,
  runRanges,
  sendingCompany,
  sendingWith,
} from '#tests/fakes/sending.ts';
import { createTestDatabase, somebodyWaits } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

async function sentMessages(people: number) {
  const { got, ...campaign } = await sentCampaign(db, people);
  return { ...campaign, messages: got.map((one) => ({ id: one.messageId, address: one.to })) };
}

const oneClick = {
  how: 'one_click',
  actor: 'Recipient',
  textShown: consentText.oneClick,
  version: consentText.version,
};

const historyOf = async (tx: Tx, address: string) => (await addressConsent(tx, address, 'reminders')).lines;

test('B-13: one-click unsubscribe suppresses at once and keeps the proof, and counts once however often it comes', async () => {
  const { companyId, stepId, messages } = await sentMessages(2);
  const { id, address } = messages[0]!;
  for (let time = 0; time < 3; time++) {
    const done = await withCompany(db, companyId, (tx) =>
      unsubscribe(tx, { messageId: id, purpose: 'reminders', ...oneClick }),
    );
    expect(done).toEqual({ ok: true, address });
  }
  await withCompany(db, companyId, async (tx) => {
    expect(await isSuppressed(tx, address.toUpperCase(), 'reminders')).toBe('unsubscribed');
    expect(await isSuppressed(tx, address, 'promotions')).toBeNull();
    const history = await historyOf(tx, address);
    expect(history).toHaveLength(3);
    expect(history[0]).toMatchObject({
      state: 'out',
      purpose: 'reminders',
      how: 'one_click',
      actor: 'Recipient',
      textShown: consentText.oneClick,
      textVersion: consentText.version,
    });
    const [step] = await tx.execute<{ unsubscribed: number }>(
      sql`select unsubscribed from campaign_steps where id = ${stepId}`,
    );
    expect(step).toEqual({ unsubscribed: 1 });
  });
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);

  // The next campaign leaves them out.
  const next = await launchAndExpand(db, companyId);
  const provider = recordingProvider();
  await runRanges(sendingWith(db, provider), companyId, next.ranges);
  expect(provider.got.map((one) => one.to)).toEqual([messages[1]!.address]);
});

test('B-13: coming back to one purpose after leaving all keeps the other out', async () => {
  const companyId = await sendingCompany(db);
  const address = 'dana@mail.example';
  const link = { how: 'link', actor: 'Recipient' };
  await withCompany(db, companyId, async (tx) => {
    await unsubscribe(tx, { address, purpose: 'all', ...link });
    expect((await preferences(tx, address)).map((one) => one.out)).toEqual([true, true]);
    await resubscribe(tx, { address, purpose: 'reminders', ...link });
    expect(await preferences(tx, address)).toEqual([
      { purpose: 'reminders', out: false, reason: null },
      { purpose: 'promotions', out: true, reason: 'unsubscribed' },
    ]);
    await resubscribe(tx, { address, purpose: 'all', ...link });
    expect((await preferences(tx, address)).some((one) => one.out)).toBe(false);
    expect((await historyOf(tx, address)).map((one) => one.state)).toEqual(['in', 'in', 'out']);
  });
});

test('B-13: what a bounce took out does not come back by a click, only by the office', async () => {
  const { companyId, messages } = await sentMessages(1);
  const { id, address } = messages[0]!;
  await withCompany(db, companyId, async (tx) => {
    await recordEvents(tx, [
      { messageId: id, kind: 'bounced', dedupeKey: 'b', details: { permanent: true }, at: new Date() },
    ]);
    await resubscribe(tx, { messageId: id, purpose: 'all', how: 'link', actor: 'Recipient' });
    expect(await isSuppressed(tx, address, 'reminders')).toBe('bounced');
    await unsubscribe(tx, { address, purpose: 'all', how: 'link', actor: 'Recipient' });
    expect(await isSuppressed(tx, address, 'reminders')).toBe('bounced');
    await liftSuppression(tx, { address, actor: 'Sam', textShown: 'Customer called: the mailbox works again.' });
    expect(await isSuppressed(tx, address, 'reminders')).toBeNull();
    expect((await historyOf(tx, address)).map((one) => one.how)).toEqual(['office', 'link', 'link', 'bounce']);
  });
});

test('a message of another company unsubscribes nobody', async () => {
  const { messages } = await sentMessages(1);
  const other = await sendingCompany(db);
  await withCompany(db, other, async (tx) => {
    expect(await unsubscribe(tx, { messageId: messages[0]!.id, purpose: 'all', ...oneClick })).toEqual({ ok: false });
    expect(await historyOf(tx, messages[0]!.address)).toEqual([]);
  });
});

test('events come late, twice and in any order, and only ever move forward', async () => {
  const { companyId, stepId, messages } = await sentMessages(1);
  const { id, address } = messages[0]!;
  const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute));
  const event = (kind: EventKind, minute: number): MessageEvent => ({
    messageId: id,
    kind,
    dedupeKey: `sns-${kind}`,
    details: {},
    at: at(minute),
  });
  await withCompany(db, companyId, async (tx) => {
    expect(await recordEvents(tx, [event('clicked', 9)])).toBe(1);
    expect(await recordEvents(tx, [event('delivered', 1), event('clicked', 9), event('opened', 5)])).toBe(2);
    expect(await recordEvents(tx, [event('delivered', 1)])).toBe(0);
    expect(await recordEvents(tx, [event('complained', 20), event('complained', 20)])).toBe(1);
    const [row] = await tx.execute<Record<string, string>>(
      sql`select clicked_at, opened_at, complained_at from messages where id = ${id}`,
    );
    expect(Object.values(row!).map((one) => new Date(one))).toEqual([at(9), at(9), at(20)]);
    expect(await isSuppressed(tx, address, 'promotions')).toBe('complained');
  });
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('an event that is told twice at the same moment counts once', async () => {
  const { companyId, stepId, messages } = await sentMessages(12);
  const told = messages.map(({ id }) => ({
    messageId: id,
    kind: 'delivered' as const,
    dedupeKey: 'd',
    details: {},
    at: new Date(),
  }));
  let second!: Promise<number>;
  await withCompany(db, companyId, async (tx) => {
    expect(await recordEvents(tx, told)).toBe(12);
    second = withCompany(db, companyId, (other) => recordEvents(other, told));
    second.catch(() => {});
    await somebodyWaits(db);
  });
  expect(await second).toBe(0);
  const [row] = await withCompany(db, companyId, (tx) =>
    tx.execute(sql`select delivered, (select count(*)::int from message_events) as events
                     from campaign_steps where id = ${stepId}`),
  );
  expect(row).toEqual({ delivered: 12, events: 12 });
});

test('a temporary bounce suppresses nobody', async () => {
  const { companyId, stepId, messages } = await sentMessages(1);
  await withCompany(db, companyId, async (tx) => {
    await recordEvents(tx, [
      { messageId: messages[0]!.id, kind: 'bounced', dedupeKey: 't', details: { permanent: false }, at: new Date() },
    ]);
    expect(await isSuppressed(tx, messages[0]!.address, 'reminders')).toBeNull();
  });
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('events for messages of another company, and for none, are passed over', async () => {
  const { messages } = await sentMessages(1);
  const other = await sendingCompany(db);
  const told = [messages[0]!.id, 987_654_321].map((messageId) => ({
    messageId,
    kind: 'opened' as const,
    dedupeKey: `x${messageId}`,
    details: {},
    at: new Date(),
  }));
  expect(await withCompany(db, other, (tx) => recordEvents(tx, told))).toBe(0);
});
