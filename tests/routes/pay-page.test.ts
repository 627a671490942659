import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';

import { paymentPageConsent } from '#app/consent/payment-page.ts';
import { suppress } from '#app/consent/suppress.server.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { generatePaymentLink } from '#app/invoicing/payments/links.server.ts';
import { EXAMPLE_TOKEN, invoicePayPath, payToken } from '#app/invoicing/payments/pay-tokens.server.ts';
import { actOnSandboxPage } from '#app/invoicing/payments/processors/sandbox-checkout.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import {
  consents,
  invoiceItems,
  invoices,
  onlinePaymentSettings,
  paymentAccounts,
  payments,
} from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice, type InvoiceOverrides } from '#tests/factories/invoices.ts';
import { next } from '#tests/factories/sequence.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, type Answer } from '#tests/setup/http.ts';

const app = await startTestApp();
const actor = { staffId: null, name: 'Test' };

/** A company of its own, so that settings of one test are not those of another. */
async function makePayee(settings: Partial<typeof onlinePaymentSettings.$inferInsert> | null = null) {
  const host = `payee${next()}`;
  const { companyId } = await makeCompany(app.db, { portalHost: host, name: 'Larkfield' });
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, companyId, work);
  if (settings) await tx((t) => t.insert(onlinePaymentSettings).values(settings));
  const at = app.portal(host);
  const open = (path: string, headers: Record<string, string> = {}) => send(at + path, { headers });
  return {
    companyId,
    at,
    tx,
    open,
    invoice: async (more: InvoiceOverrides = {}) => {
      const made = await tx((t) => makeInvoice(t, { totalCents: 31_000, summary: 'Water heater repair', ...more }));
      return { ...made, path: invoicePayPath(app.secret, companyId, made.invoiceId) };
    },
    link: async (customerId: number) => {
      const link = await tx((t) => generatePaymentLink(t, actor, customerId, 0));
      return linkPath(companyId, customerId, link!.version);
    },
  };
}
type Payee = Awaited<ReturnType<typeof makePayee>>;

const linkPath = (companyId: number, id: number, version: number) =>
  `/pay/${payToken(app.secret, { companyId, kind: 'customer', id, version })}`;

const plain = (html: string) =>
  html
    .replaceAll(/<!--.*?-->/g, '')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&');
const hidden = (body: string) => ({
  key: /name="key" value="([^"]+)"/.exec(body)![1]!,
  owed: /name="owed" value="(\d+)"/.exec(body)![1]!,
});

/** Opens the page and posts its form with these fields. */
async function pay(payee: Payee, path: string, fields: Record<string, string> = {}): Promise<Answer> {
  const { body } = await payee.open(path);
  return send(payee.at + path, { form: { ...hidden(body), method: 'card', receipt: 'none', ...fields } });
}

/** Does on the sandbox's page what a payer does. */
async function finish(payee: Payee, started: Answer, account = 'good'): Promise<Answer> {
  const reference = new URL(started.headers.location!).pathname.split('/').at(-1)!;
  const next = await payee.tx((t) => actOnSandboxPage(t, reference, { kind: 'choose', account }));
  if (next?.kind !== 'leave') throw new Error(`The sandbox's page says ${next?.kind}`);
  return payee.open(new URL(next.url).pathname);
}

const made = (payee: Payee) =>
  payee.tx((t) =>
    t
      .select()
      .from(payments)
      .where(sql`${payments.processor} = 'sandbox'`)
      .orderBy(payments.id),
  );

