import { getTableName, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

import type { Tx } from '#db/client.ts';

/**
 * Inserts any number of rows in one statement and one parameter, many times faster than row by row. All rows must have
 * the keys of the first; columns that none of them has get their defaults.
 */
export async function insertMany<T extends PgTable>(tx: Tx, table: T, rows: T['$inferInsert'][]): Promise<void> {
  if (rows.length > 0) await tx.execute(insertion(table, rows));
}

/** The same for tables with an id. @returns the new ids, in the order of the rows */
export async function insertManyReturning<T extends PgTable>(
  tx: Tx,
  table: T,
  rows: T['$inferInsert'][],
): Promise<number[]> {
  if (rows.length === 0) return [];
  const made = await tx.execute<{ id: number }>(sql`${insertion(table, rows)} returning id`);
  return made.map((row) => row.id);
}

function insertion<T extends PgTable>(table: T, rows: T['$inferInsert'][]) {
  const keys = Object.keys(rows[0]!);
  const columns = sql.join(
    keys.map((key) => sql.identifier(snake(key))),
    sql`, `,
  );
  const json = JSON.stringify(
    rows.map((row) => Object.fromEntries(keys.map((key) => [snake(key), (row as Record<string, unknown>)[key]]))),
  );
  return sql`insert into ${table} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${sql.identifier(getTableName(table))}, ${json}::jsonb)
      with ordinality as r order by r.ordinality`;
}

const snake = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
