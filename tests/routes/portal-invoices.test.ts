import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { setBillingAccess } from '#app/portal/accounts.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { payments, portalSettings } from '#db/schema/index.ts';
import { makeBusinessUnit, makeCompany } from '#tests/factories/company.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { makePortalAccount } from '#tests/factories/portal.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send } from '#tests/setup/http.ts';
import { hidden, payPath, portalSteps, signInCustomer } from '#tests/setup/portal.ts';

const app = await startTestApp();
const { companyId } = await makeCompany(app.db, { portalHost: 'larkfield', name: 'Larkfield' });
const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, companyId, work);
const at = app.portal('larkfield');
const { visitor, begin, comeBack, finishCheckout } = portalSteps(app, companyId, at);

test('S2-20, S2-22, S2-23: all invoices are listed and can be downloaded, as long as the company allows it', async () => {
  const { customerId, invoices: ids, cookie } = await visitor([5_000]);
  const free = await ours(async (tx) => {
    await makeInvoice(tx, { customerId, number: 'PAID-9', status: 'paid' });
    return (await makeInvoice(tx, { customerId, number: 'FREE-9', totalCents: 0 })).invoiceId;
  });
  const list = (await send(`${at}/invoices`, { cookie })).body;
  expect(list).toContain('PAID-9');
  expect(list).not.toContain('FREE-9');
  expect(list).toContain(`href="/invoices/${ids[0]}/pdf"`);
  const file = await send(`${at}/invoices/${ids[0]}/pdf`, { cookie });
  expect([file.status, file.headers['content-type']]).toEqual([200, 'application/pdf']);
  expect(file.headers['cache-control']).toContain('no-store');
  expect(file.body.startsWith('%PDF-')).toBe(true);
  expect((await send(`${at}/invoices/${free}`, { cookie })).status).toBe(200);
  const stranger = await visitor();
  expect((await send(`${at}/invoices/${ids[0]}/pdf`, { cookie: stranger.cookie })).status).toBe(404);
  await ours((tx) => tx.update(portalSettings).set({ invoiceDownloads: false }));
  expect((await send(`${at}/invoices/${ids[0]}/pdf`, { cookie })).status).toBe(404);
  expect((await send(`${at}/invoices/${ids[0]}`, { cookie })).body).not.toContain('/pdf');
  expect((await send(`${at}/invoices`, { cookie })).body).not.toContain('/pdf');
  await ours((tx) => tx.update(portalSettings).set({ invoiceDownloads: true }));
});

test('S2-22: a long history goes page by page, there and back', async () => {
  const { customerId, cookie } = await visitor();
  await ours(async (tx) => {
    for (let n = 1; n <= 30; n++) await makeInvoice(tx, { customerId, number: `L-${n}`, status: 'paid' });
  });
  const first = (await send(`${at}/invoices`, { cookie })).body;
  const next = /href="(\/invoices\?after=[^"]+)"/.exec(first)![1]!;
  const second = (await send(at + next, { cookie })).body;
  expect([first.match(/Invoice L-/g)!.length, second.match(/Invoice L-/g)!.length]).toEqual([25, 5]);
  const back = /href="(\/invoices\?before=[^"]+)"/.exec(second)![1]!;
  expect((await send(at + back, { cookie })).body).toContain('Invoice L-30');
});

test('S3-10: without billing access no address of the portal shows an invoice, a receipt or what is saved', async () => {
  const { customerId, emailContactId, invoices: ids, cookie } = await visitor([5_000, 6_000]);
  const receipt = await begin(cookie, [ids[0]!], { save: 'on' });
  const back = await finishCheckout(receipt.headers.location!);
  await comeBack(cookie, back);
  const paymentId = Number(/\/payments\/(\d+)/.exec(back)![1]);
  const methods = (await send(`${at}/payment-methods`, { cookie })).body;
  const methodId = /payment-methods\/(\d+)\/remove/.exec(methods)![1]!;
  const lists = ['/', '/invoices', '/payment-methods'];
  const records = [
    `/invoices/${ids[0]}`,
    `/invoices/${ids[0]}/pdf`,
    `/invoices/${ids[1]}`,
    payPath([ids[1]!]),
    `/payments/${paymentId}`,
    `/receipts/${paymentId}`,
    `/payment-methods/${methodId}/remove`,
  ];
  for (const path of [...lists, ...records]) {
    expect([(await send(at + path, { cookie })).status < 400, path]).toEqual([true, path]);
  }
  await ours((tx) => setBillingAccess(tx, { staffId: null, name: 'Test' }, emailContactId!, false));
  for (const path of lists) {
    const page = await send(at + path, { cookie });
    expect([page.status, path]).toEqual([200, path]);
    expect(page.body, path).toContain('Your account doesn’t show');
    expect(page.body, path).not.toMatch(/Invoice \d|\$\d|4242/);
  }
  for (const path of records) expect([(await send(at + path, { cookie })).status, path]).toEqual([404, path]);
  const form = { key: 'k'.repeat(20), total: '6000', method: `saved-${methodId}` };
  expect((await send(at + payPath([ids[1]!]), { cookie, form })).status).toBe(404);
  await send(`${at}/payment-methods/${methodId}/remove`, { cookie, form: {} });
  await ours((tx) => setBillingAccess(tx, { staffId: null, name: 'Test' }, emailContactId!, true));
  expect((await send(`${at}/payment-methods`, { cookie })).body).toContain('4242');
  const rows = await ours((tx) => tx.select().from(payments).where(eq(payments.customerId, customerId)));
  expect(rows.map((row) => row.status)).toEqual(['succeeded']);
});

