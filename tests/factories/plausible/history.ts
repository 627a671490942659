import type { Faker } from '@faker-js/faker';

import { letCampaignHappen, type PastCampaign } from './campaign.ts';
import type { Day } from './days.ts';
import { inventCustomers, type PlausibleCustomer } from './people.ts';
import { inventVisits, waive, type Visit } from './visits.ts';

export type History = {
  today: Day;
  customers: PlausibleCustomer[];
  /** In the order of their days. */
  visits: Visit[];
  campaigns: PastCampaign[];
};

const CUSTOMERS = 2_200;

/**
 * Invents eighteen months of a company: customers, what was done for them, how it was paid, and two campaigns that brought
 * money back. The same seed and day make the same history.
 */
export function inventHistory(faker: Faker, today: Day): History {
  const invent = inventCustomers(faker);
  const customers = Array.from({ length: CUSTOMERS }, () =>
    invent(faker.datatype.boolean({ probability: 0.12 }) ? 'commercial' : 'residential'),
  );
  const visits = customers
    .flatMap((customer, index) => inventVisits(faker, customer, index, today))
    .sort((a, b) => a.day - b.day || a.customer - b.customer);
  faker.helpers.arrayElements(visits, 24).forEach(waive);
  const history = { today, customers, visits };
  const suppressed = new Map<string, 'unsubscribed' | 'bounced'>();
  const campaigns = [
    letCampaignHappen(faker, history, { launchDay: today - 62, minDaysOverdue: 1 }, suppressed),
    letCampaignHappen(faker, history, { launchDay: today - 24, minDaysOverdue: 30 }, suppressed),
  ];
  mark(faker, visits, today);
  return { ...history, campaigns };
}

/** What does not go by the book: part payments, disputes, promises, drafts, voided invoices. */
function mark(faker: Faker, visits: Visit[], today: Day): void {
  const open = visits.filter((visit) => visit.paid === null && visit.totalCents > 0);
  const overdue = faker.helpers.shuffle(open.filter((visit) => visit.dueDay < today - 5));
  const fresh = faker.helpers.shuffle(open.filter((visit) => visit.day > today - 20 && visit.dueDay >= today - 5));
  const take = (from: Visit[], count: number) => from.splice(0, count);
  for (const visit of take(overdue, 8)) visit.disputedDay = visit.dueDay + 3;
  for (const visit of take(overdue, 10)) visit.promisedFor = today + faker.number.int({ min: 2, max: 12 });
  for (const visit of take(overdue, 6)) visit.doNotRemind = true;
  for (const visit of take(overdue, 12)) visit.status = 'void';
  for (const visit of take(overdue, 28)) {
    const share = faker.helpers.arrayElement([0.25, 0.4, 0.5, 0.5, 0.6]);
    visit.partial = { day: visit.day + 1, cents: Math.round((visit.totalCents * share) / 100) * 100 };
  }
  for (const visit of take(fresh, 14)) visit.status = 'draft';
}
