import { createHash } from 'node:crypto';

import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { roles } from '#app/company/permissions.ts';
import { readSession, signIn } from '#app/company/sessions.server.ts';
import { listStaff } from '#app/company/staff.server.ts';
import { checkLedger } from '#app/invoicing/ledger/ledger.server.ts';
import { isAgreementAccepted } from '#app/portal/agreement.server.ts';
import { connect, withCompany, type Db, type Tx } from '#db/client.ts';
import { DEMO } from '#db/demo.ts';
import { seedIfEmpty } from '#db/seed.ts';
import { companies } from '#db/schema/index.ts';
import { dayOf, dayOfInstant } from '#tests/factories/plausible/days.ts';
import { inventHistory } from '#tests/factories/plausible/history.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const today = '2026-11-21';
const now = new Date(`${today}T17:00:00Z`);
const one = await createTestDatabase();
const two = await createTestDatabase();

const lines: string[] = [];
const first = await seedIfEmpty(one.url, { today: now, log: (line) => lines.push(line) });

async function inDemo<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const [company] = await db.select().from(companies);
  return withCompany(db, company!.id, work);
}

const rows = <T extends Record<string, unknown>>(query: ReturnType<typeof sql>) =>
  inDemo(one.db, (tx) => tx.execute<T>(query));

const value = async (query: ReturnType<typeof sql>) => (await rows<{ value: number }>(query))[0]!.value;

test('the demo is made once: a second start leaves it alone', async () => {
  expect(first).toEqual({ seeded: true });
  expect(lines.join('\n')).toContain(DEMO.companyName);
  const before = await fingerprint(one.db);
  expect(await seedIfEmpty(one.url, { today: now })).toEqual({ seeded: false });
  expect(await fingerprint(one.db)).toBe(before);
});

test('the same day makes the same data, even when two processes start at once', async () => {
  const both = await Promise.all([seedIfEmpty(two.url, { today: now }), seedIfEmpty(two.url, { today: now })]);
  expect(both.filter((result) => result.seeded)).toHaveLength(1);
  expect(await fingerprint(two.db)).toBe(await fingerprint(one.db));
});

test('a seed that is cut off leaves nothing', async () => {
  const { url, db } = await createTestDatabase();
  await expect(
    seedIfEmpty(url, {
      today: now,
      log: (line) => {
        if (line.includes('invoices')) throw new Error('cut off');
      },
    }),
  ).rejects.toThrow('cut off');
  expect(await db.select().from(companies)).toEqual([]);
  expect(await db.execute(sql`select from hosts union all select from people`)).toHaveLength(0);
});

test('everybody of the demo can sign in, one with each role', async () => {
  const result = await signIn(one.db, { email: DEMO.email, password: DEMO.password, ip: '192.0.2.1' });
  if (!result.ok) throw new Error(result.reason);
  expect(await readSession(one.db, result.token)).toMatchObject({
    company: { name: DEMO.companyName },
    staff: { role: 'administrator' },
  });
  const staff = await inDemo(one.db, (tx) => listStaff(tx));
  expect(staff.map((member) => member.role).sort()).toEqual([...roles].sort());
  for (const { email } of staff) {
    expect(await signIn(one.db, { email, password: DEMO.password, ip: '192.0.2.1' }), email).toMatchObject({
      ok: true,
    });
  }
});

test('whatever the day, money is owed at every age and nothing lies in the future', async () => {
  const { faker } = await import('@faker-js/faker/locale/en');
  for (const iso of ['2026-12-31', '2027-03-01', '2028-02-29', '2028-03-12', '2029-07-04']) {
    faker.seed(20_260_101);
    const day = dayOf(iso);
    const { visits, campaigns } = inventHistory(faker, day);
    const open = visits.filter((visit) => visit.status === 'open' && !visit.paid && visit.totalCents > 0);
    expect(open.length, iso).toBeGreaterThan(350);
    expect(open.length, iso).toBeLessThan(500);
    for (const [from, to] of [
      [-30, 0],
      [1, 30],
      [31, 60],
      [61, 90],
      [91, 600],
    ] as const) {
      const aged = open.filter((visit) => day - visit.dueDay >= from && day - visit.dueDay <= to);
      expect(aged.length, `${iso}, ${from} to ${to} days`).toBeGreaterThanOrEqual(20);
    }
    expect(
      visits.every(
        (visit) => visit.day < day && (!visit.paid || (visit.paid.day >= visit.day && visit.paid.day < day)),
      ),
    ).toBe(true);
    const latest = campaigns.flatMap((campaign) =>
      campaign.messages.map((message) => message.openedAt ?? campaign.finishedAt),
    );
    expect(
      latest.every((at) => dayOfInstant(at) < day),
      iso,
    ).toBe(true);
  }
});

