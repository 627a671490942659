import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import {
  auditEntries,
  invoices,
  messages,
  onlinePaymentSettings,
  paymentAccounts,
  payments,
} from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { makePortalAccount } from '#tests/factories/portal.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { finishCheckout, pickAccount } from '#tests/setup/checkout.ts';
import { send, type Answer } from '#tests/setup/http.ts';
import { hidden, payPath, portalSteps, signInCustomer } from '#tests/setup/portal.ts';

const app = await startTestApp();
const { companyId } = await makeCompany(app.db, { portalHost: 'larkfield', name: 'Larkfield' });
const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, companyId, work);
const at = app.portal('larkfield');
const { visitor, begin, comeBack, pay } = portalSteps(app, companyId, at);

const made = (customerId: number) =>
  ours(async (tx) => {
    const rows = await tx.select().from(payments).where(eq(payments.customerId, customerId)).orderBy(payments.id);
    return rows.map((row) => [row.status, row.amountCents]);
  });
const taken = async (customerId: number) => (await made(customerId)).filter(([status]) => status === 'succeeded');
const balanceOf = (id: number) =>
  ours(async (tx) => (await tx.select().from(invoices).where(eq(invoices.id, id)))[0]!.balanceCents);

test('S2-16, S2-18, S3-03, S3-18: what is owed stands first; selected invoices are paid at once, with a receipt', async () => {
  const { customerId, email, invoices: ids, cookie } = await visitor([31_000, 12_450, 5_000], { name: 'Ann Ames' });
  await ours((tx) => makeInvoice(tx, { customerId, number: 'PAID-1', status: 'paid' }));
  const home = (await send(`${at}/`, { cookie })).body;
  expect(home).toContain('$484.50');
  expect(home.indexOf('Recently paid')).toBeGreaterThan(home.indexOf('Pay selected'));
  expect(home.indexOf('PAID-1')).toBeGreaterThan(home.indexOf('Recently paid'));
  const both = ids.slice(0, 2);
  const page = await send(at + payPath(both), { cookie });
  expect(page.body).toContain('Pay $434.50');
  expect(page.body).toContain('This is a test');
  // Of several, no part is offered (S2-17).
  expect(page.body).not.toContain('Pay another amount');
  const form = { ...hidden(page.body), method: 'card' };
  const begun = await send(at + payPath(both), { cookie, form });
  expect(begun.status).toBe(303);
  const back = await finishCheckout(begun.headers.location!);
  const receipt = await comeBack(cookie, back);
  expect(receipt.body).toContain('Thank you. Your payment went through.');
  expect(receipt.body).toContain('ending in 4242');
  expect(receipt.body).toContain('$434.50');
  expect(await made(customerId)).toEqual([
    ['succeeded', 10_000],
    ['succeeded', 43_450],
  ]);
  const mails = await ours((tx) => tx.select().from(messages).where(eq(messages.address, email)));
  expect(mails.map((mail) => mail.kind)).toEqual(['receipt']);
  // The same form again, from a second click or the back button: the same payment.
  const again = await send(at + payPath(both), { cookie, form });
  expect([again.status, at + again.headers.location!]).toEqual([303, back]);
  expect(await made(customerId)).toHaveLength(2);
  expect((await send(at + payPath(both), { cookie })).body).toContain('is paid already');
});

test('S2-19: a portal payment stands in the audit trail of each job it pays for', async () => {
  const { customerId, invoices: ids, cookie } = await visitor([5_000, 6_000], { name: 'Cy Young' });
  await pay(cookie, ids);
  const trail = await ours((tx) =>
    tx.select().from(auditEntries).where(eq(auditEntries.action, 'payment.by_customer')),
  );
  const jobs = await ours((tx) =>
    tx.select({ jobId: invoices.jobId }).from(invoices).where(eq(invoices.customerId, customerId)),
  );
  for (const { jobId } of jobs) {
    expect(trail.filter((entry) => entry.subjectType === 'job' && entry.subjectId === jobId)).toMatchObject([
      { actor: 'Cy Young (Customer Portal)' },
    ]);
  }
});

