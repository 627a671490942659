import { eq, sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';

import { createCampaign } from '#app/campaigns/campaigns.server.ts';
import { expandCampaign } from '#app/campaigns/expand.server.ts';
import type { Role } from '#app/company/permissions.ts';
import { emptyDocument } from '#builders/email/document.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { auditEntries, campaigns, campaignSteps, messages } from '#db/schema/index.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const mine = await makeCompany(app.db, { portalHost: 'campaignsown' });
const theirs = await makeCompany(app.db, { portalHost: 'campaignsother' });
const inMine = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, mine.companyId, work);
const inTheirs = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, theirs.companyId, work);

const cookies = {} as Record<Role, string>;
let invoiceId = 0;

beforeAll(async () => {
  for (const role of ['administrator', 'marketer', 'office', 'technician', 'viewer'] as const) {
    const { email } = await inMine((tx) => makeStaff(tx, { role }));
    cookies[role] = await signInCookie(app.origin, email, TEST_PASSWORD);
  }
  for (const inside of [inMine, inTheirs]) {
    await inside(async (tx) => {
      const { customerId } = await makeCustomer(tx, { name: 'Ann Ames' });
      const made = await makeInvoice(tx, { customerId });
      if (inside === inMine) invoiceId = made.invoiceId;
    });
  }
});

async function draftIn(inside: typeof inMine, staffId: number): Promise<number> {
  const actor = { staffId, name: 'Somebody' };
  const made = await inside((tx) => createCampaign(tx, actor, { name: 'Reminder', template: 'friendly-reminder' }));
  return made.ok ? made.id : 0;
}
const draft = () => draftIn(inMine, mine.admin.staffId);
const foreign = () => draftIn(inTheirs, theirs.admin.staffId);

const get = (path: string, role: Role = 'marketer') => send(`${app.origin}${path}`, { cookie: cookies[role] });
/** The page's words, without the marks that React puts between them. */
const words = (body: string) => body.slice(0, body.indexOf('window.__remixContext')).replaceAll('<!-- -->', '');
const post = (path: string, form: Record<string, string> = {}, role: Role = 'marketer') =>
  send(`${app.origin}${path}`, { form, cookie: cookies[role] });

async function postBody(path: string, body: BodyInit, headers: Record<string, string> = {}, role: Role = 'marketer') {
  const response = await fetch(`${app.origin}${path}`, {
    method: 'POST',
    body,
    headers: { cookie: cookies[role], origin: app.origin, ...headers },
    redirect: 'manual',
  });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, json: type.includes('json') ? ((await response.json()) as unknown) : null };
}
const save = (id: number, body: unknown, role: Role = 'marketer') =>
  postBody(`/campaigns/${id}/save`, JSON.stringify(body), { 'content-type': 'application/json' }, role);

/** The launch form as the review page has it, and the yes to its question. */
async function launchFields(id: number) {
  const { body } = await get(`/campaigns/${id}/review`);
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? '';
  return { stepVersion: field('stepVersion'), rulesVersion: field('rulesVersion'), confirmed: 'yes' };
}

const pages = ['audience', 'people', 'email', 'preview', 'review', 'sent'];
const verbs = [
  'save',
  'rename',
  'duplicate',
  'archive',
  'delete',
  'pause',
  'resume',
  'cancel',
  'review',
  'test',
  'audience',
  'email',
];

test('every page and action asks for a signed-in person', async () => {
  const id = await draft();
  for (const page of ['', ...pages.map((name) => `/${name}`), '/messages']) {
    const answer = await send(`${app.origin}/campaigns/${id}${page}`);
    expect([page, answer.status, answer.headers.location?.startsWith('/sign-in')]).toEqual([page, 302, true]);
  }
  for (const verb of verbs) {
    const answer = await send(`${app.origin}/campaigns/${id}/${verb}`, { form: {} });
    expect([verb, answer.status, answer.headers.location]).toEqual([verb, 302, '/sign-in']);
  }
  // A form that is sent after the session has ended leads back to where it stood, and says that it was not taken.
  const from = (referer: string) =>
    send(`${app.origin}/campaigns/${id}/rename`, { form: { name: 'x' }, headers: { referer } });
  const late = (await from(`${app.origin}/campaigns/${id}/email?a=b`)).headers.location!;
  expect(late).toBe(`/sign-in?to=${encodeURIComponent(`/campaigns/${id}/email?a=b`)}&ended=1`);
  expect((await send(app.origin + late)).body).toContain('You were signed out meanwhile');
  expect((await from('https://elsewhere.example/campaigns')).headers.location).toBe('/sign-in');
  expect((await inMine((tx) => tx.select().from(campaigns).where(eq(campaigns.id, id))))[0]!.status).toBe('draft');
});