test('there are customers of both kinds, reachable in every way, at addresses and numbers that are nobody’s', async () => {
  expect(await value(sql`select count(*) as value from customers`)).toBeGreaterThanOrEqual(2_000);
  const commercial = await value(sql`select avg((type = 'commercial')::int)::float8 as value from customers`);
  expect(commercial).toBeGreaterThan(0.1);
  expect(commercial).toBeLessThan(0.14);
  const withEmail = await value(sql`
    select (count(distinct customer_id) filter (where kind = 'email'))::float8 / (select count(*) from customers) as value
      from contacts`);
  expect(withEmail).toBeGreaterThan(0.87);
  expect(withEmail).toBeLessThan(0.94);
  expect(await value(sql`select count(*) as value from contacts where memo <> ''`)).toBeGreaterThan(100);
  const real = sql`select count(*) as value from contacts
    where case kind when 'email' then value !~ '^[a-z0-9.]+@[a-z0-9]+\\.example$' else value !~ '^\\+1[0-9]{3}55501[0-9]{2}$' end`;
  expect(await value(real)).toBe(0);
  expect(
    await value(
      sql`select count(*) as value from customers c where not exists (select from locations l where l.customer_id = c.id)`,
    ),
  ).toBe(0);
  expect(await value(sql`select count(*) as value from memberships where status = 'active'`)).toBeGreaterThan(200);
  expect(await value(sql`select count(*) as value from customers where do_not_contact`)).toBeGreaterThan(3);
  const kinds = await rows<{ status: string }>(sql`select distinct status from jobs order by 1`);
  expect(kinds.map((row) => row.status)).toEqual(['canceled', 'completed', 'in_progress', 'scheduled']);
});

test('money is owed at every age, and the ledger agrees with all that is kept beside it', async () => {
  const [aged] = await rows<Record<string, number>>(sql`
    select count(*) as open, count(*) filter (where due_on >= ${today}::date) as current,
           count(*) filter (where ${today}::date - due_on between 1 and 30) as to30,
           count(*) filter (where ${today}::date - due_on between 31 and 60) as to60,
           count(*) filter (where ${today}::date - due_on between 61 and 90) as to90,
           count(*) filter (where ${today}::date - due_on > 90) as more
      from invoices where status = 'open'`);
  expect(aged!.open).toBeGreaterThanOrEqual(350);
  expect(aged!.open).toBeLessThanOrEqual(500);
  for (const age of ['current', 'to30', 'to60', 'to90', 'more']) expect(aged![age], age).toBeGreaterThanOrEqual(25);
  expect(await inDemo(one.db, (tx) => checkLedger(tx))).toEqual([]);
  expect(
    await value(sql`
      select count(*) as value from invoices i
       where total_cents <> (select sum(total_cents) from invoice_items where invoice_id = i.id)`),
  ).toBe(0);
  expect(
    await value(sql`select count(*) as value from invoices where status = 'open' and balance_cents < total_cents`),
  ).toBe(28);
  const wrong = sql`
    select count(*) as value from payments p where amount_cents <> coalesce(
      (select -sum(amount_cents) from ledger_entries where payment_id = p.id), 0)`;
  expect(await value(wrong)).toBe(0);
  const shared = sql`
    select count(*) as value from (select payment_id from ledger_entries where payment_id is not null
      group by 1 having count(*) > 1) several`;
  expect(await value(shared), 'S2-18: payments for several invoices').toBeGreaterThan(10);
  const early = sql`
    select count(*) as value from payments p join ledger_entries e on e.payment_id = p.id join invoices i on i.id = e.invoice_id
     where p.created_at < i.created_at or p.created_at >= ${today}::date`;
  expect(await value(early), 'paid before the work, or in the future').toBe(0);
  const [odd] = await rows<Record<string, number>>(sql`
    select count(*) filter (where status = 'void') as void, count(*) filter (where status = 'draft') as draft,
           count(*) filter (where disputed_at is not null) as disputed, count(*) filter (where do_not_remind) as quiet,
           count(*) filter (where promised_for > ${today}::date) as promised,
           count(*) filter (where total_cents = 0) as free from invoices`);
  expect(odd).toEqual({ void: 12, draft: 14, disputed: 8, quiet: 6, promised: 10, free: 24 });
});

