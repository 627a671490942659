import { sql } from 'drizzle-orm';
import { z } from 'zod';

import type { Tx } from './client.ts';

const id = z.int().positive();

/**
 * Every job: its payload and how often it is tried. Payloads are parsed again by the worker, since a job may come from
 * older code. A job carries a range or a record's id, never content.
 */
export const jobs = {
  'campaign.expand': { payload: z.object({ companyId: id, campaignId: id }), attempts: 10 },
  'campaign.send_range': { payload: z.object({ companyId: id, rangeId: id }), attempts: 25 },
  'message.send': { payload: z.object({ companyId: id, messageId: id }), attempts: 10 },
  'import.check': { payload: z.object({ companyId: id, importId: id }), attempts: 3 },
  'import.run': { payload: z.object({ companyId: id, importId: id }), attempts: 3 },
  'payment.attribute': { payload: z.object({ companyId: id, paymentId: id }), attempts: 10 },
  'invoice.settled': { payload: z.object({ companyId: id, invoiceId: id }), attempts: 10 },
  'sandbox.deliver': { payload: z.object({ companyId: id, messageIds: z.array(id).max(1000) }), attempts: 5 },
  'sweep.sessions': { payload: z.object({}).loose(), attempts: 1 },
  'sweep.payments': { payload: z.object({}).loose(), attempts: 1 },
  'sweep.ranges': { payload: z.object({}).loose(), attempts: 1 },
} as const;

export type JobName = keyof typeof jobs;
export type JobPayload<N extends JobName> = z.infer<(typeof jobs)[N]['payload']>;

/**
 * Adds a job in the caller's transaction: it exists if and only if the change that asks for it does.
 * @param options.runAt not before this instant
 * @param options.queue jobs of one queue run one after another
 * @param options.key a job that still waits under this key is replaced, not doubled
 */
export async function addJob<N extends JobName>(
  tx: Tx,
  name: N,
  payload: JobPayload<N>,
  options: { runAt?: Date; queue?: string; key?: string } = {},
): Promise<void> {
  const { attempts, payload: shape } = jobs[name];
  const json = JSON.stringify(shape.parse(payload));
  await tx.execute(sql`select add_job(${name}::text, ${json}::json, ${attempts}::int, ${options.queue ?? null}::text,
    ${options.runAt?.toISOString() ?? null}::timestamptz, ${options.key ?? null}::text)`);
}

/**
 * Adds many jobs of one name in one statement. @param options.key makes each job's own key
 */
export async function addJobs<N extends JobName>(
  tx: Tx,
  name: N,
  payloads: readonly JobPayload<N>[],
  options: { runAt?: Date; key?: (payload: JobPayload<N>) => string } = {},
): Promise<void> {
  if (payloads.length === 0) return;
  const { attempts, payload: shape } = jobs[name];
  const rows = payloads.map((payload) => ({ payload: shape.parse(payload), key: options.key?.(payload) ?? null }));
  await tx.execute(sql`
    select count(add_job(${name}::text, r.payload, ${attempts}::int, null, ${options.runAt?.toISOString() ?? null}::timestamptz, r.key)::text)
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(payload json, key text)`);
}
