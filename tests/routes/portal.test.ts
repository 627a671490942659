import { eq, sql } from 'drizzle-orm';
import sharp from 'sharp';
import { expect, test } from 'vitest';

import { storeImage } from '#app/company/images.server.ts';
import { hashPassword } from '#app/company/passwords.server.ts';
import { postEntries } from '#app/invoicing/ledger.server.ts';
import { requestInvitation } from '#app/portal/invitations.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { messageContents, messages, payments, portalAccounts, portalSettings } from '#db/schema/index.ts';
import { makeBusinessUnit, makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send } from '#tests/setup/http.ts';

const app = await startTestApp();
const { companyId } = await makeCompany(app.db, { portalHost: 'larkfield', linkHost: 'larklinks', name: 'Larkfield' });
const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, companyId, work);
const at = app.portal('larkfield');
const PASSWORD = 'a kettle for the plumber';
const passwordHash = await hashPassword(PASSWORD, { memoryCost: 64, timeCost: 1, parallelism: 1 });
const CARD = { number: '4242 4242 4242 4242', expiry: '04/31', cvc: '123' };

/** A customer with an account and these open invoices. */
async function makeAccount(
  cents: number[] = [],
  more: { email?: string; name?: string; billingAccess?: boolean } = {},
) {
  return ours(async (tx) => {
    const { billingAccess = true, ...row } = more;
    const customer = await makeCustomer(tx, row);
    const email = customer.email!;
    await tx.insert(portalAccounts).values({
      customerId: customer.customerId,
      contactId: customer.emailContactId!,
      email,
      passwordHash,
      billingAccess,
      activatedAt: new Date(),
    });
    const invoices: number[] = [];
    for (const totalCents of cents) {
      const jobId = await makeJob(tx, { customerId: customer.customerId, internalNotes: 'SECRET dog' });
      invoices.push((await makeInvoice(tx, { customerId: customer.customerId, jobId, totalCents })).invoiceId);
    }
    return { ...customer, email, invoices };
  });
}

async function signIn(email: string, to = ''): Promise<{ cookie: string; location: string }> {
  const answer = await send(`${at}/login${to && `?to=${encodeURIComponent(to)}`}`, {
    form: { email, password: PASSWORD },
  });
  expect(answer.status).toBe(302);
  return { cookie: answer.cookies.join('; '), location: answer.headers.location! };
}

/** The pay page's hidden fields. */
const hidden = (body: string) => ({
  key: /name="key" value="([^"]+)"/.exec(body)![1]!,
  total: /name="total" value="(\d+)"/.exec(body)![1]!,
});
const money = (customerId: number) =>
  ours(async (tx) => {
    const rows = await tx.select().from(payments).where(eq(payments.customerId, customerId));
    return rows.map((row) => [row.status, row.amountCents]);
  });
async function linkTo(email: string): Promise<string> {
  await requestInvitation(app.db, app.addresses, { companyId, email, ip: '203.0.113.200' });
  const rows = await ours((tx) =>
    tx
      .select({ text: messageContents.text })
      .from(messages)
      .innerJoin(messageContents, eq(messageContents.messageId, messages.id))
      .where(eq(messages.address, email)),
  );
  return new RegExp(`${at}/confirm/[\\w-]+`).exec(rows.at(-1)!.text)![0];
}

test('S0-17: signed out, every page leads to the login page, which leads back; S2-26: it offers an invitation', async () => {
  expect((await send(`${at}/`)).headers.location).toBe('/login');
  for (const path of ['/invoices/7', '/pay?invoice=1&invoice=2', '/receipts/9']) {
    expect((await send(at + path)).headers.location).toBe(`/login?to=${encodeURIComponent(path)}`);
  }
  // A payment that is sent after the session has ended is not made, and the page says so.
  const late = await send(`${at}/pay?invoice=1`, { form: { total: '100' } });
  expect(late.headers.location).toBe(`/login?to=${encodeURIComponent('/pay?invoice=1')}&ended=1`);
  expect((await send(at + late.headers.location!)).body).toContain('so nothing was paid');
  const login = await send(`${at}/login`);
  expect(login.status).toBe(200);
  expect(login.body).not.toContain('so nothing was paid');
  expect(login.body).toContain('href="/invitation"');
  expect(login.body).toContain('Request an invitation');
  expect(login.body).toContain('(512) 555-0100');
  expect(login.body).not.toContain('<script');
});