describe('an invoice’s page', () => {
  test('S1-14, S0-05: shows what is due without signing in, and nothing of the customer', async () => {
    const payee = await makePayee();
    const customer = await payee.tx(async (t) => {
      const one = await makeCustomer(t, { name: 'Ann Ames', firstName: 'Ann', email: 'ann.ames@mail.example' });
      await makeLocation(t, { customerId: one.customerId, line1: '7 Secret Lane' });
      await makeInvoice(t, { customerId: one.customerId, number: 'OTHER-9' });
      return one;
    });
    const { path } = await payee.invoice({ customerId: customer.customerId, number: '1042', issuedOn: '2026-03-04' });
    const { status, body } = await payee.open(path);
    expect(status).toBe(200);
    const text = plain(body);
    expect(text).toContain('Invoice 1042');
    expect(text).toContain('Water heater repair · Mar 4, 2026');
    expect(text).toContain('$310.00');
    expect(text).toContain('Pay $310.00');
    for (const secret of [
      'Ames',
      'ann.ames',
      'Secret Lane',
      'OTHER-9',
      'mail.example',
      'View recent charges',
      'Add a tip',
    ]) {
      expect(text, secret).not.toContain(secret);
    }
    expect(text).not.toContain('Save card');
  });

  test('it can be told to nobody else: no referrer, no cache, no search engine, no script, no third party', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice();
    const answers = [await payee.open(path), await payee.open('/pay/nothing-here'), await payee.open(`${path}/done/x`)];
    for (const { headers, body } of answers) {
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cache-control']).toContain('no-store');
      expect(headers['x-robots-tag']).toBe('noindex, nofollow');
      expect(headers['set-cookie']).toBeUndefined();
      expect(headers['content-security-policy']).toContain("script-src 'none'");
      expect(body).toContain('<meta name="robots" content="noindex, nofollow"/>');
      expect(body).not.toContain('<script');
      const loaded = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
      expect(loaded.filter((url) => /^(https?:)?\/\//.test(url))).toEqual([]);
    }
  });

  test('weighs 60 KB or less in all, before anything is compressed, the logo apart', async () => {
    const payee = await makePayee();
    const { customerId } = await payee.tx((t) => makeCustomer(t, { mobile: '+14235550142' }));
    for (let n = 0; n < 20; n++)
      await payee.invoice({ customerId, summary: `${n} ${'Water heater repair '.repeat(5)}` });
    const { body } = await payee.open(await payee.link(customerId));
    let bytes = Buffer.byteLength(body);
    const assets = [...body.matchAll(/<link[^>]+href="([^"]+)"/g)].map(([, url]) => url!);
    expect(assets.length).toBeGreaterThan(1);
    for (const url of assets) {
      const { status, body: asset } = await payee.open(url);
      expect(status, url).toBe(200);
      expect(asset, url).not.toContain('@font-face');
      bytes += Buffer.byteLength(asset);
    }
    expect(body.match(/<li>/g)!.length).toBe(20);
    expect(bytes).toBeLessThan(60 * 1024);
  });

  test('paid, void and draft invoices say so, and take nothing', async () => {
    const payee = await makePayee();
    const paid = await payee.invoice({ status: 'paid', paidAt: new Date('2026-03-06T18:00:00Z') });
    const thanks = plain((await payee.open(paid.path)).body);
    expect(thanks).toContain('Thank you. This invoice is paid.');
    expect(thanks).toContain('$310.00 was paid. The last of it came in on Mar 6, 2026.');
    expect(thanks).not.toContain('<form');

    const written = await payee.invoice();
    await payee.tx((t) => postEntries(t, written.invoiceId, [{ kind: 'write_off', amountCents: -31_000 }]));
    const settled = plain((await payee.open(written.path)).body);
    expect(settled).toContain('Nothing is owed on it since');
    expect(settled).not.toContain('was paid. The last');

    const withdrawn = await payee.invoice({ status: 'void', number: '77' });
    const page = plain((await payee.open(withdrawn.path)).body);
    expect(page).toContain('Invoice 77 was withdrawn');
    expect(page).toContain('tel:+15125550100');
    expect(page).not.toContain('<form');
    const posted = await send(payee.at + withdrawn.path, {
      form: { key: 'k'.repeat(32), owed: '31000', method: 'card' },
    });
    expect(posted.status).toBe(409);

    const draft = await payee.invoice({ status: 'draft' });
    const nothing = await payee.open(draft.path);
    expect(nothing.status).toBe(404);
    expect(await made(payee)).toEqual([]);
  });

  test('partly paid, it asks for the rest', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice({ paidCents: 11_000 });
    const text = plain((await payee.open(path)).body);
    expect(text).toContain('Pay $200.00');
    expect(text).toContain('$110.00 of $310.00 is paid.');
  });

  test('below a dollar nothing can be paid online, and the page says whom to call', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice({ totalCents: 99 });
    const text = plain((await payee.open(path)).body);
    expect(text).toContain('Less than $1.00 can’t be paid online. Contact Larkfield to pay it.');
    expect(text).not.toContain('<form');
  });
});

