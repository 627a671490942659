import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { invoicePayPath } from '#app/invoicing/payments/pay-tokens.server.ts';
import { emailLinkCode } from '#app/links/codes.ts';
import { mintLinks } from '#app/links/mint.server.ts';
import { linkSeal, messageSecrets, messageToken } from '#app/messaging/token.server.ts';
import { withCompany } from '#db/client.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const { companyId } = await makeCompany(app.db, { linkHost: 'ours', portalHost: 'ourportal' });
await makeCompany(app.db, { linkHost: 'theirs', portalHost: 'theirportal' });
const inCompany = <T>(work: Parameters<typeof withCompany<T>>[2]) => withCompany(app.db, companyId, work);
const PERSON = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1' };

/** A sent message with its three links. */
async function sentMessage() {
  return inCompany(async (tx) => {
    const campaign = await makeCampaign(tx, { status: 'sent' });
    const { customerId } = await makeCustomer(tx, {});
    const { invoiceId } = await makeInvoice(tx, { customerId, totalCents: 31_000 });
    const { messageId } = await makeMessage(tx, {
      ...campaign,
      customerId,
      invoiceId,
      state: 'sent',
      sentAt: new Date(Date.now() - 60_000),
      address: `jo${invoiceId}@mail.example`,
    });
    const codes = await mintLinks(
      tx,
      [
        { key: 'l1', kind: 'customer_portal', url: null },
        { key: 'l2', kind: 'pay_invoice', url: null },
        { key: 'l3', kind: 'url', url: 'https://larkfield.example/tips?a=1' },
      ],
      [{ messageId, customerId, invoiceId }],
    );
    return {
      ...campaign,
      messageId,
      invoiceId,
      codes: codes.get(messageId)!,
      token: messageToken(app.secret, companyId, messageId),
    };
  });
}

/** The token with another last character. */
const forge = (token: string) => token.slice(0, -1) + (token.endsWith('x') ? 'y' : 'x');

/** What became of a message, once the visits so far are written. */
async function message(messageId: number) {
  await app.visits.flush();
  const [row] = await inCompany((tx) =>
    tx.execute<{ clicked: boolean; opened: boolean; unsubscribed: boolean }>(sql`
      select clicked_at is not null as clicked, opened_at is not null as opened, unsubscribed_at is not null as unsubscribed
        from messages where id = ${messageId}`),
  );
  return row!;
}

const consentRows = (messageId: number) =>
  inCompany((tx) =>
    tx.execute<{ channel: string; purpose: string; state: string; how: string; text: string; version: string }>(sql`
      select channel, purpose, state, how, text_shown as text, text_version as version from consents where message_id = ${messageId} order by id`),
  );

/** The events of a message with the rule of each, in their order. */
async function eventsOf(messageId: number) {
  await app.visits.flush();
  const rows = await inCompany((tx) =>
    tx.execute<{ kind: string; rule: string | null }>(
      sql`select kind, details ->> 'rule' as rule from message_events where message_id = ${messageId} order by at, id`,
    ),
  );
  return rows.map((row) => (row.rule ? `${row.kind}:${row.rule}` : row.kind));
}

test('B-03: a short link leads to the portal, to the invoice’s payment page, or to the stored address, and a person’s click is counted', async () => {
  const { codes, messageId, invoiceId, stepId } = await sentMessage();
  const to = async (key: string) => {
    const { location } = (await send(`${app.links('ours')}/${codes[key]}`, { headers: PERSON })).headers;
    await app.visits.flush();
    return location;
  };
  expect(await to('l1')).toBe(`${app.portal('ourportal')}/`);
  expect((await message(messageId)).clicked).toBe(true);
  const others = await sentMessage();
  const away = async (key: string) =>
    (await send(`${app.links('ours')}/${others.codes[key]}`, { headers: PERSON })).headers.location;
  expect(await away('l2')).toBe(app.portal('ourportal') + invoicePayPath(app.secret, companyId, others.invoiceId));
  expect(await away('l3')).toBe('https://larkfield.example/tips?a=1');
  expect(invoiceId).not.toBe(others.invoiceId);
  const [row] = await inCompany((tx) =>
    tx.execute(sql`select l.clicks, s.clicked, s.opened from links l, campaign_steps s
                    where l.code = ${codes.l1!} and s.id = ${stepId}`),
  );
  expect(row).toEqual({ clicks: 1, clicked: 1, opened: 1 });
});

