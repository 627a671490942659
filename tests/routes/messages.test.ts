import { beforeAll, expect, test } from 'vitest';

import { roles, type Role } from '#app/company/permissions.ts';
import { messageToken } from '#app/messaging/token.server.ts';
import { withCompany } from '#db/client.ts';
import { messages, outboxEmails } from '#db/schema/index.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { startTestApp, type TestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

let app: TestApp;
const cookies = {} as Record<Role, string>;
type Ids = Awaited<ReturnType<typeof fill>>;
let ours: Ids;
let theirs: Ids;

async function fill(companyId: number) {
  return withCompany(app.db, companyId, async (tx) => {
    const campaign = await makeCampaign(tx, {
      name: `<i>March ${companyId}</i>`,
      status: 'sent',
      launchedAt: new Date(),
    });
    const { customerId, email } = await makeCustomer(tx, { name: 'Alia Conley' });
    const { invoiceId } = await makeInvoice(tx, { customerId, number: 'INV-7' });
    const { messageId } = await makeMessage(tx, {
      ...campaign,
      customerId,
      invoiceId,
      state: 'sent',
      sentAt: new Date(),
      deliveredAt: new Date(),
      address: email!,
    });
    const [staffMail] = await tx
      .insert(messages)
      .values({ kind: 'staff_invitation', address: 'new@mail.example' })
      .returning({ id: messages.id });
    const pixel = `${app.links(`company${companyId}`)}/o/${messageToken(app.secret, companyId, messageId)}.gif`;
    const html = `<html><head></head><body><img src="https://a.example/o/logo.gif"><a href="https://pay.example/">Pay</a><img alt="" src="${pixel}" width="1"></body></html>`;
    const [email1] = await tx
      .insert(outboxEmails)
      .values({
        messageId,
        sender: 'a@larks.example',
        recipient: email!,
        subject: 'Pay invoice INV-7',
        mime: `Subject: Pay invoice INV-7\r\nContent-Type: text/html\r\n\r\n${html}`,
      })
      .returning({ id: outboxEmails.id });
    const { customerId: nobody } = await makeCustomer(tx, { name: 'Ed Fox' });
    return {
      ...campaign,
      customerId,
      email: email!,
      nobody,
      messageId,
      staffMail: staffMail!.id,
      outboxId: email1!.id,
      pixel,
    };
  });
}

beforeAll(async () => {
  app = await startTestApp();
  const { companyId } = await makeCompany(app.db);
  const other = await makeCompany(app.db);
  ours = await fill(companyId);
  theirs = await fill(other.companyId);
  for (const role of roles) {
    const { email } = await withCompany(app.db, companyId, (tx) => makeStaff(tx, { role }));
    cookies[role] = await signInCookie(app.origin, email, TEST_PASSWORD);
  }
});

const get = (path: string, role: Role = 'administrator') => send(app.origin + path, { cookie: cookies[role] });
const post = (path: string, form: Record<string, string>, role: Role = 'administrator') =>
  send(app.origin + path, { form, cookie: cookies[role] });

test('B-04: a message’s page tells its history to whoever may read customers, and no company reads another’s', async () => {
  for (const role of roles) {
    const answer = await get(`/messages/${ours.messageId}`, role);
    expect([answer.status, answer.body.includes('Delivered')], role).toEqual([200, true]);
  }
  expect((await get(`/messages/${ours.messageId}`)).body).not.toContain('<i>March');
  for (const path of [theirs.messageId, 987_654_321, 'x', '1e3', '-1']) {
    expect((await get(`/messages/${path}`)).status, String(path)).toBe(404);
  }
  expect((await send(`${app.origin}/messages/${ours.messageId}`)).headers.location).toContain('/sign-in');
});

test('an invitation of staff is shown to whoever manages staff alone', async () => {
  expect((await get(`/messages/${ours.staffMail}`)).status).toBe(200);
  expect((await get(`/messages/${ours.staffMail}`, 'office')).status).toBe(404);
});

test('B-04: the why page answers in one sentence, for campaign readers of the same company', async () => {
  const at = (campaign: number, customer: number) => `/campaigns/${campaign}/customers/${customer}`;
  const got = await get(at(ours.campaignId, ours.customerId), 'viewer');
  expect([got.status, got.body.includes('Alia Conley got it on ')]).toEqual([200, true]);
  const not = await get(at(ours.campaignId, ours.nobody));
  expect(not.body).toContain('Ed Fox did not get it: they have no invoices.');
  expect((await get(at(ours.campaignId, ours.customerId), 'technician')).status).toBe(403);
  expect((await get(at(theirs.campaignId, ours.customerId))).status).toBe(404);
  expect((await get(at(ours.campaignId, theirs.customerId))).status).toBe(404);
  const chosen = await get(`/customers/${ours.customerId}/messages?campaign=${ours.campaignId}`);
  expect([chosen.status, chosen.headers.location]).toEqual([302, at(ours.campaignId, ours.customerId)]);
  const found = await get(`/campaigns/${ours.campaignId}/messages?q=fox`);
  expect(found.body).toContain(at(ours.campaignId, ours.nobody));
  expect((await get(`/campaigns/${ours.campaignId}/messages?q=${encodeURIComponent('%')}`)).body).not.toContain(
    'Why not?',
  );
});

test('B-03: a look from the Outbox loads no open pixel, and the rest of the email stays', async () => {
  const { body } = await get(`/outbox/${ours.outboxId}/html`);
  expect(body).not.toContain(ours.pixel);
  expect(body).toContain('https://a.example/o/logo.gif');
  expect(body).toContain('https://pay.example/');
  expect((await get(`/outbox/${ours.outboxId}/source`)).body).toContain(ours.pixel.slice(-30));
  expect((await get(`/outbox/${ours.outboxId}`)).body).toContain('does not count as opening it');
});

test('B-13: the office writes down an opt-out on the customer’s record; what was typed stays when it is refused', async () => {
  const at = `/customers/${ours.customerId}/consent`;
  const form = { what: 'stop', address: ours.email, purpose: 'reminders', note: '' };
  const refused = await post(at, form);
  expect([refused.status, refused.body.includes('Write down how they asked')]).toEqual([400, true]);
  for (const role of ['marketer', 'technician', 'viewer'] as const) {
    expect((await post(at, { ...form, note: 'By phone' }, role)).status, role).toBe(403);
  }
  const long = 'n'.repeat(501);
  expect((await post(at, { ...form, note: long })).body).toContain(long);
  expect((await post(at, { ...form, note: 'x', what: 'erase' })).status).toBe(400);
  expect((await post(at, { ...form, note: 'x', purpose: 'x' })).status).toBe(400);
  expect((await post(at, { ...form, note: 'x', address: 'else@mail.example' })).status).toBe(404);
  expect((await post(`/customers/${theirs.customerId}/consent`, { ...form, note: 'x' })).status).toBe(404);
  const done = await post(at, { ...form, note: 'By phone <b>today</b>' }, 'office');
  expect(done.headers.location).toBe(`${at}?done=stop`);
  const { body } = await get(at);
  expect(body).toContain('By phone &lt;b&gt;today&lt;/b&gt;');
  expect((await get(`/customers/${ours.customerId}`)).body).toContain('no invoice reminders');
});