test('S2-17, S3-19: a part of one invoice; bad amounts are told in words and stay as typed', async () => {
  const { customerId, invoices: ids, cookie } = await visitor([31_000]);
  const page = await send(at + payPath(ids), { cookie });
  expect(page.body).toContain('Pay another amount');
  for (const [amount, words] of [
    ['', 'Enter the amount that you want to pay.'],
    ['0.99', 'Enter $1.00 or more.'],
    ['310.01', 'At most $310.00 can be paid of this invoice.'],
    ['-5', 'The amount can’t be negative.'],
    ['1.234', 'Use at most two decimals'],
    ['€50', 'Enter the amount in US dollars'],
    ['fifty', 'Enter dollars and cents'],
  ] as const) {
    const answer = await begin(cookie, ids, { how: 'part', amount });
    expect([answer.status, amount]).toEqual([400, amount]);
    expect(answer.body, amount).toContain(words);
    expect(answer.body, amount).toContain(`value="${amount}"`);
    expect(answer.body, amount).toMatch(/value="part"[^>]*checked|checked[^>]*value="part"/);
  }
  expect((await begin(cookie, ids, { how: 'full', amount: '50' })).body).toContain('You chose to pay in full');
  expect(await made(customerId)).toEqual([]);
  // Full-width digits are digits.
  const receipt = await pay(cookie, ids, { how: 'part', amount: '１２０.50' });
  expect(receipt.body).toContain('$120.50');
  expect(receipt.body).toContain('$189.50 is left to pay of invoice');
  expect(await balanceOf(ids[0]!)).toBe(18_950);
  expect((await begin(cookie, ids, { how: 'part', amount: '200' })).body).toContain('At most $189.50');
});

test('S2-17: where the company takes no parts none is offered, and one that is posted is refused', async () => {
  const other = await makeCompany(app.db, { portalHost: 'wholeonly' });
  const origin = app.portal('wholeonly');
  const account = await withCompany(app.db, other.companyId, async (tx) => {
    await tx.insert(onlinePaymentSettings).values({ partialPayments: false, ach: false });
    return makePortalAccount(tx, [5_000]);
  });
  const cookie = await signInCustomer(origin, account.email);
  const url = origin + payPath(account.invoices);
  const page = await send(url, { cookie });
  expect(page.body).not.toContain('Pay another amount');
  expect(page.body).not.toContain('Bank account (ACH)');
  const form = { ...hidden(page.body), method: 'card', how: 'part', amount: '10' };
  const part = await send(url, { cookie, form });
  expect(part.status).toBe(400);
  expect(part.body).toContain('Only the whole amount can be paid online.');
  const bank = await send(url, { cookie, form: { ...hidden(page.body), method: 'ach' } });
  expect(bank.status).toBe(400);
  expect(bank.body).toContain('Choose another');
});

test('a declined card takes nothing; on the same page another one pays, or the payer gives up and starts anew', async () => {
  const { customerId, invoices: ids, cookie } = await visitor([5_000]);
  const begun = await begin(cookie, ids);
  const declined = await pickAccount(begun.headers.location!, 'declined');
  expect(declined.status).toBe(200);
  expect(declined.body).toContain('Nothing was charged.');
  const paymentId = await ours(
    async (tx) => (await tx.select().from(payments).where(eq(payments.customerId, customerId)))[0]!.id,
  );
  const unfinished = await send(`${at}/payments/${paymentId}`, { cookie });
  expect(unfinished.body).toContain('Your payment is not finished');
  expect(unfinished.body).toContain(`href="${begun.headers.location}"`);
  expect(await taken(customerId)).toEqual([]);
  // Given up, and begun anew: the page before is closed, and says what became of it.
  expect((await pay(cookie, ids)).body).toContain('Thank you.');
  expect((await send(`${at}/payments/${paymentId}`, { cookie })).body).toContain('Nothing was charged.');
  expect(await taken(customerId)).toEqual([['succeeded', 5_000]]);
});

test('S3-19: a saved card that is declined says so; one whose bank asks leads on to the processor’s page', async () => {
  const { customerId, invoices: ids, cookie } = await visitor([5_000, 6_000, 7_000, 8_000]);
  const savedOf = async () => /saved-(\d+)/.exec((await send(at + payPath(ids), { cookie })).body)![1]!;
  await pay(cookie, [ids[0]!], { save: 'on', account: 'later' });
  const declined = await begin(cookie, [ids[1]!], { method: `saved-${await savedOf()}` });
  expect(declined.status).toBe(402);
  expect(declined.body).toContain('Nothing was charged.');
  await pay(cookie, [ids[2]!], { save: 'on', account: 'confirm' });
  const asked = await begin(cookie, [ids[3]!], { method: `saved-${await savedOf()}` });
  expect([asked.status, asked.headers.location]).toEqual([303, expect.stringContaining(`${at}/`)]);
  const receipt = await comeBack(cookie, await finishCheckout(asked.headers.location!, 'confirm'));
  expect(receipt.body).toContain('Thank you.');
  expect(await taken(customerId)).toEqual([5_000, 7_000, 8_000].map((cents) => ['succeeded', cents]));
});

