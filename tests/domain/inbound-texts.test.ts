import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { audienceQuery } from '#app/audiences/audience.server.ts';
import { defaultRules } from '#app/audiences/rules.ts';
import { system } from '#app/company/audit.server.ts';
import { appendConsent } from '#app/consent/suppress.server.ts';
import { lacksTextConsent } from '#app/consent/text-consent.server.ts';
import { isSuppressed, liftSuppression } from '#app/consent/unsubscribe.server.ts';
import { countUnread, listConversations, markRead, readConversation } from '#app/messaging/conversations.server.ts';
import { replyByText } from '#app/messaging/reply.server.ts';
import { takeInboundText, type InboundText } from '#app/messaging/inbound.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeContact, makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { addresses, counterDifferences, sendingCompany } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

let numbers = 0;
let ids = 0;

const step = { channel: 'sms', document: { version: 1, text: 'Pay, please' } } as const;

/** A customer who got a text of a campaign, with another one of it waiting. */
async function texted(campaign: Parameters<typeof makeCampaign>[1] = {}) {
  const companyId = await sendingCompany(db);
  const number = `+1500555${String(++numbers).padStart(4, '0')}`;
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const made = await tx(async (t) => {
    const { customerId } = await makeCustomer(t, { mobile: number });
    const draft = await makeCampaign(t, { status: 'sending', ...campaign, step: { ...step, planned: 1, sent: 1 } });
    const to = { ...draft, customerId, channel: 'sms', address: number } as const;
    const first = await makeInvoice(t, { customerId });
    const second = await makeInvoice(t, { customerId });
    const { messageId } = await makeMessage(t, {
      ...to,
      invoiceId: first.invoiceId,
      state: 'sent',
      attemptedAt: new Date(),
      sentAt: new Date(),
    });
    const { messageId: waitingId } = await makeMessage(t, { ...to, invoiceId: second.invoiceId, state: 'deferred' });
    return { ...draft, customerId, messageId, waitingId };
  });
  const say = (body: string, more: Partial<InboundText> = {}) =>
    takeInboundText(db, {
      companyId,
      provider: 'sandbox',
      providerId: `SM${++ids}`,
      sender: number,
      recipient: '+15005550000',
      body,
      at: new Date(),
      ...more,
    });
  const answers = () =>
    tx((t) =>
      t.execute<{ text: string; state: string }>(sql`
        select c.text, m.state from messages m join message_contents c on c.message_id = m.id
         where m.kind = 'keyword_answer' and m.address = ${number} order by m.id`),
    );
  const stateOf = async (id: number) => {
    const [row] = await tx((t) =>
      t.execute<{ state: string; reason: string | null }>(sql`select state, reason from messages where id = ${id}`),
    );
    return row!.reason ? `${row!.state}:${row!.reason}` : row!.state;
  };
  return { companyId, number, tx, say, answers, stateOf, ...made };
}

test('B-13: STOP ends texts at once, is kept with its words, and is confirmed once without marketing', async () => {
  const at = await texted();
  expect(await at.say('Pls STOP texting me')).toBe('stored');
  expect(await at.tx((t) => isSuppressed(t, at.number, 'reminders'))).toBe('unsubscribed');
  expect(await at.tx((t) => isSuppressed(t, at.number, 'promotions'))).toBe('unsubscribed');
  expect(await at.stateOf(at.waitingId)).toBe('skipped:unsubscribed');
  const lines = await at.tx((t) =>
    t.execute(sql`
      select channel, state, how, actor, text_shown as said, message_id as "messageId", customer_id as "customerId"
        from consents where address = ${at.number}`),
  );
  expect([...lines]).toEqual([
    {
      channel: 'sms',
      state: 'out',
      how: 'text',
      actor: 'Recipient',
      said: 'Pls STOP texting me',
      messageId: at.messageId,
      customerId: at.customerId,
    },
  ]);
  const [confirmation, ...more] = await at.answers();
  expect(confirmation!.text).toMatch(/you will get no more texts from us\. Reply START to get them again\.$/);
  expect(more).toEqual([]);
  expect(await at.say('STOP')).toBe('stored');
  expect(await at.answers()).toHaveLength(1);
  expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
});