test('B-07: the finished campaigns count what their messages, events and payments say', async () => {
  const steps = await rows<Record<string, number>>(sql`
    select s.sent, s.skipped, s.planned, s.delivered, s.opened, s.clicked, s.bounced, s.unsubscribed, m.*, e.*, r.*
      from campaign_steps s
      cross join lateral (
        select count(*) filter (where state = 'sent') as m_sent, count(*) filter (where state = 'skipped') as m_skipped,
               count(delivered_at) as m_delivered, count(opened_at) as m_opened, count(clicked_at) as m_clicked,
               count(bounced_at) as m_bounced, count(unsubscribed_at) as m_unsubscribed
          from messages where step_id = s.id) m
      cross join lateral (
        select count(*) filter (where e.kind = 'opened') as e_opened, count(*) filter (where e.kind = 'clicked') as e_clicked
          from message_events e join messages on messages.id = e.message_id where step_id = s.id) e
      cross join lateral (
        select coalesce(sum(count), 0)::int as r_skipped from campaign_step_reasons where step_id = s.id) r
     order by s.id`);
  expect(steps).toHaveLength(2);
  for (const step of steps) {
    for (const key of ['sent', 'skipped', 'delivered', 'opened', 'clicked', 'bounced', 'unsubscribed']) {
      expect(step[`m_${key}`], key).toBe(step[key]);
    }
    expect([step.e_opened, step.e_clicked, step.r_skipped]).toEqual([step.opened, step.clicked, step.skipped]);
    expect(step.planned).toBe(0);
    expect(step.sent).toBeGreaterThan(80);
    expect(step.clicked).toBeGreaterThan(15);
    expect(step.skipped).toBeGreaterThan(0);
  }
  const earned = await rows<{ kind: string; count: number; cents: number; clicks: number }>(sql`
    select kind, count(*) as count, sum(amount_cents)::bigint as cents from attributions group by kind order by kind`);
  expect(earned.map((row) => row.kind)).toEqual(['direct', 'influenced']);
  for (const row of earned) expect(row.count).toBeGreaterThan(20);
  expect(await value(sql`select count(*) as value from suppressions`)).toBeGreaterThan(2);
  const clicked = sql`select (select count(*) from messages where clicked_at is not null) - (select sum(clicks)::int from links) as value`;
  expect(await value(clicked)).toBe(0);
});

test('the portal is set up for the tour, and every row is the demo’s own', async () => {
  const hosts = await one.db.execute(sql`select kind, name from hosts order by kind`);
  expect([...hosts]).toEqual([
    { kind: 'link', name: DEMO.host },
    { kind: 'portal', name: DEMO.host },
  ]);
  expect(await inDemo(one.db, (tx) => isAgreementAccepted(tx))).toBe(true);
  expect(await rows(sql`select enabled from portal_settings`)).toEqual([{ enabled: true }]);
  const stranger = connect(one.url, { max: 1 });
  expect(await stranger.db.execute(sql`select from customers`)).toHaveLength(0);
  await stranger.close();
});

/** Names, addresses, amounts and days of all that was made. */
async function fingerprint(db: Db): Promise<string> {
  const tables = await inDemo(db, (tx) =>
    tx.execute<{ all: string }>(sql`
      select (select string_agg(concat_ws('|', name, type, tags, balance_cents, oldest_due_on, created_at), E'\n' order by id) from customers)
          || (select string_agg(concat_ws('|', kind, value, memo), E'\n' order by id) from contacts)
          || (select string_agg(concat_ws('|', line1, city, state, zip), E'\n' order by id) from locations)
          || (select string_agg(concat_ws('|', number, summary, status, issued_on, due_on, total_cents, balance_cents, paid_at), E'\n' order by id) from invoices)
          || (select string_agg(concat_ws('|', amount_cents, method, reference, created_at), E'\n' order by id) from payments)
          || (select string_agg(concat_ws('|', address, state, reason, sent_at, opened_at, clicked_at), E'\n' order by id) from messages)
          || (select string_agg(concat_ws('|', kind, amount_cents), E'\n' order by payment_id, invoice_id) from attributions) as all`),
  );
  return createHash('sha256').update(tables[0]!.all).digest('hex');
}
