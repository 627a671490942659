import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { openWindow, RangeLost } from '#app/campaigns/send-gate.server.ts';
import { takeRange } from '#app/campaigns/send-lease.server.ts';
import { loadRecipient } from '#app/campaigns/send-values.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { launchAndExpand, sendingCompany } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

/** Whatever an import may bring, the sign that parts values in the gate's answer among it. */
const NAMES = ['Dana Ray', '', 'Ray\u001f9,1,1', 'O’Neil, "Bo" {}', 'Łucja 🏠\n2', '\u001f', ' '];

async function companyOf(names: readonly string[]): Promise<number> {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, async (tx) => {
    for (const name of names) {
      const { customerId } = await makeCustomer(tx, { name: name.trim() || 'Nobody' });
      await tx.execute(sql`
        update customers set name = ${name}, first_name = ${name}, last_name = '', company_name = ${name} where id = ${customerId}`);
      const { invoiceId } = await makeInvoice(tx, { customerId });
      await tx.execute(sql`update invoices set summary = ${name} where id = ${invoiceId}`);
    }
  });
  return companyId;
}

/** A Wednesday's noon: in sending hours wherever the recipients are, at whatever hour the test runs. */
const NOON = new Date('2026-06-03T17:00:00Z');

async function windowOf(tx: Tx, rangeId: number, keep?: () => Promise<boolean>) {
  await tx.execute(sql`update messages set send_at = ${NOON.toISOString()}`);
  const taken = await takeRange(tx, rangeId, 'test', 600);
  if (taken.kind !== 'mine') throw new Error(taken.kind);
  return openWindow(tx, taken.range, 100, '2026-01-01', { now: NOON, ...(keep && { keep }) });
}

test.each([
  ['without hours', sql`select 1`],
  [
    'with hours that are open',
    sql`insert into sending_rules (email_hours, opens_at, closes_at) values (true, 0, 1440)`,
  ],
  ['with a cap', sql`insert into sending_rules (cap_per_customer) values (5)`],
])('B-08: what the gate hands over of a recipient is what the record has, %s', async (_, rules) => {
  const companyId = await companyOf(NAMES);
  await withCompany(db, companyId, (tx) => tx.execute(rules));
  const { ranges } = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, async (tx) => {
    const { passed } = await windowOf(tx, ranges[0]!);
    expect(passed).toHaveLength(NAMES.length);
    for (const { id, address, closesAt, mail, ...recipient } of passed) {
      expect(recipient).toEqual(await loadRecipient(tx, recipient.invoiceId));
      const [message] = await tx.execute(
        sql`select id, address, invoice_id as "invoiceId", customer_id as "customerId" from messages where id = ${id}`,
      );
      expect(message).toEqual({ id, address, invoiceId: recipient.invoiceId, customerId: recipient.customerId });
      expect(mail).toBeNull();
      expect(closesAt === null || Date.parse(closesAt) > NOON.getTime()).toBe(true);
    }
  });
});

test('B-13: of addresses that are barred for this purpose, for all or for another, the gate knows each its own', async () => {
  const companyId = await companyOf(['a', 'b', 'c', 'd']);
  const { ranges } = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, async (tx) => {
    const rows = await tx.execute<{ id: number }>(sql`
      with numbered as (select id, row_number() over (order by id) as n from messages), one as (
        update messages m set address = 'customer' || n.n || '@mail.example' from numbered n where n.id = m.id returning m.id)
      select id from one order by id`);
    await tx.execute(sql`
      insert into suppressions (channel, address, purpose, reason) values
        ('email', 'customer1@mail.example', 'reminders', 'unsubscribed'),
        ('email', 'customer2@mail.example', 'reminders', 'unsubscribed'), ('email', 'customer2@mail.example', 'all', 'complained'),
        ('email', 'customer3@mail.example', 'promotions', 'unsubscribed'), ('sms', 'customer4@mail.example', 'all', 'stop')`);
    const window = await windowOf(tx, ranges[0]!);
    expect(window).toMatchObject({ refused: 2, deferred: 0 });
    expect(window.passed.map(({ id }) => id)).toEqual([rows[2]!.id, rows[3]!.id]);
    const refused = await tx.execute(sql`select id, reason from messages where state = 'skipped' order by id`);
    expect([...refused]).toEqual([
      { id: rows[0]!.id, reason: 'unsubscribed' },
      { id: rows[1]!.id, reason: 'complained' },
    ]);
  });
});

test.each([
  ['is another’s', async () => false, RangeLost],
  ['can’t be kept', () => Promise.reject(new Error('away')), 'away'],
])('a window over a range that %s marks nothing', async (_, keep, error) => {
  const companyId = await companyOf(['a', 'b']);
  const { ranges } = await launchAndExpand(db, companyId);
  const opened = withCompany(db, companyId, (tx) => windowOf(tx, ranges[0]!, keep));
  await expect(opened).rejects.toThrow(error);
  await withCompany(db, companyId, async (tx) => {
    const states = await tx.execute(sql`select distinct state from messages`);
    expect([...states]).toEqual([{ state: 'planned' }]);
  });
});
