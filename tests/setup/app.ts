import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ServerBuild } from '@remix-run/node';
import { afterAll } from 'vitest';

import { visitLog, type VisitLog } from '#app/links/visits.server.ts';
import { linkOrigin, portalOrigin, type Addresses } from '#app/messaging/addresses.ts';
import { createApp } from '#app/web/express.server.ts';
import { ensureBuild } from '#start/build.ts';

import { createTestDatabase, type TestDatabase } from './database.ts';

/** Signs tokens in tests. */
export const TEST_SECRET = 'a-secret-for-tests-only-0123456789abcdef';

export type TestApp = TestDatabase & {
  origin: string;
  addresses: Addresses;
  secret: string;
  portal: (host: string) => string;
  links: (subdomain: string) => string;
  /** Holds visits of links and pixels: `await visits.flush()` writes them. */
  visits: VisitLog;
};

/**
 * The built application on a free port, against a database of its own. Ends after the test file.
 * @param options.worker true starts a real worker process beside it
 * @param options.lobApiBase where Lob is, and `stripeApiBase` where Stripe is
 */
export async function startTestApp(
  options: { worker?: boolean; env?: Record<string, string>; lobApiBase?: string; stripeApiBase?: string } = {},
): Promise<TestApp> {
  await buildOnce();
  const database = await createTestDatabase({ prepare: true });
  const server = createServer();
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const addresses = {
    appOrigin: `http://localhost:${port}`,
    portalDomain: `portal.localhost:${port}`,
    linkDomain: `go.localhost:${port}`,
  };
  const build = (await import(pathToFileURL(resolve('build/server/index.js')).href)) as ServerBuild;
  const visits = visitLog(database.db);
  const app = createApp({
    build,
    visits,
    assets: { folder: resolve('build/client') },
    db: database.db,
    addresses,
    secret: TEST_SECRET,
    ses: null,
    sesEndpoint: null,
    lobApiBase: options.lobApiBase ?? null,
    stripeApiBase: options.stripeApiBase ?? null,
  });
  server.on('request', app);
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await visits.flush();
  });
  if (options.worker) await startTestWorker(database.url, port, options.env);
  return {
    ...database,
    origin: addresses.appOrigin,
    addresses,
    secret: TEST_SECRET,
    portal: (host) => portalOrigin(addresses, host),
    links: (subdomain) => linkOrigin(addresses, subdomain),
    visits,
  };
}

/** A worker process as production runs it. Ends after the test file. */
export async function startTestWorker(url: string, port: number, env: Record<string, string> = {}): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'workers/main.ts'], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: url,
      PORT: String(port),
      APP_SECRET: TEST_SECRET,
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  afterAll(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
}

/** Test files run side by side; the first one builds, the others wait. */
export async function buildOnce(): Promise<void> {
  const lock = join('.cache', 'build-lock');
  await mkdir('.cache', { recursive: true });
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch {
      const age = Date.now() - (await stat(lock).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
      if (age > 180_000) await rm(lock, { recursive: true, force: true });
      await new Promise((done) => setTimeout(done, 200));
    }
  }
  try {
    ensureBuild(() => {});
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}
