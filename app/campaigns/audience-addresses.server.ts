import { sql } from 'drizzle-orm';

import { audienceQuery, type Purpose } from '#app/audiences/audience.server.ts';
import type { AudienceRules } from '#app/audiences/rules.ts';
import { isFresh } from '#app/messaging/address-checks.server.ts';
import type { Deliverability, PostalAddress } from '#app/messaging/postal-address.ts';
import type { Tx } from '#db/client.ts';
import { joinWhole } from '#db/plans.ts';

/** What a campaign by mail goes to. */
type Audience = { rules: AudienceRules; today: string; reach: { purpose: Purpose } };

export type AddressCounts = {
  checked: number;
  unchecked: number;
  /** Of those that were looked up. */
  by: Partial<Record<Deliverability, number>>;
};

/** How many of an audience's addresses were looked up, and with what answer (B-12). Each address counts once. */
export async function addressCounts(tx: Tx, audience: Audience, provider: 'sandbox' | 'lob'): Promise<AddressCounts> {
  const rows = await joinWhole(tx, () =>
    tx.execute<{ deliverability: Deliverability | null; count: number }>(sql`
      select k.deliverability, count(*)::int as count
        from (select distinct address from (${query(audience)}) a where ${mailed}) a
        left join address_checks k on k.address = a.address and ${isFresh(provider)}
       group by k.deliverability`),
  );
  const by: AddressCounts['by'] = {};
  for (const { deliverability, count } of rows) if (deliverability) by[deliverability] = count;
  const unchecked = rows.find(({ deliverability }) => deliverability === null)?.count ?? 0;
  return { unchecked, checked: rows.reduce((sum, { count }) => sum + count, 0) - unchecked, by };
}

/** The audience's addresses, as the record has them. */
export async function audienceAddresses(tx: Tx, audience: Audience): Promise<PostalAddress[]> {
  const rows = await joinWhole(tx, () =>
    tx.execute<PostalAddress>(sql`
      select distinct on (a.address) l.line1, l.line2, l.city, l.state, l.zip
        from (${query(audience)}) a join locations l on l.company_id = current_company_id() and l.id = a.location_id
       where ${mailed}
       order by a.address`),
  );
  return [...rows];
}

const query = ({ rules, today, reach }: Audience) =>
  audienceQuery(rules, today, { channel: 'mail', purpose: reach.purpose });

/** Whoever gets a card, or would if mail reached them. */
const mailed = sql`(a.exclusion is null or a.exclusion = 'undeliverable')`;
