import { sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { keyset, type Page } from '#db/keyset.ts';
import { auditEntries } from '#db/schema/index.ts';

export type AuditRow = {
  id: number;
  at: string;
  actor: string;
  action: string;
  subjectType: string;
  subjectId: number | null;
  details: Record<string, unknown>;
};

/**
 * The audit log, the newest first.
 * @param filter.subject a kind of record, such as `invoice`, or with its number `invoice:12`
 * @param filter.q stands in who or what
 */
export async function pageAudit(
  tx: Tx,
  filter: { subject?: string | null; q?: string | null },
  page: { after?: string | null; before?: string | null; limit?: number },
): Promise<Page<AuditRow>> {
  const keys = keyset([{ value: sql`a.id`, type: 'bigint', descending: true }], {
    after: page.after,
    before: page.before,
    limit: page.limit ?? 50,
  });
  const parts: SQL[] = [keys.where];
  const [type, id] = (filter.subject ?? '').replaceAll('\0', '').split(':');
  if (type) parts.push(sql`a.subject_type = ${type}`);
  if (id && /^\d{1,15}$/.test(id)) parts.push(sql`a.subject_id = ${Number(id)}`);
  const q = (filter.q ?? '').replaceAll('\0', '').trim().slice(0, 100);
  if (q) {
    const like = `%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    parts.push(sql`(a.actor ilike ${like} or a.action ilike ${like} or a.details::text ilike ${like})`);
  }
  const found = await tx.execute<AuditRow & { cursor: string }>(sql`
    select a.id, a.at, a.actor, a.action, a.subject_type as "subjectType", a.subject_id as "subjectId", a.details,
           ${keys.cursor} as cursor
      from ${auditEntries} a where ${sql.join(parts, sql` and `)} order by ${keys.orderBy} limit ${keys.limit}`);
  const { rows, ...rest } = keys.toPage(found);
  return { ...rest, rows: rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() })) };
}

/** The kinds of records that the log speaks of. */
export async function auditSubjects(tx: Tx): Promise<string[]> {
  const rows = await tx.execute<{ type: string }>(
    sql`select distinct subject_type as type from ${auditEntries} order by 1 limit 50`,
  );
  return rows.map((row) => row.type);
}
