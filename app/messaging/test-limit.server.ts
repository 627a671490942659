import { sql } from 'drizzle-orm';

import type { Actor } from '#app/company/audit.server.ts';
import { takeAttempt, type Limit } from '#app/company/rate-limit.server.ts';
import type { Tx } from '#db/client.ts';

/**
 * Counts a test send: at most 10 in ten minutes for each member of staff, and 60 an hour for the company. A test goes to any
 * address, at the company's cost and under its name, so a session that was left open must not become a way to flood somebody.
 * @returns whole minutes until the next one fits, at least 1; 0 when this one does
 */
export async function takeTest(tx: Tx, actor: Actor): Promise<number> {
  const [row] = await tx.execute<{ id: number }>(sql`select current_company_id() as id`);
  const company = String(row?.id);
  const limits: Limit[] = [
    { key: ['test email', 'company', company], limit: 60, seconds: 3600 },
    { key: ['test email', 'staff', company, String(actor.staffId)], limit: 10, seconds: 600 },
  ];
  const allowance = await takeAttempt(tx, limits);
  return allowance.ok ? 0 : Math.ceil(allowance.retryAfterSeconds / 60);
}
