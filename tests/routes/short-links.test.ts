import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { invoicePayPath } from '#app/invoicing/payments/pay-tokens.server.ts';
import { linkCode } from '#app/links/codes.ts';
import { mintLinks } from '#app/links/mint.server.ts';
import { changeSubdomain } from '#app/links/subdomain.server.ts';
import { withCompany } from '#db/client.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send } from '#tests/setup/http.ts';

const app = await startTestApp();
const { companyId } = await makeCompany(app.db, { linkHost: 'lark', portalHost: 'larkportal' });
const inCompany = <T>(work: Parameters<typeof withCompany<T>>[2]) => withCompany(app.db, companyId, work);
const PERSON = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1' };
const from = (ip: string) => ({ ...PERSON, 'x-forwarded-for': ip });

/** Messages sent an hour ago, each with a link to its invoice and one to a stored address. */
async function sentMessages(count: number, options: { status?: 'open' | 'paid'; days?: number; url?: string } = {}) {
  const { status = 'open', days = 0, url = 'https://larkfield.example/tips' } = options;
  return inCompany(async (tx) => {
    const campaign = await makeCampaign(tx, { status: 'sent' });
    const { customerId } = await makeCustomer(tx, {});
    const { invoiceId } = await makeInvoice(tx, { customerId, totalCents: 31_000 });
    const recipients = [];
    for (let n = 0; n < count; n++) {
      const { invoiceId: own } = n === 0 ? { invoiceId } : await makeInvoice(tx, { customerId, totalCents: 5_000 });
      const sentAt = new Date(Date.now() - 3_600_000);
      const { messageId } = await makeMessage(tx, { ...campaign, customerId, invoiceId: own, state: 'sent', sentAt });
      recipients.push({ messageId, customerId, invoiceId: own });
    }
    const targets = [
      { key: 'l1', kind: 'pay_invoice' as const, url: null },
      { key: 'l2', kind: 'url' as const, url },
    ];
    const codes = await mintLinks(tx, targets, recipients);
    await tx.execute(sql`update invoices set status = ${status} where id = ${invoiceId}`);
    await tx.execute(sql`update links set created_at = now() - make_interval(days => ${days})
                          where message_id in (select id from messages where step_id = ${campaign.stepId})`);
    return { stepId: campaign.stepId, invoiceId, links: recipients.map(({ messageId }) => codes.get(messageId)!) };
  });
}

const at = (code: string, host = 'lark') => `${app.links(host)}/${code}`;

test('B-03: a link of a paid invoice leads to its payment page for 400 days, then to a page that says what to do', async () => {
  const paid = await sentMessages(1, { status: 'paid', days: 399 });
  const leads = await send(at(paid.links[0]!.l1!), { headers: PERSON });
  expect([leads.status, leads.headers.location]).toEqual([
    302,
    app.portal('larkportal') + invoicePayPath(app.secret, companyId, paid.invoiceId),
  ]);
  expect(leads.headers['cache-control']).toContain('no-store');
  const over = await sentMessages(1, { status: 'paid', days: 401 });
  for (const code of Object.values(over.links[0]!)) {
    const answer = await send(at(code), { headers: PERSON });
    expect(answer.status).toBe(410);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.body).toContain('This link has ended');
    expect(answer.body).toContain('tel:+15125550100');
    expect(answer.body).toContain(`href="${app.portal('larkportal')}/"`);
    expect(answer.body).not.toMatch(/error/i);
  }
  const owed = await sentMessages(1, { status: 'open', days: 2_000 });
  expect((await send(at(owed.links[0]!.l1!), { headers: PERSON })).status).toBe(302);
});

test('S0-11: there is no open redirect: what was stored before it was checked, and what stands in the address, lead nowhere', async () => {
  const bad = await sentMessages(1, { url: 'http://169.254.169.254/latest/meta-data' });
  const answer = await send(at(bad.links[0]!.l2!), { headers: PERSON });
  expect([answer.status, answer.headers.location]).toEqual([404, undefined]);
  expect(answer.body).toContain('This link leads nowhere');
  const good = await sentMessages(1);
  const asked = await send(`${at(good.links[0]!.l2!)}?url=https://evil.example/&to=//evil.example`, {
    headers: PERSON,
  });
  expect(asked.headers.location).toBe('https://larkfield.example/tips');
  for (const path of [
    'https://evil.example/',
    '//evil.example',
    '%2f%2fevil.example',
    `..//${good.links[0]!.l2!}//evil.example`,
  ]) {
    expect((await send(`${app.links('lark')}/${path}`, { headers: PERSON })).headers.location, path).toBeUndefined();
  }
});

