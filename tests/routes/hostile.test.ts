import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ServerBuild } from '@remix-run/node';
import { describe, expect, test, vi } from 'vitest';

import { createCampaign } from '#app/campaigns/campaigns.server.ts';
import { createApp, type AppOptions } from '#app/web/express.server.ts';
import { connect, withCompany, type Tx } from '#db/client.ts';
import { makeCompany, TEST_PASSWORD } from '#tests/factories/company.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const company = await makeCompany(app.db, { portalHost: 'hostileown' });
const inCompany = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, company.companyId, work);
const cookie = await signInCookie(app.origin, company.admin.email, TEST_PASSWORD);
const actor = { staffId: company.admin.staffId, name: 'Ann' };
const made = await inCompany((tx) => createCampaign(tx, actor, { name: 'Reminder', template: 'friendly-reminder' }));
const campaign = made.ok ? `/campaigns/${made.id}` : '';

const FORM = 'application/x-www-form-urlencoded';

type Sent = { method?: string; cookie?: string | null; type?: string; body?: string; chunked?: boolean };

/** A request as only a program would send it: the path goes over the wire as it is given. */
function wire(origin: string, path: string, sent: Sent = {}): Promise<{ status: number; body: string }> {
  const { host, port } = new URL(origin);
  const body = sent.body ?? '';
  const headers = {
    host,
    origin,
    ...(sent.cookie !== null && { cookie: sent.cookie ?? cookie }),
    ...(sent.type !== undefined && { 'content-type': sent.type }),
    ...(sent.chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((done, fail) => {
    const method = sent.method ?? (sent.body === undefined ? 'GET' : 'POST');
    const req = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (res) => {
      const parts: Buffer[] = [];
      res.on('data', (part: Buffer) => parts.push(part));
      res.on('end', () => done({ status: res.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
    });
    // The server may answer and hang up before it has read everything.
    req.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET' ? done({ status: 413, body: '' }) : fail(error),
    );
    req.end(body);
  });
}

const post = (path: string, body: string, sent: Sent = {}) => wire(app.origin, path, { type: FORM, ...sent, body });

describe('null characters, which the database does not take', () => {
  test.each([
    ['/sign-in', 'email=a%00b&password=c%00', 400],
    ['/settings/people', 'name=A%00nn&email=ann-null%40mail.example&role=viewer', 302],
    ['/settings/sending', 'provider=sandbox&region=a%00b&configurationSet=%00', 302],
    [`${campaign}/email`, 'version=1&subject=a%00b&preheader=%00', 302],
    ['/customers/new', 'firstName=A%00nn&notes=a%00b&tags=x%00y&type=residential', 302],
  ])('%s takes what is left of the text', async (path, body, status) => {
    expect(await post(path, body, path === '/sign-in' ? { cookie: null } : {})).toMatchObject({ status });
  });

  test('B-09: tags of an audience and the texts of a copy, as JSON: no half characters either', async () => {
    for (const tag of [String.raw`a\u0000b`, String.raw`a\ud800b`]) {
      const value = `{"tagsAny":["${tag}"]}`;
      const copied = await post(`${campaign}/duplicate`, `{"step":"audience","value":${value}}`, {
        type: 'application/json',
      });
      expect(copied.status).toBe(200);
      const subject = `{"step":"email","value":{"subject":"${tag}"}}`;
      expect((await post(`${campaign}/duplicate`, subject, { type: 'application/json' })).status).toBe(200);
      const page = await wire(app.origin, `${campaign}/audience`);
      const version = /"version","([\w-]{16})"/.exec(page.body.replaceAll('\\', ''))?.[1];
      const save = `{"step":"audience","version":"${version}","value":${value}}`;
      expect((await post(`${campaign}/save`, save, { type: 'application/json' })).status).toBe(200);
    }
  });

  test('in an address they are passed over, or lead nowhere', async () => {
    for (const path of ['/customers?tag=%00', '/invoices?q=a%00b', '/settings/audit-log?subject=%00', '/?x=%00']) {
      expect((await wire(app.origin, path)).status, path).toBe(200);
    }
    for (const path of ['/invoices/%00', '/images/%00', '/x%00']) {
      expect((await wire(app.origin, path)).status, path).toBe(404);
    }
  });
});

test('a page answers however its address is encoded', async () => {
  for (const path of ['/%63ustomers', '/sign%2Din', '/%69nvoices.data']) {
    expect((await wire(app.origin, path)).status, path).toBe((await wire(app.origin, decodeURIComponent(path))).status);
  }
  expect((await wire(app.origin, '/%63ustomers')).status).toBe(200);
});

test('a body that is no form is refused in words, not with a failure', async () => {
  for (const path of [
    '/sign-in',
    '/customers/new',
    `${campaign}/archive`,
    '/settings/communications/customer-portal',
  ]) {
    for (const type of ['text/plain', 'application/json', 'multipart/form-data', undefined]) {
      const answer = await wire(app.origin, path, { ...(type && { type }), body: 'a=b' });
      expect(answer.status, `${path} ${type}`).toBe(400);
    }
  }
  expect((await post('/imports', 'a=b', { type: 'multipart/form-data' })).status).toBe(400);
});

test('a form without end is not held in memory, signed in or not', async () => {
  const body = `email=${'x'.repeat(6_000_000)}`;
  expect((await post('/sign-in', body, { cookie: null })).status).toBe(413);
  expect((await post('/sign-in', body, { cookie: null, chunked: true })).status).toBe(413);
  expect((await post(`${campaign}/save`, body, { type: 'application/json' })).status).toBe(413);
});

test('a post to a page that takes none is answered, and fills no log', async () => {
  expect((await post('/settings/audit-log', 'a=b')).status).toBe(405);
  expect((await wire(app.portal('hostileown'), '/receipts/1', { type: FORM, body: 'a=b' })).status).toBe(405);
});

test('a cookie that can’t be read is none', async () => {
  for (const odd of ['fp=%', 'fp=%E0%A4%A', 'fp', '=', ';;']) {
    expect((await wire(app.origin, '/', { cookie: odd })).status, odd).toBe(302);
  }
});

test('the hosts of customers lead to their own pages only, however the path is written', async () => {
  const portal = app.portal('hostileown');
  for (const path of ['/../sign-in', '/%2e%2e/sign-in', '/images/../sign-in', '/x/..%2f../sign-in', '/../go/u/x']) {
    expect((await wire(portal, path)).status, path).toBe(404);
  }
  for (const path of ['/portal/login', '/Portal/login', '/%70ortal/login', '/x/../portal/login', '/GO/u/x']) {
    expect((await wire(app.origin, path)).status, path).toBe(404);
  }
  expect((await wire(portal, '/login', { cookie: null })).status).toBe(200);
});

/** The server with a database that nobody answers at, and pages that can't be asked for unless `build` is given. */
async function withoutDatabase(build: AppOptions['build'] = () => Promise.reject(new Error('a secret of ours'))) {
  const away = connect('postgres://nobody@127.0.0.1:1/nowhere', { max: 1 });
  const server = createServer();
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const addresses = {
    appOrigin: `http://localhost:${port}`,
    portalDomain: `portal.localhost:${port}`,
    linkDomain: `go.localhost:${port}`,
  };
  const assets = { folder: 'build/client' };
  server.on('request', createApp({ build, assets, db: away.db, addresses, secret: 's', ses: null, sesEndpoint: null }));
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await away.close();
  };
  return { addresses, stop };
}

/** What is logged is expected here, and looked at. */
function watchLog() {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
  logged.mockClear();
  return logged;
}

const referenceIn = (body: string) => /Reference: <strong>([\w-]{10})<\/strong>/.exec(body)?.[1];
/** The references that the log holds. */
const references = (logged: { mock: { calls: unknown[][] } }) =>
  logged.mock.calls.map(([line]) => /"reference":"([\w-]{10})"/.exec(String(line))?.[1]);

test('while the database is away, a customer’s host says so on a page that names no company, and the process lives on', async () => {
  const logged = watchLog();
  const { addresses, stop } = await withoutDatabase();
  const shown: (string | undefined)[] = [];
  for (const domain of [addresses.portalDomain, addresses.linkDomain]) {
    const { status, headers, body } = await send(`http://hostileown.${domain}/`);
    expect([status, headers['content-type']]).toEqual([500, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toContain('Something went wrong on our side');
    expect(body).toContain('Reload this page in a moment');
    expect(body).not.toMatch(/hostileown|Fieldpost|administrator|ECONNREFUSED|\bat \//);
    shown.push(referenceIn(body));
  }
  expect(shown.every(Boolean)).toBe(true);
  expect(references(logged)).toEqual(shown);
  await stop();
});

test('a failure in the office says that what was typed is not lost, with a reference that the log holds, and no more', async () => {
  const logged = watchLog();
  const { addresses, stop } = await withoutDatabase();
  const { status, body } = await send(`${addresses.appOrigin}/sign-in`, { form: { email: 'a@larks.example' } });
  expect(status).toBe(500);
  expect(body).toContain('What you typed is not lost: go back to it');
  expect(body).toContain('tell your administrator the reference');
  expect(body).not.toMatch(/a secret of ours|<script|\bat \//);
  const json = await send(`${addresses.appOrigin}/`, { headers: { accept: 'application/json' } });
  expect([json.status, json.headers['content-type']]).toEqual([500, 'application/json; charset=utf-8']);
  const told = JSON.parse(json.body) as { error: string; reference: string };
  expect(told.error).toBe('Something went wrong on our side. Try again in a moment.');
  const picture = await send(`${addresses.appOrigin}/x.png`, { headers: { accept: 'image/png' } });
  expect([picture.status, picture.headers['content-type']]).toEqual([500, 'text/plain; charset=utf-8']);
  expect(references(logged)).toEqual([referenceIn(body), told.reference, picture.body.trim().split(' ').at(-1)]);
  await stop();
});

test('an address that only takes posts fails with the same page, not with a bare line', async () => {
  const logged = watchLog();
  const build = (await import(pathToFileURL(resolve('build/server/index.js')).href)) as ServerBuild;
  const { addresses, stop } = await withoutDatabase(build);
  const { status, headers, body } = await send(`${addresses.appOrigin}/campaigns/1/archive`, { form: {}, cookie });
  expect([status, headers['content-type']]).toEqual([500, 'text/html; charset=utf-8']);
  expect(body).toContain('What you typed is not lost');
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  expect(references(logged)).toContain(referenceIn(body));
  // A page with a boundary of its own keeps it.
  const page = await send(`${addresses.appOrigin}/campaigns`, { cookie });
  expect([page.status, page.body.includes('Something went wrong on our side')]).toEqual([500, true]);
  expect(referenceIn(page.body)).toBeUndefined();
  await stop();
});