test('B-03: a link of an email that nobody has followed yet leads on, is counted, and ends as others do', async () => {
  const { messageId, invoiceId, stepId } = await sentMessage();
  const links = [
    { key: 'l1', kind: 'pay_invoice', url: null },
    { key: 'l2', kind: 'url', url: 'https://larkfield.example/tips' },
  ];
  await inCompany((tx) =>
    tx.execute(sql`update campaign_steps set compiled = ${JSON.stringify({ links })}::jsonb where id = ${stepId}`),
  );
  await inCompany((tx) => tx.execute(sql`delete from links where message_id = ${messageId}`));
  const { linkSecret } = messageSecrets(app.secret, companyId, messageId);
  const code = (key: string, sealedFor = key) => emailLinkCode(messageId, key, linkSeal(linkSecret, sealedFor));
  const visit = (path: string, host = 'ours', method = 'GET') =>
    send(`${app.links(host)}/${path}`, { headers: PERSON, method });
  expect((await visit(code('l1'), 'ours', 'HEAD')).status).toBe(302);
  expect((await message(messageId)).clicked).toBe(false);
  const paid = await visit(code('l1'));
  expect(paid.headers.location).toBe(app.portal('ourportal') + invoicePayPath(app.secret, companyId, invoiceId));
  expect((await visit(code('l1'))).status).toBe(302);
  expect(await message(messageId)).toMatchObject({ clicked: true, opened: true });
  const [row] = await inCompany((tx) => tx.execute(sql`select clicks from links where code = ${code('l1')}`));
  expect(row).toEqual({ clicks: 2 });
  // Who has one link has none of the others, and it is the company's alone.
  expect((await visit(code('l1', 'l2'))).status).toBe(404);
  expect((await visit(code('l1'), 'theirs')).status).toBe(404);
  const old = await sentMessage();
  await inCompany(async (tx) => {
    await tx.execute(
      sql`update campaign_steps set compiled = ${JSON.stringify({ links })}::jsonb where id = ${old.stepId}`,
    );
    await tx.execute(sql`update messages set attempted_at = now() - interval '401 days' where id = ${old.messageId}`);
    await tx.execute(sql`update invoices set status = 'paid' where id = ${old.invoiceId}`);
  });
  const secrets = messageSecrets(app.secret, companyId, old.messageId);
  const expired = emailLinkCode(old.messageId, 'l1', linkSeal(secrets.linkSecret, 'l1'));
  expect((await visit(expired)).status).toBe(410);
});

test('B-03: HEAD requests, prefetches and bots are led on, shown as such, and not counted', async () => {
  const { campaignId, codes, messageId } = await sentMessage();
  const url = `${app.links('ours')}/${codes.l3}`;
  expect((await send(url, { method: 'HEAD', origin: null, headers: PERSON })).status).toBe(302);
  expect((await send(url, { headers: { ...PERSON, 'sec-purpose': 'prefetch' } })).status).toBe(302);
  expect((await send(url, { headers: { 'user-agent': 'Googlebot/2.1' } })).status).toBe(302);
  expect((await send(url)).status).toBe(302);
  expect(await message(messageId)).toEqual({ clicked: false, opened: false, unsubscribed: false });
  expect((await eventsOf(messageId)).toSorted()).toEqual([
    'machine_clicked:bot',
    'machine_clicked:head',
    'machine_clicked:prefetch',
    'machine_clicked:unnamed',
  ]);
  const [row] = await inCompany((tx) => tx.execute(sql`select clicks from links where code = ${codes.l3!}`));
  expect(row).toEqual({ clicks: 0 });

  // The office sees how many there were, what they are, and which.
  await inCompany((tx) => makeStaff(tx, { email: 'dana@ours.example', role: 'marketer' }));
  const cookie = await signInCookie(app.origin, 'dana@ours.example', TEST_PASSWORD);
  const page = async (path: string) =>
    (await send(`${app.origin}${path}`, { cookie })).body.split('window.__remixContext')[0]!.replaceAll('<!-- -->', '');
  const results = await page(`/campaigns/${campaignId}`);
  expect(results).toMatch(/Not counted: .*1 clicked by machines/);
  expect(results).not.toContain('opened by machines');
  const list = await page(`/campaigns/${campaignId}/messages?show=machineClicked`);
  expect(list).toContain('1 message was looked at by machines that followed a link. Scanners look for harm');
  expect(list).toContain(`/messages/${messageId}`);
});

