import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';

import { can, roles, type Permission, type Role } from '#app/company/permissions.ts';
import { postAll } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { customers, invoices, payments } from '#db/schema/index.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { startTestApp, type TestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

let app: TestApp;
let companyId: number;
const cookies = {} as Record<Role, string>;
type Ids = { customer: number; a: number; b: number; payment: number };
let ours: Ids;
let theirs: Ids;

async function fill(tx: Tx): Promise<Ids> {
  const { customerId } = await makeCustomer(tx, { name: 'Ann <b>Ames' });
  const a = await makeInvoice(tx, { customerId, number: 'A-1', dueOn: '2026-02-01', totalCents: 5_000 });
  const b = await makeInvoice(tx, { customerId, number: 'B-2', dueOn: '2026-03-01', totalCents: 4_000 });
  const payment = await makePayment(tx, { customerId, amountCents: 1_000, memo: '=1+1' });
  await postAll(tx, [
    { invoiceId: a.invoiceId, entries: [{ kind: 'payment', amountCents: -1_000, paymentId: payment }] },
  ]);
  return { customer: customerId, a: a.invoiceId, b: b.invoiceId, payment };
}

beforeAll(async () => {
  app = await startTestApp();
  ({ companyId } = await makeCompany(app.db));
  const other = await makeCompany(app.db);
  ours = await withCompany(app.db, companyId, fill);
  theirs = await withCompany(app.db, other.companyId, fill);
  for (const role of roles) {
    const { email } = await withCompany(app.db, companyId, (tx) => makeStaff(tx, { role }));
    cookies[role] = await signInCookie(app.origin, email, TEST_PASSWORD);
  }
});

const get = (path: string, role: Role = 'administrator') => send(app.origin + path, { cookie: cookies[role] });
const post = (path: string, form: Record<string, string> = {}, role: Role = 'administrator') =>
  send(app.origin + path, { form, cookie: cookies[role] });
const ask = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, companyId, work);
const keyOf = (body: string) => /name="key" value="([\w-]{16,})"/.exec(body)?.[1] ?? '';
const invoiceOf = (id: number) => ask(async (tx) => (await tx.select().from(invoices).where(eq(invoices.id, id)))[0]!);

describe('B-15: each page and each change asks for its permission', () => {
  const places = (at: Ids): [string, Permission][] => [
    [`/invoices/${at.a}/record-payment`, 'payments.record'],
    [`/invoices/${at.a}/credit`, 'invoices.edit'],
    [`/invoices/${at.a}/write-off`, 'invoices.edit'],
    [`/invoices/${at.a}/void`, 'invoices.edit'],
    [`/customers/${at.customer}/record-payment`, 'payments.record'],
    [`/customers/${at.customer}/credit`, 'invoices.edit'],
    [`/payments/${at.payment}/undo`, 'payments.record'],
    [`/payments/${at.payment}/refund`, 'payments.refund'],
  ];
  const pages = (at: Ids): [string, Permission][] => [
    ['/payments', 'invoices.read'],
    ['/payments/export', 'invoices.read'],
    [`/payments/${at.payment}`, 'invoices.read'],
    [`/customers/${at.customer}/billing`, 'invoices.read'],
  ];

  test.each(roles)('%s', async (role) => {
    for (const [path, permission] of [...pages(ours), ...places(ours)]) {
      const { status } = await get(path, role);
      expect(status, `${role} GET ${path}`).toBe(can(role, permission) ? 200 : 403);
    }
    for (const [path, permission] of places(ours)) {
      if (can(role, permission)) continue;
      expect((await post(path, {}, role)).status, `${role} POST ${path}`).toBe(403);
    }
  });

  test("another company's records are not there, to see or to change", async () => {
    for (const [path] of [...pages(theirs).slice(2), ...places(theirs)]) {
      expect((await get(path)).status, path).toBe(404);
    }
    const form = { amount: '1', reason: 'x', key: 'a-key-of-this-test-0001', method: 'cash', receivedOn: '2026-11-01' };
    for (const [path] of places(theirs)) expect((await post(path, form)).status, path).toBe(404);
    expect((await get('/payments/999999999999999')).status).toBe(404);
    expect((await get('/payments/abc')).status).toBe(404);
  });

  test('nobody without a session gets in', async () => {
    for (const [path] of [...pages(ours), ...places(ours)]) {
      expect((await send(app.origin + path)).status, path).toBe(302);
    }
  });
});