test('another company’s campaign, a missing one and a word for a number all answer 404', async () => {
  const other = await foreign();
  for (const id of [other, 999_999, 'abc', '1e3', '-1', '9'.repeat(30)]) {
    for (const page of ['', ...pages.map((name) => `/${name}`), '/messages']) {
      expect([id, page, (await get(`/campaigns/${id}${page}`)).status]).toEqual([id, page, 404]);
    }
    for (const verb of verbs.filter((name) => name !== 'save')) {
      const answer = await post(
        `/campaigns/${id}/${verb}`,
        { name: 'x', version: '1', stepVersion: '1' },
        'administrator',
      );
      expect([id, verb, answer.status]).toEqual([id, verb, 404]);
    }
  }
  const saved = await save(other, { step: 'email', version: 1, value: { subject: 'Mine now' } });
  expect(saved.status).toBe(404);
  const [step] = await inTheirs((tx) => tx.select().from(campaignSteps).where(eq(campaignSteps.campaignId, other)));
  expect(step).toMatchObject({ version: 1 });
  expect(step!.subject).not.toBe('Mine now');
});

test('who may only look changes nothing; sending is a permission of its own (B-15)', async () => {
  const id = await draft();
  const fields = await launchFields(id);
  expect(fields.stepVersion).toBe('1');
  const denied: [Role, string][] = [
    ...verbs.map((verb): [Role, string] => ['viewer', verb]),
    ...['review', 'pause', 'resume', 'cancel'].map((verb): [Role, string] => ['office', verb]),
    ...verbs.map((verb): [Role, string] => ['technician', verb]),
  ];
  for (const [role, verb] of denied) {
    expect([role, verb, (await post(`/campaigns/${id}/${verb}`, fields, role)).status]).toEqual([role, verb, 403]);
  }
  expect((await post('/campaigns/new', { name: 'x', template: 'blank' }, 'viewer')).status).toBe(403);
  expect((await get('/campaigns/new', 'viewer')).status).toBe(403);
  expect((await postBody('/campaigns/images', new FormData(), {}, 'viewer')).status).toBe(403);
  expect((await get('/campaigns', 'technician')).status).toBe(403);
  expect((await get(`/campaigns/${id}/email`, 'viewer')).status).toBe(200);
  const review = await get(`/campaigns/${id}/review`, 'office');
  expect(review.body).toContain('A marketer or administrator launches it');
  expect(review.body).not.toContain('Launch to');
});

test('S0-01: a new campaign opens at its audience; without a name it says so and keeps the choice', async () => {
  const refused = await post('/campaigns/new', { name: '', template: 'final-notice' });
  expect(refused.status).toBe(400);
  expect(refused.body).toContain('Give the campaign a name');
  expect(refused.body).toMatch(/value="final-notice"[^>]*checked|checked[^>]*value="final-notice"/);
  const made = await post('/campaigns/new', { name: '"><script>alert(1)</script>', template: 'final-notice' });
  expect(made.headers.location).toMatch(/^\/campaigns\/\d+\/audience$/);
  const page = await get(made.headers.location!);
  expect(page.status).toBe(200);
  expect(page.body).not.toContain('<script>alert(1)</script>');
});

test('S0-04: the email is saved in its version; an older one, nonsense and too much are refused in words', async () => {
  const id = await draft();
  const first = await save(id, { step: 'email', version: 1, value: { subject: 'Pay {{ invoice.nmber }}' } });
  expect(first).toMatchObject({ status: 200, json: { ok: true, version: 2, frame: { steps: { content: 'wrong' } } } });
  expect(JSON.stringify(first.json)).toContain('Unknown tag invoice.nmber. Did you mean invoice.number?');
  const late = await save(id, { step: 'email', version: 1, value: { subject: 'Late' } });
  expect(late).toMatchObject({ status: 409, json: { ok: false, reason: 'conflict' } });
  for (const length of [501, 100_000]) {
    const long = await save(id, { step: 'email', version: 2, value: { subject: 'x'.repeat(length) } });
    expect(long).toMatchObject({ status: 400, json: { errors: { subject: 'Shorten this to 500 characters.' } } });
  }
  const odd = await save(id, { step: 'email', version: 2, value: { document: { version: 1, project: [] } } });
  expect(odd).toMatchObject({ status: 400, json: { reason: 'invalid', errors: { document: expect.any(String) } } });
  for (const body of [
    null,
    'x',
    { step: 'email' },
    { step: 'other', version: 1, value: {} },
    { step: 'audience', version: 1, value: 3 },
  ]) {
    expect((await save(id, body)).status).toBe(400);
  }
  const broken = await postBody(`/campaigns/${id}/save`, '{"step":', { 'content-type': 'application/json' });
  expect(broken.status).toBe(400);
  const [step] = await inMine((tx) => tx.select().from(campaignSteps).where(eq(campaignSteps.campaignId, id)));
  expect(step).toMatchObject({ version: 2, subject: 'Pay {{ invoice.nmber }}' });
});