test('S0-05: the link to an invoice in a message keeps its destination through the login', async () => {
  const { email, invoices } = await makeAccount([31_000]);
  const { cookie, location } = await signIn(email, `/invoices/${invoices[0]}`);
  expect(location).toBe(`/invoices/${invoices[0]}`);
  const page = await send(at + location, { cookie });
  expect(page.status).toBe(200);
  expect(page.body).toContain('Pay $310.00');
  expect(page.body).not.toContain('SECRET');
});

test('a destination on another site is left aside', async () => {
  const { email } = await makeAccount();
  for (const to of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example',
    '/\t/evil.example',
    'evil',
    '/\n/evil.example',
  ]) {
    expect((await signIn(email, to)).location, JSON.stringify(to)).toMatch(/^\/(evil\.example)?$/);
  }
});

test('S2-27: login and invitation answer the same, byte for byte, whether an address exists or not', async () => {
  const { email } = await makeAccount([], { email: 'somebody1@mail.example' });
  const stranger = 'somebody2@mail.example';
  const invited = await ours((tx) => makeCustomer(tx, { email: 'somebody3@mail.example' }));
  const plain = (body: string) => body.replaceAll(/somebody\d@mail\.example/g, '…').replaceAll(/nonce="[^"]*"/g, '');
  for (const path of ['/login', '/invitation', '/forgot-password']) {
    const answers = [];
    for (const address of [email, stranger, invited.email!]) {
      const answer = await send(at + path, { form: { email: address, password: 'a wrong password' } });
      answers.push({ status: answer.status, cookies: answer.cookies, body: plain(answer.body) });
    }
    expect(answers[1], path).toEqual(answers[0]);
    expect(answers[2], path).toEqual(answers[0]);
  }
});

test('what was typed stays, passwords apart, and the error stands at its field', async () => {
  const login = await send(`${at}/login`, { form: { email: '"><script>x</script>', password: '' } });
  expect(login.status).toBe(400);
  expect(login.body).toContain('Enter your password.');
  expect(login.body).toContain('value="&quot;&gt;&lt;script&gt;x&lt;/script&gt;"');
  expect(login.body).not.toContain('<script');
  const invitation = await send(`${at}/invitation`, { form: { email: 'not an address' } });
  expect(invitation.status).toBe(400);
  expect(invitation.body).toContain('value="not an address"');
  expect(invitation.body).toContain('aria-invalid="true"');
});

test('S2-28: opening the link consumes nothing; the form sets the password and signs in; then the link is used', async () => {
  const { email } = await ours((tx) => makeCustomer(tx));
  const link = await linkTo(email!);
  for (let n = 0; n < 3; n++) {
    const page = await send(link);
    expect(page.status).toBe(200);
    expect(page.body).toContain(email!);
  }
  expect((await send(link, { method: 'HEAD' })).status).toBe(200);
  const short = await send(link, { form: { 'new-password': 'short' } });
  expect(short.status).toBe(400);
  expect(short.body).toContain('Use at least 10 characters.');
  const set = await send(link, { form: { 'new-password': PASSWORD } });
  expect([set.status, set.headers.location]).toEqual([302, '/']);
  expect(set.headers['set-cookie']).toMatch(/^fp-portal=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/);
  expect((await send(`${at}/`, { cookie: set.cookies.join('; ') })).status).toBe(200);
  for (const used of [await send(link), await send(link, { form: { 'new-password': PASSWORD } })]) {
    expect(used.status).toBe(410);
    expect(used.body).toContain('This link has been used already');
    expect(used.body).toContain('Request a new invitation');
  }
});