test('S2-13: an invoice of a business unit that is not shown is not there', async () => {
  const other = await makeCompany(app.db, { portalHost: 'units', name: 'Units' });
  const { email, shown, kept } = await withCompany(app.db, other.companyId, async (tx) => {
    const [one, two] = [await makeBusinessUnit(tx), await makeBusinessUnit(tx)];
    await tx.update(portalSettings).set({ businessUnitIds: [String(one)] });
    const { email, customerId } = await makePortalAccount(tx);
    const of = async (businessUnitId: number) => (await makeInvoice(tx, { customerId, businessUnitId })).invoiceId;
    return { email, shown: await of(one), kept: await of(two) };
  });
  const origin = app.portal('units');
  const cookie = await signInCustomer(origin, email);
  expect((await send(`${origin}/invoices/${shown}`, { cookie })).status).toBe(200);
  for (const path of [`/invoices/${kept}`, `/invoices/${kept}/pdf`, payPath([kept]), payPath([shown, kept])]) {
    expect([(await send(origin + path, { cookie })).status, path]).toEqual([404, path]);
  }
});

test('another customer’s and another company’s ids are 404 everywhere, and so is what is no id', async () => {
  const [me, other] = [await visitor([1_000]), await visitor([2_000])];
  const begun = await begin(other.cookie, other.invoices);
  const back = await finishCheckout(begun.headers.location!);
  const paymentId = /\/payments\/(\d+)/.exec(back)![1]!;
  const foreign = await makeCompany(app.db, { portalHost: 'elsewhere' });
  const away = await withCompany(app.db, foreign.companyId, (tx) => makeInvoice(tx, { status: 'paid' }));
  const { cookie } = me;
  const paths = [
    `/invoices/${other.invoices[0]}`,
    payPath(other.invoices),
    payPath([...me.invoices, ...other.invoices]),
    // Before its owner has come back, and after.
    `/payments/${paymentId}`,
    `/receipts/${paymentId}`,
    `/payments/${away.paymentId! + 1_000_000}`,
    `/invoices/${away.invoiceId + 1_000_000}`,
    '/invoices/0',
    '/invoices/-1',
    '/invoices/1e3',
    '/invoices/99999999999999999999',
    '/pay?invoice=x',
    '/receipts/abc',
    '/payments/abc',
    '/payment-methods/1e9/remove',
    '/payment-methods/999999/remove',
    '/nothing',
  ];
  for (const path of paths) {
    const page = await send(at + path, { cookie });
    expect([page.status, path]).toEqual([404, path]);
    expect(page.body, path).toContain('Nothing is at this address');
  }
  const form = { key: 'k'.repeat(20), total: '2000', method: 'card' };
  expect((await send(at + payPath(other.invoices), { cookie, form })).status).toBe(404);
  expect((await send(`${at}/invoices/${other.invoices[0]}/pdf`, { cookie })).status).toBe(404);
  // Another's key opens nothing.
  const key = hidden((await send(at + payPath(me.invoices), { cookie })).body).key;
  expect(key).toMatch(/^[\w-]{32}$/);
  // Another company's portal knows neither the session nor the invoice.
  const elsewhere = await send(`${app.portal('elsewhere')}/invoices/${me.invoices[0]}`, { cookie });
  expect(elsewhere.headers.location).toMatch(/^\/login/);
});

test('no page of the portal is kept by a cache', async () => {
  const { invoices: ids, cookie } = await visitor([5_000]);
  for (const path of ['/', '/invoices', `/invoices/${ids[0]}`, payPath(ids), '/payment-methods', '/nothing']) {
    expect((await send(at + path, { cookie })).headers['cache-control'], path).toBe('private, no-store');
  }
});
