import { sql, type SQL } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';

import { cancelCampaign, pauseCampaign, resumeCampaign } from '#app/campaigns/lifecycle.server.ts';
import { campaignResults } from '#app/campaigns/results.server.ts';
import { openWindow, type Range, type Window } from '#app/campaigns/send-gate.server.ts';
import { closeRange, rangeKey, takeRange } from '#app/campaigns/send-lease.server.ts';
import { system } from '#app/company/audit.server.ts';
import { isOpen } from '#app/consent/hours/open.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeContact, makeCustomer, makeJob, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import { counterDifferences, launchAndExpand, runRanges, sendingCompany, sendingWith } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const owner = postgres(url, { max: 1, onnotice: () => {} });
afterAll(() => owner.end());

type Person = {
  state?: string;
  zip?: string;
  mobile?: string;
  landline?: string;
  /** Further places and jobs, once the customer is there. */
  more?: (tx: Tx, customerId: number) => Promise<{ jobId?: number; locationId?: number } | void>;
};

/** A company in New York whose email keeps sending hours, and one message to each person. */
async function campaignIn(people: readonly Person[], rules: SQL = sql`true, 540, 1200`) {
  const companyId = await sendingCompany(db);
  const invoiceIds = await withCompany(db, companyId, async (tx) => {
    await tx.execute(sql`insert into sending_rules (email_hours, opens_at, closes_at) values (${rules})`);
    const made: number[] = [];
    for (const person of people) {
      const { customerId } = await makeCustomer(tx, { mobile: person.mobile ?? null });
      if (person.landline) await makeContact(tx, { customerId, kind: 'landline', value: person.landline });
      if (person.zip !== undefined || person.state !== undefined) {
        await makeLocation(tx, { customerId, state: person.state ?? '', zip: person.zip ?? '' });
      }
      const job = (await person.more?.(tx, customerId)) ?? {};
      made.push((await makeInvoice(tx, { customerId, ...job })).invoiceId);
    }
    return made;
  });
  const campaign = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, (tx) => tx.execute(sql`update messages set send_at = '2026-01-01'`));
  return { companyId, invoiceIds, ...campaign };
}

type Made = Awaited<ReturnType<typeof campaignIn>>;

const rangeOf = async (tx: Tx, campaign: Made): Promise<Range> => {
  const taken = await takeRange(tx, campaign.ranges[0]!, 'test', 600);
  if (taken.kind !== 'mine') throw new Error(taken.kind);
  return { ...taken.range, cursorId: taken.range.fromId };
};

/** One window at that instant over the whole range, and the range given back, so that it can be opened again. */
async function windowAt(campaign: Made, iso: string): Promise<Window & { closed: string }> {
  return withCompany(db, campaign.companyId, async (tx) => {
    const range = await rangeOf(tx, campaign);
    const window = await openWindow(tx, range, 500, iso.slice(0, 10), { now: new Date(iso) });
    const closed = await closeRange(tx, range, campaign.companyId, 'test', new Date(iso));
    await tx.execute(sql`update message_ranges set leased_by = null where id = ${range.id}`);
    return { ...window, closed };
  });
}

/** Where each person's message stands, in the order of the people: `attempting`, or until when it waits. */
async function standing(campaign: Made): Promise<string[]> {
  const rows = await withCompany(db, campaign.companyId, (tx) =>
    tx.execute<{ what: string }>(sql`
      select case state when 'deferred' then to_char(send_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI') else state end
             || coalesce(' ' || nullif(reason, 'quiet_hours'), '') as what
        from messages where campaign_id = ${campaign.campaignId} order by invoice_id`),
  );
  return rows.map((row) => row.what);
}

const at = (iso: string) => async (people: readonly Person[], rules?: SQL) => {
  const campaign = await campaignIn(people, rules);
  await windowAt(campaign, iso);
  expect(await counterDifferences(db, campaign.companyId, campaign.stepId)).toEqual([]);
  return standing(campaign);
};

/** A Wednesday: 3 am in New York, midnight in Los Angeles. Each zone's 9 am tells where somebody was taken to be. */
const night = at('2026-07-15T07:00:00Z');
const opening = {
  eastern: '2026-07-15T13:00',
  central: '2026-07-15T14:00',
  mountain: '2026-07-15T15:00',
  pacific: '2026-07-15T16:00',
  hawaii: '2026-07-15T19:00',
};

