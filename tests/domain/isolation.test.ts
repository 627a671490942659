import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { connect, withCompany, withTopic } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { channelSettings, companies, customers } from '#db/schema/index.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();

async function twoCompanies(): Promise<[number, number]> {
  const rows = await db
    .insert(companies)
    .values([{ name: 'One' }, { name: 'Two' }])
    .returning({ id: companies.id });
  return [rows[0]!.id, rows[1]!.id];
}

test('every table with a company_id has forced row-level security and the company policy', async () => {
  const open = await db.execute<{ name: string }>(sql`
    select c.relname as name from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
     where c.relkind in ('r', 'p') and c.relname not in ('hosts', 'sessions')
       and not (c.relrowsecurity and c.relforcerowsecurity
                and exists (select from pg_policies p where p.tablename = c.relname and p.policyname = 'company'))`);
  expect(open.map((row) => row.name)).toEqual([]);
});

test('the app role owns nothing and cannot pass row-level security', async () => {
  const [role] = await db.execute<{ owned: number; bypass: boolean; super: boolean; me: string }>(sql`
    select (select count(*) from pg_class where relowner = r.oid) as owned, r.rolbypassrls as bypass,
           r.rolsuper as super, current_user as me from pg_roles r where r.rolname = 'fieldpost_app'`);
  expect(role).toEqual({ owned: 0, bypass: false, super: false, me: 'fieldpost_app' });
});

test('a company sees and changes only its own rows, and none without a company', async () => {
  const [one, two] = await twoCompanies();
  const row = await withCompany(
    db,
    one,
    async (tx) => (await tx.insert(customers).values({ name: 'Ann' }).returning())[0]!,
  );
  expect(await db.select().from(customers)).toEqual([]);
  await withCompany(db, two, async (tx) => {
    expect(await tx.select().from(customers)).toEqual([]);
    expect(await tx.update(customers).set({ name: 'Eve' }).returning()).toEqual([]);
  });
  await expect(
    withCompany(db, two, (tx) => tx.insert(customers).values({ name: 'Eve', companyId: one })),
  ).rejects.toThrow();
  await withCompany(db, one, async (tx) => {
    expect((await tx.select().from(customers)).map((c) => [c.id, c.name])).toEqual([[row.id, 'Ann']]);
  });
});

test('a topic shows the settings of the company that named it, and nothing else', async () => {
  const [one, two] = await twoCompanies();
  const topic = 'arn:aws:sns:us-east-1:123456789012:one';
  const enter = (companyId: number, topicArn: string) =>
    withCompany(db, companyId, async (tx) => {
      await tx.insert(channelSettings).values({ channel: 'email', provider: 'ses', options: { topicArn } });
      await tx.insert(customers).values({ name: 'Ann' });
    });
  await enter(one, topic);
  await enter(two, '');
  const seen = (topicArn: string) =>
    withTopic(db, topicArn, async (tx) => ({
      settings: (await tx.select().from(channelSettings)).map((row) => row.companyId),
      customers: await tx.select().from(customers),
      changed: await tx.update(channelSettings).set({ options: {} }).returning(),
    }));
  expect(await seen(topic)).toEqual({ settings: [one], customers: [], changed: [] });
  for (const other of ['', `${topic}2`])
    expect(await seen(other)).toEqual({ settings: [], customers: [], changed: [] });
  // The setting ends with its transaction, on the same connection too.
  expect(await db.select().from(channelSettings)).toEqual([]);
});

test('append-only tables refuse a change from the app', async () => {
  const [one] = await twoCompanies();
  for (const table of ['audit_entries', 'ledger_entries', 'consents', 'portal_agreements', 'message_events']) {
    await expect(
      withCompany(db, one, (tx) => tx.execute(sql.raw(`delete from ${table}`))),
      table,
    ).rejects.toThrow();
    await expect(
      withCompany(db, one, (tx) => tx.execute(sql.raw(`update ${table} set company_id = 1`))),
      table,
    ).rejects.toThrow();
  }
});

test('messages stay, as what was told of them does', async () => {
  const [one] = await twoCompanies();
  await expect(withCompany(db, one, (tx) => tx.execute(sql`delete from messages`))).rejects.toThrow();
});

test('a job is added and rolled back with the change that asks for it', async () => {
  const [one] = await twoCompanies();
  await expect(
    withCompany(db, one, async (tx) => {
      await addJob(tx, 'campaign.expand', { companyId: one, campaignId: 1 });
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await withCompany(db, one, (tx) => addJob(tx, 'campaign.expand', { companyId: one, campaignId: 2 }));
  const owner = connect(url);
  const admin = (await import('postgres')).default(url, { max: 1 });
  const rows = await admin`select payload from graphile_worker._private_jobs`;
  await admin.end();
  await owner.close();
  expect(rows.map((row) => row.payload)).toEqual([{ companyId: one, campaignId: 2 }]);
});

test('a statement that takes too long is given up, and its connection goes on', async () => {
  const short = connect(url, { max: 1, statementSeconds: 1 });
  await expect(short.db.execute(sql`select pg_sleep(5)`)).rejects.toMatchObject({ cause: { code: '57014' } });
  expect([...(await short.db.execute(sql`select 1 as one`))]).toEqual([{ one: 1 }]);
  await short.close();
});