test('S2-28: an expired, made-up or foreign link says what to do', async () => {
  const { email } = await ours((tx) => makeCustomer(tx));
  const link = await linkTo(email!);
  await makeCompany(app.db, { portalHost: 'foreign' });
  const foreign = await send(link.replace('//larkfield.', '//foreign.'));
  await ours((tx) => tx.execute(sql`update portal_tokens set expires_at = now() - interval '1 second'`));
  for (const page of [
    foreign,
    await send(link),
    await send(`${at}/confirm/${'x'.repeat(3000)}`),
    await send(`${at}/confirm/%00`),
  ]) {
    expect(page.status).toBe(410);
    expect(page.body).toContain('This link no longer works');
    expect(page.body).toContain('Request a new invitation');
  }
});

test('S2-16, S2-18, S3-18: the home page lists what is owed first; selected invoices are paid at once, with a receipt', async () => {
  const { customerId, email, invoices } = await makeAccount([31_000, 12_450, 5_000], { name: 'Ann Ames' });
  await ours((tx) => makeInvoice(tx, { customerId, number: 'PAID-1', status: 'paid' }));
  const { cookie } = await signIn(email);
  const home = (await send(`${at}/`, { cookie })).body;
  expect(home).toContain('$484.50');
  expect(home.indexOf('Recently paid')).toBeGreaterThan(home.indexOf('Pay selected'));
  expect(home.indexOf('PAID-1')).toBeGreaterThan(home.indexOf('Recently paid'));
  const url = `${at}/pay?invoice=${invoices[0]}&invoice=${invoices[1]}`;
  const page = await send(url, { cookie });
  expect(page.body).toContain('Pay $434.50');
  expect(page.body).toContain('Do not enter a real card');
  const paid = await send(url, { cookie, form: { ...hidden(page.body), ...CARD } });
  expect(paid.status).toBe(302);
  expect(paid.headers.location).toMatch(/^\/receipts\/\d+$/);
  const receipt = await send(at + paid.headers.location!, { cookie });
  expect(receipt.body).toContain('Visa ending in 4242');
  expect(receipt.body).toContain('$434.50');
  expect(await money(customerId)).toEqual([
    ['succeeded', 10_000],
    ['succeeded', 43_450],
  ]);
  const mails = await ours((tx) => tx.select().from(messages).where(eq(messages.address, email)));
  expect(mails.map((mail) => mail.kind)).toEqual(['receipt']);
  // The same form again, from a second click or the back button: the same receipt.
  const again = await send(url, { cookie, form: { ...hidden(page.body), ...CARD } });
  expect(again.headers.location).toBe(paid.headers.location);
  expect(await money(customerId)).toHaveLength(2);
  expect((await send(url, { cookie })).body).toContain('is paid already');
});

test('declined, not a test card, incomplete: told at its place, and the number never comes back to the page', async () => {
  const { customerId, email, invoices } = await makeAccount([5_000]);
  const { cookie } = await signIn(email);
  const url = `${at}/pay?invoice=${invoices[0]}`;
  const post = async (card: Record<string, string>) => {
    const page = await send(url, { cookie });
    return send(url, { cookie, form: { ...hidden(page.body), ...CARD, ...card } });
  };
  const declined = await post({ number: '4000 0000 0000 9995' });
  expect(declined.status).toBe(402);
  expect(declined.body).toContain('too little money on it. Nothing was charged.');
  const real = await post({ number: '4111111111111111' });
  expect(real.status).toBe(400);
  expect(real.body).toContain('This is a test page: use 4242 4242 4242 4242.');
  expect(real.body).not.toMatch(/4111/);
  const partial = await post({ expiry: '13/31', cvc: '' });
  expect(partial.body).toContain('Enter month and year');
  expect(partial.body).toContain('value="13/31"');
  expect(await money(customerId)).toEqual([['failed', 5_000]]);
});

test('an amount that changed since the page was shown is shown anew and not charged', async () => {
  const { customerId, email, invoices } = await makeAccount([5_000]);
  const { cookie } = await signIn(email);
  const url = `${at}/pay?invoice=${invoices[0]}`;
  const page = await send(url, { cookie });
  await ours((tx) => postEntries(tx, invoices[0]!, [{ kind: 'credit', amountCents: -1_000 }]));
  const changed = await send(url, { cookie, form: { ...hidden(page.body), ...CARD } });
  expect(changed.status).toBe(409);
  expect(changed.body).toContain('The amount has changed to $40.00');
  expect(hidden(changed.body).total).toBe('4000');
  expect(await money(customerId)).toEqual([]);
  const paid = await send(url, { cookie, form: { ...hidden(changed.body), ...CARD } });
  expect(paid.status).toBe(302);
});

