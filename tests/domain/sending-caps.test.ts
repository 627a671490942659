import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { AudienceRules } from '#app/audiences/rules.ts';
import { expandCampaign } from '#app/campaigns/expand.server.ts';
import { explainReason } from '#app/campaigns/reasons.ts';
import { openWindow, type Range } from '#app/campaigns/send-gate.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  counterDifferences,
  launch,
  rangesOf,
  runRanges,
  sendingCompany,
  sendingWith,
  statesOf,
} from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

type Caps = { perCustomer?: number; perInvoice?: number; days?: number };

/** A company with those caps, and so many customers with overdue invoices. */
async function companyWith(caps: Caps, customers: number, invoicesEach = 1): Promise<number> {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, async (tx) => {
    await tx.execute(sql`
      insert into sending_rules (cap_per_customer, cap_per_invoice, cap_days)
      values (${caps.perCustomer ?? null}, ${caps.perInvoice ?? 7}, ${caps.days ?? 7})`);
    for (let n = 0; n < customers; n++) {
      const { customerId } = await makeCustomer(tx);
      for (let each = 0; each < invoicesEach; each++) await makeInvoice(tx, { customerId });
    }
  });
  return companyId;
}

/** A launched campaign with a message for each invoice. */
async function campaignOf(companyId: number) {
  const audience = AudienceRules.parse({ per: 'invoice' });
  const draft = await withCompany(db, companyId, (tx) => makeCampaign(tx, { audience }));
  const made = await launch(db, companyId, draft);
  return withCompany(db, companyId, async (tx) => {
    await expandCampaign(tx, made.campaignId);
    return { ...made, ranges: await rangesOf(tx, made.campaignId) };
  });
}

/** A campaign that was launched and went out. @returns each message's state */
async function sent(companyId: number): Promise<string[]> {
  const { campaignId, stepId, ranges } = await campaignOf(companyId);
  await runRanges(sendingWith(db, recordingProvider()), companyId, ranges);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
  return (await statesOf(db, companyId, campaignId)).toSorted();
}

const tooOften = 'skipped:too_often';

test('B-13: an invoice is written about as often as the cap allows, over all campaigns, and the refusal says why', async () => {
  const companyId = await companyWith({ perInvoice: 2 }, 3);
  expect(await sent(companyId)).toEqual(['sent', 'sent', 'sent']);
  expect(await sent(companyId)).toEqual(['sent', 'sent', 'sent']);
  expect(await sent(companyId)).toEqual([tooOften, tooOften, tooOften]);
  const { label, why, todo } = explainReason('too_often');
  expect(label).toBe('Written to often enough');
  expect(why).toContain('sending rules');
  expect(todo).toContain('Sending rules');
});

test('B-13: seven messages about an invoice in seven days are the most, without any setting', async () => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => makeInvoice(tx));
  for (let n = 0; n < 7; n++) expect(await sent(companyId)).toEqual(['sent']);
  expect(await sent(companyId)).toEqual([tooOften]);
});

test('B-13: a customer’s cap counts every invoice of theirs, also those of the same window', async () => {
  const companyId = await companyWith({ perCustomer: 2 }, 2, 3);
  expect(await sent(companyId)).toEqual(['sent', 'sent', 'sent', 'sent', tooOften, tooOften]);
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ n: number }>(
      sql`select count(*)::int as n from messages where state = 'sent' group by customer_id order by 1`,
    ),
  );
  expect(rows.map((row) => row.n)).toEqual([2, 2]);
});

test('B-13: what an invoice’s cap refuses does not use up the customer’s', async () => {
  const companyId = await companyWith({ perInvoice: 1, perCustomer: 4 }, 1, 2);
  expect(await sent(companyId)).toEqual(['sent', 'sent']);
  await withCompany(db, companyId, async (tx) => {
    const [row] = await tx.execute<{ id: number }>(sql`select id from customers`);
    await makeInvoice(tx, { customerId: row!.id });
    await makeInvoice(tx, { customerId: row!.id });
  });
  expect(await sent(companyId)).toEqual(['sent', 'sent', tooOften, tooOften]);
});

test('B-13: what may have arrived counts, what certainly did not does not, and days pass', async () => {
  const companyId = await companyWith({ perCustomer: 1, days: 7 }, 1);
  expect(await sent(companyId)).toEqual(['sent']);
  const change = (set: string) =>
    withCompany(db, companyId, (tx) =>
      tx.execute(sql.raw(`update messages set ${set} where attempted_at is not null`)),
    );
  await change(`state = 'unknown', reason = 'interrupted'`);
  expect(await sent(companyId)).toEqual([tooOften]);
  await change(`state = 'failed', reason = 'rejected'`);
  expect(await sent(companyId)).toEqual(['sent']);
  await change(`attempted_at = now() - interval '6 days 23 hours'`);
  expect(await sent(companyId)).toEqual([tooOften]);
  await change(`attempted_at = now() - interval '7 days 1 second'`);
  expect(await sent(companyId)).toEqual(['sent']);
});

test('B-13: a receipt, a test or an invitation is no campaign message and does not count', async () => {
  const companyId = await companyWith({ perCustomer: 1 }, 1);
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`
      insert into messages (kind, customer_id, address, state, attempted_at)
      select kind, c.id, 'x@mail.example', 'sent', now()
        from customers c, unnest(array['receipt', 'test', 'portal_invitation']) kind`),
  );
  expect(await sent(companyId)).toEqual(['sent']);
});