test('before JavaScript the steps are forms: what was typed stays where it is refused', async () => {
  const id = await draft();
  const { body } = await get(`/campaigns/${id}/audience`);
  const version = /name="version" value="([^"]+)"/.exec(body)![1]!;
  const refused = await post(`/campaigns/${id}/audience`, { version, daysOverdueMin: 'ten', owedMin: '$1,000' });
  expect(refused.status).toBe(400);
  expect(refused.body).toContain('Enter a whole number of days');
  expect(refused.body).toContain('value="ten"');
  expect(refused.body).toContain('value="$1,000"');
  const saved = await post(`/campaigns/${id}/audience`, { version, daysOverdueMin: '31', owedMin: '$1,000' });
  expect(saved.headers.location).toBe(`/campaigns/${id}/audience`);
  const [row] = await inMine((tx) => tx.select().from(campaigns).where(eq(campaigns.id, id)));
  expect(row!.audience).toMatchObject({ daysOverdueMin: 31, owedMinCents: 100_000 });
  const late = await post(`/campaigns/${id}/audience`, { version, daysOverdueMin: '5' });
  expect(late.status).toBe(409);
  expect(late.body).toContain('changed the audience after you opened this page');

  const lines = await post(`/campaigns/${id}/email`, { version: '1', subject: 'Short', preheader: 'x'.repeat(600) });
  expect(lines.status).toBe(400);
  expect(lines.body).toContain('value="Short"');
  const stored = await post(`/campaigns/${id}/email`, { version: '1', subject: 'Short', preheader: '' });
  expect(stored.status).toBe(302);
});

test('B-08: the preview is of the recipient in the address; a stranger’s invoice shows that they do not get it', async () => {
  const id = await draft();
  const page = await get(`/campaigns/${id}/preview?invoice=${invoiceId}`);
  expect(page.body).toContain('Ann Ames');
  expect(page.body).toMatch(/sandbox=""/);
  expect((await get(`/campaigns/${id}/preview?invoice=999999`)).body).toContain('does not get it any more');
  expect((await get(`/campaigns/${id}/preview?invoice=x`)).status).toBe(404);
});

test('B-08: a test goes to the person who asks, once, whatever the form says', async () => {
  const id = await draft();
  const sent = await post(`/campaigns/${id}/test`, { invoice: String(invoiceId), to: 'victim@mail.example' });
  expect(sent.headers.location).toContain('tested=1');
  const rows = await inMine((tx) => tx.select().from(messages).where(eq(messages.kind, 'test')));
  expect(rows).toHaveLength(1);
  expect(rows[0]!.address).not.toBe('victim@mail.example');
  const page = await get(sent.headers.location!);
  expect(page.body).toContain('Outbox');
});

test('B-08: too many tests are refused beside the button, with how long to wait, at the same recipient', async () => {
  const id = await draft();
  const send = () => post(`/campaigns/${id}/test`, { invoice: String(invoiceId) });
  let sent = await send();
  for (let n = 0; n < 10 && sent.headers.location?.includes('tested=1'); n++) sent = await send();
  expect(sent.headers.location).toBe(`/campaigns/${id}/preview?invoice=${invoiceId}&wait=10`);
  const page = await get(sent.headers.location!);
  expect(page.body).toContain('Too many tests at once. Send the next one in 10 minutes.');
  expect(page.body).toContain('Ann Ames');
  expect((await get(`/campaigns/${id}/preview?wait=%3Cb%3E`)).body).not.toContain('Too many tests');
});

test('B-05, B-14: the review says who goes out at once and who waits, where hours are kept', async () => {
  const id = await draft();
  const review = async () => words((await get(`/campaigns/${id}/review`)).body);
  expect(await review()).not.toContain('Sending hours');
  await inMine((tx) =>
    tx.execute(sql`insert into sending_rules (email_hours, opens_at, closes_at) values (true, 540, 1200)`),
  );
  // The time of day decides which.
  expect(await review()).toMatch(
    /(It goes out at once|It waits for sending hours where the customer is, until [^.]*)\. They are 9 am to 8 pm/,
  );
  await inMine((tx) => tx.execute(sql`delete from sending_rules`));
});

