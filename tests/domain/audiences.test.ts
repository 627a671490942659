import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { audienceCounts, audienceNeighbours, audienceQuery, audienceSample } from '#app/audiences/audience.server.ts';
import { AudienceRules, defaultRules, exclusions, readRules, type Exclusion } from '#app/audiences/rules.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { businessUnits, companies, contacts, customers, invoices, suppressions } from '#db/schema/index.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const TODAY = '2026-03-10';

async function company(): Promise<number> {
  const [row] = await db.insert(companies).values({ name: 'Audience' }).returning({ id: companies.id });
  return row!.id;
}

type Spec = {
  type: 'residential' | 'commercial';
  tags: string[];
  doNotContact: boolean;
  email: boolean;
  suppressed: {
    purpose: 'reminders' | 'promotions' | 'all';
    reason: 'unsubscribed' | 'bounced' | 'complained' | 'office';
  }[];
  invoices: {
    daysOverdue: number;
    balance: number;
    status: 'open' | 'draft' | 'paid' | 'void';
    stop: 'none' | 'do_not_remind' | 'disputed' | 'promised' | 'broken promise';
    unit: number;
  }[];
};

const daysBefore = (days: number) => new Date(Date.parse(TODAY) - days * 86_400_000).toISOString().slice(0, 10);

let number = 0;
async function add(tx: Tx, spec: Spec, unitIds: number[]) {
  const name = `Customer ${(number += 1)}`;
  const [customer] = await tx
    .insert(customers)
    .values({ name, type: spec.type, tags: spec.tags, doNotContact: spec.doNotContact })
    .returning({ id: customers.id });
  const address = `c${number}@home.example`;
  let contactId: number | null = null;
  if (spec.email) {
    const rows = await tx
      .insert(contacts)
      .values({ customerId: customer!.id, kind: 'email', value: address, primary: true })
      .returning({ id: contacts.id });
    contactId = rows[0]!.id;
    await tx.insert(contacts).values({ customerId: customer!.id, kind: 'email', value: `other-${address}` });
    for (const each of spec.suppressed) await tx.insert(suppressions).values({ channel: 'email', address, ...each });
  }
  const made = [];
  for (const each of spec.invoices) {
    const [row] = await tx
      .insert(invoices)
      .values({
        customerId: customer!.id,
        businessUnitId: each.unit > 0 ? (unitIds[each.unit - 1] ?? null) : null,
        number: `N${(number += 1)}`,
        status: each.status,
        issuedOn: '2025-01-01',
        dueOn: daysBefore(each.daysOverdue),
        totalCents: each.balance,
        balanceCents: each.balance,
        doNotRemind: each.stop === 'do_not_remind',
        disputedAt: each.stop === 'disputed' ? new Date() : null,
        promisedFor: each.stop === 'promised' ? TODAY : each.stop === 'broken promise' ? daysBefore(1) : null,
      })
      .returning({ id: invoices.id });
    made.push({ ...each, id: row!.id });
  }
  return { ...spec, id: customer!.id, contactId, address: spec.email ? address : '', invoices: made };
}

type Added = Awaited<ReturnType<typeof add>>;
type Row = {
  customer_id: number;
  invoice_id: number;
  contact_id: number | null;
  location_id: number | null;
  address: string;
  exclusion: Exclusion | null;
  owed_cents: number;
};

/** The rules again, in plain code: what the SQL must say. */
function expected(people: Added[], rules: AudienceRules, unitIds: number[]): Row[] {
  return people.flatMap((person) => {
    if (rules.customerType !== 'any' && person.type !== rules.customerType) return [];
    if (rules.tagsAny.length > 0 && !rules.tagsAny.some((tag) => person.tags.includes(tag))) return [];
    if (rules.tagsNone.some((tag) => person.tags.includes(tag))) return [];
    const matching = person.invoices
      .filter(
        (each) =>
          each.status === 'open' &&
          each.balance > 0 &&
          each.daysOverdue >= (rules.daysOverdueMin ?? -Infinity) &&
          each.daysOverdue <= (rules.daysOverdueMax ?? Infinity) &&
          each.balance >= (rules.owedMinCents ?? 0) &&
          each.balance <= (rules.owedMaxCents ?? Infinity) &&
          (rules.businessUnitIds.length === 0 || rules.businessUnitIds.includes(unitIds[each.unit - 1] ?? -1)),
      )
      .map((each) => ({ ...each, stopped: ['none', 'broken promise'].includes(each.stop) ? null : each.stop }));
    const reasons = person.suppressed
      .filter((each) => person.email && each.purpose !== 'promotions')
      .map((each) => each.reason);
    const reason = (['complained', 'bounced', 'unsubscribed'] as const).find((each) => reasons.includes(each));
    const row = (each: (typeof matching)[number], owed: number): Row => ({
      customer_id: person.id,
      invoice_id: each.id,
      contact_id: person.contactId,
      location_id: null,
      address: person.address,
      exclusion:
        person.doNotContact || reasons.includes('office')
          ? 'do_not_contact'
          : ((each.stopped ?? (person.email ? (reason ?? null) : 'no_email')) as Exclusion | null),
      owed_cents: owed,
    });
    if (rules.per === 'invoice') return matching.map((each) => row(each, each.balance));
    const [first] = matching.toSorted(
      (a, b) => Number(a.stopped !== null) - Number(b.stopped !== null) || b.daysOverdue - a.daysOverdue || a.id - b.id,
    );
    return first
      ? [
          row(
            first,
            matching.reduce((sum, each) => sum + each.balance, 0),
          ),
        ]
      : [];
  });
}