test('a text that is told twice, also at the same moment, is one', async () => {
  const at = await texted();
  const taken = await Promise.all([1, 2, 3].map(() => at.say('stop', { providerId: 'SM-same' })));
  expect(taken.toSorted()).toEqual(['known', 'known', 'stored']);
  const both = await Promise.all([at.say('stop'), at.say('STOP!')]);
  expect(both).toEqual(['stored', 'stored']);
  expect(await at.answers()).toHaveLength(1);
});

test('B-13: with the switch off, STOP ends the texts of the kind that was answered', async () => {
  const at = await texted({ purpose: 'promotions' });
  await at.tx((t) => t.execute(sql`insert into sending_rules (stop_ends_all) values (false)`));
  await at.say('stop');
  expect(await at.tx((t) => isSuppressed(t, at.number, 'promotions'))).toBe('unsubscribed');
  expect(await at.tx((t) => isSuppressed(t, at.number, 'reminders'))).toBeNull();
});

test('B-13: START lets texts go out again, but not to a number that is dead', async () => {
  const at = await texted();
  await at.say('stop');
  await at.say('start');
  expect(await at.tx((t) => isSuppressed(t, at.number, 'reminders'))).toBeNull();
  expect((await at.answers()).map((one) => one.text.slice(-30))).toEqual([
    expect.stringContaining('START to get them again.') as unknown,
    expect.stringContaining('HELP for help.') as unknown,
  ]);
  await at.tx((t) =>
    t.execute(sql`insert into suppressions (channel, address, purpose, reason)
                  values ('sms', ${at.number}, 'all', 'bounced')`),
  );
  await at.say('unstop');
  expect(await at.tx((t) => isSuppressed(t, at.number, 'reminders'))).toBe('bounced');
});

test('B-13: HELP is answered with who we are and how to stop, once a day; what the provider answered, we do not', async () => {
  const at = await texted();
  await at.say('help');
  await at.say('HELP?');
  const [answer, ...more] = await at.answers();
  expect(answer!.text).toMatch(/Reply STOP to opt out\.$/);
  expect(more).toEqual([]);
  await at.say('Stop', { optOutType: 'STOP' });
  expect(await at.answers()).toHaveLength(1);
  expect(await at.tx((t) => isSuppressed(t, at.number, 'reminders'))).toBe('unsubscribed');
});

test('an answer stands at the message it answers, waits to be read, and ends what waits of its campaign', async () => {
  const at = await texted();
  await at.say('Can I pay on Friday?');
  expect(await at.stateOf(at.waitingId)).toBe('skipped:replied');
  const [kept] = await at.tx((t) =>
    t.execute(sql`
      select meaning, body, customer_id as "customerId", message_id as "messageId", read_at as "readAt" from inbound_texts`),
  );
  expect(kept).toEqual({
    meaning: 'reply',
    body: 'Can I pay on Friday?',
    customerId: at.customerId,
    messageId: at.messageId,
    readAt: null,
  });
  const [replied] = await at.tx((t) =>
    t.execute<{ replied: boolean; delivered: boolean; count: number }>(sql`
      select m.replied_at is not null as replied, m.delivered_at is not null as delivered, s.replied as count
        from messages m join campaign_steps s on s.id = m.step_id where m.id = ${at.messageId}`),
  );
  expect(replied).toEqual({ replied: true, delivered: true, count: 1 });
  expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  expect(await at.answers()).toEqual([]);
});

test('a campaign that does not stop on replies goes on after one', async () => {
  const at = await texted({ stopOnReply: false });
  await at.say('ok');
  expect(await at.stateOf(at.waitingId)).toBe('deferred');
});

test('a number that two customers share is whose it was last texted; one of nobody is kept all the same', async () => {
  const at = await texted();
  await at.tx(async (t) => {
    const other = await makeCustomer(t);
    await makeContact(t, { customerId: other.customerId, kind: 'mobile', value: at.number });
  });
  await at.say('Who is it?');
  await at.say('hello', { sender: '+15005559999' });
  const rows = await at.tx((t) =>
    t.execute<{ customerId: number | null }>(sql`select customer_id as "customerId" from inbound_texts order by id`),
  );
  expect(rows.map((row) => row.customerId)).toEqual([at.customerId, null]);
  await at.say('STOP', { sender: '+15005559999' });
  expect(await at.tx((t) => isSuppressed(t, '+15005559999', 'reminders'))).toBe('unsubscribed');
});