test('S2-17: a check is recorded for one invoice; the same form sent again, from the back button too, records nothing', async () => {
  const { invoiceId, number } = await ask((tx) => makeInvoice(tx, { totalCents: 5_000 }));
  const path = `/invoices/${invoiceId}/record-payment`;
  const page = await get(path);
  expect(page.body).toContain('value="50.00"');
  const form = { amount: '20.00', method: 'check', receivedOn: '2026-11-20', memo: '1042', key: keyOf(page.body) };
  expect((await post(path, form)).headers.location).toBe(`/invoices/${invoiceId}?done=recorded`);
  expect((await post(path, form)).headers.location).toBe(`/invoices/${invoiceId}?done=repeated`);
  expect((await invoiceOf(invoiceId)).balanceCents).toBe(3_000);
  const shown = await get(`/invoices/${invoiceId}?done=recorded`);
  expect(shown.body).toContain('The payment was recorded.');
  expect(shown.body).toMatch(/<a[^>]*href="\/payments\/\d+"[^>]*>Payment by check<\/a>/);
  // Found by its check's number and by the invoice's.
  expect((await get('/payments?q=1042')).body).toContain('Check 1042');
  expect((await get(`/payments?q=${number}`)).body).toContain('Check 1042');
});

test('S2-18: a check over two invoices: the oldest come first as a suggestion, typed text stays, the rest is confirmed', async () => {
  const at = await ask(fill);
  const path = `/customers/${at.customer}/record-payment`;
  const key = keyOf((await get(path)).body);
  const form = { amount: '75', method: 'check', receivedOn: '2026-11-20', memo: 'From the drawer', key };
  const suggested = await post(path, { ...form, intent: 'suggest' });
  expect(suggested.status).toBe(200);
  expect(suggested.body).toContain('value="40.00"');
  expect(suggested.body).toContain('value="35.00"');
  const unplaced = await post(path, form);
  expect(unplaced.status).toBe(400);
  expect(unplaced.body).toContain('the oldest due come first');
  expect(unplaced.body).toContain('value="From the drawer"');
  const parts = { [`part-${at.a}`]: '40', [`part-${at.b}`]: '20' };
  const surplus = await post(path, { ...form, ...parts });
  expect(surplus.status).toBe(400);
  expect(surplus.body).toContain('$15.00 go to no invoice');
  expect(keyOf(surplus.body)).toBe(key);
  const done = await post(path, { ...form, ...parts, toAccount: 'on' });
  expect(done.headers.location).toMatch(/^\/payments\/\d+\?done=recorded$/);
  expect((await get(done.headers.location!)).body).toMatch(/>Invoice (<!-- -->)?A-1</);
  expect((await invoiceOf(at.a)).balanceCents).toBe(0);
  expect((await invoiceOf(at.b)).balanceCents).toBe(500);
});

test('amounts that are none come back at their field with what was typed', async () => {
  for (const amount of ['', '-5', '1.005', '€5', '0', '51']) {
    const { invoiceId } = await ask((tx) => makeInvoice(tx, { totalCents: 5_000 }));
    const path = `/invoices/${invoiceId}/record-payment`;
    const form = { method: 'cash', receivedOn: '2026-11-20', key: 'a-key-of-this-test-0002' };
    const answer = await post(path, { ...form, amount });
    expect(answer.status, amount).toBe(400);
    expect(answer.body).toContain('href="#amount"');
    if (amount) expect(answer.body).toContain(`value="${amount}"`);
    expect((await invoiceOf(invoiceId)).balanceCents).toBe(5_000);
  }
});

test('credit, write off and void do what they say, each once', async () => {
  const { invoiceId, customerId } = await ask((tx) => makeInvoice(tx, { totalCents: 5_000, paidCents: 1_000 }));
  const at = `/invoices/${invoiceId}`;
  const key = keyOf((await get(`${at}/credit`)).body);
  const credit = { amount: '5.00', reason: 'Came late', key };
  expect((await post(`${at}/credit`, credit)).headers.location).toBe(`${at}?done=credited`);
  expect((await post(`${at}/credit`, credit)).headers.location).toBe(`${at}?done=repeated`);
  expect((await invoiceOf(invoiceId)).balanceCents).toBe(3_500);

  const page = await get(`${at}/write-off`);
  expect(page.body).toContain('Write off $35.00');
  const off = { reason: 'Moved away', expected: '3500', key: keyOf(page.body) };
  expect((await post(`${at}/write-off`, { ...off, reason: '' })).status).toBe(400);
  expect((await post(`${at}/write-off`, off)).headers.location).toBe(`${at}?done=written-off`);
  expect((await invoiceOf(invoiceId)).status).toBe('paid');
  // Where nothing is left, the pages say so and have no form.
  for (const path of [`${at}/credit`, `${at}/write-off`]) {
    const { body } = await get(path);
    expect(body, path).toContain('is settled already');
    expect(body, path).not.toContain('name="reason"');
  }

  const refused = await post(`${at}/void`, { reason: 'Wrong house' });
  expect(refused.status).toBe(400);
  expect(refused.body).toContain('href="#move"');
  expect((await post(`${at}/void`, { reason: 'Wrong house', move: 'on' })).headers.location).toBe(`${at}?done=voided`);
  expect((await post(`${at}/void`, { reason: 'Wrong house' })).headers.location).toBe(`${at}?done=repeated`);
  expect((await invoiceOf(invoiceId)).status).toBe('void');
  const gone = await get(`${at}/void`);
  expect(gone.body).toContain('This invoice is void already');
  expect(gone.body).not.toContain('name="reason"');
  const [customer] = await ask((tx) => tx.select().from(customers).where(eq(customers.id, customerId)));
  expect(customer!.creditCents).toBe(1_000);
  expect((await get(`/customers/${customerId}/billing`)).body).toContain('From invoice');
});

