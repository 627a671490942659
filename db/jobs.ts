import { sql } from 'drizzle-orm';
import { z } from 'zod';

import type { Tx } from './client.ts';

const id = z.int().positive();

/**
 * Every job: its payload and how often it is tried. Payloads are parsed again by the worker, since a job may come from
 * older code. A job carries a range or a record's id, never content. Those with a `turn` come after all others that are due:
 * a campaign to a million must not hold up a receipt. Those with `tries` settle with that try what they are about: the ones after it
 * are for when it was cut off itself.
 */
export const jobs = {
  'campaign.expand': { payload: z.object({ companyId: id, campaignId: id }), attempts: 10 },
  'campaign.send_range': { payload: z.object({ companyId: id, rangeId: id }), attempts: 25, turn: 10 },
  'message.send': { payload: z.object({ companyId: id, messageId: id }), attempts: 25, tries: 10 },
  'import.check': { payload: z.object({ companyId: id, importId: id }), attempts: 3 },
  'import.run': { payload: z.object({ companyId: id, importId: id }), attempts: 3 },
  // Asks the processor what became of a payment, and finishes it.
  'payment.check': { payload: z.object({ companyId: id, paymentId: id }), attempts: 15 },
  'payment.refund': { payload: z.object({ companyId: id, refundId: id }), attempts: 15 },
  'payment.attribute': { payload: z.object({ companyId: id, paymentId: id }), attempts: 10 },
  'invoice.settled': { payload: z.object({ companyId: id, invoiceId: id }), attempts: 10 },
  'texts.stop': { payload: z.object({ companyId: id, code: id }), attempts: 10 },
  'sandbox.deliver': { payload: z.object({ companyId: id, messageIds: z.array(id).max(1000) }), attempts: 5, turn: 5 },
  'campaign.recall': { payload: z.object({ companyId: id, campaignId: id }), attempts: 15 },
  'invoice.recall': { payload: z.object({ companyId: id, invoiceId: id }), attempts: 15 },
  'sandbox.post': {
    payload: z.object({ companyId: id, messageIds: z.array(id).max(1000), station: z.int().min(0).max(10) }),
    attempts: 5,
    turn: 5,
  },
  'addresses.check': { payload: z.object({ companyId: id, campaignId: id }), attempts: 10, turn: 5 },
  'sweep.sessions': { payload: z.object({}).loose(), attempts: 1 },
  'sweep.payments': { payload: z.object({}).loose(), attempts: 1 },
  'sweep.ranges': { payload: z.object({}).loose(), attempts: 1 },
} as const satisfies Record<string, { payload: z.ZodType; attempts: number; tries?: number; turn?: number }>;

export type JobName = keyof typeof jobs;
export type JobPayload<N extends JobName> = z.infer<(typeof jobs)[N]['payload']>;

/**
 * Adds a job in the caller's transaction: it exists if and only if the change that asks for it does.
 * @param options.runAt not before this instant
 * @param options.queue jobs of one queue run one after another
 * @param options.key a job that still waits under this key is replaced, not doubled
 * @param options.behind how many of its kind should go before it
 */
export async function addJob<N extends JobName>(
  tx: Tx,
  name: N,
  payload: JobPayload<N>,
  options: { runAt?: Date; queue?: string; key?: string; behind?: number } = {},
): Promise<void> {
  const { attempts, payload: shape } = jobs[name];
  const json = JSON.stringify(shape.parse(payload));
  await tx.execute(sql`select add_job(${name}::text, ${json}::json, ${attempts}::int, ${options.queue ?? null}::text,
    ${options.runAt?.toISOString() ?? null}::timestamptz, ${options.key ?? null}::text, ${turnOf(name, options.behind)}::int)`);
}

/**
 * Adds many jobs of one name in one statement.
 * @param options.key makes each job's own key
 * @param options.behind how many of its kind should go before a job, by its place among the payloads
 */
export async function addJobs<N extends JobName>(
  tx: Tx,
  name: N,
  payloads: readonly JobPayload<N>[],
  options: { runAt?: Date; key?: (payload: JobPayload<N>) => string; behind?: (index: number) => number } = {},
): Promise<void> {
  if (payloads.length === 0) return;
  const { attempts, payload: shape } = jobs[name];
  const rows = payloads.map((payload, index) => ({
    payload: shape.parse(payload),
    key: options.key?.(payload) ?? null,
    turn: turnOf(name, options.behind?.(index)),
  }));
  await tx.execute(sql`
    select count(add_job(${name}::text, r.payload, ${attempts}::int, null, ${options.runAt?.toISOString() ?? null}::timestamptz, r.key, r.turn)::text)
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(payload json, key text, turn int)`);
}

/** Whether a job settles with this try what it is about. @param job as the queue has it: it may come from older code */
export function isLastTry(name: JobName, job: { attempts: number; max_attempts: number }): boolean {
  const { tries, attempts }: { tries?: number; attempts: number } = jobs[name];
  return job.attempts >= Math.min(tries ?? attempts, job.max_attempts);
}

/** The queue keeps a turn in two bytes. */
const LAST_TURN = 30_000;

function turnOf(name: JobName, behind = 0): number {
  const job: { attempts: number; turn?: number } = jobs[name];
  return Math.min((job.turn ?? 0) + behind, LAST_TURN);
}
