import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { postalKey, type PostalAddress } from '#app/messaging/postal-address.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

/** The keys of many addresses by the database, in order. */
async function keysInDatabase(addresses: readonly PostalAddress[]): Promise<string[]> {
  const rows = await db.execute<{ key: string }>(sql`
    select postal_key(a.line1, a.line2, a.city, a.state, a.zip) as key
      from jsonb_array_elements(${JSON.stringify(addresses)}::jsonb) with ordinality as each(value, n),
           jsonb_to_record(each.value) as a(line1 text, line2 text, city text, state text, zip text)
     order by each.n`);
  return rows.map((row) => row.key);
}

const record = (part: fc.Arbitrary<string>): fc.Arbitrary<PostalAddress> =>
  fc.record({ line1: part, line2: part, city: part, state: part, zip: part });

/** What a database can hold: no zero, no half of a pair. */
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((written) => written.replaceAll('\0', ''));
const typed = fc.string({ unit: fc.constantFrom(...'aB1 é  \t\n\u00a0\u2028ßıİŉǰ.,#-'), maxLength: 8 });

test('B-12: code and database know a postal address by the same key, whatever is written in it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record(fc.oneof(text, typed)), { minLength: 1, maxLength: 50 }), async (addresses) => {
      expect(await keysInDatabase(addresses)).toEqual(addresses.map(postalKey));
    }),
    { numRuns: 60 },
  );
});
