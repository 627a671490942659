import { pino } from 'pino';

import { readEnv } from '#app/env.server.ts';
import { startWorker } from '#workers/worker.ts';

/** A worker process as production runs it, but for its patience: drills have less of it. */
const env = readEnv();
const worker = await startWorker({
  databaseUrl: env.databaseUrl!,
  addresses: env,
  secret: env.secret,
  ses: env.ses,
  sesEndpoint: env.sesEndpoint,
  log: pino({ level: env.logLevel }),
  leaseSeconds: 3,
  deadAfterSeconds: 4,
  windowSize: 50,
});
process.once('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
await worker.ended;
