import { eq, sql } from 'drizzle-orm';
import sharp from 'sharp';
import { expect, test } from 'vitest';

import { storeImage } from '#app/company/images.server.ts';
import { requestInvitation } from '#app/portal/invitations.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { messageContents, messages } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { makePortalAccount, PORTAL_PASSWORD } from '#tests/factories/portal.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send } from '#tests/setup/http.ts';

const app = await startTestApp();
const { companyId } = await makeCompany(app.db, { portalHost: 'larkfield', linkHost: 'larklinks', name: 'Larkfield' });
const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, companyId, work);
const at = app.portal('larkfield');
const PASSWORD = PORTAL_PASSWORD;

const makeAccount = (cents?: number[], more?: Parameters<typeof makePortalAccount>[2]) =>
  ours((tx) => makePortalAccount(tx, cents, more));

async function signIn(email: string, to = ''): Promise<{ cookie: string; location: string }> {
  const answer = await send(`${at}/login${to && `?to=${encodeURIComponent(to)}`}`, {
    form: { email, password: PASSWORD },
  });
  expect(answer.status).toBe(302);
  return { cookie: answer.cookies.join('; '), location: answer.headers.location! };
}

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
  for (const path of [
    '/invoices',
    '/invoices/7',
    '/invoices/7/pdf',
    '/pay?invoice=1&invoice=2',
    '/payments/9',
    '/receipts/9',
    '/payment-methods',
    '/payment-methods/3/remove',
  ]) {
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
  for (const path of [
    '/',
    '/login',
    '/invitation',
    '/invoices/1',
    '/pay',
    '/payments/1',
    '/payment-methods',
    '/whatever',
  ]) {
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
    const { customerId, email } = await makePortalAccount(tx, [], { name: evil });
    const { invoiceId } = await makeInvoice(tx, { customerId, number: evil, summary: evil });
    return { email, invoiceId };
  });
  const login = await send(`${at2}/login`, { form: { email, password: PASSWORD } });
  const cookie = login.cookies.join('; ');
  for (const path of [
    '/login',
    '/invitation',
    '/',
    '/invoices',
    `/invoices/${invoiceId}`,
    `/pay?invoice=${invoiceId}`,
  ]) {
    const page = await send(at2 + path, { cookie: path === '/login' ? undefined : cookie });
    expect(page.status, path).toBe(200);
    expect(page.body, path).toContain('&lt;img src=x');
    expect(page.body, path).not.toContain('<img src=x');
    // The one script there is adds up what is selected, and is let run by its nonce.
    expect(page.body.match(/<script(?! nonce=)/g), path).toBeNull();
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
