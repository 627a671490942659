import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';

import { campaignPeople, campaignResults } from '#app/campaigns/results.server.ts';
import { recordVisits } from '#app/links/clicks.server.ts';
import { invoicePayPath } from '#app/invoicing/payments/pay-tokens.server.ts';
import { linkCode, readLinkCode } from '#app/links/codes.ts';
import { ensureLinkHost, linkHost } from '#app/links/host.server.ts';
import { mintLinks } from '#app/links/mint.server.ts';
import { resolveLink } from '#app/links/resolve.server.ts';
import type { Visit } from '#app/links/visitor.ts';
import { visitLog } from '#app/links/visits.server.ts';
import { messageToken } from '#app/messaging/token.server.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany } from '#tests/factories/company.ts';
import {
  addresses,
  counterDifferences,
  followLinks,
  SECRET as secret,
  sentCampaign,
  sendingCompany,
} from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();

async function campaignLinks(people: number) {
  const { companyId, ...campaign } = await sentCampaign(db, people);
  const links = await withCompany(db, companyId, (tx) => followLinks(tx, companyId, campaign.campaignId));
  const [host] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ name: string }>(
      sql`select name from hosts where kind = 'portal' and company_id = current_company_id()`,
    ),
  );
  return { companyId, ...campaign, links, portal: `http://${host!.name}.portal.localhost:3000` };
}

test('B-03: each recipient has a link of their own to each destination', async () => {
  const { links } = await campaignLinks(3);
  const kinds = new Set(links.map((link) => link.kind));
  expect(links).toHaveLength(3 * kinds.size);
  expect(new Set(links.map((link) => link.code)).size).toBe(links.length);
  expect(links.every((link) => readLinkCode(link.code) === link.code)).toBe(true);
});

test('S0-05, S0-08: links lead to the portal where it is now, and to the payment page of the invoice', async () => {
  const { companyId, links, portal } = await campaignLinks(1);
  await withCompany(db, companyId, async (tx) => {
    for (const link of links) {
      const expected =
        link.kind === 'pay_invoice' ? portal + invoicePayPath(secret, companyId, link.invoiceId) : `${portal}/`;
      expect(await resolveLink(tx, companyId, link.code, { addresses, secret })).toEqual({
        code: link.code,
        messageId: link.messageId,
        destination: expected,
      });
    }
    await tx.execute(sql`update hosts set current = false where kind = 'portal' and company_id = current_company_id()`);
    await tx.execute(
      sql`insert into hosts (kind, name, company_id) values ('portal', ${`moved${companyId}x`}, current_company_id())`,
    );
    expect(await resolveLink(tx, companyId, links[0]!.code, { addresses, secret })).toMatchObject({
      destination: expect.stringContaining(`moved${companyId}x.portal`),
    });
    await tx.execute(sql`update portal_settings set enabled = false`);
    expect(await resolveLink(tx, companyId, links[0]!.code, { addresses, secret })).toBe('closed');
  });
});

/** An email link of one message, which nobody has followed. */
async function unfollowed() {
  const { companyId, got } = await sentCampaign(db, 1);
  const { messageId, mime } = got[0]!;
  const decoded = mime.replaceAll('=\r\n', '').replaceAll('=3D', '=');
  const code = /\/([0-9a-z]+-l1-[\w-]{20})"/.exec(decoded)![1]!;
  const rows = () =>
    withCompany(db, companyId, (tx) => tx.execute(sql`select code, message_id as "messageId", key from links`));
  const follow = (typed: string) =>
    withCompany(db, companyId, (tx) => resolveLink(tx, companyId, typed, { addresses, secret }));
  return { companyId, messageId, code, rows, follow };
}

test('B-03: a link of an email is written down when somebody follows it first, once even when many do', async () => {
  const { companyId, messageId, code, rows, follow } = await unfollowed();
  expect([...(await rows())]).toEqual([]);
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`update messages set attempted_at = now() - interval '90 days' where id = ${messageId}`),
  );
  const found = await Promise.all([follow(code), follow(code), follow(code)]);
  expect(new Set(found.map((link) => JSON.stringify(link))).size).toBe(1);
  expect(found[0]).toMatchObject({ code, messageId, destination: expect.stringContaining('.portal.localhost') });
  expect([...(await rows())]).toEqual([{ code, messageId, key: 'l1' }]);
  const [age] = await withCompany(db, companyId, (tx) =>
    tx.execute(sql`select (now() - created_at)::text as age from links where code = ${code}`),
  );
  expect(age!.age).toMatch(/^90 days/);
});

