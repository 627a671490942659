import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { can, roles } from '#app/company/permissions.ts';
import { readPaymentLink } from '#app/invoicing/payments/links.server.ts';
import { payToken } from '#app/invoicing/payments/pay-tokens.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { auditEntries, portalSettings } from '#db/schema/index.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const { companyId, admin } = await makeCompany(app.db, { portalHost: 'larkpay' });
const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, companyId, work);
const cookie = await signInCookie(app.origin, admin.email, admin.password);
const get = (path: string) => send(app.origin + path, { cookie });
const post = (customerId: number, form: Record<string, string> = {}, as = cookie) =>
  send(`${app.origin}/customers/${customerId}/payment-link`, { cookie: as, form });
const customer = () => ours(async (tx) => (await makeCustomer(tx)).customerId);
const version = async (id: number) => (await ours((tx) => readPaymentLink(tx, id)))?.version ?? 0;
const address = (id: number, link: number) =>
  `${app.portal('larkpay')}/pay/${payToken(app.secret, { companyId, kind: 'customer', id, version: link })}`;

test('S4-01, S4-02: Generate Link gives a customer one address, which stands there to be copied', async () => {
  const id = await customer();
  const before = (await get(`/customers/${id}/billing`)).body;
  expect(before).toContain('Payment Link');
  expect(before).toContain('Generate Link');
  const { status, headers } = await post(id, { version: '0' });
  expect([status, headers.location]).toEqual([302, `/customers/${id}/billing?done=payment-link`]);
  const { body } = await get(headers.location!);
  expect(body).toContain(`value="${address(id, 1)}"`);
  expect(body).toContain('>Copy<');
  // A second click changes nothing: there is one link a customer.
  await post(id, { version: '0' });
  expect(await version(id)).toBe(1);
  expect((await send(address(id, 1))).status).toBe(200);
});

test('S4-14, S4-15: a new one asks once, and the old one stops at once', async () => {
  const id = await customer();
  await post(id, { version: '0' });
  const unasked = await post(id, { version: '1' });
  expect(unasked.headers.location).toBe(`/customers/${id}/billing?ask=payment-link`);
  expect(await version(id)).toBe(1);
  const asking = (await get(unasked.headers.location!)).body;
  expect(asking).toContain('Replace the payment link?');
  expect(asking).toContain('name="confirmed"');
  await post(id, { version: '1', confirmed: 'yes' });
  expect((await send(address(id, 1))).status).toBe(404);
  expect((await send(address(id, 2))).status).toBe(200);
  // The same click twice, or two people at once, make one new link.
  await Promise.all([1, 2, 3].map(() => post(id, { version: '2', confirmed: 'yes' })));
  expect(await version(id)).toBe(3);
  const entries = await ours((tx) =>
    tx
      .select()
      .from(auditEntries)
      .where(sql`${auditEntries.subjectId} = ${id} and ${auditEntries.action} like 'payment_link%'`)
      .orderBy(auditEntries.id),
  );
  expect(entries.map((entry) => entry.action)).toEqual([
    'payment_link.generate',
    'payment_link.replace',
    'payment_link.replace',
  ]);
  expect(entries[0]!.actor).toBe(admin.name);
});

test('it takes the right to edit customers or to record payments', async () => {
  for (const role of roles) {
    const id = await customer();
    const member = await ours((tx) => makeStaff(tx, { role }));
    const as = await signInCookie(app.origin, member.email, TEST_PASSWORD);
    const may = can(role, 'customers.edit') || can(role, 'payments.record');
    const { status } = await post(id, { version: '0' }, as);
    expect(status, role).toBe(may ? 302 : 403);
    expect(await version(id), role).toBe(may ? 1 : 0);
    const { body } = await send(`${app.origin}/customers/${await customer()}/billing`, { cookie: as });
    expect(body.includes('Generate Link'), role).toBe(may);
  }
});

test('another company’s customer and one that is not there are not found', async () => {
  const other = await makeCompany(app.db, { portalHost: 'otherpay' });
  const id = await withCompany(app.db, other.companyId, async (tx) => (await makeCustomer(tx)).customerId);
  expect((await post(id, { version: '0' })).status).toBe(404);
  expect((await post(999_999_999, { version: '0' })).status).toBe(404);
  expect(await withCompany(app.db, other.companyId, (tx) => readPaymentLink(tx, id))).toBeNull();
});

test('without an open portal nothing is generated, and the page leads to its settings', async () => {
  const id = await customer();
  await ours((tx) => tx.update(portalSettings).set({ enabled: false }));
  try {
    const { body } = await get(`/customers/${id}/billing`);
    expect(body).toContain('No link can be generated yet');
    expect(body).toContain('href="/settings/communications/customer-portal"');
    expect(body).not.toContain('Generate Link');
    await post(id, { version: '0' });
    expect(await version(id)).toBe(0);
  } finally {
    await ours((tx) => tx.update(portalSettings).set({ enabled: true }));
  }
});