test('an amount that changed since the page was shown is shown anew and not charged', async () => {
  const { customerId, invoices: ids, cookie } = await visitor([5_000, 2_000]);
  const page = await send(at + payPath(ids), { cookie });
  await ours((tx) => postEntries(tx, ids[0]!, [{ kind: 'credit', amountCents: -1_000 }]));
  const changed = await send(at + payPath(ids), { cookie, form: { ...hidden(page.body), method: 'card' } });
  expect(changed.status).toBe(409);
  expect(changed.body).toContain('The amount has changed to $60.00');
  expect(hidden(changed.body).total).toBe('6000');
  expect(await made(customerId)).toEqual([]);
  const begun = await send(at + payPath(ids), { cookie, form: { ...hidden(changed.body), method: 'card' } });
  expect(begun.status).toBe(303);
});

test('S2-18: two tabs pay the same invoices: the money is taken once, and the other is told', async () => {
  const { customerId, invoices: ids, cookie } = await visitor([5_000, 7_000]);
  const [one, two] = await Promise.all([begin(cookie, ids), begin(cookie, ids)]);
  expect([one.status, two.status]).toEqual([303, 303]);
  // The page that was opened first is closed by the second; its payer may hear so at once.
  const finish = async ({ headers: { location } }: Answer) =>
    comeBack(cookie, location!.startsWith('/') ? at + location! : await finishCheckout(location!));
  await Promise.all([finish(one), finish(two)]);
  expect(await taken(customerId)).toEqual([['succeeded', 12_000]]);
  expect(await Promise.all(ids.map(balanceOf))).toEqual([0, 0]);
});

test('voided, or paid at the office, while its customer is on the payment page: nothing is charged, and the page says so', async () => {
  const { customerId, invoices: ids, cookie } = await visitor([5_000, 6_000]);
  for (const [id, kind, words] of [
    [ids[0]!, 'credit', 'Nothing was charged.'],
    [ids[1]!, 'payment', 'Nothing was charged.'],
  ] as const) {
    const begun = await begin(cookie, [id]);
    const amountCents = await balanceOf(id);
    await ours((tx) => postEntries(tx, id, [{ kind, amountCents: -amountCents }]));
    const page = await comeBack(cookie, await finishCheckout(begun.headers.location!));
    expect(page.body).toContain('Your payment didn’t go through');
    expect(page.body).toContain(words);
    expect(await balanceOf(id)).toBe(0);
  }
  expect(await taken(customerId)).toEqual([]);
});

test('invoices of two records are paid one record at a time', async () => {
  const { email, invoices: ids, cookie } = await visitor([5_000]);
  const second = await ours(async (tx) => {
    const { customerId } = await makeCustomer(tx, { email, name: 'Rental houses' });
    return (await makeInvoice(tx, { customerId })).invoiceId;
  });
  const home = (await send(`${at}/`, { cookie })).body;
  expect(home).toContain('Rental houses');
  const mixed = [...ids, second];
  expect((await send(at + payPath(mixed), { cookie })).body).toContain('These invoices are on different records.');
  const form = { key: 'k'.repeat(20), total: '15000', method: 'card' };
  const answer = await send(at + payPath(mixed), { cookie, form });
  expect(answer.status).toBe(409);
  expect(answer.body).toContain('These invoices are on different records.');
});