test('an email link that we did not make leads nowhere and leaves nothing behind', async () => {
  const { companyId, messageId, code, rows, follow } = await unfollowed();
  const other = await unfollowed();
  const seal = code.slice(-20);
  const forged = [
    `${code.slice(0, -1)}${code.endsWith('x') ? 'y' : 'x'}`,
    code.toUpperCase(),
    `${(messageId + 1).toString(36)}-l1-${seal}`,
    `0${code}`,
    `${messageId.toString(36)}-l2-${seal}`,
    `${messageId.toString(36)}-l9999-${seal}`,
    `zzzzzzzzzzz-l1-${seal}`,
    // The token unsubscribes. It opens no link, nor does the seal of another company's message.
    `${messageId.toString(36)}-l1-${messageToken(secret, companyId, messageId).slice(-20)}`,
    other.code,
  ];
  for (const typed of forged) {
    const link = await follow(typed);
    expect(link, typed).toBeNull();
  }
  expect([...(await rows())]).toEqual([]);
});

test('B-03: a drawn code is found however it was typed', async () => {
  const { companyId, invoices, got } = await sentCampaign(db, 1);
  const recipient = { messageId: got[0]!.messageId, customerId: null, invoiceId: invoices[0]!.invoiceId };
  await withCompany(db, companyId, async (tx) => {
    const codes = await mintLinks(tx, [{ key: 'l1', kind: 'pay_invoice', url: null }], [recipient]);
    const { l1 } = codes.get(recipient.messageId)!;
    const link = await resolveLink(tx, companyId, l1!.toUpperCase(), { addresses, secret });
    expect(link).toMatchObject({ code: l1, messageId: recipient.messageId });
  });
});

test('links of another company, unknown codes and odd paths lead nowhere', async () => {
  const { links } = await campaignLinks(1);
  const other = await sendingCompany(db);
  await withCompany(db, other, async (tx) => {
    for (const code of [
      links[0]!.code,
      linkCode(),
      '',
      'favicon.ico',
      `${links[0]!.code}x`,
      '0'.repeat(10),
      "' or 1=1",
    ]) {
      expect(await resolveLink(tx, other, code, { addresses, secret }), code).toBeNull();
    }
  });
});

test('S0-11: a stored address that may not be linked to is never a redirect, whoever stored it', async () => {
  const { companyId, links } = await campaignLinks(1);
  await withCompany(db, companyId, async (tx) => {
    const { code } = links[0]!;
    const stored = async (destination: string) => {
      await tx.execute(sql`update links set kind = 'url', destination = ${destination} where code = ${code}`);
      return resolveLink(tx, companyId, code, { addresses, secret });
    };
    for (const bad of [
      'javascript:alert(1)',
      '//evil.com',
      'http://169.254.169.254/latest',
      'https://paypal.com@evil.com/',
      'http://demo.go.localhost:3000/abcdefghjk',
      'https://example.com/\r\nset-cookie: a=b',
    ]) {
      expect(await stored(bad), bad).toBe('closed');
    }
    expect(await stored('https://example.com/a?b=c')).toMatchObject({ destination: 'https://example.com/a?b=c' });
    expect(await stored('https://example.com/ü')).toMatchObject({ destination: 'https://example.com/%C3%BC' });
  });
});

test('B-03: a link lives for 400 days, and as long as its invoice is open', async () => {
  const { companyId, links, portal } = await campaignLinks(1);
  const { code, invoiceId } = links.find((link) => link.kind === 'pay_invoice')!;
  await withCompany(db, companyId, async (tx) => {
    const found = async (days: number, status: 'open' | 'paid' | 'void', invoice: number | null = invoiceId) => {
      await tx.execute(sql`update links set created_at = now() - make_interval(days => ${days}), invoice_id = ${invoice}
                            where code = ${code}`);
      await tx.execute(sql`update invoices set status = ${status} where id = ${invoiceId}`);
      const link = await resolveLink(tx, companyId, code, { addresses, secret });
      return typeof link === 'string' ? link : link?.destination;
    };
    const leads = portal + invoicePayPath(secret, companyId, invoiceId);
    expect(await found(0, 'open')).toEqual(leads);
    expect(await found(399, 'paid')).toEqual(leads);
    expect(await found(401, 'paid')).toBe('expired');
    expect(await found(401, 'void')).toBe('expired');
    expect(await found(401, 'open')).toEqual(leads);
    expect(await found(4_000, 'open')).toEqual(leads);
    expect(await found(401, 'open', null)).toBe('expired');
    expect(await found(399, 'open', null)).toMatch(/portal\.localhost:3000\/$/);
  });
});

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

