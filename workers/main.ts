import { pino } from 'pino';

import { readEnv } from '#app/env.server.ts';

import { startWorker } from './worker.ts';

/** How long the window in flight may take to finish; SIGKILL follows from outside soon after. */
const STOP_WITHIN_MS = 9_500;

/** The worker process. As many as wanted run against one database. */
async function main() {
  const env = readEnv();
  if (!env.databaseUrl) throw new Error('DATABASE_URL is not set. `npm start` brings its own database.');
  const log = pino({ level: env.logLevel, base: { process: 'worker', pid: process.pid } });
  const worker = await startWorker({
    databaseUrl: env.databaseUrl,
    addresses: env,
    secret: env.secret,
    ses: env.ses,
    sesEndpoint: env.sesEndpoint,
    twilio: env.twilio,
    twilioApiBase: env.twilioApiBase,
    lob: env.lob,
    lobApiBase: env.lobApiBase,
    stripeApiBase: env.stripeApiBase,
    log,
  });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    void worker.stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop); // the supervisor is gone
  await worker.ended;
  if (!stopping) throw new Error('The worker stopped taking jobs.');
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