const tag = fc.constantFrom('vip', 'net 30', 'o\'brien, "a"', 'snow {plow}');
const spec: fc.Arbitrary<Spec> = fc.record({
  type: fc.constantFrom('residential' as const, 'commercial' as const),
  tags: fc.uniqueArray(tag, { maxLength: 3 }),
  doNotContact: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  email: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
  suppressed: fc.uniqueArray(
    fc.record({
      purpose: fc.constantFrom('reminders' as const, 'promotions' as const, 'all' as const),
      reason: fc.constantFrom('unsubscribed' as const, 'bounced' as const, 'complained' as const, 'office' as const),
    }),
    { maxLength: 2, selector: (each) => each.purpose },
  ),
  invoices: fc.array(
    fc.record({
      daysOverdue: fc.integer({ min: -5, max: 95 }),
      balance: fc.integer({ min: 0, max: 500 }).map((n) => n * 100),
      status: fc.constantFrom(
        'open' as const,
        'open' as const,
        'open' as const,
        'draft' as const,
        'paid' as const,
        'void' as const,
      ),
      stop: fc.constantFrom(
        'none' as const,
        'none' as const,
        'none' as const,
        'do_not_remind' as const,
        'disputed' as const,
        'promised' as const,
        'broken promise' as const,
      ),
      unit: fc.integer({ min: 0, max: 2 }),
    }),
    { maxLength: 4 },
  ),
});
const bound = (max: number) => fc.option(fc.integer({ min: 0, max }), { freq: 2 });
const ruleSpec = fc.record({
  daysOverdueMin: bound(60),
  daysOverdueMax: bound(95),
  owedMinCents: bound(40_000),
  owedMaxCents: bound(50_000),
  customerType: fc.constantFrom('any' as const, 'any' as const, 'residential' as const, 'commercial' as const),
  tagsAny: fc.uniqueArray(tag, { maxLength: 2 }),
  tagsNone: fc.uniqueArray(tag, { maxLength: 1 }),
  units: fc.uniqueArray(fc.integer({ min: 1, max: 2 }), { maxLength: 2 }),
  per: fc.constantFrom('customer' as const, 'invoice' as const),
});

const byInvoice = (rows: Row[]) => rows.toSorted((a, b) => a.invoice_id - b.invoice_id);

test('B-09: the audience is what its rules say, each invoice once, and its counts are those of its rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(spec, { minLength: 1, maxLength: 8 }),
      fc.array(ruleSpec, { minLength: 1, maxLength: 4 }),
      async (specs, all) => {
        await withCompany(db, await company(), async (tx) => {
          const units = await tx
            .insert(businessUnits)
            .values([{ name: 'Plumbing' }, { name: 'Heating' }])
            .returning({ id: businessUnits.id });
          const unitIds = units.map((unit) => unit.id);
          const people: Added[] = [];
          for (const each of specs) people.push(await add(tx, each, unitIds));
          for (const { units: chosen, ...rest } of all) {
            const rules = AudienceRules.parse({ ...rest, businessUnitIds: chosen.map((unit) => unitIds[unit - 1]) });
            const rows = [...(await tx.execute<Row>(audienceQuery(rules, TODAY)))];
            const key =
              rules.per === 'customer' ? rows.map((row) => row.customer_id) : rows.map((row) => row.invoice_id);
            expect(new Set(key).size).toBe(key.length);
            expect(byInvoice(rows)).toEqual(byInvoice(expected(people, rules, unitIds)));

            const counts = await audienceCounts(tx, rules, TODAY);
            const eligible = rows.filter((row) => row.exclusion === null);
            expect(counts.matched).toBe(rows.length);
            expect(counts.eligible).toBe(eligible.length);
            expect(counts.owedCents).toBe(eligible.reduce((sum, row) => sum + row.owed_cents, 0));
            expect(counts.customers).toBe(new Set(eligible.map((row) => row.customer_id)).size);
            const left = Object.values(counts.byExclusion).reduce((sum, count) => sum + count, 0);
            expect(left + counts.eligible, 'exclusions partition what matches').toBe(rows.length);
            for (const reason of exclusions) {
              expect(counts.byExclusion[reason] ?? 0).toBe(rows.filter((row) => row.exclusion === reason).length);
            }
          }
        });
      },
    ),
    { numRuns: 40 },
  );
});

