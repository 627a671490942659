import { sql } from 'drizzle-orm';

import { withCompany } from '#db/client.ts';

import type { PayDeps } from './payments.server.ts';
import { finishPayment, STALE_SECONDS } from './finish.server.ts';
import { askLeftRefunds } from './refund.server.ts';

/** So many are looked at in one sweep of a company, oldest first. */
const SWEPT_AT_ONCE = 500;

/** What became of payments that were left. `waiting`: they are not at their end, or the processor gave no answer. */
export type Left = { succeeded: number; failed: number; waiting: number };

/**
 * Finishes the company's payments that a crash left, in case their own job is lost: cards that were held or charged each minute, pages
 * and bank payments once a day, each in a minute of its own. One that can't be recorded doesn't hold up the others. Refunds that wait are
 * asked for again by their own job.
 * @throws the first failure, when all were tried
 */
export async function settleLeft(deps: PayDeps, companyId: number): Promise<Left> {
  await withCompany(deps.db, companyId, (tx) => askLeftRefunds(tx, companyId));
  const left = await withCompany(deps.db, companyId, (tx) =>
    tx.execute<{ id: number }>(sql`
      select id from payments
       where status in ('open', 'pending') and created_at < now() - make_interval(secs => ${STALE_SECONDS})
         and ((status = 'pending' and method = 'card')
              or floor(extract(epoch from now() - created_at) / 60)::int % 1440 = 1439)
       order by created_at, id limit ${SWEPT_AT_ONCE}`),
  );
  const tally: Left = { succeeded: 0, failed: 0, waiting: 0 };
  const errors: unknown[] = [];
  for (const { id } of left) {
    try {
      const outcome = await finishPayment(deps, { companyId, paymentId: id });
      tally[outcome?.state === 'succeeded' || outcome?.state === 'failed' ? outcome.state : 'waiting'] += 1;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return tally;
}

/** The same for all companies. @throws the first failure, when all were tried */
export async function sweepPayments(deps: PayDeps): Promise<Left> {
  const companies = await deps.db.execute<{ id: number }>(sql`select id from companies order by id`);
  const sum: Left = { succeeded: 0, failed: 0, waiting: 0 };
  const errors: unknown[] = [];
  for (const { id } of companies) {
    try {
      const left = await settleLeft(deps, id);
      for (const outcome of ['succeeded', 'failed', 'waiting'] as const) sum[outcome] += left[outcome];
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return sum;
}
