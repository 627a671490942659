import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, expect, test } from 'vitest';

import { createApp } from '#app/web/express.server.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { send } from '#tests/setup/http.ts';

const { db } = await createTestDatabase();
await makeCompany(db, { portalHost: 'targets', linkHost: 'targetlinks' });
const server = createServer();
server.listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
server.on(
  'request',
  createApp({
    build: () => Promise.reject(new Error('no page is asked for')),
    // Answers for every page: its headers are all that is looked at.
    assets: { middleware: (_req, res) => void res.end('') },
    db,
    addresses: {
      appOrigin: `http://localhost:${port}`,
      portalDomain: `portal.localhost:${port}`,
      linkDomain: `go.localhost:${port}`,
    },
    secret: 'a-secret-for-tests-only-0123456789abcdef',
    ses: null,
    sesEndpoint: null,
  }),
);
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('S3-19: forms lead on to a processor’s page at whatever domain it has, but only from pages on which one pays', async () => {
  const targets = async (host: string, path: string) => {
    const { headers } = await send(`http://${host}:${port}${path}`);
    return /form-action ([^;]*)/.exec(headers['content-security-policy'] ?? '')?.[1];
  };
  for (const path of ['/pay', '/pay?invoice=1', '/pay/a-token', '/pay/a-token/done/another']) {
    expect(await targets('targets.portal.localhost', path), path).toBe("'self' https:");
  }
  for (const path of ['/', '/login', '/payment-methods', '/payments/1', '/invoices/1']) {
    expect(await targets('targets.portal.localhost', path), path).toBe("'self'");
  }
  expect(await targets('targetlinks.go.localhost', '/pay/x')).toBe("'self'");
  expect(await targets('localhost', '/pay')).toBe("'self'");
});
