import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { sql } from 'drizzle-orm';
import { afterAll, expect, test, vi } from 'vitest';

import { bookPlaces } from '#app/messaging/rate.server.ts';
import { createApp } from '#app/web/express.server.ts';
import { webLog } from '#app/web/log.server.ts';
import { withCompany } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { beat } from '#db/workers.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { send } from '#tests/setup/http.ts';

const { db } = await createTestDatabase();
const company = await makeCompany(db, { portalHost: 'metered', linkHost: 'meteredlinks' });
const lines: string[] = [];
/** The server itself, with pages that can't be asked for: neither metrics nor the log needs one. */
async function serve(metricsToken: string | null) {
  const server = createServer();
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const addresses = {
    appOrigin: `http://localhost:${port}`,
    portalDomain: `portal.localhost:${port}`,
    linkDomain: `go.localhost:${port}`,
  };
  const build = () => Promise.reject(new Error('no page of dana@mail.example'));
  const assets = { middleware: (_req: unknown, _res: unknown, next: () => void) => next() };
  const log = webLog('info', { write: (line) => lines.push(line) });
  server.on(
    'request',
    createApp({ build, assets, db, addresses, secret: 's', ses: null, sesEndpoint: null, log, metricsToken }),
  );
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    origin: addresses.appOrigin,
    port,
    portal: `http://metered.${addresses.portalDomain}`,
    links: `http://meteredlinks.${addresses.linkDomain}`,
  };
}
const open = await serve(null);
const guarded = await serve('a-token-of-sixteen-signs');

/** The value of one line, by the beginning of it. */
const valueOf = (body: string, name: string) =>
  body
    .split('\n')
    .find((line) => line.startsWith(`${name} `))
    ?.slice(name.length + 1);

test('the queue, the messages, the providers, the workers and the process itself, in Prometheus’ words', async () => {
  await withCompany(db, company.companyId, async (tx) => {
    await addJob(tx, 'invoice.settled', { companyId: company.companyId, invoiceId: 1 });
    await addJob(
      tx,
      'campaign.send_range',
      { companyId: company.companyId, rangeId: 1 },
      { runAt: new Date(Date.now() + 60_000) },
    );
    const { campaignId, stepId } = await makeCampaign(tx);
    await tx.execute(sql`update campaigns set status = 'sending' where id = ${campaignId}`);
    await tx.execute(
      sql`update campaign_steps set planned = 7, sent = 5, skipped = 2, unknown = 1 where id = ${stepId}`,
    );
  });
  const other = await makeCompany(db);
  await withCompany(db, other.companyId, async (tx) => {
    const { stepId } = await makeCampaign(tx);
    await tx.execute(sql`update campaign_steps set sent = 10 where id = ${stepId}`);
  });
  await bookPlaces(db, 'account-a', 3, 14);
  await db.execute(sql`update provider_rates set share = 0.5, throttled_at = now() where account = 'account-a'`);
  await db.execute(sql`insert into provider_breakers (account, state) values ('account-a', 'open')`);
  await beat(db, 'worker-1', 'pool-1');
  await send(`${open.origin}/webhooks/ses`, { method: 'POST', origin: null });
  const { status, headers, body } = await send(`${open.origin}/metrics`);
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8; version=0.0.4']);
  expect(valueOf(body, 'fieldpost_database_up')).toBe('1');
  expect(valueOf(body, 'fieldpost_queue_jobs{task="invoice.settled",state="due"}')).toBe('1');
  expect(valueOf(body, 'fieldpost_queue_jobs{task="campaign.send_range",state="later"}')).toBe('1');
  expect(Number(valueOf(body, 'fieldpost_queue_oldest_due_seconds{task="invoice.settled"}'))).toBeGreaterThan(0);
  expect(valueOf(body, 'fieldpost_messages_total{outcome="sent"}')).toBe('15');
  expect(valueOf(body, 'fieldpost_messages_total{outcome="skipped"}')).toBe('2');
  expect(valueOf(body, 'fieldpost_messages_waiting')).toBe('7');
  expect(valueOf(body, 'fieldpost_messages_unknown')).toBe('1');
  expect(valueOf(body, 'fieldpost_provider_allowed_per_second{account="account-a"}')).toBe('14');
  expect(Number(valueOf(body, 'fieldpost_provider_share{account="account-a"}'))).toBeCloseTo(0.5, 1);
  expect(valueOf(body, 'fieldpost_provider_breaker_open{account="account-a"}')).toBe('1');
  expect(valueOf(body, 'fieldpost_workers')).toBe('1');
  expect(Number(valueOf(body, 'fieldpost_worker_resident_memory_bytes{worker="worker-1"}'))).toBeGreaterThan(1e6);
  expect(Number(valueOf(body, 'process_resident_memory_bytes'))).toBeGreaterThan(1e6);
  expect(body).toMatch(/fieldpost_http_request_duration_seconds_count\{area="webhook",method="POST",status="\d+"\} 1/);
  expect(body).not.toContain('@');
  // Asked again, counters are the same and not the double.
  const again = (await send(`${open.origin}/metrics`)).body;
  expect(valueOf(again, 'fieldpost_messages_total{outcome="sent"}')).toBe('15');
  // By several at once, too.
  const atOnce = await Promise.all(Array.from({ length: 6 }, () => send(`${open.origin}/metrics`)));
  const told = atOnce.map((one) => valueOf(one.body, 'fieldpost_messages_total{outcome="sent"}'));
  expect(new Set(told)).toEqual(new Set(['15']));
});

