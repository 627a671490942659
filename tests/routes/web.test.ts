import { expect, test } from 'vitest';

import { makeCompany } from '#tests/factories/company.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const company = await makeCompany(app.db, { portalHost: 'webtest', linkHost: 'weblinks' });

test('a host that is none of ours answers 404 and names no company', async () => {
  for (const host of ['evil.example', 'nobody.portal.localhost', 'a.b.portal.localhost', '']) {
    const answer = await send(`${app.origin}/`, { headers: { host } });
    expect(answer.status, host).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toContain(company.name);
  }
});

test('the routes of portal and link host are out of reach at the office host', async () => {
  for (const path of ['/portal', '/portal/login', '/go', '/portal.data', '/go/u/x']) {
    expect((await send(app.origin + path)).status, path).toBe(404);
  }
});

test('an office page asks for sign-in, leads back afterwards, and to no other site', async () => {
  const asked = await send(`${app.origin}/?x=1`);
  expect([asked.status, asked.headers.location]).toEqual([302, '/sign-in?to=%2F%3Fx%3D1']);
  const { email, password } = company.admin;
  const inside = await send(`${app.origin}/sign-in?to=%2Fsettings`, { form: { email, password } });
  expect([inside.status, inside.headers.location]).toEqual([302, '/settings']);
  for (const to of ['//evil.example', 'https://evil.example', String.raw`/\evil.example`]) {
    const answer = await send(`${app.origin}/sign-in?to=${encodeURIComponent(to)}`, { form: { email, password } });
    expect(answer.headers.location, to).toBe('/');
  }
});

test('the session cookie is host-only, HttpOnly and SameSite=Lax; signing out ends it', async () => {
  const { email, password } = company.admin;
  const answer = await send(`${app.origin}/sign-in`, { form: { email, password } });
  const header = answer.headers['set-cookie']!;
  expect(header).toMatch(/HttpOnly/);
  expect(header).toMatch(/SameSite=Lax/);
  expect(header).not.toMatch(/Domain=/i);
  const cookie = answer.cookies.join('; ');
  expect((await send(`${app.origin}/`, { cookie })).status).toBe(200);
  await send(`${app.origin}/sign-out`, { method: 'POST', form: {}, cookie });
  expect((await send(`${app.origin}/`, { cookie })).status).toBe(302);
});

test('a wrong password and an unknown account get the same answer, and what was typed stays', async () => {
  const wrong = await send(`${app.origin}/sign-in`, { form: { email: company.admin.email, password: 'not this one' } });
  const unknown = await send(`${app.origin}/sign-in`, {
    form: { email: 'nobody@company.example', password: 'not this one' },
  });
  expect([wrong.status, unknown.status]).toEqual([400, 400]);
  expect(wrong.body).toContain(company.admin.email);
  const shown = (body: string) => /Email and password don.{1,8}t match/.test(body);
  expect([shown(wrong.body), shown(unknown.body)]).toEqual([true, true]);
});

test('a post from another site, or from nowhere, is refused', async () => {
  const { email, password } = company.admin;
  for (const origin of ['https://evil.example', 'null', app.portal('webtest'), null]) {
    const answer = await send(`${app.origin}/sign-in`, { form: { email, password }, origin });
    expect(answer.status, String(origin)).toBe(403);
  }
});

test('every answer carries a content security policy; a portal allows scripts of this very answer, a link host none', async () => {
  const cookie = await signInCookie(app.origin, company.admin.email, company.admin.password);
  const office = (await send(`${app.origin}/`, { cookie })).headers['content-security-policy']!;
  expect(office).toMatch(/script-src 'self' 'nonce-[\w+/=]+'/);
  expect(office).toContain("frame-ancestors 'self'");
  const portal = (await send(`${app.portal('webtest')}/login`)).headers['content-security-policy']!;
  expect(portal).toMatch(/script-src 'nonce-[\w+/=]+';/);
  const customer = (await send(`${app.links('weblinks')}/nothing`)).headers['content-security-policy']!;
  expect(customer).toContain("script-src 'none'");
});

test('a missing page of the office answers 404 inside the shell', async () => {
  const cookie = await signInCookie(app.origin, company.admin.email, company.admin.password);
  const answer = await send(`${app.origin}/nowhere`, { cookie });
  expect(answer.status).toBe(404);
  expect(answer.body).toContain('Nothing is at this address');
  expect(answer.body).toContain(company.name);
});

test('health says what is missing while no worker runs', async () => {
  const answer = await send(`${app.origin}/healthz`);
  expect(answer.status).toBe(503);
  expect(JSON.parse(answer.body)).toEqual({ ready: false, web: true, database: true, worker: false });
});