test('B-13: one company’s messages count for no other', async () => {
  const [one, other] = [await companyWith({ perCustomer: 1 }, 1), await companyWith({ perCustomer: 1 }, 1)];
  expect(await sent(one)).toEqual(['sent']);
  expect(await sent(other)).toEqual(['sent']);
});

const rangeOf = async (tx: Tx, rangeId: number): Promise<Range> => {
  const [range] = await tx.execute<Range>(sql`
    select id, campaign_id as "campaignId", step_id as "stepId", from_id as "fromId", to_id as "toId",
           from_id as "cursorId" from message_ranges where id = ${rangeId}`);
  return range!;
};

/** Opens a window and holds its transaction until `finish` is called. */
async function heldWindow(companyId: number, rangeId: number) {
  let finish = () => {};
  const held = new Promise<void>((done) => (finish = done));
  let opened: (passed: number) => void = () => {};
  const passed = new Promise<number>((done) => (opened = done));
  const ended = withCompany(db, companyId, async (tx) => {
    opened((await openWindow(tx, await rangeOf(tx, rangeId), 100, '2026-07-01')).passed.length);
    await held;
  });
  return { passed: await passed, finish: () => (finish(), ended) };
}

const window = (companyId: number, rangeId: number) =>
  withCompany(db, companyId, async (tx) => openWindow(tx, await rangeOf(tx, rangeId), 100, '2026-07-01'));

/** Until somebody waits for the lock of the caps, or it took so long that nobody does. */
async function someoneWaits(): Promise<void> {
  const waiting = async () => {
    const [row] = await db.execute<{ n: number }>(sql`
      select count(*)::int as n from pg_locks
       where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`);
    return row!.n;
  };
  await expect.poll(waiting, { interval: 10 }).toBe(1);
}

test('B-13: two campaigns to the same customer at the same moment: the second sees what the first marked', async () => {
  const companyId = await companyWith({ perCustomer: 1 }, 3);
  const [one, other] = [await campaignOf(companyId), await campaignOf(companyId)];
  const first = await heldWindow(companyId, one.ranges[0]!);
  expect(first.passed).toBe(3);
  const second = window(companyId, other.ranges[0]!);
  await someoneWaits();
  await first.finish();
  expect(await second).toMatchObject({ passed: [], refused: 3 });
});

test('B-13: a window that had nothing to count is waited for by the first that has', async () => {
  const companyId = await companyWith({ perInvoice: 2 }, 2);
  expect(await sent(companyId)).toEqual(['sent', 'sent']);
  const two = await campaignOf(companyId);
  // Two campaigns in all: nobody can get more than two.
  const free = await heldWindow(companyId, two.ranges[0]!);
  expect(free.passed).toBe(2);
  const three = await campaignOf(companyId);
  const counting = window(companyId, three.ranges[0]!);
  await someoneWaits();
  await free.finish();
  expect(await counting).toMatchObject({ passed: [], refused: 2 });
});

test('windows that have nothing to count do not wait for each other', async () => {
  const companyId = await companyWith({}, 2);
  const [one, other] = [await campaignOf(companyId), await campaignOf(companyId)];
  const first = await heldWindow(companyId, one.ranges[0]!);
  expect((await window(companyId, other.ranges[0]!)).passed).toHaveLength(2);
  await first.finish();
});

test('B-13: four campaigns sent by four workers at once pass no cap', async () => {
  const companyId = await companyWith({ perCustomer: 2, perInvoice: 1 }, 12, 3);
  const campaigns = [];
  for (let n = 0; n < 4; n++) campaigns.push(await campaignOf(companyId));
  const provider = recordingProvider();
  const sending = sendingWith(db, provider, { windowSize: 5 });
  await Promise.all(campaigns.map(({ ranges }) => runRanges(sending, companyId, ranges)));
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ customer: number; most: number }>(sql`
      select count(*)::int as customer, max(n)::int as most from (
        select customer_id, invoice_id, count(*) over (partition by invoice_id) as n from messages where state = 'sent') each
       group by customer_id`),
  );
  expect(rows).toHaveLength(12);
  expect(rows.every((row) => row.customer === 2 && row.most === 1)).toBe(true);
  expect(provider.got).toHaveLength(24);
  for (const { stepId } of campaigns) expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('B-13: a campaign that is launched just after a window judged itself free: nothing goes out uncounted', async () => {
  const companyId = await companyWith({ perInvoice: 1 }, 2);
  const { ranges } = await campaignOf(companyId);
  const window = await withCompany(db, companyId, async (tx) => {
    const late = new Proxy(tx, {
      get: (target, name) =>
        name === 'execute'
          ? async (query: Parameters<Tx['execute']>[0]) => {
              const rows = await target.execute(query);
              if (rows[0] && 'free' in rows[0]) await campaignOf(companyId);
              return rows;
            }
          : Reflect.get(target, name),
    });
    return openWindow(late, await rangeOf(tx, ranges[0]!), 100, '2026-07-01');
  });
  expect(window).toEqual({ passed: [], refused: 0, deferred: 0, lastId: null });
  const counted = await withCompany(db, companyId, async (tx) =>
    openWindow(tx, await rangeOf(tx, ranges[0]!), 100, '2026-07-01'),
  );
  expect(counted.passed).toHaveLength(2);
});