test('B-05: the review names numbers; a second launch and a second person launch nothing twice', async () => {
  const id = await draft();
  const review = await get(`/campaigns/${id}/review`);
  expect(words(review.body).includes('Launch to 1 customer')).toBe(true);
  const fields = await launchFields(id);
  const answers = await Promise.all([
    post(`/campaigns/${id}/review`, fields),
    post(`/campaigns/${id}/review`, fields, 'administrator'),
  ]);
  const later = await post(`/campaigns/${id}/review`, fields);
  for (const answer of [...answers, later]) {
    expect([answer.status, answer.headers.location]).toEqual([302, `/campaigns/${id}`]);
  }
  const lines = await inMine((tx) => tx.select().from(auditEntries).where(eq(auditEntries.action, 'campaign.launch')));
  expect(lines.filter((line) => line.subjectId === id)).toHaveLength(1);
  const page = await get(`/campaigns/${id}`);
  expect(page.status).toBe(200);
  expect(page.body).toContain('Getting ready');
  // Its steps lead to where it stands now, and nothing of it can be changed.
  expect((await get(`/campaigns/${id}/email`)).headers.location).toBe(`/campaigns/${id}`);
  const saved = await save(id, { step: 'email', version: 1, value: { subject: 'Too late' } });
  expect(saved).toMatchObject({ status: 409, json: { reason: 'launched' } });
  expect((await post(`/campaigns/${id}/delete`)).headers.location).toBe(`/campaigns/${id}`);
});

test('B-05 B-06: what was not asked is asked by the page: launch and cancel go nowhere without a yes', async () => {
  const id = await draft();
  const { confirmed: _, ...fields } = await launchFields(id);
  const asked = await post(`/campaigns/${id}/review`, fields);
  expect(asked.status).toBe(200);
  expect(words(asked.body)).toContain('Launch to 1 customer?');
  expect(asked.body).toContain('name="confirmed" value="yes"');
  const status = async () => (await inMine((tx) => tx.select().from(campaigns).where(eq(campaigns.id, id))))[0]!.status;
  expect(await status()).toBe('draft');
  await post(`/campaigns/${id}/review`, { ...fields, confirmed: 'yes' });
  expect(await status()).toBe('launching');
  expect((await post(`/campaigns/${id}/review`, fields)).headers.location).toBe(`/campaigns/${id}`);
  const cancel = await post(`/campaigns/${id}/cancel`);
  expect(cancel.headers.location).toBe(`/campaigns/${id}?ask=cancel`);
  expect((await get(cancel.headers.location!)).body).toContain('Cancel this campaign?');
  expect((await get(cancel.headers.location!, 'office')).body).not.toContain('Cancel this campaign?');
  expect(await status()).toBe('launching');
  expect((await post(`/campaigns/${id}/cancel`, { confirmed: 'yes' })).headers.location).toBe(`/campaigns/${id}`);
  expect(await status()).toBe('canceled');
  expect((await get(cancel.headers.location!)).body).not.toContain('Cancel this campaign?');
});

test('B-08: a launched campaign is shown as any of its recipients gets it, frozen; a draft and strangers are not', async () => {
  const id = await draft();
  expect((await get(`/campaigns/${id}/sent`)).headers.location).toBe(`/campaigns/${id}/preview`);
  await post(`/campaigns/${id}/review`, await launchFields(id));
  expect((await get(`/campaigns/${id}/sent`)).body).toContain('The audience is still being made into messages.');
  await inMine((tx) => expandCampaign(tx, id));
  const [message] = await inMine((tx) => tx.select().from(messages).where(eq(messages.campaignId, id)));
  // The draft's text changes nothing any more, the customer's name does.
  await inMine((tx) => tx.update(campaignSteps).set({ subject: 'Changed' }).where(eq(campaignSteps.campaignId, id)));
  const page = await get(`/campaigns/${id}/sent?message=${message!.id}&view=text`);
  expect(page.status).toBe(200);
  expect(['Ann Ames', 'A quick reminder', 'Changed'].map((text) => page.body.includes(text))).toEqual([
    true,
    true,
    false,
  ]);
  expect((await get(`/campaigns/${id}`)).body).toContain(`/campaigns/${id}/sent`);
  expect((await get(`/campaigns/${id}/messages`)).body).toContain(`/messages/${message!.id}`);
  expect((await get(`/messages/${message!.id}`)).body).toContain(`/campaigns/${id}/sent?message=${message!.id}`);
  expect((await get(`/campaigns/${id}/sent?q=ann`)).body).toContain(`message=${message!.id}`);
  expect((await get(`/campaigns/${id}/sent?q=nobody`)).body).toContain('Nobody in this campaign matches');
  const other = await draft();
  await post(`/campaigns/${other}/review`, await launchFields(other));
  for (const asked of [`${other}/sent?message=${message!.id}`, `${id}/sent?message=999999`, `${id}/sent?message=x`]) {
    expect([asked, (await get(`/campaigns/${asked}`)).status]).toEqual([asked, 404]);
  }
});