test('B-14: the zone is that of the ZIP, however it is written', async () => {
  const zips = ['60601', '60601-1234', '60601 1234', '606011234', ' 90210 ', '2134', '2134-1001', '21341001', '80202-'];
  expect(await night(zips.map((zip) => ({ zip })))).toEqual([
    ...Array(4).fill(opening.central),
    opening.pacific,
    ...Array(3).fill(opening.eastern),
    opening.mountain,
  ]);
});

test('B-14: territories, and zeros that a spreadsheet lost twice', async () => {
  // In winter, Puerto Rico is an hour ahead of New York, where the company is.
  expect(
    await at('2026-01-14T07:00:00Z')([{ zip: '00901' }, { zip: '901' }, { zip: '801' }, { zip: '96910' }]),
  ).toEqual(['2026-01-14T13:00', '2026-01-14T13:00', '2026-01-14T13:00', 'attempting']);
  expect(await night([{ zip: '96799' }, { zip: '96813' }])).toEqual(['2026-07-15T20:00', opening.hawaii]);
});

test('B-14: what is no ZIP, or one of nowhere, says nothing: the company’s zone counts', async () => {
  const nowhere = ['K1A 0B1', '', 'abc', '12', '09012', '96201', '1234567890', '٦٠٦٠١', "60601'; drop table messages"];
  expect(await night(nowhere.map((zip) => ({ zip })))).toEqual(Array(nowhere.length).fill(opening.eastern));
  expect(
    await night([{}, { state: 'ON', zip: 'M5V 2T6' }, { mobile: '+14165550100' }, { mobile: '+442071234567' }]),
  ).toEqual(Array(4).fill(opening.eastern));
});

test('B-14: without a ZIP the area code counts, with every zone that it reaches into', async () => {
  expect(
    await night([
      { mobile: '+13125550100' },
      { landline: '+18085550100' },
      { mobile: '+13125550100', landline: '+18085550100' },
      // 850 lies in two zones.
      { mobile: '+18505550100' },
      { mobile: '+18005550100' },
    ]),
  ).toEqual([opening.central, opening.hawaii, opening.central, opening.central, opening.eastern]);
});

test('B-14: a state without a ZIP is open when all of it is', async () => {
  expect(await night([{ state: 'HI' }, { state: 'Tennessee' }, { state: 'd.c.' }, { state: 'tx' }])).toEqual([
    opening.hawaii,
    opening.central,
    opening.eastern,
    opening.mountain,
  ]);
});

test('B-14: where address and number differ, both must be open, for what was launched just now too', async () => {
  // 6 am in Los Angeles, where the number is, and 9 am at the address.
  const campaign = await campaignIn([{ zip: '10001', mobile: '+12135550100' }]);
  await withCompany(db, campaign.companyId, (tx) =>
    tx.execute(sql`update messages set send_at = '2026-07-15T13:00:00Z'`),
  );
  await windowAt(campaign, '2026-07-15T13:00:00Z');
  expect(await standing(campaign)).toEqual(['2026-07-15T16:00']);
});

test('B-14: where address and number differ, both must be open', async () => {
  const people = [
    { zip: '10001', mobile: '+18085550100' },
    { zip: '96813', mobile: '+12125550100' },
  ];
  expect(await night(people)).toEqual([opening.hawaii, opening.hawaii]);
  // 9 pm in New York: closed there, open in Honolulu. They open in the morning there, when it is 3 am in Honolulu ...
  const campaign = await campaignIn(people);
  await windowAt(campaign, '2026-07-16T01:00:00Z');
  expect(await standing(campaign)).toEqual(Array(2).fill('2026-07-16T13:00'));
  // ... and wait once more for that.
  await windowAt(campaign, '2026-07-16T13:00:30Z');
  expect(await standing(campaign)).toEqual(Array(2).fill('2026-07-16T19:00 quiet_hours_apart'));
  await windowAt(campaign, '2026-07-16T19:00:00Z');
  expect(await standing(campaign)).toEqual(Array(2).fill('attempting'));
});