test('another company hears nothing of it', async () => {
  const at = await texted();
  const other = await sendingCompany(db);
  await at.say('stop');
  expect(await withCompany(db, other, (t) => isSuppressed(t, at.number, 'reminders'))).toBeNull();
});

test('B-13: with the switch off, the confirmation says what ended', async () => {
  const at = await texted({ purpose: 'promotions' });
  await at.tx((t) => t.execute(sql`insert into sending_rules (stop_ends_all) values (false)`));
  await at.say('stop');
  expect((await at.answers()).map((one) => one.text)).toEqual([
    expect.stringContaining('no more offers by text from us') as unknown,
  ]);
});

test('what Twilio answers by itself, we do not; what it does not know, we do', async () => {
  const at = await texted();
  await at.say('STOP', { provider: 'twilio' });
  expect(await at.answers()).toEqual([]);
  const other = await texted();
  await other.say('please stop texting me', { provider: 'twilio' });
  expect(await other.answers()).toHaveLength(1);
});

test('machines that text each other are answered once a day for each keyword', async () => {
  const at = await texted();
  for (const body of ['stop', 'start', 'stop', 'start', 'stop', 'help', 'help']) await at.say(body);
  expect(await at.answers()).toHaveLength(3);
});

test('a STOP and the gate at once: both come to their end', async () => {
  const at = await texted();
  // The gate locks messages first, then the step's counters.
  let held = () => {};
  const holding = new Promise<void>((done) => (held = done));
  const gate = at.tx(async (t) => {
    await t.execute(sql`update messages set state = state where id = ${at.waitingId}`);
    held();
    await t.execute(sql`select pg_sleep(0.5)`);
    await t.execute(sql`update campaign_steps set planned = planned where id = ${at.stepId}`);
  });
  await holding;
  await Promise.all([gate, at.say('STOP')]);
  expect(await at.stateOf(at.waitingId)).toBe('skipped:unsubscribed');
});

test('a STOP is taken whatever stands around it: null characters, half an emoji, a short code’s', async () => {
  const at = await texted();
  expect(await at.say('stop\u0000')).toBe('stored');
  expect(await at.say(`${'stop texting me '.padEnd(499, 'x')}😀 end`)).toBe('stored');
  expect(await at.say('STOP', { sender: '88202' })).toBe('stored');
  const [email] = await at.tx((t) => t.execute(sql`select from suppressions where channel = 'email'`));
  expect(email).toBeUndefined();
});

test('B-13: texts of promotion ask for a yes of that very number to that very purpose', async () => {
  const at = await texted();
  const other = '+15005557777';
  const lacks = (number: string) =>
    at.tx(async (t) => {
      const [row] = await t.execute<{ lacks: boolean }>(
        sql`select ${lacksTextConsent(sql`${number}::text`, sql`'promotions'`, sql`'on_record'`)} as lacks`,
      );
      return row!.lacks;
    });
  await at.tx(async (t) => {
    const { customerId } = await makeCustomer(t, { mobile: other });
    await makeInvoice(t, { customerId });
    const yes = { purpose: 'promotions', state: 'in', how: 'office', actor: 'Ann', textShown: 'Signed' } as const;
    await appendConsent(t, { ...yes, address: other });
  });
  expect([await lacks(at.number), await lacks(other)]).toEqual([true, false]);
  const reach = { channel: 'sms', purpose: 'promotions' } as const;
  const rows = await at.tx((t) =>
    t.execute<{ address: string; exclusion: string | null }>(
      sql`select address, exclusion from (${audienceQuery(defaultRules, '2030-01-01', reach)}) a order by address`,
    ),
  );
  expect(Object.fromEntries(rows.map((row) => [row.address, row.exclusion]))).toEqual({
    [at.number]: 'no_consent',
    [other]: null,
  });
  // Neither is a yes to offers.
  await at.say('start');
  await at.tx((t) => liftSuppression(t, { address: at.number, actor: 'Ann', textShown: 'The phone works again' }));
  expect(await lacks(at.number)).toBe(true);
  await at.say('stop', { sender: other });
  expect(await lacks(other)).toBe(true);
});