describe('addresses that open nothing', () => {
  test('a tampered, foreign or unmade token is one plain page, and says nothing of why', async () => {
    const payee = await makePayee();
    const other = await makePayee();
    const { path, invoiceId, customerId } = await payee.invoice();
    const link = await payee.link(customerId);
    await payee.tx((t) => generatePaymentLink(t, actor, customerId, 1));
    const foreign = await other.invoice();
    const bad = {
      'one sign changed': path.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      'another invoice': path.replace(`-${invoiceId.toString(36)}-`, `-${(invoiceId + 1).toString(36)}-`),
      'another kind': path.replace('/pay/i', '/pay/c'),
      'of another company’s host': foreign.path,
      'S4-15: replaced by a newer link': link,
      'S4-15: a version that is to come': linkPath(payee.companyId, customerId, 3),
      'a payment’s token': `/pay/${payToken(app.secret, { companyId: payee.companyId, kind: 'payment', id: 1, version: 1 })}`,
      'an invoice that is not there': invoicePayPath(app.secret, payee.companyId, 999_999_999),
      'a customer without a link': linkPath(payee.companyId, (await payee.invoice()).customerId, 1),
      'with another secret': invoicePayPath('x'.repeat(40), payee.companyId, invoiceId),
      'no token at all': '/pay/%20',
      'far too long': `/pay/${'a'.repeat(4_000)}`,
    };
    const pages = new Set<string>();
    for (const [name, address] of Object.entries(bad)) {
      const got = await payee.open(address);
      expect(got.status, name).toBe(404);
      pages.add(got.body);
      const posted = await send(payee.at + address, { form: { key: 'k'.repeat(32), owed: '31000', method: 'card' } });
      expect(posted.status, name).toBe(404);
      pages.add(posted.body);
    }
    expect([...pages].map(plain)).toEqual([expect.stringContaining('This link doesn’t work')]);
    expect((await payee.open(path)).status).toBe(200);
    expect((await other.open(path)).status).toBe(404);
    expect(await made(payee)).toEqual([]);
  });

  test('while the portal is switched off its closed page stands there', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice();
    await payee.tx((t) => t.execute(sql`update portal_settings set enabled = false`));
    for (const answer of [await payee.open(path), await send(payee.at + path, { form: { method: 'card' } })]) {
      expect(answer.status).toBe(404);
      expect(answer.body).toContain('The customer portal is closed right now');
      expect(answer.body).toContain('tel:+15125550100');
    }
  });

  test('a preview’s link says that it is an example', async () => {
    const payee = await makePayee();
    const { status, body } = await payee.open(`/pay/${EXAMPLE_TOKEN}`);
    expect([status, body]).toEqual([200, expect.stringContaining('This is an example')]);
  });

  test('a form that another site sends is refused; a browser that hides its origin is not', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice();
    const { body } = await payee.open(path);
    const form = { ...hidden(body), method: 'card', receipt: 'none' };
    const post = (origin: string | null, headers: Record<string, string> = {}) =>
      send(payee.at + path, { form, origin, headers });
    expect((await post('https://evil.example')).status).toBe(403);
    expect((await post('null', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post('null', { 'sec-fetch-site': 'same-site' })).status).toBe(403);
    // With `no-referrer` browsers send `Origin: null` (Fetch standard).
    expect((await post('null', { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
    expect((await post('null')).status).toBe(303);
    expect((await send(`${payee.at}/login`, { form: {}, origin: 'null' })).status).toBe(403);
  });
});

describe('a customer’s page', () => {
  test('S4-03, S4-04, S4-07: without signing in the balance is live; S4-05 and S4-06: zero and credit are worded to the letter', async () => {
    const payee = await makePayee();
    const { customerId } = await payee.tx((t) => makeCustomer(t, { firstName: 'Ann', name: 'Ann Ames' }));
    const path = await payee.link(customerId);
    const zero = plain((await payee.open(path)).body);
    expect(zero).toContain('You’re all set! You have no outstanding balance.');
    expect(zero).not.toContain('<form');
    expect(zero).not.toContain('View recent charges');

    const { invoiceId } = await payee.invoice({ customerId });
    const owing = plain((await payee.open(path)).body);
    expect(owing).toContain('Hello, Ann');
    expect(owing).toContain('$310.00');
    expect(owing).toContain('Outstanding balance');
    await payee.tx((t) => postEntries(t, invoiceId, [{ kind: 'credit', amountCents: -10_000 }]));
    expect(plain((await payee.open(path)).body)).toContain('Pay $210.00');
    await payee.tx((t) => postEntries(t, invoiceId, [{ kind: 'credit', amountCents: -26_050 }]));
    await payee.tx((t) => t.execute(sql`update customers set credit_cents = 5050 where id = ${customerId}`));
    const credit = plain((await payee.open(path)).body);
    expect(credit).toContain('Account credit: $50.50');
    expect(credit).not.toContain('<form');
  });

  test('S4-08: the last 20 billing line items: amount, tax, description and date, and no more', async () => {
    const payee = await makePayee();
    const { customerId } = await payee.tx((t) => makeCustomer(t));
    await payee.tx((t) => makeLocation(t, { customerId, line1: '7 Secret Lane' }));
    for (let n = 0; n < 24; n++) {
      const jobId = await payee.tx((t) => makeJob(t, { customerId, internalNotes: 'SECRET dog' }));
      const issuedOn = `2026-01-${String(n + 1).padStart(2, '0')}`;
      await payee.invoice({ customerId, jobId, summary: `Charge no. ${n} <b>`, totalCents: 10_000, issuedOn });
    }
    await payee.invoice({ customerId, status: 'draft', summary: 'A draft', issuedOn: '2026-02-01' });
    await payee.invoice({ customerId, status: 'void', summary: 'Withdrawn', issuedOn: '2026-02-01' });
    const newest = await payee.invoice({ customerId, summary: 'Furnace', totalCents: 10_825, issuedOn: '2026-02-02' });
    await payee.tx((t) =>
      t.update(invoiceItems).set({ taxCents: 825 }).where(eq(invoiceItems.invoiceId, newest.invoiceId)),
    );
    const text = plain((await payee.open(await payee.link(customerId))).body);
    const rows = [...text.matchAll(/<li>(.*?)<\/li>/g)].map(([, row]) => row!.replaceAll(/<[^>]+>/g, '|'));
    expect(rows).toHaveLength(20);
    expect(rows[0]).toMatch(/Furnace\|+\$100\.00\|+Feb 2, 2026\|+Tax \$8\.25/);
    expect(rows[1]).toContain('Charge no. 23 &lt;b&gt;');
    expect(rows[1]).not.toContain('Tax');
    expect(text).not.toMatch(/A draft|Withdrawn|SECRET|Secret Lane/);
  });

  test('S4-09, S4-10: each tip stands with its amount and total; S4-11, S4-12: card and consent are asked, not ticked', async () => {
    const payee = await makePayee();
    const { customerId } = await payee.tx((t) =>
      makeCustomer(t, { email: 'ann.ames@mail.example', mobile: '+14235550142' }),
    );
    await payee.invoice({ customerId });
    const { body } = await payee.open(await payee.link(customerId));
    const text = plain(body);
    for (const [percent, tip, total] of [
      ['18', '$55.80', '$365.80'],
      ['20', '$62.00', '$372.00'],
      ['25', '$77.50', '$387.50'],
    ]) {
      expect(text).toContain(`<b>${percent}%</b><span class="cp-small">${tip}</span>`);
      expect(text).toContain(`data-sum="${percent}">${total}`);
      expect(text).toContain(`data-sum="${percent}">Pay ${total}`);
    }
    expect(text).toContain('<input type="radio" name="tip" checked="" value="0"/><b>No tip</b>');
    expect(text).toContain('Save card for future payments');
    expect(text).toContain(paymentPageConsent.text('Larkfield'));
    expect(text).toMatch(/<input type="checkbox" name="save"\/>/);
    expect(text).toMatch(/<input type="checkbox" name="texts"\/>/);
    // What is on file is known again, and not given away.
    expect(text).toContain('a…@mail.example');
    expect(text).toContain('ending in 42');
    expect(text).not.toContain('ann.ames');
    expect(text).not.toContain('555-0142');
  });

  test('S4-16: months later the same link opens', async () => {
    const payee = await makePayee();
    const { customerId } = await payee.tx((t) => makeCustomer(t));
    const path = await payee.link(customerId);
    await payee.tx((t) => t.execute(sql`update payment_links set created_at = now() - interval '3 years'`));
    expect((await payee.open(path)).status).toBe(200);
  });

  test('S4-13: with no processor the form shows, cannot complete, and says so', async () => {
    const payee = await makePayee();
    await payee.tx((t) => t.insert(paymentAccounts).values({ processor: 'none' }));
    const { invoiceId, customerId, path } = await payee.invoice();
    for (const address of [path, await payee.link(customerId)]) {
      const { status, body } = await payee.open(address);
      expect(status).toBe(200);
      expect(body).toContain('<fieldset class="pp-form" disabled="">');
      expect(plain(body)).toContain('Online payment isn’t available yet.');
      const posted = await pay(payee, address);
      expect(posted.status).toBe(503);
      expect(plain(posted.body)).toContain('Nothing was charged.');
    }
    expect(await made(payee)).toEqual([]);
    const [invoice] = await payee.tx((t) => t.select().from(invoices).where(eq(invoices.id, invoiceId)));
    expect(invoice!.balanceCents).toBe(31_000);
  });
});

describe('paying', () => {
  test('S1-14: to the processor’s page, back to thank you, and the invoice is paid', async () => {
    const payee = await makePayee();
    const { path, invoiceId, number } = await payee.invoice();
    const started = await pay(payee, path, { receipt: 'other', receiptTo: 'bob.smith@mail.example' });
    expect(started.status).toBe(303);
    expect(started.headers.location).toMatch(/\/sandbox\//);
    const done = await finish(payee, started);
    const text = plain(done.body);
    expect(text).toContain('Thank you. Your payment went through.');
    expect(text).toContain('$310.00');
    expect(text).toContain(`Invoice ${number}`);
    expect(text).toContain('Visa ending in 4242');
    expect(text).toContain('Your receipt is on its way to b…@mail.example.');
    expect(text).toContain('Nothing is left to pay.');
    expect(text).not.toContain('bob.smith');
    expect(await made(payee)).toMatchObject([
      { status: 'succeeded', amountCents: 31_000, source: 'invoice_link', receiptTo: 'bob.smith@mail.example' },
    ]);
    const [invoice] = await payee.tx((t) => t.select().from(invoices).where(eq(invoices.id, invoiceId)));
    expect(invoice).toMatchObject({ status: 'paid', balanceCents: 0, pendingCents: 0 });
    // The back button, and the link in the message, show what became of it.
    expect(plain((await payee.open(path)).body)).toContain('Thank you. This invoice is paid.');
  });

  test('S4-09: a customer pays all that is owed with a tip, which settles nothing', async () => {
    const payee = await makePayee();
    const first = await payee.invoice({ totalCents: 20_000 });
    await payee.invoice({ customerId: first.customerId, totalCents: 11_000 });
    const path = await payee.link(first.customerId);
    const done = await finish(payee, await pay(payee, path, { tip: '20', save: 'on' }));
    const text = plain(done.body);
    expect(text).toContain('$372.00');
    expect(text).toContain('Tip');
    expect(text).toContain('$62.00');
    expect(text).toContain('Nothing is left to pay.');
    expect(await made(payee)).toMatchObject([
      { status: 'succeeded', amountCents: 37_200, tipCents: 6_200, saveMethod: true, source: 'customer_link' },
    ]);
    expect(plain((await payee.open(path)).body)).toContain('You’re all set! You have no outstanding balance.');
  });

  test('a part is paid where the company allows it, and the rest is left', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice();
    const done = plain((await finish(payee, await pay(payee, path, { amount: '$120.50' }))).body);
    expect(done).toContain('$120.50');
    expect(done).toContain('$189.50 is left to pay.');
    expect(plain((await payee.open(path)).body)).toContain('Pay $189.50');
  });

  test('a part of an account goes to the oldest due first', async () => {
    const payee = await makePayee();
    const old = await payee.invoice({ totalCents: 10_000, dueOn: '2026-01-10' });
    const young = await payee.invoice({ customerId: old.customerId, totalCents: 20_000, dueOn: '2026-02-10' });
    const path = await payee.link(old.customerId);
    await finish(payee, await pay(payee, path, { amount: '150', tip: '20' }));
    const rows = await payee.tx((t) => t.select().from(invoices).orderBy(invoices.id));
    expect(rows.map((row) => [row.id, row.balanceCents])).toEqual([
      [old.invoiceId, 0],
      [young.invoiceId, 15_000],
    ]);
    expect(await made(payee)).toMatchObject([{ amountCents: 18_000, tipCents: 3_000 }]);
  });

  test.each([
    ['0.99', 'Enter $1.00 or more.'],
    ['310.01', 'You owe $310.00. Enter that or less.'],
    ['-5', 'can’t be negative'],
    ['12.345', 'at most two decimals'],
    ['€20', 'in US dollars'],
    ['nothing', 'Enter dollars and cents'],
  ])('an amount of %s is refused where it was typed, and stays', async (amount, words) => {
    const payee = await makePayee();
    const { path } = await payee.invoice();
    const { status, body } = await pay(payee, path, { amount, receipt: 'other', receiptTo: 'bob@mail.example' });
    expect(status).toBe(400);
    const text = plain(body);
    expect(text).toContain(words);
    expect(text).toContain('aria-invalid="true"');
    expect(text).toContain(`value="${amount}"`);
    expect(text).toContain('value="bob@mail.example"');
    expect(text).toContain('<details open="">');
    expect(await made(payee)).toEqual([]);
  });

  test('full-width digits are read as what they are', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice();
    expect((await pay(payee, path, { amount: '１２０．５０' })).status).toBe(303);
    expect(await made(payee)).toMatchObject([{ amountCents: 12_050, status: 'open' }]);
  });

  test('where only the whole amount is taken, a part is refused and not offered', async () => {
    const payee = await makePayee({ partialPayments: false });
    const { path } = await payee.invoice();
    expect(plain((await payee.open(path)).body)).not.toContain('Pay another amount');
    const { status, body } = await pay(payee, path, { amount: '50' });
    expect([status, plain(body)]).toEqual([400, expect.stringContaining('Only the whole amount can be paid online.')]);
  });

  test('a way to pay that is switched off is neither offered nor taken', async () => {
    const payee = await makePayee({ ach: false });
    const { path } = await payee.invoice();
    const { body } = await payee.open(path);
    expect(body).toContain('<input type="hidden" name="method" value="card"/>');
    expect((await pay(payee, path, { method: 'ach' })).status).toBe(400);
    expect(await made(payee)).toEqual([]);
  });

  test('a second submit of the same form finds the first payment, before it is paid and after', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice();
    const form = { ...hidden((await payee.open(path)).body), method: 'card', receipt: 'none' };
    const post = () => send(payee.at + path, { form });
    const [one, two] = await Promise.all([post(), post()]);
    expect([one.status, two.status].filter((status) => status === 303)).not.toEqual([]);
    const again = await post();
    expect(again.headers.location).toMatch(/\/sandbox\//);
    const done = await finish(payee, again);
    expect(done.body).toContain('Thank you');
    const late = await post();
    expect(late.status).toBe(303);
    expect(late.headers.location).toMatch(/\/done\//);
    expect((await payee.open(late.headers.location!)).body).toContain('Thank you');
    const rows = await made(payee);
    expect(rows.map((row) => row.status)).toEqual(['succeeded']);
  });

  test('changed and sent again with the browser’s back button, it asks for what it now says', async () => {
    const payee = await makePayee();
    const { customerId } = await payee.invoice();
    const path = await payee.link(customerId);
    const form = { ...hidden((await payee.open(path)).body), method: 'card', receipt: 'none' };
    await send(payee.at + path, { form: { ...form, tip: '18' } });
    const second = await send(payee.at + path, { form: { ...form, tip: '25' } });
    const done = await finish(payee, second);
    expect(plain(done.body)).toContain('$387.50');
    const rows = await made(payee);
    expect(rows.map((row) => [row.status, row.tipCents])).toEqual([
      ['failed', 5_580],
      ['succeeded', 7_750],
    ]);
  });

  test('what was paid or voided meanwhile is not charged, and the page says what holds now', async () => {
    const payee = await makePayee();
    const { path, invoiceId } = await payee.invoice();
    const form = { ...hidden((await payee.open(path)).body), method: 'card', receipt: 'none' };
    await payee.tx((t) => postEntries(t, invoiceId, [{ kind: 'credit', amountCents: -1_000 }]));
    const changed = await send(payee.at + path, { form });
    expect(changed.status).toBe(400);
    await payee.tx((t) => postEntries(t, invoiceId, [{ kind: 'credit', amountCents: -30_000 }]));
    const settled = await send(payee.at + path, { form: { ...form, key: 'n'.repeat(32) } });
    expect(settled.status).toBe(409);
    expect(plain(settled.body)).toContain('Nothing was charged');
    expect(plain(settled.body)).toContain('Thank you. This invoice is paid.');
    expect(await made(payee)).toEqual([]);
  });

  test('an account whose balance has changed is asked about again, with the new sum', async () => {
    const payee = await makePayee();
    const { customerId } = await payee.invoice();
    const path = await payee.link(customerId);
    const form = { ...hidden((await payee.open(path)).body), method: 'card', receipt: 'none', tip: '20' };
    await payee.invoice({ customerId, totalCents: 5_000 });
    const { status, body } = await send(payee.at + path, { form });
    expect(status).toBe(409);
    const text = plain(body);
    expect(text).toContain('What you owe has changed to $360.00');
    expect(text).toContain('name="owed" value="36000"');
    expect(text).toContain('<input type="radio" name="tip" checked="" value="20"/>');
    expect(await made(payee)).toEqual([]);
  });

  test('paid by somebody else while the processor’s page was open: nothing is taken, and the page says so', async () => {
    const payee = await makePayee();
    const { path, invoiceId } = await payee.invoice();
    const started = await pay(payee, path);
    await payee.tx((t) => postEntries(t, invoiceId, [{ kind: 'credit', amountCents: -31_000 }]));
    const done = await finish(payee, started);
    expect(plain(done.body)).toContain('Your payment didn’t go through');
    expect(plain(done.body)).toMatch(/Nothing was charged\./);
    expect((await made(payee))[0]!.status).toBe('failed');
  });

  test('a bank payment is on its way for days, and the page says so instead of asking again', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice();
    const done = await finish(payee, await pay(payee, path, { method: 'ach' }), 'bank-good');
    expect(plain(done.body)).toContain('Your bank payment is on its way');
    const text = plain((await payee.open(path)).body);
    expect(text).toContain('Your bank payment is on its way');
    expect(text).toContain('$310.00 is being transferred.');
    expect(text).not.toContain('<form');
  });

  test('given up on the processor’s page it is not finished, and can be gone on with or begun anew', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice();
    const started = await pay(payee, path);
    const [payment] = await made(payee);
    const token = payToken(app.secret, { companyId: payee.companyId, kind: 'payment', id: payment!.id, version: 1 });
    const { status, body } = await payee.open(`${path}/done/${token}`);
    expect(status).toBe(200);
    expect(plain(body)).toContain('Your payment is not finished');
    expect(body).toContain(`href="${started.headers.location}"`);
    expect(body).toContain(`href="${path}"`);
  });

  test('a payment is seen with its own token alone, and under its own customer’s link', async () => {
    const payee = await makePayee();
    const one = await payee.invoice();
    const two = await payee.invoice();
    await finish(payee, await pay(payee, one.path));
    const [payment] = await made(payee);
    const token = payToken(app.secret, { companyId: payee.companyId, kind: 'payment', id: payment!.id, version: 1 });
    const own = await payee.link(one.customerId);
    expect((await payee.open(`${one.path}/done/${token}`)).status).toBe(200);
    expect((await payee.open(`${own}/done/${token}`)).status).toBe(200);
    for (const path of [`${two.path}/done/${token}`, `${one.path}/done/${payment!.id}`, `${one.path}/done/${token}x`]) {
      expect((await payee.open(path)).status, path).toBe(404);
    }
    expect((await payee.open(`${await payee.link(two.customerId)}/done/${token}`)).status).toBe(404);
    // Replaced while its customer paid, the link still thanks, and leads nowhere.
    await payee.tx((t) => generatePaymentLink(t, actor, one.customerId, 1));
    const thanks = await payee.open(`${own}/done/${token}`);
    expect(thanks.body).toContain('Thank you');
    expect(thanks.body).not.toContain(`href="${own}"`);
  });

  test('cards are not tried out in numbers: after many tries a link rests', async () => {
    const payee = await makePayee();
    const { path } = await payee.invoice();
    const statuses = new Set<number>();
    for (let n = 0; n < 21; n++) statuses.add((await pay(payee, path)).status);
    expect([...statuses]).toEqual([303, 429]);
    const { body } = await pay(payee, path);
    expect(plain(body)).toContain('Too many attempts. Wait');
    expect((await payee.open(path)).status).toBe(200);
  });
});

describe('S4-12: consent to reminders by text', () => {
  const lines = (payee: Payee) => payee.tx((t) => t.select().from(consents).orderBy(consents.id));

  test('is kept with the words that stood at the box, once, whether or not the payment succeeds', async () => {
    const payee = await makePayee();
    const { customerId } = await payee.tx((t) => makeCustomer(t, { name: 'Ann Ames', mobile: '+14235550142' }));
    await payee.invoice({ customerId });
    const path = await payee.link(customerId);
    await pay(payee, path);
    expect(await lines(payee)).toEqual([]);
    await pay(payee, path, { texts: 'on' });
    await pay(payee, path, { texts: 'on' });
    expect(await lines(payee)).toMatchObject([
      {
        customerId,
        channel: 'sms',
        address: '+14235550142',
        purpose: 'reminders',
        state: 'in',
        how: 'payment_page',
        actor: 'Ann Ames (payment link)',
        textShown: paymentPageConsent.text('Larkfield'),
        textVersion: paymentPageConsent.version,
      },
    ]);
    await pay(payee, path, { texts: 'on', mobile: '(423) 555-0177' });
    expect((await lines(payee)).map((line) => line.address)).toEqual(['+14235550142', '+14235550177']);
  });

  test('a number that said STOP stays out; an invoice’s link asks nobody', async () => {
    const payee = await makePayee();
    const { customerId, path: invoicePath } = await payee.invoice();
    await payee.tx((t) =>
      suppress(t, { address: '+14235550142', purpose: 'all', reason: 'unsubscribed', how: 'text', actor: 'Recipient' }),
    );
    const before = await lines(payee);
    const path = await payee.link(customerId);
    const { status, body } = await pay(payee, path, { texts: 'on', mobile: '423-555-0142' });
    expect(status).toBe(400);
    expect(plain(body)).toContain('Text START to us');
    expect(body).toContain('value="423-555-0142"');
    await pay(payee, invoicePath, { texts: 'on', mobile: '(423) 555-0177' });
    expect(await lines(payee)).toEqual(before);
    expect(await payee.tx((t) => t.execute(sql`select 1 from suppressions`))).toHaveLength(1);
  });
});
