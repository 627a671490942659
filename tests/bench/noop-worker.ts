import { Logger, run as runQueue } from 'graphile-worker';
import { pino } from 'pino';

import { readEnv } from '#app/env.server.ts';
import type { EmailProvider } from '#app/messaging/provider.ts';
import { tellPayer } from '#app/portal/receipts.server.ts';
import { connect } from '#db/client.ts';
import { taskList } from '#workers/tasks.ts';

/**
 * A worker process as in production but for the provider, which takes everything at once and does nothing with it. Run by
 * the memory bench.
 */
const noop: EmailProvider = {
  name: 'sandbox',
  account: null,
  rate: () => Promise.resolve(Number.POSITIVE_INFINITY),
  send: ({ messageId }) => Promise.resolve({ kind: 'sent', providerId: `noop-${messageId}` }),
};

if (process.env.DATABASE_URL && process.argv[1]?.endsWith('noop-worker.ts')) {
  const env = readEnv();
  const { db, close } = connect(env.databaseUrl!, {
    max: 4,
    name: `fieldpost-worker ${process.pid}`,
    prepare: 'parsed',
  });
  let stopping = false;
  const runner = await runQueue({
    connectionString: env.databaseUrl!,
    concurrency: 3,
    noHandleSignals: true,
    pollInterval: 1_000,
    logger: new Logger(() => () => {}),
    taskList: taskList({
      db,
      log: pino({ level: env.logLevel }),
      secret: env.secret,
      addresses: env,
      provider: () => Promise.resolve(noop),
      textProvider: () => Promise.reject(new Error('Only emails are sent here')),
      mailProvider: () => Promise.reject(new Error('Only emails are sent here')),
      paying: { db, processorOf: () => Promise.resolve(null), tell: tellPayer(env, env.secret) },
      stopping: () => stopping,
    }),
  });
  process.once('SIGTERM', () => {
    stopping = true;
    void runner
      .stop()
      .then(close)
      .then(() => process.exit(0));
  });
}