test('without a token only this machine may ask, and not through a proxy for somebody else', async () => {
  expect((await send(`${open.origin}/metrics`, { headers: { host: '127.0.0.1:9' } })).status).toBe(200);
  for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
    const answer = await send(`${open.origin}/metrics`, { headers: { [name]: '127.0.0.1' } });
    expect([answer.status, answer.body.includes('process_')], name).toEqual([403, false]);
  }
});

test('with a token nobody may ask without it', async () => {
  const ask = (authorization?: string) =>
    send(`${guarded.origin}/metrics`, { headers: authorization ? { authorization } : {} });
  expect((await ask()).status).toBe(401);
  expect((await ask('Bearer wrong')).status).toBe(401);
  expect((await ask('Basic a-token-of-sixteen-signs')).status).toBe(401);
  const told = await ask('Bearer a-token-of-sixteen-signs');
  expect([told.status, told.body.includes('process_')]).toEqual([200, true]);
});

test('an address that can’t be decoded leads nowhere, is no failure, and is logged by nobody', async () => {
  lines.length = 0;
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  for (const at of [open.links, open.portal, open.origin]) {
    for (const path of ['/dana%40mail.example%zz', '/o/dana%E0%A4.gif', '/customers/%']) {
      expect((await send(`${at}${path}`)).status, at + path).toBe(404);
    }
  }
  expect(lines.join('')).not.toMatch(/dana|request failed/);
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});

test('the hosts of customers know no metrics', async () => {
  for (const at of [open.portal, open.links]) {
    const answer = await send(`${at}/metrics`);
    expect([answer.status === 200, answer.body.includes('process_')], at).toEqual([false, false]);
  }
});

test('a request is one line with a reference, and no line holds an address, a token or what was typed', async () => {
  lines.length = 0;
  await send(`${open.origin}/customers/12?q=dana%40mail.example`);
  await send(`${open.origin}/sign-in?to=dana@mail.example`, {
    form: { email: 'dana@mail.example', password: 'her secret' },
  });
  await send(`${open.origin}/join/abcDEF0123456789abcDEF`);
  await send(`${open.origin}/dana@mail.example`, {
    headers: { 'user-agent': 'dana@mail.example', cookie: 'fp=secret-cookie' },
  });
  await send(`${open.links}/u/1-7-abcDEF_-0123456789abcd`, { method: 'POST', origin: null });
  await expect.poll(() => lines.filter((line) => line.includes('"msg":"request"')).length).toBe(5);
  const text = lines.join('');
  expect(text).not.toMatch(/dana|mail\.example|secret|abcDEF|%40/);
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const [first] = records.filter((one) => one.msg === 'request');
  expect(first).toMatchObject({ method: 'GET', area: 'office', path: '/customers/12', status: 500, process: 'web' });
  // The line that says why has the same reference.
  const why = records.find((one) => one.msg === 'request failed' && one.reference === first!.reference);
  expect(why).toMatchObject({ err: { message: 'no page of [address]' } });
});
