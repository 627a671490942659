import { pino } from 'pino';

import { readEnv } from '#app/env.server.ts';
import { startWorker } from '#workers/worker.ts';

/** A worker process as production runs it, but for its patience where a drill has less of it. */
const env = readEnv();
const patience = Number(process.env.DRILL_PATIENCE ?? 0);
const worker = await startWorker({
  databaseUrl: env.databaseUrl!,
  addresses: env,
  secret: env.secret,
  ses: env.ses,
  sesEndpoint: env.sesEndpoint,
  twilio: env.twilio,
  twilioApiBase: env.twilioApiBase,
  lob: env.lob,
  lobApiBase: env.lobApiBase,
  log: pino({ level: env.logLevel }),
  ...(patience > 0 ? { leaseSeconds: patience, deadAfterSeconds: patience + 1 } : {}),
});
process.once('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
await worker.ended;