/** A person's visit, an hour after the message was sent. */
const visit = (companyId: number, messageId: number, code: string | null, more: Partial<Visit> = {}): Visit => ({
  companyId,
  messageId,
  code,
  at: Date.now() + 3_600_000,
  method: 'GET',
  userAgent: CHROME,
  purpose: undefined,
  ip: '203.0.113.7',
  ...more,
});

test('the first click counts for the message and its step, each click for the link; an opening counts once', async () => {
  const { companyId, stepId, links } = await campaignLinks(2);
  const link = links[0]!;
  const last = links.at(-1)!.messageId;
  await withCompany(db, companyId, async (tx) => {
    const click = visit(companyId, link.messageId, link.code);
    await recordVisits(tx, [click, { ...click, at: click.at + 1 }]);
    await recordVisits(tx, [{ ...click, at: click.at + 60_000 }]);
    await recordVisits(tx, [visit(companyId, last, null), visit(companyId, last, null)]);
    await recordVisits(tx, [visit(companyId, last, null)]);
    const [row] = await tx.execute(sql`select clicks from links where code = ${link.code}`);
    expect(row).toEqual({ clicks: 3 });
    const [step] = await tx.execute(sql`select clicked, opened, delivered from campaign_steps where id = ${stepId}`);
    expect(step).toEqual({ clicked: 1, opened: 2, delivered: 2 });
  });
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('B-03: what a program did is kept once for each rule, and counted apart: it moves neither message nor funnel', async () => {
  const { companyId, campaignId, stepId, links } = await campaignLinks(1);
  const { messageId, code } = links[0]!;
  await withCompany(db, companyId, async (tx) => {
    await tx.execute(
      sql`update messages set state = 'unknown', reason = 'no_answer', sent_at = null where id = ${messageId}`,
    );
    await tx.execute(sql`update campaign_steps set sent = 0, unknown = 1 where id = ${stepId}`);
    await tx.execute(
      sql`insert into campaign_step_reasons (step_id, state, reason, count) values (${stepId}, 'unknown', 'no_answer', 1)`,
    );
    const bot = { userAgent: 'curl/8.5.0' };
    for (let round = 0; round < 2; round++) {
      await recordVisits(tx, [visit(companyId, messageId, code, bot), visit(companyId, messageId, null, bot)]);
      await recordVisits(tx, [visit(companyId, messageId, code, { method: 'HEAD' })]);
    }
    const events = await tx.execute(
      sql`select kind, details from message_events where message_id = ${messageId} and kind like 'machine%' order by id`,
    );
    expect(events).toEqual([
      { kind: 'machine_clicked', details: { code, rule: 'bot' } },
      { kind: 'machine_opened', details: { rule: 'bot' } },
      { kind: 'machine_clicked', details: { code, rule: 'head' } },
    ]);
    const [message] = await tx.execute(
      sql`select state, opened_at, clicked_at, delivered_at from messages where id = ${messageId}`,
    );
    expect(message).toEqual({ state: 'unknown', opened_at: null, clicked_at: null, delivered_at: null });
    const { funnel } = (await campaignResults(tx, campaignId))!;
    expect(funnel).toMatchObject({ opened: 0, clicked: 0, delivered: 0, machineOpened: 1, machineClicked: 1 });
    // A person's click later is a person's, and nothing of the machines' is lost.
    await recordVisits(tx, [visit(companyId, messageId, code)]);
    const after = (await campaignResults(tx, campaignId))!.funnel;
    expect(after).toMatchObject({ opened: 1, clicked: 1, machineOpened: 1, machineClicked: 1 });
    const listed = (show: 'machineOpened' | 'opened') => campaignPeople(tx, campaignId, { show });
    expect([(await listed('machineOpened')).rows.length, (await listed('opened')).rows.length]).toEqual([1, 1]);
  });
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('B-03: visits are held for a moment, written together, and a flush before the end loses none', async () => {
  const { companyId, stepId, links } = await campaignLinks(3);
  const log = visitLog(db, { holdMs: 60_000 });
  const messages = [...new Set(links.map((link) => link.messageId))];
  for (const messageId of messages) {
    const { code } = links.find((link) => link.messageId === messageId)!;
    log.add(visit(companyId, messageId, code));
  }
  const clicked = async () => {
    const [row] = await withCompany(db, companyId, (tx) =>
      tx.execute<{ clicked: number }>(sql`select clicked from campaign_steps where id = ${stepId}`),
    );
    return row!.clicked;
  };
  expect(await clicked()).toBe(0);
  await log.flush();
  expect(await clicked()).toBe(messages.length);
  const soon = visitLog(db, { holdMs: 0 });
  soon.add(visit(companyId, messages[0]!, null, { at: Date.now() - 1 }));
  await expect
    .poll(async () => {
      const [row] = await withCompany(db, companyId, (tx) =>
        tx.execute<{ n: number }>(sql`select count(*)::int as n from message_events where kind like '%opened'`),
      );
      return row!.n;
    })
    .toBe(1);
});

test('B-03: a crowd is told from people also where more is written than one transaction takes', async () => {
  const { companyId, links } = await campaignLinks(12);
  const codes = new Map(links.map(({ messageId, code }) => [messageId, code]));
  const others = [...codes].slice(0, 2);
  const crowd = [...codes].slice(2);
  const log = visitLog(db, { holdMs: 60_000 });
  const people = 700;
  for (let n = 0; n < people; n++) {
    const [messageId, code] = others[n % 2]!;
    log.add(visit(companyId, messageId, code, { ip: `20.${n >> 8}.${n & 255}.7` }));
    const one = n % 70 === 0 ? crowd[n / 70] : undefined;
    if (one) log.add(visit(companyId, ...one, { ip: `30.1.1.${n % 200}` }));
  }
  await log.flush();
  await withCompany(db, companyId, async (tx) => {
    const events = await tx.execute(sql`
      select details ->> 'rule' as rule, count(*)::int as n from message_events
       where kind = 'machine_clicked' group by 1`);
    expect(events).toEqual([{ rule: 'data_center', n: crowd.length }]);
    const [clicks] = await tx.execute(sql`select sum(clicks)::int as n from links`);
    expect(clicks).toEqual({ n: people });
  });
});

test('B-03: what can’t be written is held, in parts or whole, and counted once the database takes it', async () => {
  const { companyId, links } = await campaignLinks(1);
  const { messageId, code } = links[0]!;
  const told: string[] = [];
  const log = visitLog(db, {
    holdMs: 60_000,
    log: { error: (_: unknown, words: string) => told.push(words) } as never,
  });
  const add = (count: number) => {
    for (let n = 0; n < count; n++) log.add(visit(companyId, messageId, code, { ip: `40.${n >> 8}.${n & 255}.7` }));
  };
  add(600);
  const clicks = () =>
    withCompany(db, companyId, async (tx) => (await tx.execute(sql`select clicks from links where code = ${code}`))[0]);
  const owner = postgres(url, { max: 1, onnotice: () => {} });
  await owner`alter table links rename to links_away`;
  await log.flush();
  await log.flush();
  await owner`alter table links_away rename to links`;
  await owner.end();
  expect(told).toEqual(['visits of links are held until they can be written']);
  add(10);
  await log.flush();
  expect(await clicks()).toEqual({ clicks: 610 });
});

test('a company without a link host gets one of its name, and another one where that is taken', async () => {
  const names = [];
  for (let n = 0; n < 3; n++) {
    const { companyId } = await makeCompany(db, { name: 'Brightwater Plumbing & Heating', linkHost: null });
    const name = await withCompany(db, companyId, ensureLinkHost);
    expect(await withCompany(db, companyId, ensureLinkHost)).toBe(name);
    expect(await withCompany(db, companyId, linkHost)).toBe(name);
    expect(name).toMatch(/^[a-z0-9]{3,63}$/);
    names.push(name);
  }
  expect(names[0]).toBe('brightwaterplumbingheating');
  expect(new Set(names).size).toBe(3);
});