test('B-14: an address and a number that are never open together do not wait forever: the address counts', async () => {
  // Ten to noon in New York and in Honolulu have no minute in common.
  const campaign = await campaignIn([{ zip: '10001', mobile: '+18085550100' }], sql`true, 600, 720`);
  const opened: string[] = [];
  for (let now = '2026-07-16T01:00:00Z', times = 0; times < 6; times++) {
    const { passed } = await windowAt(campaign, now);
    const [stands] = await standing(campaign);
    opened.push(stands!);
    if (passed.length > 0) break;
    now = `${stands!.slice(0, 16)}:00Z`;
  }
  expect(opened.at(-1)).toBe('attempting');
  expect(opened.at(-2)).toMatch(/T14:00/);
  expect(opened.length).toBeLessThanOrEqual(5);
});

test('B-14: the service address is the job’s, else the first that is not for billing, else the billing one', async () => {
  const place = (zip: string, billing: boolean) => (tx: Tx, customerId: number) =>
    makeLocation(tx, { customerId, zip, state: '', billing });
  const jobAt = async (tx: Tx, customerId: number, zip: string) => {
    const locationId = await place(zip, false)(tx, customerId);
    return { jobId: await makeJob(tx, { customerId, locationId }) };
  };
  expect(
    await night([
      { zip: '90210', more: async (tx, id) => void (await place('60601', false)(tx, id)) },
      {
        zip: '90210',
        more: async (tx, id) => {
          await place('60601', false)(tx, id);
          return jobAt(tx, id, '80202');
        },
      },
      { zip: '90210', more: async (tx, id) => ({ locationId: await place('80202', false)(tx, id) }) },
      // A job's place that says nothing leaves it to the others.
      { zip: '90210', more: (tx, id) => jobAt(tx, id, '') },
      { zip: '', more: async (tx, id) => void (await place('60601', true)(tx, id)) },
    ]),
  ).toEqual([opening.central, opening.mountain, opening.mountain, opening.pacific, opening.central]);
});

test('B-14: the state’s own hours narrow the company’s, by the state or else by the ZIP', async () => {
  // 9:30 am on a Wednesday in each place.
  const rules = sql`true, 480, 1260`;
  expect(
    await at('2026-07-15T13:30:00Z')(
      [
        { state: 'KY', zip: '40507' },
        { state: 'Kentucky', zip: '40507' },
        { zip: '40507' },
        { state: 'OH', zip: '45202' },
        // Lives in Ohio, with a number of Kentucky: what both allow.
        { state: 'OH', zip: '45202', mobile: '+18595550100' },
      ],
      rules,
    ),
  ).toEqual(['2026-07-15T14:00', '2026-07-15T14:00', '2026-07-15T14:00', 'attempting', '2026-07-15T14:00']);
  // Sunday at noon in Alabama, Texas and Rhode Island.
  expect(
    await at('2026-07-19T16:30:00Z')([{ zip: '35203' }, { zip: '78701' }, { zip: '02903' }, { zip: '30303' }], rules),
  ).toEqual(['2026-07-20T13:00', '2026-07-19T17:00', 'attempting', 'attempting']);
});

test('B-14: hours that end within seconds have ended: what passes is handed over only after the gate', async () => {
  expect(await at('2026-07-15T23:59:45Z')([{ zip: '10001' }])).toEqual(['attempting']);
  expect(await at('2026-07-15T23:59:55Z')([{ zip: '10001' }])).toEqual(['2026-07-16T13:00']);
});

test('B-14: email keeps no hours unless the company wants it; texts always do', async () => {
  expect(await at('2026-07-15T07:00:00Z')([{ zip: '10001' }], sql`false, 540, 1200`)).toEqual(['attempting']);
  const text = await campaignIn([{ zip: '10001' }], sql`false, 540, 1200`);
  await withCompany(db, text.companyId, async (tx) => {
    await tx.execute(sql`update campaign_steps set channel = 'sms'`);
    const [row] = await tx.execute<{ id: number }>(sql`select customer_id as id from messages`);
    const contactId = await makeContact(tx, { customerId: row!.id, kind: 'mobile', value: '+12125550100' });
    await tx.execute(sql`update messages set channel = 'sms', address = '+12125550100', contact_id = ${contactId}`);
  });
  await windowAt(text, '2026-07-15T07:00:00Z');
  expect(await standing(text)).toEqual([opening.eastern]);
});