test('B-03: every link at once, and a click right after sending, are a scanner’s; the recipient’s own click still counts', async () => {
  const scanned = await sentMessage();
  await send(`${app.links('ours')}/o/${scanned.token}.gif`, { headers: PERSON });
  for (const code of Object.values(scanned.codes)) await send(`${app.links('ours')}/${code}`, { headers: PERSON });
  expect((await eventsOf(scanned.messageId)).toSorted()).toEqual([
    'machine_clicked:many_links',
    'machine_clicked:many_links',
    'machine_clicked:many_links',
    'machine_opened:many_links',
  ]);
  const fresh = await sentMessage();
  await inCompany((tx) => tx.execute(sql`update messages set sent_at = now() where id = ${fresh.messageId}`));
  await send(`${app.links('ours')}/${fresh.codes.l2}`, { headers: PERSON });
  expect(await eventsOf(fresh.messageId)).toEqual(['machine_clicked:too_soon']);
  await inCompany((tx) =>
    tx.execute(sql`update messages set sent_at = now() - interval '1 minute' where id = ${fresh.messageId}`),
  );
  await send(`${app.links('ours')}/${fresh.codes.l2}`, { headers: PERSON });
  expect((await message(fresh.messageId)).clicked).toBe(true);
});

test('B-03: a redirect and a pixel are answered while the visits can’t be written, and these come in later', async () => {
  const { codes, token, messageId } = await sentMessage();
  // The company's counters are locked: what is written now has to wait.
  let release = () => {};
  const held = inCompany(async (tx) => {
    await tx.execute(sql`select from messages where id = ${messageId} for update`);
    await new Promise<void>((done) => (release = done));
  });
  const answers = [
    await send(`${app.links('ours')}/${codes.l3}`, { headers: PERSON }),
    await send(`${app.links('ours')}/o/${token}.gif`, { headers: PERSON }),
  ];
  const flushed = app.visits.flush();
  answers.push(await send(`${app.links('ours')}/${codes.l3}`, { headers: PERSON }));
  expect(answers.map((answer) => answer.status)).toEqual([302, 200, 302]);
  release();
  await held;
  await flushed;
  expect(await message(messageId)).toMatchObject({ clicked: true, opened: true });
});

test('a link that is unknown, or another company’s, shows a page with the company’s contact', async () => {
  const { codes } = await sentMessage();
  for (const url of [
    `${app.links('ours')}/nosuchcode`,
    `${app.links('theirs')}/${codes.l3}`,
    `${app.links('ours')}/`,
  ]) {
    const answer = await send(url, { headers: PERSON });
    expect(answer.status, url).toBe(404);
    expect(answer.body).toContain('This link leads nowhere');
    expect(answer.body).toContain('tel:');
  }
});

test('the open pixel counts once it is loaded, and answers a forged token alike', async () => {
  const { token, messageId } = await sentMessage();
  const forged = await send(`${app.links('ours')}/o/${forge(token)}.gif`, { headers: PERSON });
  expect((await message(messageId)).opened).toBe(false);
  const real = await send(`${app.links('ours')}/o/${token}.gif`, { headers: PERSON });
  expect((await message(messageId)).opened).toBe(true);
  expect([forged.status, forged.headers['content-type'], forged.body]).toEqual([real.status, 'image/gif', real.body]);
});

test('B-13: one click unsubscribes without cookie, origin or redirect (RFC 8058); a GET changes nothing', async () => {
  const { token, messageId } = await sentMessage();
  const url = `${app.links('ours')}/u/${token}`;
  expect((await send(url)).status).toBe(200);
  expect((await message(messageId)).unsubscribed).toBe(false);
  const answer = await send(url, { form: { 'List-Unsubscribe': 'One-Click' }, origin: null });
  expect(answer.status).toBe(200);
  expect((await message(messageId)).unsubscribed).toBe(true);
  expect(await consentRows(messageId)).toMatchObject([
    { purpose: 'reminders', state: 'out', how: 'one_click', version: '2026-2' },
  ]);
});

