import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';

import { createCampaign } from '#app/campaigns/campaigns.server.ts';
import { loadStep } from '#app/campaigns/steps.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { campaigns } from '#db/schema/index.ts';
import { makeCompany, TEST_PASSWORD } from '#tests/factories/company.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const company = await makeCompany(app.db, { portalHost: 'textcampaigns' });
const inside = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, company.companyId, work);
let cookie = '';

beforeAll(async () => {
  cookie = await signInCookie(app.origin, company.admin.email, TEST_PASSWORD);
});

async function draft(): Promise<number> {
  const made = await inside((tx) =>
    createCampaign(tx, company.admin, { name: 'Texts', template: 'text-friendly-reminder' }),
  );
  return made.ok ? made.id : 0;
}
const get = async (path: string) =>
  (await send(`${app.origin}${path}`, { cookie })).body.split('window.__remixContext')[0]!.replaceAll('<!-- -->', '');
const post = (path: string, form: Record<string, string>) => send(`${app.origin}${path}`, { form, cookie });

async function postJson(path: string, body: unknown) {
  const headers = { cookie, origin: app.origin, 'content-type': 'application/json' };
  const response = await fetch(`${app.origin}${path}`, { method: 'POST', body: JSON.stringify(body), headers });
  return { status: response.status, json: (await response.json()) as { id: number } };
}

const stored = (id: number) =>
  inside(async (tx) => {
    const [row] = await tx.select().from(campaigns).where(eq(campaigns.id, id));
    return { stops: row!.stopOnReply, ...(await loadStep(tx, id))! };
  });
const ticked = (page: string) => /<input[^>]*name="stopOnReply"[^>]*>/.exec(page)?.[0].includes(' checked=""') ?? null;

test('B-13: stop on reply is switched on the text’s page, saved with the draft, and kept by its copies', async () => {
  const id = await draft();
  expect(ticked(await get(`/campaigns/${id}/text`))).toBe(true);
  const value = { text: 'Pay {{ links.pay_invoice }}', stopOnReply: false };
  expect((await postJson(`/campaigns/${id}/save`, { step: 'text', version: 1, value })).status).toBe(200);
  expect(await stored(id)).toMatchObject({ stops: false, version: 2 });
  // A page of before says nothing of it: it stays.
  await postJson(`/campaigns/${id}/save`, { step: 'text', version: 2, value: { text: 'Hello' } });
  expect(await stored(id)).toMatchObject({ stops: false, version: 3 });
  // Whoever was slower changes nothing.
  const late = await postJson(`/campaigns/${id}/save`, {
    step: 'text',
    version: 2,
    value: { ...value, stopOnReply: true },
  });
  expect(late.status).toBe(409);
  expect((await stored(id)).stops).toBe(false);
  expect(ticked(await get(`/campaigns/${id}/text`))).toBe(false);

  const copied = (await post(`/campaigns/${id}/duplicate`, {})).headers.location!.match(/\d+/)![0];
  expect((await stored(Number(copied))).stops).toBe(false);
  const mine = { step: 'text', value: { text: 'Mine', stopOnReply: true } };
  const { json } = await postJson(`/campaigns/${id}/duplicate`, mine);
  expect(await stored(json.id)).toMatchObject({ stops: true, document: { version: 1, text: 'Mine' } });
});

test('B-13: before JavaScript it is a part of the form; a refused text keeps how it stood', async () => {
  const id = await draft();
  await post(`/campaigns/${id}/text`, { version: '1', text: 'Pay, please' });
  expect((await stored(id)).stops).toBe(false);
  await post(`/campaigns/${id}/text`, { version: '2', text: 'Pay, please', stopOnReply: 'on' });
  expect((await stored(id)).stops).toBe(true);
  const refused = await post(`/campaigns/${id}/text`, { version: '3', text: 'x'.repeat(1_700) });
  expect([refused.status, ticked(refused.body)]).toEqual([400, false]);
  expect((await stored(id)).stops).toBe(true);
});

test('B-13: the review and the launched campaign say what an answer does', async () => {
  const id = await draft();
  expect(await get(`/campaigns/${id}/review`)).toContain('A customer who answers gets nothing more of it');
  await inside((tx) => tx.update(campaigns).set({ stopOnReply: false, status: 'sent' }).where(eq(campaigns.id, id)));
  expect(await get(`/campaigns/${id}`)).toContain('It goes on for customers who answer.');
});
