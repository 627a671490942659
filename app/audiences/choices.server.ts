import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

export type AudienceChoices = { tags: string[]; businessUnits: { id: number; name: string }[] };

/** What the audience form offers: the tags that customers have, the most used first, and the business units. */
export async function audienceChoices(tx: Tx): Promise<AudienceChoices> {
  const tags = await tx.execute<{ tag: string }>(sql`
    select tag from (select unnest(tags) as tag from customers where tags <> '{}') each_tag
     group by tag order by count(*) desc, tag limit 60`);
  const businessUnits = await tx.execute<{ id: number; name: string }>(
    sql`select id, name from business_units order by name, id`,
  );
  return { tags: tags.map((row) => row.tag), businessUnits: [...businessUnits] };
}
