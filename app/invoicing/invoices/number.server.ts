import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { invoices } from '#db/schema/index.ts';

/** So many of the newest invoices are looked at for how the company numbers. */
const LOOKED_AT = 500;

/**
 * The number that follows the company's own: `INV-1043` behind `INV-1042`, `00018` behind `00017`. The prefix of the newest invoice
 * counts, with the highest number that it has among the newest.
 * @returns `1001` for a company without invoices, or whose newest end in no number
 */
export async function suggestNumber(tx: Tx): Promise<string> {
  const rows = await tx.execute<{ number: string }>(
    sql`select number from ${invoices} order by id desc limit ${LOOKED_AT}::int`,
  );
  const read = rows.flatMap(({ number }) => /^(.*?)(\d{1,15})$/.exec(number) ?? []);
  const parts: { prefix: string; digits: string }[] = [];
  for (let at = 0; at < read.length; at += 3) parts.push({ prefix: read[at + 1]!, digits: read[at + 2]! });
  const prefix = parts[0]?.prefix ?? '';
  const same = parts.filter((one) => one.prefix === prefix);
  const width = same[0]?.digits.startsWith('0') ? same[0].digits.length : 0;
  let next = same.length > 0 ? Math.max(...same.map((one) => Number(one.digits))) + 1 : 1001;
  // Older ones may have gone further.
  for (let tries = 0; tries < 50; tries += 1, next += 1) {
    const number = prefix + String(next).padStart(width, '0');
    if (await isNumberFree(tx, number)) return number;
  }
  return prefix + String(next).padStart(width, '0');
}

/** Two people who make invoices at the same moment don't get one number: held until the transaction ends. */
export const lockNumbers = (tx: Tx) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('invoice numbers ' || current_company_id(), 0))`);

/** Whether the company has no invoice of this number. Imported ones may share one between customers; new ones never do. */
export async function isNumberFree(tx: Tx, number: string): Promise<boolean> {
  const [row] = await tx.execute<{ found: boolean }>(
    sql`select exists (select from ${invoices} where number = ${number}) as found`,
  );
  return !row?.found;
}