test('B-14: the number that a text goes to counts, not another of the customer', async () => {
  const text = await campaignIn([{ mobile: '+12125550100' }], sql`false, 540, 1200`);
  await withCompany(db, text.companyId, async (tx) => {
    const [row] = await tx.execute<{ id: number }>(sql`select customer_id as id from messages`);
    const contactId = await makeContact(tx, {
      customerId: row!.id,
      kind: 'mobile',
      value: '+18085550100',
      primary: false,
    });
    await tx.execute(sql`update campaign_steps set channel = 'sms'`);
    await tx.execute(sql`update messages set channel = 'sms', address = '+18085550100', contact_id = ${contactId}`);
  });
  await windowAt(text, '2026-07-15T07:00:00Z');
  expect(await standing(text)).toEqual([opening.hawaii]);
});

test('B-14: deferred, never dropped: the range is taken again at the first opening and sends it then', async () => {
  const campaign = await campaignIn([{ zip: '10001' }, { zip: '90210' }, { zip: '10001' }]);
  const first = await windowAt(campaign, '2026-07-15T07:00:00Z');
  expect(first).toMatchObject({ passed: [], refused: 0, deferred: 3, closed: 'later' });
  const runAt = async () => {
    const [job] = await owner<{ run_at: Date }[]>`
      select run_at from graphile_worker.jobs where key = ${rangeKey({ companyId: campaign.companyId, rangeId: campaign.ranges[0]! })}`;
    return job!.run_at.toISOString();
  };
  expect(await runAt()).toBe('2026-07-15T13:00:00.000Z');
  const hours = async () =>
    (await withCompany(db, campaign.companyId, (tx) => campaignResults(tx, campaign.campaignId)))!.hours;
  const { waiting, nextAt } = await hours();
  expect([waiting, new Date(nextAt!).toISOString()]).toEqual([3, '2026-07-15T13:00:00.000Z']);

  // Looked at too early, nothing moves.
  expect(await windowAt(campaign, '2026-07-15T12:59:59Z')).toMatchObject({ passed: [], deferred: 0, closed: 'later' });
  const second = await windowAt(campaign, '2026-07-15T13:00:00Z');
  expect(second.passed).toHaveLength(2);
  expect(await standing(campaign)).toEqual(['attempting', opening.pacific, 'attempting']);
  expect(await runAt()).toBe('2026-07-15T16:00:00.000Z');
  expect((await hours()).waiting).toBe(1);
  expect(await counterDifferences(db, campaign.companyId, campaign.stepId)).toEqual([]);
});