test('S2-18: two forms sent at the same moment take the money once', async () => {
  const { customerId, email, invoices } = await makeAccount([5_000, 7_000]);
  const { cookie } = await signIn(email);
  const url = `${at}/pay?invoice=${invoices[0]}&invoice=${invoices[1]}`;
  const forms = await Promise.all(Array.from({ length: 4 }, () => send(url, { cookie })));
  const answers = await Promise.all(
    forms.map((page) => send(url, { cookie, form: { ...hidden(page.body), ...CARD } })),
  );
  expect(answers.filter((answer) => answer.status === 302)).toHaveLength(1);
  for (const answer of answers) expect([302, 409]).toContain(answer.status);
  expect((await money(customerId)).filter(([status]) => status === 'succeeded')).toEqual([['succeeded', 12_000]]);
});

test('another customer’s and another company’s ids are 404 everywhere, and so is what is no id', async () => {
  const [me, other] = [await makeAccount([1_000]), await makeAccount([2_000])];
  const { cookie: theirs } = await signIn(other.email);
  const url = `${at}/pay?invoice=${other.invoices[0]}`;
  const paid = await send(url, {
    cookie: theirs,
    form: { ...hidden((await send(url, { cookie: theirs })).body), ...CARD },
  });
  const foreign = await makeCompany(app.db, { portalHost: 'elsewhere' });
  const away = await withCompany(app.db, foreign.companyId, (tx) => makeInvoice(tx));
  const { cookie } = await signIn(me.email);
  const paths = [
    `/invoices/${other.invoices[0]}`,
    `/invoices/${away.invoiceId + 1_000_000}`,
    `/pay?invoice=${other.invoices[0]}`,
    `/pay?invoice=${me.invoices[0]}&invoice=${other.invoices[0]}`,
    paid.headers.location!,
    '/invoices/0',
    '/invoices/-1',
    '/invoices/1e3',
    '/invoices/99999999999999999999',
    '/pay?invoice=x',
    '/receipts/abc',
    '/nothing',
  ];
  for (const path of paths) {
    const page = await send(at + path, { cookie });
    expect(page.status, path).toBe(404);
    expect(page.body, path).toContain('Nothing is at this address');
  }
  const post = await send(`${at}/pay?invoice=${other.invoices[0]}`, {
    cookie,
    form: { key: 'k'.repeat(20), total: '2000', ...CARD },
  });
  expect(post.status).toBe(404);
  // Another company's portal knows neither the session nor the invoice.
  expect((await send(`${app.portal('elsewhere')}/invoices/${me.invoices[0]}`, { cookie })).headers.location).toMatch(
    /^\/login/,
  );
});

test('S3-10, S2-13: no invoices without billing access, or of a business unit that is not shown', async () => {
  const blind = await makeAccount([1_000], { billingAccess: false });
  const { cookie } = await signIn(blind.email);
  const home = await send(`${at}/`, { cookie });
  expect(home.body).toContain('Your account doesn’t show invoices');
  expect(home.body).not.toContain('$10.00');
  expect((await send(`${at}/invoices/${blind.invoices[0]}`, { cookie })).status).toBe(404);

  const made = await makeCompany(app.db, { portalHost: 'units', name: 'Units' });
  const { email, shown, hiddenId } = await withCompany(app.db, made.companyId, async (tx) => {
    const [one, two] = [await makeBusinessUnit(tx), await makeBusinessUnit(tx)];
    await tx.update(portalSettings).set({ businessUnitIds: [String(one)] });
    const customer = await makeCustomer(tx);
    const { customerId, emailContactId } = customer;
    await tx
      .insert(portalAccounts)
      .values({ customerId, contactId: emailContactId!, email: customer.email!, passwordHash });
    const of = async (businessUnitId: number) => (await makeInvoice(tx, { customerId, businessUnitId })).invoiceId;
    return { email: customer.email!, shown: await of(one), hiddenId: await of(two) };
  });
  const units = app.portal('units');
  const login = await send(`${units}/login`, { form: { email, password: PASSWORD } });
  const own = login.cookies.join('; ');
  expect((await send(`${units}/invoices/${shown}`, { cookie: own })).status).toBe(200);
  expect((await send(`${units}/invoices/${hiddenId}`, { cookie: own })).status).toBe(404);
  expect((await send(`${units}/pay?invoice=${hiddenId}`, { cookie: own })).status).toBe(404);
});

