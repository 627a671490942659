import type { Logger } from 'pino';

import type { Sending } from '#app/campaigns/send.server.ts';
import type { PayDeps } from '#app/invoicing/payments/payments.server.ts';
import type { JobName, JobPayload } from '#db/jobs.ts';

/** What every task gets of its surroundings. */
export type TaskContext = Sending & {
  log: Logger;
  /** What paying needs. */
  paying: PayDeps;
  /** True once the process was asked to stop: long work ends at the next safe point and asks to be gone on with. */
  stopping: () => boolean;
};

/** `last`: the job is not tried again after this. */
export type TaskRun = { last: boolean };

/** What a task does: the payload is parsed already. Whatever it throws gets the job tried again, later and later. */
export type TaskWork<N extends JobName> = (
  context: TaskContext,
  payload: JobPayload<N>,
  run: TaskRun,
) => Promise<unknown>;