test('a number is whose record has it now, also once it was saved after the text came', async () => {
  const at = await texted();
  const moved = await at.tx(async (t) => {
    const { customerId } = await makeCustomer(t);
    await t.execute(sql`update contacts set customer_id = ${customerId} where value = ${at.number}`);
    return customerId;
  });
  await at.say('hello?');
  await at.say('hi', { sender: '+15005558888' });
  const list = async () => (await at.tx((t) => listConversations(t, {}))).rows.map((row) => row.customerId);
  expect(await list()).toEqual([null, moved]);
  const saved = await at.tx(async (t) => (await makeCustomer(t, { mobile: '+15005558888' })).customerId);
  expect(await list()).toEqual([saved, moved]);
});

test('conversations with something unread are counted, not texts; read ones, keywords and other companies’ are not', async () => {
  const [at, other] = [await texted(), await texted()];
  await at.say('hello?');
  await at.say('anybody there?');
  await at.say('hi', { sender: '+15005557777' });
  await at.say('STOP', { sender: '+15005557778' });
  await other.say('hello?');
  expect(await at.tx(countUnread)).toBe(2);
  expect(await at.tx((t) => markRead(t, at.number))).toBe(true);
  expect(await at.tx((t) => markRead(t, at.number))).toBe(false);
  expect(await at.tx(countUnread)).toBe(1);
  expect(await other.tx(countUnread)).toBe(1);
});

test('staff answer within the rules: once for two clicks, not a number that is out, nor a stranger’s', async () => {
  const at = await texted();
  await at.say('Can I pay on Friday?');
  const reply = (number: string, body: string) =>
    at.tx((t) => replyByText(t, system, { number, customerId: at.customerId, body }, { twilio: null, addresses }));
  const both = await Promise.all([reply(at.number, 'Friday is fine.'), reply(at.number, 'Friday is fine.')]);
  expect(new Set(both.map((one) => one.ok && one.messageId)).size).toBe(1);
  expect(await reply(at.number, ' ')).toMatchObject({ ok: false });
  expect(await reply(at.number, 'x'.repeat(1_601))).toMatchObject({ ok: false });
  expect(await reply('+15005550999', 'Hello')).toMatchObject({ ok: false });
  const said = await at.tx((t) => readConversation(t, at.number));
  expect(said.map((one) => [one.from, one.body])).toEqual([
    ['us', null],
    ['them', 'Can I pay on Friday?'],
    ['us', 'Friday is fine.'],
  ]);
  // S0-11: an address is a short link here too, one for two clicks; what may not be linked to is said.
  const linked = 'Pay at https://example.com/a?b=1, or see example.com/a?b=1.';
  const twice = await Promise.all([reply(at.number, linked), reply(at.number, linked)]);
  expect(new Set(twice.map((one) => one.ok && one.messageId)).size).toBe(1);
  const made = await at.tx((t) =>
    t.execute<{ code: string; destination: string }>(sql`
      select l.code, l.destination from links l join messages m on m.id = l.message_id where m.kind = 'reply'`),
  );
  expect(made.map((one) => one.destination)).toEqual(['https://example.com/a?b=1']);
  const [last] = (await at.tx((t) => readConversation(t, at.number))).slice(-1);
  expect(last!.body).toMatch(new RegExp(`^Pay at (http\\S+/${made[0]!.code}), or see \\1\\.$`));
  expect(await reply(at.number, 'Go to http://192.168.0.1/pay')).toMatchObject({ ok: false });
  const long = 'Pay at https://example.com '.repeat(45);
  expect(await reply(at.number, long)).toMatchObject({
    ok: false,
    error: expect.stringContaining('longer') as unknown,
  });
  await at.say('STOP');
  expect(await reply(at.number, 'But why?')).toMatchObject({
    ok: false,
    error: expect.stringContaining('no more texts') as unknown,
  });
});
