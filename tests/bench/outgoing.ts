import { sql } from 'drizzle-orm';

import { RANGE_SIZE } from '#app/campaigns/expand.server.ts';
import { compileEmail } from '#builders/email/compile.server.ts';
import { documentOf, type BlockNode } from '#builders/email/document.ts';
import type { CompiledEmail } from '#builders/email/render.ts';
import { withCompany, type Db } from '#db/client.ts';
import { sendingCompany } from '#tests/fakes/sending.ts';
import { makeDebtors } from '#tests/factories/debtors.ts';

import type { BenchPlace } from './place.ts';

/** A campaign that waits to go out: where it stands and the ranges of its messages. */
export type Outgoing = { companyId: number; stepId: number; ranges: number[] };

/** A company with so many customers, each with an overdue invoice and an address. @returns its id */
export async function companyWithDebtors(db: Db, people: number): Promise<number> {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => makeDebtors(tx, people));
  return companyId;
}

/**
 * Puts a campaign of this email to all of the company's customers in the place of whatever was there, with plain inserts.
 * @param limit to so many of them only
 */
export async function outgoing(
  { db, owner }: Pick<BenchPlace, 'db' | 'owner'>,
  companyId: number,
  email: CompiledEmail,
  limit?: number,
): Promise<Outgoing> {
  await owner`truncate campaigns, messages, enrollments, message_ranges, campaign_step_reasons, links, message_events, outbox_emails cascade`;
  await owner`delete from graphile_worker._private_jobs`;
  const made = await withCompany(db, companyId, async (tx) => {
    const [campaign] = await tx.execute<{ id: number }>(
      sql`insert into campaigns (name, status, launched_at) values ('Bench', 'sending', now()) returning id`,
    );
    const [step] = await tx.execute<{ id: number }>(sql`
      insert into campaign_steps (campaign_id, position, compiled)
      values (${campaign!.id}, 1, ${JSON.stringify(email)}::jsonb) returning id`);
    await tx.execute(sql`
      with made as (
        insert into messages (kind, campaign_id, step_id, customer_id, invoice_id, contact_id, address)
        select 'campaign', ${campaign!.id}, ${step!.id}, c.id, i.id, k.id, k.value
          from customers c join invoices i on i.customer_id = c.id join contacts k on k.customer_id = c.id
         order by c.id limit ${limit ?? null}
        returning id
      )
      insert into message_ranges (campaign_id, step_id, from_id, to_id, cursor_id)
      select ${campaign!.id}, ${step!.id}, min(id), max(id), min(id)
        from (select id, (row_number() over (order by id) - 1) / ${RANGE_SIZE} as slice from made) sliced
       group by slice order by slice`);
    await tx.execute(
      sql`update campaign_steps set planned = (select count(*) from messages where step_id = ${step!.id})`,
    );
    const ranges = await tx.execute<{ id: number }>(sql`select id from message_ranges order by id`);
    return { companyId, stepId: step!.id, ranges: ranges.map((row) => row.id) };
  });
  await owner`vacuum analyze`;
  await owner`checkpoint`;
  return made;
}

/** A few lines and a button: what a reminder says at its shortest, with its links and footer. */
export async function shortEmail(): Promise<CompiledEmail> {
  const blocks: BlockNode[] = [
    {
      type: 'mj-text',
      attributes: {},
      content: 'Hi {{ customer.first_name }}, invoice {{ invoice.number }} over {{ invoice.amount_due }} is due.',
    },
    { type: 'mj-button', attributes: { href: '{{ links.pay_invoice }}' }, content: 'Pay {{ invoice.amount_due }}' },
    { type: 'fp-footer', attributes: {} },
  ];
  const column = { type: 'mj-column' as const, attributes: {}, components: blocks };
  const result = await compileEmail({
    document: documentOf([{ type: 'mj-section', attributes: {}, components: [column] }]),
    subject: 'Invoice {{ invoice.number }}',
    preheader: '',
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.email;
}
