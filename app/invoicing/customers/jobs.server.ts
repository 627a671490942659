import { sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { keyset, type Page } from '#db/keyset.ts';
import { customers, invoices, jobs, locations } from '#db/schema/index.ts';

import { pattern, words } from './customers.server.ts';
import { locationTitle } from './location-form.ts';

export type JobStatus = 'scheduled' | 'in_progress' | 'completed' | 'canceled';

export type JobRow = {
  id: number;
  number: string;
  summary: string;
  status: JobStatus;
  technician: string;
  /** When it was done, or is to be. */
  at: string;
  customer: string;
  street: string;
};

/** As the index `jobs_when` has it. */
const when = sql`(extract(epoch from coalesce(j.completed_at, j.scheduled_at, j.created_at) at time zone 'UTC')::bigint)`;

export type JobFilter = {
  /** Every word must stand in the number, the summary, the customer's name or the street. */
  q?: string | null;
  /** Only this technician's, by name as it stands on the job. */
  technician?: string | null;
  /** Also those of days to come. */
  coming?: boolean;
  /** The company's calendar date, and its zone. */
  today: string;
  timeZone: string;
};

/** Jobs of today and before, the newest first, for whoever is out there (S1-15). */
export async function listWork(
  tx: Tx,
  filter: JobFilter,
  page: { after?: string | null; before?: string | null; limit?: number } = {},
): Promise<Page<JobRow>> {
  const keys = keyset(
    [
      { value: when, type: 'bigint', descending: true },
      { value: sql`j.id`, type: 'bigint', descending: true },
    ],
    { after: page.after, before: page.before, limit: page.limit ?? 30 },
  );
  const found = await tx.execute<JobRow & { cursor: string }>(sql`
    select j.id, j.number, j.summary, j.status, j.technician,
           coalesce(j.completed_at, j.scheduled_at, j.created_at) as at, c.name as customer,
           concat_ws(', ', nullif(l.line1, ''), nullif(l.city, '')) as street, ${keys.cursor} as cursor
      from ${jobs} j
      join ${customers} c on c.company_id = j.company_id and c.id = j.customer_id
      left join ${locations} l on l.company_id = j.company_id and l.id = j.location_id
     where ${matching(filter)} and ${keys.where} order by ${keys.orderBy} limit ${keys.limit}`);
  const { rows, ...rest } = keys.toPage(found);
  return { ...rest, rows: rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() })) };
}

function matching({ q, technician, coming, today, timeZone }: JobFilter): SQL {
  const parts: SQL[] = [];
  if (!coming) {
    parts.push(sql`${when} < extract(epoch from (${today}::date + 1)::timestamp at time zone ${timeZone})`);
  }
  if (technician) parts.push(sql`lower(j.technician) = lower(${technician})`);
  for (const word of words(q)) {
    const like = pattern(word.replace(/^#(?=.)/, ''));
    parts.push(
      sql`(j.number ilike ${like} or j.summary ilike ${like} or c.name ilike ${like} or l.line1 ilike ${like})`,
    );
  }
  return parts.length > 0 ? sql.join(parts, sql` and `) : sql`true`;
}

/** Whether any job stands under a technician's name. */
export async function hasWork(tx: Tx, technician: string): Promise<boolean> {
  const rows = await tx.execute(sql`select from ${jobs} where lower(technician) = lower(${technician}) limit 1`);
  return rows.length > 0;
}

/** One job with its customer, place and invoices, or null when the company has no such job. */
export async function readJob(tx: Tx, jobId: number) {
  const [row] = await tx.execute<
    Omit<JobRow, 'street'> & {
      customerId: number;
      internalNotes: string;
      name: string | null;
      line1: string;
      line2: string;
      city: string;
      state: string;
      zip: string;
    }
  >(sql`
    select j.id, j.number, j.summary, j.status, j.technician, j.internal_notes as "internalNotes",
           coalesce(j.completed_at, j.scheduled_at, j.created_at) as at, c.id as "customerId", c.name as customer,
           l.name, l.line1, l.line2, l.city, l.state, l.zip
      from ${jobs} j join ${customers} c on c.id = j.customer_id left join ${locations} l on l.id = j.location_id
     where j.id = ${jobId}`);
  if (!row) return null;
  const bills = await tx.execute<{
    id: number;
    number: string;
    status: 'draft' | 'open' | 'paid' | 'void';
    dueOn: string;
    balanceCents: number;
    totalCents: number;
    currency: string;
  }>(sql`
    select id, number, status, due_on as "dueOn", balance_cents as "balanceCents", total_cents as "totalCents", currency
      from ${invoices} where job_id = ${jobId} and customer_id = ${row.customerId} order by id limit 20`);
  const { name, line1, line2, city, state, zip, ...job } = row;
  return {
    ...job,
    at: new Date(job.at).toISOString(),
    place:
      name === null
        ? null
        : {
            title: locationTitle({ name, line1, city }),
            address: [line1, line2, city, [state, zip].filter(Boolean).join(' ')].filter(Boolean).join(', '),
          },
    invoices: [...bills],
  };
}
