import type { Faker } from '@faker-js/faker';

import type { Tx } from '#db/client.ts';
import { contacts, customers, locations, memberships, portalAccounts } from '#db/schema/index.ts';

import { insertMany, insertManyReturning } from '../bulk.ts';
import { instantOf, isoOf } from '../plausible/days.ts';
import type { History } from '../plausible/history.ts';
import { membershipPlans } from '../plausible/trade.ts';
import { HISTORY_DAYS } from '../plausible/visits.ts';

export type CustomerIds = {
  customerId: number;
  /** In the order of the invented locations. */
  locationIds: number[];
  /** The contact that campaigns write to. */
  emailContactId: number | null;
  email: string | null;
};

/** Writes the customers with contacts and locations. @returns their ids, in the same order */
export async function insertCustomers(tx: Tx, faker: Faker, history: History): Promise<CustomerIds[]> {
  const { today } = history;
  const rows = history.customers.map(({ customer }) => ({
    ...customer,
    createdAt: instantOf(today - HISTORY_DAYS - faker.number.int({ min: 5, max: 1_500 }), 600),
  }));
  const customerIds = await insertManyReturning(tx, customers, rows);
  const withCustomer = <T>(pick: (n: number) => T[]) =>
    history.customers.flatMap((_, n) => pick(n).map((row) => ({ ...row, customerId: customerIds[n]! })));
  const contactRows = withCustomer((n) => history.customers[n]!.contacts);
  const locationRows = withCustomer((n) => history.customers[n]!.locations);
  const contactIds = await insertManyReturning(tx, contacts, contactRows);
  const locationIds = await insertManyReturning(tx, locations, locationRows);
  const made = new Map<number, CustomerIds>(
    customerIds.map((customerId) => [customerId, { customerId, locationIds: [], emailContactId: null, email: null }]),
  );
  locationRows.forEach((row, n) => made.get(row.customerId)!.locationIds.push(locationIds[n]!));
  contactRows.forEach((row, n) => {
    if (row.kind !== 'email' || !row.primary) return;
    Object.assign(made.get(row.customerId)!, { emailContactId: contactIds[n]!, email: row.value });
  });
  return [...made.values()];
}

/** Service agreements: every sixth household has one, and every third business. */
export async function insertMemberships(tx: Tx, faker: Faker, history: History, ids: CustomerIds[]): Promise<void> {
  const rows = history.customers.flatMap(({ customer }, n) => {
    const share = customer.type === 'commercial' ? 1 / 3 : 1 / 6;
    if (!faker.datatype.boolean({ probability: share })) return [];
    const plan = faker.helpers.arrayElement(membershipPlans[customer.type]);
    const starts = history.today - faker.number.int({ min: 20, max: 700 });
    const lapsed = starts + 365 < history.today && faker.datatype.boolean({ probability: 0.35 });
    const odd = faker.helpers.weightedArrayElement([
      { value: 'active' as const, weight: 90 },
      { value: 'suspended' as const, weight: 4 },
      { value: 'canceled' as const, weight: 6 },
    ]);
    const ends = lapsed ? starts + 365 : starts + 365 * Math.ceil((history.today - starts + 1) / 365);
    return {
      customerId: ids[n]!.customerId,
      name: plan.name,
      status: lapsed ? ('expired' as const) : odd,
      priceCents: plan.priceCents,
      startsOn: isoOf(starts),
      endsOn: isoOf(ends),
    };
  });
  await insertMany(tx, memberships, rows);
}

/** Portal accounts of those who paid online, with the demo's password. */
export async function insertPortalAccounts(
  tx: Tx,
  history: History,
  ids: CustomerIds[],
  passwordHash: string,
): Promise<void> {
  const first = new Map<number, Date>();
  for (const { customer, paid } of history.visits) {
    const seen = first.get(customer);
    if (paid?.online && paid.at && (!seen || paid.at < seen)) first.set(customer, paid.at);
  }
  const rows = [...first].flatMap(([n, at]) => {
    const { customerId, emailContactId, email } = ids[n]!;
    if (emailContactId === null || email === null) return [];
    const since = new Date(at.getTime() - 240_000);
    const dates = { invitedAt: since, activatedAt: since, lastSignInAt: since, createdAt: since };
    return { customerId, contactId: emailContactId, email, passwordHash, ...dates };
  });
  await insertMany(tx, portalAccounts, rows);
}