test('B-13: the preference center takes out of one purpose, of all, and back in, and keeps each choice with its words', async () => {
  const { token, messageId } = await sentMessage();
  const url = `${app.links('ours')}/u/${token}`;
  const only = await send(url, { form: { purpose: 'promotions' } });
  expect(only.body).toContain('Your choice is saved');
  const none = await send(url, { form: { all: '1' } });
  expect(none.body).toContain('You are unsubscribed');
  await send(url, { form: { purpose: 'reminders' } });
  const rows = await consentRows(messageId);
  expect(rows.map((row) => [row.purpose, row.state])).toEqual([
    ['reminders', 'out'],
    ['all', 'out'],
    ['reminders', 'in'],
  ]);
  expect(rows.every((row) => row.text.length > 10)).toBe(true);
});

/** A number that got a text, and its page of choices. */
async function texted() {
  return inCompany(async (tx) => {
    const campaign = await makeCampaign(tx, { status: 'sent', step: { channel: 'sms' } });
    const { customerId } = await makeCustomer(tx, {});
    const { invoiceId } = await makeInvoice(tx, { customerId });
    const number = `+1500555${String(invoiceId).padStart(4, '0')}`;
    const { messageId } = await makeMessage(tx, {
      ...campaign,
      customerId,
      invoiceId,
      channel: 'sms',
      state: 'sent',
      sentAt: new Date(),
      address: number,
    });
    return { messageId, url: `${app.links('ours')}/u/${messageToken(app.secret, companyId, messageId)}` };
  });
}

test('B-13: whoever is texted reads of texts; a tick for offers is a yes, kept with its words, and none stands there before', async () => {
  const { messageId, url } = await texted();
  const ticks = async () => {
    const boxes = (await send(url)).body.match(/<input[^>]*name="purpose"[^>]*>/g)!;
    return boxes.map((box) => box.includes('checked=""'));
  };
  const { body } = await send(url);
  expect(body).toContain('Text preferences');
  expect(body.replaceAll(/<[^>]+>/g, ' ')).not.toMatch(/\bemail/i);
  expect(await ticks()).toEqual([true, false]);
  // A box that was ticked before says nothing new.
  await send(url, { form: { purpose: 'reminders' } });
  expect(await consentRows(messageId)).toEqual([]);

  const both = {
    form: [
      ['purpose', 'reminders'],
      ['purpose', 'promotions'],
    ] as [string, string][],
  };
  await send(url, both);
  await send(url, both);
  expect(await ticks()).toEqual([true, true]);
  const [yes, ...more] = await consentRows(messageId);
  expect(yes).toMatchObject({ purpose: 'promotions', state: 'in', channel: 'sms', how: 'link', version: '2026-2' });
  expect(yes!.text).toMatch(/^Offers and news: .* may text offers to this number, also by automatic means/);
  expect(more).toEqual([]);

  const stopped = await send(url, { form: { all: '1' } });
  expect(stopped.body).toContain('We won’t send you texts of any kind any more.');
  expect(await ticks()).toEqual([false, false]);
  const [out] = (await consentRows(messageId)).slice(1);
  expect(out).toMatchObject({ purpose: 'all', state: 'out', channel: 'sms', text: 'Stop sending me these texts.' });
});

test('the unsubscribe link of a test email says that it changes nothing', async () => {
  const answer = await send(`${app.links('ours')}/u/preview`);
  expect([answer.status, answer.body.includes('This was a test')]).toEqual([200, true]);
});

test('a forged token, and one of another company’s host, open nothing', async () => {
  const { token } = await sentMessage();
  expect((await send(`${app.links('ours')}/u/${forge(token)}`)).status).toBe(404);
  expect((await send(`${app.links('theirs')}/u/${token}`)).status).toBe(404);
  expect(
    (await send(`${app.links('theirs')}/u/${token}`, { form: { 'List-Unsubscribe': 'One-Click' }, origin: null }))
      .status,
  ).toBe(404);
});