test('a recorded check is undone, and refunded only as far as it goes', async () => {
  const { invoiceId, paymentId } = await ask((tx) => makeInvoice(tx, { totalCents: 5_000, paidCents: 2_000 }));
  const at = `/payments/${paymentId}`;
  const key = keyOf((await get(`${at}/refund`)).body);
  const refund = { amount: '20.01', reason: 'Too much', key };
  const refused = await post(`${at}/refund`, refund);
  expect(refused.status).toBe(400);
  expect(refused.body).toContain('$20.00 can still be given back');
  expect((await post(`${at}/undo`, { reason: 'Bounced' })).headers.location).toBe(`${at}?done=undone`);
  expect((await invoiceOf(invoiceId)).balanceCents).toBe(5_000);
  expect((await get(at)).body).toContain('Undone');
  for (const [page, words] of [
    ['undo', 'This payment was undone already'],
    ['refund', 'Nothing of this payment can be given back'],
  ] as const) {
    const { body } = await get(`${at}/${page}`);
    expect(body).toContain(words);
    expect(body).not.toContain('name="reason"');
  }

  const second = await ask((tx) => makeInvoice(tx, { totalCents: 5_000, paidCents: 5_000 }));
  const to = `/payments/${second.paymentId}`;
  const form = { amount: '15', reason: 'Goodwill', owed: 'on', key: keyOf((await get(`${to}/refund`)).body) };
  expect((await post(`${to}/refund`, form)).headers.location).toBe(`${to}?done=refunded`);
  expect((await post(`${to}/refund`, form)).headers.location).toBe(`${to}?done=refunded`);
  expect(await invoiceOf(second.invoiceId)).toMatchObject({ balanceCents: 1_500, status: 'open' });
  const [payment] = await ask((tx) => tx.select().from(payments).where(eq(payments.id, second.paymentId!)));
  expect(payment!.refundedCents).toBe(1_500);
});

test('payments are filtered, paged and exported as they are shown; cells that begin a formula are quoted', async () => {
  const { customerId } = await ask((tx) => makeCustomer(tx, { name: 'Paged Pat' }));
  await ask(async (tx) => {
    for (let n = 0; n < 53; n++)
      await makePayment(tx, { customerId, amountCents: 100, method: 'cash', memo: `=SUM(${n})` });
    const card = { customerId, processor: 'stripe', method: 'card' } as const;
    await makePayment(tx, { ...card, amountCents: 700, status: 'open' });
    // A page that was left is no failure that the office should look after.
    await makePayment(tx, { ...card, amountCents: 800, status: 'failed', failure: 'given_up' });
    await makePayment(tx, { ...card, amountCents: 900, status: 'failed', failure: 'declined' });
  });
  const first = await get('/payments?q=paged&method=cash');
  expect(first.body).toContain('53 payments, $53.00 received');
  const next = /href="\/payments(\?[^"]*after=[^"]+)"/.exec(first.body)?.[1]?.replaceAll('&amp;', '&');
  const second = await get(`/payments${next}`);
  expect(second.body.match(/data-record/g)).toHaveLength(3);
  const left = (await get('/payments?q=paged&status=open')).body;
  expect([left.match(/data-record/g)?.length, left.includes('$7.00'), left.includes('$8.00')]).toEqual([2, true, true]);
  const failed = (await get('/payments?q=paged&status=failed')).body;
  expect([failed.match(/data-record/g)?.length, failed.includes('$9.00')]).toEqual([1, true]);
  expect((await get('/payments?q=nobody')).body).toContain('No payment matches');
  const file = await get('/payments/export?q=paged');
  expect(file.headers['content-type']).toContain('text/csv');
  expect(file.body.trim().split('\r\n')).toHaveLength(55);
  expect(file.body).toContain("'=SUM(0)");
  expect((await get('/payments?after=nonsense&when=never&method=__proto__')).status).toBe(200);
});

test('bad pages of the billing history count as the first', async () => {
  for (const at of ['?after=x', '?before=%00', '?after=WyIxIiwiMiJd']) {
    expect((await get(`/customers/${ours.customer}/billing${at}`)).status).toBe(200);
  }
});