const plain: Spec = {
  type: 'residential',
  tags: [],
  doNotContact: false,
  email: true,
  suppressed: [],
  invoices: [{ daysOverdue: 10, balance: 5_000, status: 'open', stop: 'none', unit: 0 }],
};

test('B-09: who is in it can be read page by page, searched, and asked for by reason', async () => {
  await withCompany(db, await company(), async (tx) => {
    const people: Added[] = [];
    for (let i = 0; i < 7; i += 1) people.push(await add(tx, plain, []));
    const silent = await add(tx, { ...plain, email: false }, []);
    const seen: number[] = [];
    let after: string | null = null;
    let last = await audienceSample(tx, defaultRules, TODAY, { limit: 3 });
    do {
      const page = await audienceSample(tx, defaultRules, TODAY, { after, limit: 3 });
      seen.push(...page.rows.map((member) => member.customerId));
      after = page.next;
      last = page;
    } while (after);
    expect(seen.toSorted((a, b) => a - b)).toEqual(people.map((person) => person.id));
    const who = await audienceSample(tx, defaultRules, TODAY, { exclusion: 'no_email' });
    expect(who.rows.map((member) => [member.customerId, member.address])).toEqual([[silent.id, '']]);
    const found = await audienceSample(tx, defaultRules, TODAY, { search: people[2]!.address.toUpperCase() });
    expect(found.rows.map((member) => member.customerId)).toEqual([people[2]!.id]);
    const back = await audienceSample(tx, defaultRules, TODAY, { before: last.previous, limit: 3 });
    expect(back.rows.map((member) => member.customerId)).toEqual(seen.slice(3, 6));
    for (const odd of ['%', 'no\u0000body', "'; drop table invoices; --"]) {
      expect((await audienceSample(tx, defaultRules, TODAY, { search: odd })).rows).toEqual([]);
    }
    const top = await audienceSample(tx, defaultRules, TODAY, { after: 'not a cursor', limit: 3 });
    expect(top.rows).toHaveLength(3);
  });
});

test('B-08: one leafs through the audience from the first to the last, and nobody left out comes up', async () => {
  await withCompany(db, await company(), async (tx) => {
    expect(await audienceNeighbours(tx, defaultRules, TODAY, null)).toBeNull();
    for (let i = 0; i < 4; i += 1) await add(tx, plain, []);
    const silent = await add(tx, { ...plain, email: false }, []);
    const order = (await audienceSample(tx, defaultRules, TODAY)).rows.map((member) => member.invoiceId);
    const seen: number[] = [];
    let at = await audienceNeighbours(tx, defaultRules, TODAY, null);
    expect(at?.previous).toBeNull();
    while (at) {
      seen.push(at.member.invoiceId);
      expect(at.position).toBe(seen.length);
      at = at.next === null ? null : await audienceNeighbours(tx, defaultRules, TODAY, at.next);
    }
    expect(seen).toEqual(order);
    expect(await audienceNeighbours(tx, defaultRules, TODAY, silent.invoices[0]!.id)).toBeNull();
  });
});

test('B-09: an opt-out of promotions does not stop reminders, and the other way round', async () => {
  await withCompany(db, await company(), async (tx) => {
    await add(tx, { ...plain, suppressed: [{ purpose: 'promotions', reason: 'unsubscribed' }] }, []);
    expect((await audienceCounts(tx, defaultRules, TODAY, { channel: 'email', purpose: 'reminders' })).eligible).toBe(
      1,
    );
    expect(
      (await audienceCounts(tx, defaultRules, TODAY, { channel: 'email', purpose: 'promotions' })).byExclusion,
    ).toEqual({ unsubscribed: 1 });
  });
});

test('another company’s invoices are in nobody else’s audience', async () => {
  const [one, two] = [await company(), await company()];
  const theirs = await withCompany(db, one, (tx) => add(tx, plain, []));
  await withCompany(db, two, async (tx) => {
    expect((await audienceCounts(tx, { ...defaultRules, per: 'invoice' }, TODAY)).matched).toBe(0);
    expect(await audienceNeighbours(tx, defaultRules, TODAY, theirs.invoices[0]!.id)).toBeNull();
  });
  expect([...(await db.execute(sql`select * from (${audienceQuery(defaultRules, TODAY)}) a`))]).toEqual([]);
});

test('stored rules of older code get defaults; nonsense becomes the default audience', () => {
  expect(readRules({})).toEqual(defaultRules);
  expect(readRules({ per: 'invoice' })).toEqual({ ...defaultRules, per: 'invoice' });
  for (const odd of [null, 'x', { daysOverdueMin: -1 }, { owedMinCents: 0.5 }, { tagsAny: [1] }]) {
    expect(readRules(odd)).toEqual(defaultRules);
  }
});