test('S3-19: a card that is saved pays the next time at once; it is listed, and removed after asking', async () => {
  const { customerId, invoices: ids, cookie } = await visitor([5_000, 6_000, 7_000]);
  await pay(cookie, [ids[0]!], { save: 'on' });
  const list = await send(`${at}/payment-methods`, { cookie });
  expect(list.body).toContain('Visa ending in 4242');
  expect(list.body).toContain('Expires 12/2034');
  const methodId = /payment-methods\/(\d+)\/remove/.exec(list.body)![1]!;
  const done = await begin(cookie, [ids[1]!], { method: `saved-${methodId}` });
  expect([done.status, done.headers.location]).toEqual([303, expect.stringMatching(/^\/payments\/\d+$/)]);
  expect((await comeBack(cookie, at + done.headers.location!)).body).toContain('Visa ending in 4242');
  expect(await taken(customerId)).toEqual([
    ['succeeded', 5_000],
    ['succeeded', 6_000],
  ]);
  // Nobody else's to use, see or remove.
  const stranger = await visitor([1_000]);
  const theirs = await begin(stranger.cookie, stranger.invoices, { method: `saved-${methodId}` });
  expect(theirs.status).toBe(400);
  expect(theirs.body).toContain('Choose another');
  const remove = `${at}/payment-methods/${methodId}/remove`;
  expect((await send(remove, { cookie: stranger.cookie })).status).toBe(404);
  await send(remove, { cookie: stranger.cookie, form: {} });
  const asked = await send(remove, { cookie });
  expect(asked.body).toContain('Remove Visa ending in 4242?');
  expect((await send(remove, { cookie, form: {} })).headers.location).toBe('/payment-methods');
  expect((await send(`${at}/payment-methods`, { cookie })).body).toContain('Nothing is saved.');
  // A second click finds it gone.
  expect((await send(remove, { cookie, form: {} })).status).toBe(303);
  expect((await begin(cookie, [ids[2]!], { method: `saved-${methodId}` })).body).toContain('is not saved any more');
});

test('S3-19: a bank payment is on its way for days, stands on the home page, and can’t be made again meanwhile', async () => {
  const { customerId, invoices: ids, cookie } = await visitor([5_000]);
  const begun = await begin(cookie, ids, { method: 'ach' });
  const page = await comeBack(cookie, await finishCheckout(begun.headers.location!, 'bank-good'));
  expect(page.body).toContain('Your bank payment is on its way');
  const home = (await send(`${at}/`, { cookie })).body;
  expect(home).toContain('Payments on their way');
  expect(home).not.toContain('Pay selected');
  expect(await made(customerId)).toEqual([['pending', 5_000]]);
  expect((await send(at + payPath(ids), { cookie })).body).toContain('A payment for these invoices is on its way.');
  expect((await send(`${at}/invoices/${ids[0]}`, { cookie })).body).toContain('A payment of $50.00 is on its way.');
});

test('S2-14: with no payment account, invoices are read, what pays is hidden, and a line says whom to contact', async () => {
  const other = await makeCompany(app.db, { portalHost: 'unconnected', name: 'Unconnected' });
  const origin = app.portal('unconnected');
  const account = await withCompany(app.db, other.companyId, async (tx) => {
    await tx.insert(paymentAccounts).values({ processor: 'none' });
    return makePortalAccount(tx, [5_000]);
  });
  const cookie = await signInCustomer(origin, account.email);
  const words = 'Invoices can’t be paid online right now. Contact Unconnected to pay.';
  for (const path of ['/', `/invoices/${account.invoices[0]}`, payPath(account.invoices)]) {
    const page = await send(origin + path, { cookie });
    expect([page.status, path]).toEqual([200, path]);
    expect(page.body, path).toContain(words);
    expect(page.body, path).toContain('$50.00');
    expect(page.body, path).not.toMatch(/Pay selected|type="submit">Pay|href="\/pay\?/);
  }
  const form = { key: 'k'.repeat(20), total: '5000', method: 'card' };
  const post = await send(origin + payPath(account.invoices), { cookie, form });
  expect(post.status).toBe(409);
  expect(post.body).toContain(words);
});

test('S2-16: an invoice whose job is not done is shown and can’t be paid', async () => {
  const { customerId, cookie } = await visitor();
  const id = await ours(async (tx) => {
    const jobId = await makeJob(tx, { customerId, status: 'in_progress' });
    return (await makeInvoice(tx, { customerId, jobId })).invoiceId;
  });
  const page = await send(`${at}/invoices/${id}`, { cookie });
  expect(page.body).toContain('This can be paid once the job is completed.');
  expect(page.body).not.toContain('href="/pay');
  const form = { key: 'k'.repeat(20), total: '10000', method: 'card' };
  expect((await send(at + payPath([id]), { cookie, form })).status).toBe(409);
  expect(await made(customerId)).toEqual([]);
});
