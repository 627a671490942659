import { sql, type SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

export type Db = ReturnType<typeof connect>['db'];
/** A transaction that sees one company only. Every domain function takes it as its first parameter. */
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

/** int8 and numeric aggregates of ours fit a double: cents and counts stay far below 2^53. */
const bigintAsNumber = { to: 20, from: [20], parse: Number, serialize: String };

/**
 * Opens a pool as the app's role, which owns nothing and can't pass row-level security.
 * @param url a `postgres://` address of a role that is a member of `fieldpost_app`
 * @param options.max connections; two to four a process proved fastest
 * @param options.statementSeconds a statement that takes longer is given up; by default it may take its time
 * @param options.prepare keeps each statement prepared on its connection: one round trip in place of two, without planning.
 *   For many small queries whose plan does not hang on their values. `parsed` keeps what a statement means and plans it each time
 */
export function connect(
  url: string,
  options: { max?: number; name?: string; statementSeconds?: number; prepare?: boolean | 'parsed' } = {},
) {
  const client = postgres(url, {
    max: options.max ?? 4,
    onnotice: () => {},
    connection: {
      application_name: options.name ?? 'fieldpost',
      role: 'fieldpost_app',
      jit: 'off', // up to version 17 a plan that may use no loops looks dear enough to be compiled, each time
      ...(options.prepare === 'parsed' && { plan_cache_mode: 'force_custom_plan' }),
      ...(options.statementSeconds && { statement_timeout: options.statementSeconds * 1000 }),
    },
    types: { bigint: bigintAsNumber },
  });
  if (options.prepare) prepareStatements(client);
  // Without the schema: nothing uses drizzle's relational queries, and each transaction would make them anew for every table.
  const db = drizzle(client, { casing: 'snake_case' });
  return { db, client, close: () => client.end({ timeout: 5 }) };
}

/**
 * The one door to a company's rows: a transaction in which row-level security shows that company and no other.
 * @param companyId the company; its rows alone are visible, and inserts get it by default
 * @param options.plans `kept`: the connection keeps the plans of its statements, as `keepPlans` in db/plans.ts has it
 */
export const withCompany = <T>(
  db: Db,
  companyId: number,
  work: (tx: Tx) => Promise<T>,
  options: { plans?: 'kept' | undefined } = {},
): Promise<T> =>
  within(db, 'company_id', String(companyId), work, { more: options.plans === 'kept' ? keptPlans : undefined });

/** What `keepPlans` in db/plans.ts switches. */
export const keptSettings = {
  plan_cache_mode: 'force_generic_plan',
  enable_nestloop: 'off',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
} as const;

export const keptPlans = sql.raw(
  Object.entries(keptSettings)
    .map(([name, value]) => `set_config('${name}', '${value}', true)`)
    .join(', '),
);

/**
 * As `withCompany`, to read only: all its statements see one moment. For pages whose parts must agree while others write.
 */
export const withSnapshot = <T>(db: Db, companyId: number, work: (tx: Tx) => Promise<T>): Promise<T> =>
  within(db, 'company_id', String(companyId), work, {
    config: { isolationLevel: 'repeatable read', accessMode: 'read only' },
  });

/** A transaction that sees which companies the signed-in person works for, and nothing else of them. */
export const withPerson = <T>(db: Db, personId: number, work: (tx: Tx) => Promise<T>): Promise<T> =>
  within(db, 'person_id', String(personId), work);

/** A transaction that sees the settings of those companies whose provider tells of their messages by this topic, and no more. */
export const withTopic = <T>(db: Db, topicArn: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
  within(db, 'topic_arn', topicArn, work);

/** A transaction that sees the settings of those companies whose texts go by this number or service, and no more. */
export const withTextNumber = <T>(db: Db, number: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
  within(db, 'text_number', number, work);

/** A transaction in which row-level security goes by `value`. */
const within = <T>(
  db: Db,
  scope: 'company_id' | 'person_id' | 'topic_arn' | 'text_number',
  value: string,
  work: (tx: Tx) => Promise<T>,
  options: { config?: Parameters<Db['transaction']>[1]; more?: SQL | undefined } = {},
): Promise<T> =>
  db.transaction((tx) => {
    sendAhead(
      tx,
      sql`select set_config(${`app.${scope}`}, ${value}, true)${options.more ? sql`, ${options.more}` : sql``}`,
    );
    return work(tx);
  }, options.config);

/**
 * Sends a setting ahead of the transaction's next statement, and waits for the answer to that one alone: a round trip less. The
 * server takes both in order. Only for what can't be refused, and never as a transaction's last: a commit would not tell of it.
 */
export function sendAhead(tx: Tx, setting: SQL): void {
  tx.execute(setting).catch(() => {}); // the connection is gone, and whatever comes next says so
}

/** Longer statements are put together from many rows: they hardly come twice. */
const LONGEST = 20_000;

/** drizzle sends every statement as `unsafe`, which the driver does not prepare unless it is asked to, in transactions too. */
function prepareStatements(client: postgres.Sql | postgres.TransactionSql): void {
  const unsafe = client.unsafe.bind(client);
  client.unsafe = (query, parameters, options) =>
    unsafe(query, parameters, parameters?.length && query.length < LONGEST ? { ...options, prepare: true } : options);
  const inside =
    <T>(work: (tx: postgres.TransactionSql) => T) =>
    (tx: postgres.TransactionSql) => {
      prepareStatements(tx);
      return work(tx);
    };
  if ('begin' in client) {
    const begin = client.begin.bind(client);
    client.begin = ((work: Parameters<typeof inside>[0]) => begin(inside(work))) as typeof client.begin;
  }
  if ('savepoint' in client) {
    const savepoint = client.savepoint.bind(client);
    client.savepoint = ((work: Parameters<typeof inside>[0]) => savepoint(inside(work))) as typeof client.savepoint;
  }
}
