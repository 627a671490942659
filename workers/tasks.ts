import { sql } from 'drizzle-orm';
import type { TaskList } from 'graphile-worker';

import { untilItHolds } from '#app/messaging/attempt.server.ts';
import { withoutParameters } from '#db/failure.ts';
import { isLastTry, jobs, type JobName } from '#db/jobs.ts';

import type { TaskContext, TaskWork } from './task.ts';
import { addressesCheck } from './tasks/addresses.check.ts';
import { campaignExpand } from './tasks/campaign.expand.ts';
import { campaignRecall } from './tasks/campaign.recall.ts';
import { campaignSendRange } from './tasks/campaign.send_range.ts';
import { importCheck } from './tasks/import.check.ts';
import { importRun } from './tasks/import.run.ts';
import { invoiceRecall } from './tasks/invoice.recall.ts';
import { invoiceSettled } from './tasks/invoice.settled.ts';
import { messageSend } from './tasks/message.send.ts';
import { paymentAttribute } from './tasks/payment.attribute.ts';
import { paymentCheck } from './tasks/payment.check.ts';
import { paymentRefund } from './tasks/payment.refund.ts';
import { sandboxDeliver } from './tasks/sandbox.deliver.ts';
import { sandboxPost } from './tasks/sandbox.post.ts';
import { sweepLeftPayments } from './tasks/sweep.payments.ts';
import { sweepLapsedRanges } from './tasks/sweep.ranges.ts';
import { sweepSessions } from './tasks/sweep.sessions.ts';
import { textsStop } from './tasks/texts.stop.ts';

/** Every job and what does it. */
const works: { [N in JobName]?: TaskWork<N> } = {
  'addresses.check': addressesCheck,
  'campaign.expand': campaignExpand,
  'campaign.recall': campaignRecall,
  'campaign.send_range': campaignSendRange,
  'import.check': importCheck,
  'import.run': importRun,
  'invoice.recall': invoiceRecall,
  'invoice.settled': invoiceSettled,
  'message.send': messageSend,
  'payment.attribute': paymentAttribute,
  'payment.check': paymentCheck,
  'payment.refund': paymentRefund,
  'sandbox.deliver': sandboxDeliver,
  'sandbox.post': sandboxPost,
  'sweep.payments': sweepLeftPayments,
  'sweep.ranges': sweepLapsedRanges,
  'sweep.sessions': sweepSessions,
  'texts.stop': textsStop,
};

/**
 * The registry as the queue wants it. Payloads are parsed first, as a job may come from older code: one that can't be
 * parsed fails with the reason and stays in the queue, visible.
 */
export function taskList(context: TaskContext): TaskList {
  const names = Object.keys(works) as (keyof typeof works)[];
  return Object.fromEntries(names.map((name) => [name, taskOf(name, works[name] as TaskWork<typeof name>, context)]));
}

function taskOf<N extends JobName>(name: N, work: TaskWork<N>, context: TaskContext): TaskList[string] {
  return async (payload: unknown, helpers) => {
    const parsed = jobs[name].payload.safeParse(payload);
    if (!parsed.success) throw new Error(`The payload of ${name} can't be read: ${parsed.error.issues[0]?.message}`);
    const begun = performance.now();
    const run = work(context, parsed.data as Parameters<TaskWork<N>>[1], { last: isLastTry(name, helpers.job) });
    // The queue logs what is thrown, and keeps it.
    const result = await run.catch(async (error: unknown) => {
      // The queue can't tell of a failure while the database is away, and would end the process and all that it is sending.
      await untilItHolds(() => context.db.execute(sql`select 1`)).catch(() => {});
      throw withoutParameters(error);
    });
    context.log.debug({ job: name, ms: Math.round(performance.now() - begun), result }, 'job done');
  };
}
