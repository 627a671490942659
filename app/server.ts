import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ServerBuild } from '@remix-run/node';

import { connect } from '#db/client.ts';

import { readEnv } from './env.server.ts';
import { visitLog } from './links/visits.server.ts';
import { createApp, type AppOptions } from './web/express.server.ts';
import { webLog } from './web/log.server.ts';

/** The web process. Stops taking requests on SIGTERM, finishes those under way, writes the visits it holds, and ends within ten seconds. */
async function main() {
  const env = readEnv();
  if (!env.databaseUrl) throw new Error('DATABASE_URL is not set. `npm start` brings its own database.');
  // Nobody waits longer for a page, and a few such statements must not hold every connection.
  const { db, close } = connect(env.databaseUrl, {
    max: 8,
    name: 'fieldpost-web',
    statementSeconds: 60,
    prepare: true,
  });
  const log = webLog(env.logLevel);
  const visits = visitLog(db, { log });
  const app = createApp({
    ...(await served()),
    db,
    visits,
    addresses: env,
    secret: env.secret,
    ses: env.ses,
    sesEndpoint: env.sesEndpoint,
    twilio: env.twilio,
    twilioApiBase: env.twilioApiBase,
    lob: env.lob,
    lobApiBase: env.lobApiBase,
    stripeApiBase: env.stripeApiBase,
    webhooks: { sesTopicArn: env.sesTopicArn, log },
    log,
    metricsToken: env.metricsToken,
  });
  const server = createServer(app);
  server.once('error', (error: NodeJS.ErrnoException) => {
    console.error(error.code === 'EADDRINUSE' ? `Port ${env.port} is taken. Set PORT to another.` : error.message);
    process.exit(1);
  });
  server.listen(env.port);
  // Visits that were not written yet are, before the database is let go: also when a request outlasts its time.
  const end = () =>
    visits
      .flush()
      .then(close)
      .finally(() => process.exit(0));
  const stop = () => {
    // Whoever keeps a connection and asks on and on is answered once more.
    server.prependListener('request', (_req, res) => (res.shouldKeepAlive = false));
    server.close(() => void end());
    server.closeIdleConnections();
    setTimeout(() => void end(), 8_000).unref();
    setTimeout(() => process.exit(0), 10_000).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
}

/** The built application, or Vite's in development. */
async function served(): Promise<Pick<AppOptions, 'build' | 'assets'>> {
  if (process.env.NODE_ENV === 'development') {
    const { createServer: createVite } = await import('vite');
    const vite = await createVite({ server: { middlewareMode: true } });
    return {
      build: () => vite.ssrLoadModule('virtual:remix/server-build') as Promise<ServerBuild>,
      assets: { middleware: vite.middlewares },
    };
  }
  const folder = resolve(process.env.BUILD_DIR ?? 'build');
  const build = (await import(pathToFileURL(join(folder, 'server/index.js')).href)) as ServerBuild;
  return { build, assets: { folder: join(folder, 'client') } };
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
