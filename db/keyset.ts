import { sql, type SQL } from 'drizzle-orm';

/**
 * One column of a sort. The last one must be unique (the id), so that equal values have an order of their own.
 * `value` may not be null: wrap a nullable column in coalesce.
 */
export type Key = { value: SQL; type: 'text' | 'bigint' | 'date' | 'timestamptz'; descending?: boolean };

/** Which page: behind a cursor, before one, or the first. Both come from the address and may hold anything. */
export type PageRequest = { after?: string | null; before?: string | null; limit: number };

export type Page<Row> = { rows: Row[]; next: string | null; previous: string | null };

/**
 * Keyset paging: each page starts where its neighbour ended, so that page 500 costs what page 1 does, and rows that come or
 * go meanwhile neither double nor hide others.
 *
 * Select `cursor` as a column named `cursor`, add `where`, `orderBy` and `limit`, and hand the rows to `toPage`.
 * A cursor that was not made here counts as none.
 */
export function keyset(keys: readonly Key[], request: PageRequest) {
  const before = readCursor(keys, request.before);
  const after = before ? null : readCursor(keys, request.after);
  const backward = before !== null;
  const from = before ?? after;
  return {
    cursor: sql`json_build_array(${sql.join(
      keys.map((key) => sql`(${key.value})::text`),
      sql`, `,
    )})::text`,
    where: from ? beyond(keys, from, backward) : sql`true`,
    orderBy: sql.join(
      keys.map((key) => sql`${key.value} ${sql.raw((key.descending ?? false) === backward ? 'asc' : 'desc')}`),
      sql`, `,
    ),
    /** One more than a page holds, to learn whether another follows. */
    limit: sql`${request.limit + 1}::int`,
    toPage<Row extends { cursor: string }>(found: readonly Row[]): Page<Omit<Row, 'cursor'>> {
      const more = found.length > request.limit;
      const rows = found.slice(0, request.limit);
      if (backward) rows.reverse();
      const first = rows[0] ? encode(rows[0].cursor) : null;
      const last = rows.at(-1) ? encode(rows.at(-1)!.cursor) : null;
      return {
        rows: rows.map(({ cursor: _, ...row }) => row),
        next: backward || more ? last : null,
        previous: backward ? (more ? first : null) : from ? first : null,
      };
    },
  };
}

/** `a > x or (a = x and b > y)`, written so that an index on the first column still bounds the scan. */
function beyond(keys: readonly Key[], from: readonly string[], backward: boolean): SQL {
  const [key, ...rest] = keys;
  const [value, ...others] = from;
  const type = sql.raw(key!.type);
  const descending = (key!.descending ?? false) !== backward;
  const strict = sql.raw(descending ? '<' : '>');
  if (rest.length === 0) return sql`${key!.value} ${strict} ${value}::${type}`;
  const loose = sql.raw(descending ? '<=' : '>=');
  return sql`(${key!.value} ${loose} ${value}::${type}
    and (${key!.value} ${strict} ${value}::${type} or ${beyond(rest, others, backward)}))`;
}

const encode = (json: string) => Buffer.from(json, 'utf8').toString('base64url');

const shapes = {
  text: /^[^\0]*$/su,
  bigint: /^-?\d{1,18}$/,
  date: /^(?:\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|infinity)$/,
  timestamptz:
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]) (?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d{1,6})?[+-](?:0\d|1[0-4])(?::[0-5]\d)?$/,
} as const;

/** The values of a cursor, or null when it is not one of this sort. */
function readCursor(keys: readonly Key[], text: string | null | undefined): string[] | null {
  if (!text || text.length > 2000) return null;
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(values) || values.length !== keys.length) return null;
    const right = values.every((value, i) => typeof value === 'string' && shapes[keys[i]!.type].test(value));
    return right && values.every((value, i) => !/^(?:date|timestamptz)$/.test(keys[i]!.type) || isDay(value as string))
      ? (values as string[])
      : null;
  } catch {
    return null;
  }
}

/** February 30 passes the shape, but not the database. */
function isDay(text: string): boolean {
  if (text === 'infinity') return true;
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
