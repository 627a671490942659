import { sql } from 'drizzle-orm';
import type { TaskList } from 'graphile-worker';

import { untilItHolds } from '#app/messaging/attempt.server.ts';
import { withoutParameters } from '#db/failure.ts';
import { isLastTry, jobs, type JobName } from '#db/jobs.ts';

import type { TaskContext, TaskWork } from './task.ts';

/** Every job and its code, loaded when the first such job comes: imports, papers and payments are large, and a campaign needs none. */
const works: { [N in JobName]: () => Promise<TaskWork<N>> } = {
  'addresses.check': () => import('./tasks/addresses.check.ts').then((task) => task.addressesCheck),
  'campaign.expand': () => import('./tasks/campaign.expand.ts').then((task) => task.campaignExpand),
  'campaign.recall': () => import('./tasks/campaign.recall.ts').then((task) => task.campaignRecall),
  'campaign.send_range': () => import('./tasks/campaign.send_range.ts').then((task) => task.campaignSendRange),
  'import.check': () => import('./tasks/import.check.ts').then((task) => task.importCheck),
  'import.run': () => import('./tasks/import.run.ts').then((task) => task.importRun),
  'invoice.recall': () => import('./tasks/invoice.recall.ts').then((task) => task.invoiceRecall),
  'invoice.settled': () => import('./tasks/invoice.settled.ts').then((task) => task.invoiceSettled),
  'message.send': () => import('./tasks/message.send.ts').then((task) => task.messageSend),
  'payment.attribute': () => import('./tasks/payment.attribute.ts').then((task) => task.paymentAttribute),
  'payment.check': () => import('./tasks/payment.check.ts').then((task) => task.paymentCheck),
  'payment.refund': () => import('./tasks/payment.refund.ts').then((task) => task.paymentRefund),
  'sandbox.deliver': () => import('./tasks/sandbox.deliver.ts').then((task) => task.sandboxDeliver),
  'sandbox.post': () => import('./tasks/sandbox.post.ts').then((task) => task.sandboxPost),
  'sweep.payments': () => import('./tasks/sweep.payments.ts').then((task) => task.sweepLeftPayments),
  'sweep.ranges': () => import('./tasks/sweep.ranges.ts').then((task) => task.sweepLapsedRanges),
  'sweep.sessions': () => import('./tasks/sweep.sessions.ts').then((task) => task.sweepSessions),
  'texts.stop': () => import('./tasks/texts.stop.ts').then((task) => task.textsStop),
};

/**
 * The registry as the queue wants it. Payloads are parsed first, as a job may come from older code: one that can't be
 * parsed fails with the reason and stays in the queue, visible.
 */
export function taskList(context: TaskContext): TaskList {
  const names = Object.keys(works) as JobName[];
  return Object.fromEntries(names.map((name) => [name, taskOf(name, context)]));
}

function taskOf<N extends JobName>(name: N, context: TaskContext): TaskList[string] {
  return async (payload: unknown, helpers) => {
    const parsed = jobs[name].payload.safeParse(payload);
    if (!parsed.success) throw new Error(`The payload of ${name} can't be read: ${parsed.error.issues[0]?.message}`);
    const begun = performance.now();
    const run = works[name]().then((work) =>
      work(context, parsed.data as Parameters<TaskWork<N>>[1], { last: isLastTry(name, helpers.job) }),
    );
    // The queue logs what is thrown, and keeps it.
    const result = await run.catch(async (error: unknown) => {
      // The queue can't tell of a failure while the database is away, and would end the process and all that it is sending.
      await untilItHolds(() => context.db.execute(sql`select 1`)).catch(() => {});
      throw withoutParameters(error);
    });
    context.log.debug({ job: name, ms: Math.round(performance.now() - begun), result }, 'job done');
  };
}
