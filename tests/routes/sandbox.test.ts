import { expect, test } from 'vitest';

import { finishPayment } from '#app/invoicing/payments/finish.server.ts';
import { startPayment } from '#app/invoicing/payments/start.server.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { openTill } from '#tests/factories/paying.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send } from '#tests/setup/http.ts';

const app = await startTestApp();
const { companyId } = await makeCompany(app.db, { portalHost: 'sandpay', name: 'Sandpay' });
await makeCompany(app.db, { portalHost: 'sandother' });
const at = app.portal('sandpay');
const till = openTill(app.db, companyId);

/** A payment whose page is open. */
async function open(method: 'card' | 'ach' = 'card') {
  const { request } = await till.bill(31_000);
  const returnUrl = (paymentId: number) => `${at}/receipts/${paymentId}`;
  const started = await startPayment(till.deps, {
    ...request,
    method,
    saveMethod: true,
    returnUrl,
    cancelUrl: `${at}/pay`,
  });
  if (!started.ok || started.kind !== 'checkout') throw new Error('refused');
  return { paymentId: started.paymentId, url: started.url, back: returnUrl(started.paymentId) };
}
const finish = (paymentId: number) => finishPayment(till.deps, { companyId, paymentId });

test('the sandbox’s page says that it is a test, has no field for a number, and is kept and found by nobody', async () => {
  const { url } = await open();
  expect(url.startsWith(`${at}/sandbox/`)).toBe(true);
  const page = await send(url);
  expect(page.status).toBe(200);
  expect(page.headers['cache-control']).toBe('no-store');
  expect(page.headers['x-robots-tag']).toContain('noindex');
  for (const words of [
    'This is a test',
    '$310.00',
    '4242 4242 4242 4242',
    '4000 0000 0000 9995',
    'Go back without paying',
  ]) {
    expect(page.body).toContain(words);
  }
  expect(page.body).not.toMatch(/<script|<textarea|<select/);
  const inputs = [...page.body.matchAll(/<input[^>]*>/g)].map(([tag]) => tag);
  expect(inputs.length).toBe(6);
  expect(inputs.every((tag) => tag.includes('type="radio"'))).toBe(true);
  const bank = await send((await open('ach')).url);
  expect(bank.body).toContain('000123456789');
  expect(bank.body).not.toContain('4242');
});

test('a card pays; a declined one says so and leaves the choice; a bank asks; all without JavaScript', async () => {
  const { url, back, paymentId } = await open();
  const nothing = await send(url, { form: {} });
  expect([nothing.status, nothing.body.includes('Choose one of the test accounts.')]).toEqual([400, true]);
  const declined = await send(url, { form: { account: 'too-little' } });
  expect([declined.status, declined.headers.location]).toEqual([303, new URL(url).pathname]);
  expect((await send(url)).body).toContain('too little money on it. Nothing was charged.');
  const asked = await send(url, { form: { account: 'confirm' } });
  expect([asked.status, asked.headers.location]).toEqual([303, `${new URL(url).pathname}/confirm`]);
  const confirm = await send(at + asked.headers.location!);
  expect(confirm.body).toContain('Yes, confirm the payment');
  const refused = await send(`${url}/confirm`, { form: { answer: 'no' } });
  expect(refused.headers.location).toBe(new URL(url).pathname);
  expect((await send(url)).body).toContain('did not get your confirmation');
  expect((await send(`${url}/confirm`)).headers.location).toBe(new URL(url).pathname);
  await send(url, { form: { account: 'confirm' } });
  const paid = await send(`${url}/confirm`, { form: { answer: 'yes' } });
  expect([paid.status, paid.headers.location]).toEqual([303, back]);
  expect(await finish(paymentId)).toMatchObject({ state: 'succeeded' });
  // The page is over: whoever comes back to it is led on, and a second click does nothing.
  expect((await send(url)).headers.location).toBe(back);
  expect((await send(url, { form: { account: 'declined' } })).headers.location).toBe(back);
  expect(await finish(paymentId)).toMatchObject({ state: 'succeeded' });
});

test('a page is its own company’s: elsewhere, and with another name, nothing is there', async () => {
  const { url } = await open();
  const path = new URL(url).pathname;
  for (const address of [`${app.portal('sandother')}${path}`, `${url}x`, `${at}/sandbox/nothing`]) {
    expect((await send(address)).status, address).toBe(404);
    expect((await send(address, { form: { account: 'good' } })).status, address).toBe(404);
  }
  // The office knows no such page, and says so to nobody who is not signed in.
  expect((await send(`${app.origin}${path}`)).headers.location).toMatch(/^\/sign-in/);
  expect((await send(url, { form: { account: 'good' }, origin: 'http://evil.example' })).status).toBe(403);
});
