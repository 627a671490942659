import type { Faker } from '@faker-js/faker';

import { dayOfInstant, instantOf, later, type Day } from './days.ts';
import type { PlausibleCustomer } from './people.ts';
import type { Visit } from './visits.ts';

/** A message of a finished campaign, and what came of it. */
export type PastMessage = {
  customer: number;
  visit: number;
  /** Empty where there was none. */
  address: string;
  state: 'sent' | 'skipped';
  reason: 'no_email' | 'do_not_contact' | 'unsubscribed' | 'bounced' | null;
  sentAt: Date | null;
  deliveredAt: Date | null;
  openedAt: Date | null;
  clickedAt: Date | null;
  bouncedAt: Date | null;
  unsubscribedAt: Date | null;
};

export type PastCampaign = { launchDay: Day; launchedAt: Date; finishedAt: Date; messages: PastMessage[] };

/**
 * Lets a campaign happen to a history: one message to each customer with an invoice that was overdue at the time. Who
 * clicks often pays online at once, who only reads it sometimes sends a check; the visits are changed accordingly.
 * @param campaign.minDaysOverdue as in the campaign's audience
 * @param suppressed addresses that unsubscribed or bounced before; this campaign adds its own
 */
export function letCampaignHappen(
  faker: Faker,
  history: { customers: PlausibleCustomer[]; visits: Visit[]; today: Day },
  campaign: { launchDay: Day; minDaysOverdue: number },
  suppressed: Map<string, 'unsubscribed' | 'bounced'>,
): PastCampaign {
  const { launchDay, minDaysOverdue } = campaign;
  const launchedAt = instantOf(launchDay, 9 * 60 + 2);
  const audience = new Map<number, number>();
  history.visits.forEach((visit, index) => {
    const due = isOwed(visit, launchDay) && visit.dueDay <= launchDay - minDaysOverdue;
    const oldest = audience.get(visit.customer);
    if (due && (oldest === undefined || visit.dueDay < history.visits[oldest]!.dueDay)) {
      audience.set(visit.customer, index);
    }
  });
  const messages: PastMessage[] = [];
  for (const [customer, visit] of [...audience].sort(([a], [b]) => a - b)) {
    const message = letMessageHappen(
      faker,
      history.customers[customer]!,
      later(launchedAt, messages.length / 40),
      suppressed,
    );
    messages.push({ ...message, customer, visit });
    letCustomerPay(faker, history.visits[visit]!, message, history.today);
  }
  return { launchDay, launchedAt, finishedAt: later(launchedAt, 1 + messages.length / 40), messages };
}

const isOwed = (visit: Visit, day: Day) =>
  visit.status === 'open' && visit.totalCents > 0 && visit.day < day && (visit.paid === null || visit.paid.day > day);

function letMessageHappen(
  faker: Faker,
  { customer, contacts }: PlausibleCustomer,
  at: Date,
  suppressed: Map<string, 'unsubscribed' | 'bounced'>,
): Omit<PastMessage, 'customer' | 'visit'> {
  const chance = (probability: number) => faker.datatype.boolean({ probability });
  const address = contacts.find((contact) => contact.kind === 'email' && contact.primary)?.value ?? '';
  const reason = customer.doNotContact ? 'do_not_contact' : address ? (suppressed.get(address) ?? null) : 'no_email';
  const nothing = { deliveredAt: null, openedAt: null, clickedAt: null, bouncedAt: null, unsubscribedAt: null };
  if (reason) return { address, state: 'skipped', reason, sentAt: null, ...nothing };
  const sent = { address, state: 'sent', reason, sentAt: at, ...nothing } as const;
  const minutes = (from: number, to: number) => faker.number.float({ min: from, max: to });
  if (chance(0.018)) {
    suppressed.set(address, 'bounced');
    return { ...sent, bouncedAt: later(at, minutes(0.1, 3)) };
  }
  const deliveredAt = later(at, minutes(0.05, 1.5));
  if (!chance(0.61)) return { ...sent, deliveredAt };
  const openedAt = later(deliveredAt, minutes(2, 2_200));
  const clickedAt = chance(0.46) ? later(openedAt, minutes(0.2, 4)) : null;
  const unsubscribedAt = clickedAt === null && chance(0.035) ? later(openedAt, 1) : null;
  if (unsubscribedAt) suppressed.set(address, 'unsubscribed');
  return { ...sent, deliveredAt, openedAt, clickedAt, unsubscribedAt };
}

function letCustomerPay(
  faker: Faker,
  visit: Visit,
  message: Omit<PastMessage, 'customer' | 'visit'>,
  today: Day,
): void {
  const { sentAt, deliveredAt, clickedAt } = message;
  const chance = faker.number.float({ min: 0, max: 1 });
  const wait = faker.number.int({ min: 2, max: 9 });
  const minutes = faker.number.float({ min: 2, max: 14 });
  if (clickedAt && chance < 0.58) {
    const at = later(clickedAt, minutes);
    visit.paid = { at, day: dayOfInstant(at), method: 'card', online: true };
  } else if (sentAt && deliveredAt && !clickedAt && chance < 0.14) {
    const day = dayOfInstant(sentAt) + wait;
    const sooner = visit.paid === null || visit.paid.day > day;
    if (sooner && day < today) visit.paid = { at: null, day, method: 'check', online: false };
  }
}