test('a launch of what somebody changed meanwhile, or of what is not ready, says so and sends nothing', async () => {
  const id = await draft();
  const fields = await launchFields(id);
  await save(id, { step: 'email', version: 1, value: { subject: 'Changed' } });
  const changed = await post(`/campaigns/${id}/review`, fields);
  expect(changed.status).toBe(409);
  expect(changed.body).toContain('A colleague changed the message');
  await save(id, { step: 'email', version: 2, value: { document: emptyDocument() } });
  const bare = await post(`/campaigns/${id}/review`, { ...fields, stepVersion: '3' });
  expect(bare.status).toBe(409);
  expect(bare.body).toContain('Something is missing');
  expect((await inMine((tx) => tx.select().from(campaigns).where(eq(campaigns.id, id))))[0]!.status).toBe('draft');
});

test('pictures for emails: kept and shown; what is none, or too large, is refused in words', async () => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const form = (bytes: Uint8Array, name: string) => {
    const data = new FormData();
    data.set('image', new File([new Uint8Array(bytes)], name));
    return data;
  };
  const kept = await postBody('/campaigns/images', form(png, 'logo.png'));
  expect(kept).toMatchObject({ status: 200, json: { url: expect.stringMatching(/^\/images\/[\w-]+$/) } });
  const { url } = kept.json as { url: string };
  expect((await send(`${app.origin}${url}`)).headers['content-type']).toBe('image/png');
  expect((await get(`/campaigns/${await draft()}/email`)).body).toContain(url);
  const none = await postBody('/campaigns/images', form(Buffer.from('<html>'), 'logo.png'));
  expect(none).toMatchObject({ status: 400, json: { error: expect.stringContaining('not an image') } });
  const large = await postBody('/campaigns/images', form(Buffer.alloc(5 * 1024 * 1024 + 20_000), 'big.png'));
  expect(large).toMatchObject({ status: 413, json: { error: expect.stringContaining('5 MB') } });
  expect(await postBody('/campaigns/images', new FormData())).toMatchObject({ status: 400 });
});

test('what could not be saved can be kept as a copy', async () => {
  const id = await draft();
  const copy = await postBody(
    `/campaigns/${id}/duplicate`,
    JSON.stringify({ step: 'email', value: { subject: 'Mine', document: emptyDocument() } }),
    { 'content-type': 'application/json' },
  );
  const { id: copied } = copy.json as { id: number };
  const [step] = await inMine((tx) => tx.select().from(campaignSteps).where(eq(campaignSteps.campaignId, copied)));
  expect(step).toMatchObject({ subject: 'Mine', document: emptyDocument() });
  const odd = await postBody(`/campaigns/${id}/duplicate`, '{"step":"email","value":{"document":7}}', {
    'content-type': 'application/json',
  });
  expect(odd.status).toBe(400);
  expect((await post(`/campaigns/${id}/duplicate`)).headers.location).toMatch(/^\/campaigns\/\d+\/audience$/);
});

test('the list and the page of a campaign lead on; filters that do not exist are ignored', async () => {
  const list = await get('/campaigns?status=nonsense&after=%00&q=Remind');
  expect(list.status).toBe(200);
  expect(list.body).toContain('Reminder');
  const id = await draft();
  expect((await get(`/campaigns/${id}`)).headers.location).toBe(`/campaigns/${id}/audience`);
  expect((await get(`/campaigns/${id}/people?show=no_email&after=x`)).status).toBe(200);
  expect((await get(`/campaigns/${id}/pause`)).headers.location).toBe(`/campaigns/${id}`);
});

test('a company whose first act is a campaign opens its pages: a host for its links is made then', async () => {
  const id = await draft();
  await inMine((tx) => tx.execute(sql`delete from hosts where kind = 'link'`));
  for (const page of ['audience', 'people', 'email', 'preview', 'review']) {
    expect((await get(`/campaigns/${id}/${page}`)).status, page).toBe(200);
  }
});