test('signing out ends the session on the server, and needs a form of our own', async () => {
  const { email } = await makeAccount();
  const { cookie } = await signIn(email);
  expect((await send(`${at}/logout`, { cookie })).headers.location).toBe('/');
  expect((await send(`${at}/logout`, { cookie, form: {}, origin: 'https://evil.example' })).status).toBe(403);
  expect((await send(`${at}/`, { cookie })).status).toBe(200);
  const out = await send(`${at}/logout`, { cookie, form: {} });
  expect(out.headers['set-cookie']).toContain('Max-Age=0');
  expect((await send(`${at}/`, { cookie })).status).toBe(302);
});

test('a portal that is off says whom to call, and lets nobody in or pay', async () => {
  await makeCompany(app.db, { portalHost: 'closed', name: 'Closed & Sons', portal: { enabled: false } });
  for (const path of ['/', '/login', '/invitation', '/invoices/1', '/pay', '/whatever']) {
    const page = await send(app.portal('closed') + path);
    expect(page.status, path).toBe(404);
    expect(page.body, path).toContain('The customer portal is closed right now');
    expect(page.body, path).toContain('(512) 555-0100');
  }
  const post = await send(`${app.portal('closed')}/login`, { form: { email: 'a@b.example', password: 'x' } });
  expect(post.status).toBe(404);
});

test('names with markup stay names on every page', async () => {
  const evil = '<img src=x onerror=alert(1)>';
  const made = await makeCompany(app.db, { portalHost: 'markup', portal: { name: evil } });
  const at2 = app.portal('markup');
  const { email, invoiceId } = await withCompany(app.db, made.companyId, async (tx) => {
    const customer = await makeCustomer(tx, { name: evil, firstName: evil });
    const { customerId, emailContactId } = customer;
    await tx
      .insert(portalAccounts)
      .values({ customerId, contactId: emailContactId!, email: customer.email!, passwordHash });
    const { invoiceId } = await makeInvoice(tx, { customerId, number: evil, summary: evil });
    return { email: customer.email!, invoiceId };
  });
  const login = await send(`${at2}/login`, { form: { email, password: PASSWORD } });
  const cookie = login.cookies.join('; ');
  for (const path of ['/login', '/invitation', '/', `/invoices/${invoiceId}`, `/pay?invoice=${invoiceId}`]) {
    const page = await send(at2 + path, { cookie: path === '/login' ? undefined : cookie });
    expect(page.status, path).toBe(200);
    expect(page.body, path).toContain('&lt;img src=x');
    expect(page.body, path).not.toContain('<img src=x');
    expect(page.body, path).not.toContain('<script');
  }
});

test('S2-11: a picture is served on every host by its token, for good, as a picture and nothing else', async () => {
  const bytes = await sharp({ create: { width: 60, height: 20, channels: 3, background: '#1e6b52' } })
    .png()
    .toBuffer();
  const stored = await ours((tx) => storeImage(tx, { name: 'logo.png', bytes, maxWidth: 600 }));
  if (!stored.ok) throw new Error(stored.error);
  const path = `/images/${stored.image.token}`;
  for (const origin of [at, app.origin, app.links('larklinks')]) {
    const image = await send(origin + path);
    expect([image.status, image.headers['content-type']], origin).toEqual([200, 'image/png']);
    expect(image.headers['cache-control']).toContain('immutable');
    expect(image.headers['x-content-type-options']).toBe('nosniff');
    expect(image.headers['cross-origin-resource-policy']).toBe('cross-origin');
  }
  for (const token of ['x', `${stored.image.token}x`, `zz${stored.image.token}`, '%00', '..%2f..%2fetc%2fpasswd']) {
    expect((await send(`${at}/images/${token}`)).status, token).toBe(404);
  }
});