test('S0-12: links sent under an earlier subdomain go on working, and the new one works at once', async () => {
  const { links } = await sentMessages(1);
  expect((await send(at(links[0]!.l2!, 'larkrenamed'), { headers: PERSON })).status).toBe(404);
  const other = await makeCompany(app.db, { linkHost: 'moving' });
  const actor = { staffId: other.admin.staffId, name: other.admin.name };
  const moved = await withCompany(app.db, other.companyId, async (tx) => {
    const campaign = await makeCampaign(tx, { status: 'sent' });
    const { customerId } = await makeCustomer(tx, {});
    const { invoiceId } = await makeInvoice(tx, { customerId, totalCents: 5_000 });
    const { messageId } = await makeMessage(tx, { ...campaign, customerId, invoiceId, state: 'sent' });
    const targets = [{ key: 'l1', kind: 'url' as const, url: 'https://moved.example/' }];
    const codes = await mintLinks(tx, targets, [{ messageId, customerId, invoiceId }]);
    await changeSubdomain(tx, actor, 'movedaway', { confirmed: true });
    return codes.get(messageId)!.l1!;
  });
  for (const host of ['moving', 'movedaway']) {
    const answer = await send(at(moved, host), { headers: PERSON });
    expect([answer.status, answer.headers.location], host).toEqual([302, 'https://moved.example/']);
  }
  expect((await send(at(moved, 'lark'), { headers: PERSON })).status).toBe(404);
});

test('B-03: codes guessed in bulk get 429; links that exist go on working there, and elsewhere nobody notices', async () => {
  const { links } = await sentMessages(2);
  const cached = links[0]!.l2!;
  expect((await send(at(cached), { headers: from('203.0.113.9') })).status).toBe(302);
  const statuses: number[] = [];
  for (let n = 0; n < 70; n++) {
    statuses.push((await send(at(n % 2 ? linkCode() : `guess${n}`), { headers: from(`203.0.113.${n}`) })).status);
  }
  expect(statuses.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 404));
  expect(statuses.slice(60)).toEqual(Array.from({ length: 10 }, () => 429));
  const refused = await send(at('abcdefghjk'), { headers: from('203.0.113.200') });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
  expect(refused.body).toContain('Wait a minute');
  // A known link, from memory and not; what unsubscribes; and another network.
  expect((await send(at(cached), { headers: from('203.0.113.9') })).status).toBe(302);
  expect((await send(at(links[1]!.l2!), { headers: from('203.0.113.9') })).status).toBe(302);
  expect((await send(`${app.links('lark')}/u/preview`, { headers: from('203.0.113.9') })).status).toBe(200);
  expect((await send(at('abcdefghjk'), { headers: from('198.51.100.9') })).status).toBe(404);
});

test(
  'B-03: as many clicks as redirects stand in the database after SIGTERM under load',
  { timeout: 120_000 },
  async () => {
    const { links, stepId } = await sentMessages(40);
    const port = await freePort();
    const child = spawn(process.execPath, ['--import', 'tsx', 'app/server.ts'], {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        DATABASE_URL: app.url,
        PORT: String(port),
        APP_ORIGIN: `http://localhost:${port}`,
        PORTAL_DOMAIN: `portal.localhost:${port}`,
        LINK_DOMAIN: `go.localhost:${port}`,
        APP_SECRET: app.secret,
        LOG_LEVEL: 'warn',
      },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const status = (path: string, headers: Record<string, string>) =>
      send(`http://lark.go.localhost:${port}/${path}`, { headers }).then(
        (answer) => answer.status,
        () => 0,
      );
    try {
      await expect.poll(() => status('o/none.gif', PERSON), { timeout: 60_000 }).toBe(200);
      let redirects = 0;
      let asked = 0;
      const stop = { asked: false };
      const visitor = async () => {
        for (let mine = 0; !stop.asked || mine < 2; mine++) {
          const n = asked++;
          // Each from a network of its own: a person by every rule.
          const address = `${20 + (n % 60)}.${(n >> 8) % 250}.${n % 250}.7`;
          const answer = await status(links[n % links.length]!.l2!, from(address));
          if (answer === 302) redirects++;
          else if (stop.asked) return;
        }
      };
      const visitors = Promise.all(Array.from({ length: 16 }, visitor));
      await expect.poll(() => redirects, { timeout: 60_000 }).toBeGreaterThan(600);
      child.kill('SIGTERM');
      stop.asked = true;
      await visitors;
      expect(await ended).toEqual([0, null]);
      const [row] = await inCompany((tx) =>
        tx.execute<{ clicks: number; clicked: number }>(sql`
        select sum(l.clicks)::int as clicks, max(s.clicked) as clicked
          from links l join messages m on m.id = l.message_id join campaign_steps s on s.id = m.step_id where s.id = ${stepId}`),
      );
      expect(row).toEqual({ clicks: redirects, clicked: 40 });
    } finally {
      child.kill('SIGKILL');
    }
  },
);

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
