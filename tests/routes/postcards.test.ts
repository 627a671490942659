import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';

import { can, roles, type Role } from '#app/company/permissions.ts';
import { postcardTemplates } from '#builders/postcard/templates.ts';
import { withCompany } from '#db/client.ts';
import { outboxPostcards } from '#db/schema/index.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCard } from '#tests/factories/postcards.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const { companyId } = await makeCompany(app.db, { portalHost: 'cardsroutes' });
const other = await makeCompany(app.db);
const cookies = {} as Record<Role, string>;
let otherCookie = '';
const { document } = postcardTemplates[0]!;
const step = { channel: 'mail', subject: '', preheader: '', document } as const;

beforeAll(async () => {
  for (const role of roles) {
    const { email } = await withCompany(app.db, companyId, (tx) => makeStaff(tx, { role }));
    cookies[role] = await signInCookie(app.origin, email, TEST_PASSWORD);
  }
  otherCookie = await signInCookie(app.origin, other.admin.email, TEST_PASSWORD);
});

const draft = () => withCompany(app.db, companyId, (tx) => makeCampaign(tx, { step }));
const get = (path: string, cookie = cookies.marketer) =>
  fetch(`${app.origin}${path}`, { headers: { cookie }, redirect: 'manual' });
const post = (path: string, body: unknown, cookie = cookies.marketer) =>
  fetch(`${app.origin}${path}`, {
    method: 'POST',
    headers: { cookie, origin: app.origin, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'manual',
  });
const save = (campaignId: number, version: number, value: unknown, cookie?: string) =>
  post(`/campaigns/${campaignId}/save`, { step: 'postcard', version, value: { document: value } }, cookie);

test('S0-14: a postcard saves as it is changed; an older version and nonsense change nothing', async () => {
  const { campaignId } = await draft();
  const next = { ...document, front: { ...document.front, headline: 'Changed' } };
  const saved = await save(campaignId, 1, next);
  expect([saved.status, ((await saved.json()) as { version: number }).version]).toEqual([200, 2]);
  expect((await save(campaignId, 1, document)).status).toBe(409);
  expect((await save(campaignId, 2, { version: 1, size: '5x7' })).status).toBe(400);
  const long = await save(campaignId, 2, { ...next, back: { ...next.back, body: 'x'.repeat(2_001) } });
  expect(long.status).toBe(400);
  expect(await long.json()).toMatchObject({
    errors: { 'back.body': expect.stringMatching(/2,000 characters/) as unknown },
  });
  const [row] = await withCompany(app.db, companyId, (tx) =>
    tx.execute<{ headline: string }>(
      sql`select document #>> '{front,headline}' as headline from campaign_steps where campaign_id = ${campaignId}`,
    ),
  );
  expect(row!.headline).toBe('Changed');
});

test('S0-14: what somebody could not save is kept in a copy', async () => {
  const { campaignId } = await draft();
  const mine = { ...document, front: { ...document.front, headline: 'Mine' } };
  const copied = await post(`/campaigns/${campaignId}/duplicate`, { step: 'postcard', value: { document: mine } });
  const { id } = (await copied.json()) as { id: number };
  const [row] = await withCompany(app.db, companyId, (tx) =>
    tx.execute<{ channel: string; headline: string }>(
      sql`select channel, document #>> '{front,headline}' as headline from campaign_steps where campaign_id = ${id}`,
    ),
  );
  expect(row).toEqual({ channel: 'mail', headline: 'Mine' });
});

test('each channel’s step leads to the one that the campaign has', async () => {
  const { campaignId } = await draft();
  for (const name of ['email', 'text']) {
    expect((await get(`/campaigns/${campaignId}/${name}`)).headers.get('location')).toBe(
      `/campaigns/${campaignId}/postcard`,
    );
  }
});

test('B-12: the proof is a PDF for whoever may see the campaign, and nobody else’s', async () => {
  const { campaignId } = await draft();
  const proof = await get(`/campaigns/${campaignId}/proof`);
  expect([proof.status, proof.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  expect(proof.headers.get('cache-control')).toBe('private, no-store');
  expect(
    Buffer.from(await proof.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
  expect((await get(`/campaigns/${campaignId}/proof`, otherCookie)).status).toBe(404);
  expect((await get(`/campaigns/${campaignId}/proof?invoice=999999`)).status).toBe(404);
  const email = await withCompany(app.db, companyId, (tx) => makeCampaign(tx));
  expect((await get(`/campaigns/${email.campaignId}/proof`)).status).toBe(404);
  for (const role of roles) {
    const { status } = await get(`/campaigns/${campaignId}/proof`, cookies[role]);
    expect([role, status]).toEqual([role, can(role, 'campaigns.read') ? 200 : 403]);
  }
});

test('B-12: addresses are looked up for whoever may edit, and not for another company’s campaign', async () => {
  const { campaignId } = await draft();
  const path = `/campaigns/${campaignId}/check-addresses`;
  expect((await post(path, {}, otherCookie)).status).toBe(404);
  const asked = await post(path, {});
  expect([asked.status, asked.headers.get('location')]).toEqual([
    302,
    `/campaigns/${campaignId}/review?checking=1#addresses`,
  ]);
  await post(path, {});
  const waiting = await withCompany(app.db, companyId, (tx) =>
    tx.execute<{ n: number }>(
      sql`select (due + later)::int as n from queue_state(${companyId}::bigint) where task = 'addresses.check'`,
    ),
  );
  expect([...waiting]).toEqual([{ n: 1 }]);
});

test('a postcard in the Outbox shows to its own company, as a page and as PDF', async () => {
  const [row] = await withCompany(app.db, companyId, (tx) =>
    tx
      .insert(outboxPostcards)
      .values({ recipient: '12 OAK ST\nAUSTIN TX 78701', card: makeCard() })
      .returning({ id: outboxPostcards.id }),
  );
  const path = `/outbox/postcards/${row!.id}`;
  const page = await get(path);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('You have an open invoice');
  expect((await get(`${path}/pdf`)).headers.get('content-type')).toBe('application/pdf');
  for (const one of [path, `${path}/pdf`]) expect((await get(one, otherCookie)).status).toBe(404);
  expect(await (await get('/outbox/postcards?q=oak')).text()).toContain('Ann Lee');
  expect(await (await get('/outbox/postcards?q=nowhere')).text()).toContain('No postcard matches');
});