test('B-06: a campaign with messages that wait is paused, resumed and canceled like any other', async () => {
  const campaign = await campaignIn([{ zip: '10001' }, { zip: '90210' }]);
  const { companyId, campaignId, stepId, ranges } = campaign;
  await windowAt(campaign, '2026-07-15T07:00:00Z');
  const turn = (verb: typeof pauseCampaign) => withCompany(db, companyId, (tx) => verb(tx, campaignId, system));
  await turn(pauseCampaign);
  // Paused at the opening: nothing passes.
  await withCompany(db, companyId, async (tx) => {
    const [range] = await tx.execute<Range>(sql`
      select id, campaign_id as "campaignId", step_id as "stepId", from_id as "fromId", to_id as "toId",
             from_id as "cursorId" from message_ranges`);
    expect(await openWindow(tx, range!, 10, '2026-07-15', { now: new Date('2026-07-15T20:00:00Z') })).toMatchObject({
      passed: [],
      refused: 0,
      deferred: 0,
    });
  });
  expect(await standing(campaign)).toEqual([opening.eastern, opening.pacific]);
  await turn(resumeCampaign);
  expect((await windowAt(campaign, '2026-07-15T13:00:00Z')).passed).toHaveLength(1);
  await turn(cancelCampaign);
  await runRanges(sendingWith(db, recordingProvider()), companyId, ranges);
  // What was on its way when the run was cut off is not known; what waited is canceled.
  expect(await standing(campaign)).toEqual(['unknown interrupted', 'skipped canceled']);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('B-04: what may not go out at all is skipped at night too, and what waits is looked at again', async () => {
  const campaign = await campaignIn([{ zip: '10001' }, { zip: '10001' }]);
  const [first, second] = campaign.invoiceIds;
  const change = (what: SQL, id: number) =>
    withCompany(db, campaign.companyId, (tx) => tx.execute(sql`update invoices set ${what} where id = ${id}`));
  await change(sql`disputed_at = now()`, first!);
  await windowAt(campaign, '2026-07-15T07:00:00Z');
  expect(await standing(campaign)).toEqual(['skipped disputed', opening.eastern]);
  await change(sql`do_not_remind = true`, second!);
  await windowAt(campaign, '2026-07-15T13:00:00Z');
  expect(await standing(campaign)).toEqual(['skipped disputed', 'skipped do_not_remind']);
  expect(await counterDifferences(db, campaign.companyId, campaign.stepId)).toEqual([]);
});

test('B-14: a run at night defers without using up the provider’s rate, and skips what may not go out', async () => {
  // From 10 to 11 in New York it is midnight in Guam: at least one of the two is closed, whenever this runs.
  const around = { opensAt: 540, closesAt: 720 };
  const eastern = isOpen('America/New_York', null, around, new Date());
  const zip = eastern ? '96910' : '10001';
  const campaign = await campaignIn([{ zip }, { zip }, { zip }], sql`true, 600, 660`);
  const { companyId, campaignId, stepId, ranges, invoiceIds } = campaign;
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`update invoices set disputed_at = now() where id = ${invoiceIds[1]!}`),
  );
  // One message in a hundred seconds: had the run asked for places, it would not end.
  const slow = { ...recordingProvider(), account: `slow-${companyId}`, rate: () => Promise.resolve(0.01) };
  expect(await runRanges(sendingWith(db, slow), companyId, ranges)).toEqual(['later']);
  expect(slow.got).toEqual([]);
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ what: string }>(sql`
      select state || ' ' || reason as what from messages where campaign_id = ${campaignId} order by invoice_id`),
  );
  expect(rows.map((row) => row.what)).toEqual(['deferred quiet_hours', 'skipped disputed', 'deferred quiet_hours']);
  const places = await db.execute(sql`select from provider_rates where account = ${slow.account}`);
  expect(places).toHaveLength(0);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('every zone of the tables is one that clocks are known for, and the tables are only read', async () => {
  const rows = await db.execute<{ zone: string }>(sql`
    select distinct zone from zip_zones where zone <> '' union select distinct unnest(zones) from area_codes`);
  for (const { zone } of rows) {
    expect(() => new Intl.DateTimeFormat('en-US', { timeZone: zone }), zone).not.toThrow();
  }
  expect(rows.length).toBeGreaterThan(30);
  await expect(db.execute(sql`delete from zip_zones`)).rejects.toThrow();
  await expect(db.execute(sql`update area_codes set state = 'NY'`)).rejects.toThrow();
});

test('B-14: ZIPs of places that were checked by hand lie in their zones and states', async () => {
  const checked: [zip: string, zone: string, state: string][] = [
    ['00501', 'America/New_York', 'NY'],
    ['06390', 'America/New_York', 'NY'],
    ['32301', 'America/New_York', 'FL'],
    ['32501', 'America/Chicago', 'FL'],
    ['37402', 'America/New_York', 'TN'],
    ['37201', 'America/Chicago', 'TN'],
    ['79901', 'America/Denver', 'TX'],
    ['86515', 'America/Denver', 'AZ'],
    ['85001', 'America/Phoenix', 'AZ'],
    ['89883', 'America/Denver', 'NV'],
    ['97914', 'America/Boise', 'OR'],
    ['49801', 'America/Menominee', 'MI'],
    ['57701', 'America/Denver', 'SD'],
    ['99546', 'America/Adak', 'AK'],
    ['96910', 'Pacific/Guam', 'GU'],
    ['73301', 'America/Chicago', 'TX'],
    ['09012', '', ''],
  ];
  for (const [zip, zone, state] of checked) {
    const [row] = await db.execute<{ zone: string; state: string }>(
      sql`select zone, state from zip_zones where from_zip <= ${zip} order by from_zip desc limit 1`,
    );
    expect([zip, row!.zone, row!.state]).toEqual([zip, zone, state]);
  }
});
