import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { pino } from 'pino';
import { afterAll, beforeEach } from 'vitest';

import { createApp, type AppOptions } from '#app/web/express.server.ts';
import { SECRET } from '#tests/fakes/sending.ts';

type Served = Pick<AppOptions, 'db'> & Partial<AppOptions> & { at?: string };

/**
 * The application without its pages, on a free port: only what providers post to is asked for. Ends after the test file.
 * @param options.at its public address, where that is another than the real one
 */
export async function serveWebhooks({ at, ...options }: Served): Promise<{ appOrigin: string; port: number }> {
  const server = createServer();
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const appOrigin = at ?? `http://localhost:${port}`;
  server.on(
    'request',
    createApp({
      build: () => Promise.reject(new Error('no page is asked for')),
      assets: { middleware: (_req, _res, next) => next() },
      addresses: { appOrigin, portalDomain: `portal.localhost:${port}`, linkDomain: `go.localhost:${port}` },
      secret: SECRET,
      ses: null,
      sesEndpoint: null,
      ...options,
    }),
  );
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return { appOrigin, port };
}

/** What is logged in one test. `logged` gives why each webhook was answered as it was. */
export function keepLog() {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
  });
  return {
    lines,
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
    logged: () => lines.map((line) => (JSON.parse(line) as { why?: string }).why),
  };
}
