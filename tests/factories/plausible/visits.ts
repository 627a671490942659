import type { Faker } from '@faker-js/faker';

import { weekday, workday, type Day } from './days.ts';
import type { PlausibleCustomer } from './people.ts';
import { taxRates } from './places.ts';
import { commercialServices, services, technicians, type Line, type Service, type Unit } from './trade.ts';

export type Item = { description: string; quantity: number; unitCents: number; taxCents: number; totalCents: number };

/** A finished job with its invoice and how it came to be paid, before any of it has an id. */
export type Visit = {
  /** Position in the list of customers, and of that customer's locations. */
  customer: number;
  location: number;
  unit: Unit;
  summary: string;
  technician: string;
  /** Day of the work, which is the day of the invoice. */
  day: Day;
  dueDay: Day;
  items: Item[];
  /** With tax. */
  totalCents: number;
  taxCents: number;
  status: 'draft' | 'open' | 'void';
  /** When all of it came in; null where it did not. */
  paid: { at: Date | null; day: Day; method: 'card' | 'ach' | 'check' | 'cash'; online: boolean } | null;
  partial: { day: Day; cents: number } | null;
  doNotRemind: boolean;
  disputedDay: Day | null;
  promisedFor: Day | null;
};

/** How far the demo's history goes back. */
export const HISTORY_DAYS = 540;

/**
 * Invents what was done for one customer up to yesterday. Somewhat less than half pay by the due date, the others take
 * ten weeks more on average and a few never pay, so that money is owed at every age.
 * @param today the day on which the demo is looked at
 */
export function inventVisits(faker: Faker, customer: PlausibleCustomer, index: number, today: Day): Visit[] {
  const commercial = customer.customer.type === 'commercial';
  const visits: Visit[] = [];
  let count = faker.helpers.weightedArrayElement(commercial ? commercialCounts : householdCounts);
  while (count-- > 0) {
    const day = workday(today - 2 - faker.number.int({ min: 0, max: HISTORY_DAYS }));
    const service = pick(faker, commercial && chance(faker, 0.7) ? commercialServices : services);
    const taxRate = taxRates[customer.place.state];
    const items = service.lines.map((line) => price(faker, line, taxRate, commercial));
    const taxCents = sum(items.map((item) => item.taxCents));
    const totalCents = sum(items.map((item) => item.totalCents));
    const dueDay = day + terms(faker, commercial, totalCents);
    visits.push({
      customer: index,
      location: faker.number.int({ min: 0, max: customer.locations.length - 1 }),
      unit: commercial && chance(faker, 0.6) ? 'Commercial Services' : service.unit,
      summary: service.summary,
      technician: faker.helpers.arrayElement(technicians[service.unit]),
      day,
      dueDay,
      items,
      totalCents,
      taxCents,
      status: 'open',
      paid: payment(faker, { commercial, day, dueDay, today }),
      partial: null,
      doNotRemind: false,
      disputedDay: null,
      promisedFor: null,
    });
  }
  return visits.sort((a, b) => a.day - b.day);
}

/** A visit under warranty: an invoice of nothing (S2-23). */
export function waive(visit: Visit): void {
  visit.items = [{ description: 'Warranty visit, no charge', quantity: 1, unitCents: 0, taxCents: 0, totalCents: 0 }];
  visit.summary = `${visit.summary}, warranty visit`;
  visit.totalCents = 0;
  visit.taxCents = 0;
  visit.paid = null;
}

const householdCounts = [
  { value: 0, weight: 12 },
  { value: 1, weight: 44 },
  { value: 2, weight: 24 },
  { value: 3, weight: 11 },
  { value: 5, weight: 7 },
];
const commercialCounts = [
  { value: 1, weight: 15 },
  { value: 3, weight: 30 },
  { value: 5, weight: 30 },
  { value: 8, weight: 20 },
  { value: 14, weight: 5 },
];

function price(faker: Faker, line: Line, taxRate: number, commercial: boolean): Item {
  const quantity = line.most && line.most > 1 ? faker.number.int({ min: 1, max: line.most }) : 1;
  const dollars = faker.number.int({ min: line.from, max: line.to });
  const cents = line.part ? faker.helpers.arrayElement([0, 0, 50, 95]) : 0;
  const unitCents = dollars * 100 + cents;
  const taxed = line.part && !(commercial && faker.datatype.boolean({ probability: 0.1 }));
  const taxCents = taxed ? Math.round((unitCents * quantity * taxRate) / 10_000) : 0;
  return { description: line.text, quantity, unitCents, taxCents, totalCents: unitCents * quantity + taxCents };
}

/** Days until an invoice is due: businesses and large household jobs get 30, small ones are due at once or up to 30. */
function terms(faker: Faker, commercial: boolean, totalCents: number): number {
  if (commercial) return 30;
  if (totalCents > 100_000) return 30;
  return faker.helpers.arrayElement([0, 15, 15, 30]);
}

function payment(faker: Faker, visit: { commercial: boolean; day: Day; dueDay: Day; today: Day }): Visit['paid'] {
  const { commercial, day, dueDay, today } = visit;
  const method = faker.helpers.weightedArrayElement(commercial ? businessMethods : homeMethods);
  const onTime = chance(faker, commercial ? 0.34 : 0.42);
  const never = chance(faker, 0.014);
  // Exponential: many a little late, a few very late.
  const lag = Math.round(-Math.log(1 - faker.number.float({ min: 0, max: 0.999 })) * 74);
  const onTimeDay = faker.number.int({ min: day, max: dueDay });
  const atOnce = !commercial && chance(faker, 0.6);
  if (never) return null;
  let paidDay = workday(onTime ? (atOnce ? day : onTimeDay) : dueDay + 1 + lag);
  if (commercial) paidDay += (12 - weekday(paidDay)) % 7; // businesses pay on Fridays
  return paidDay < today ? { at: null, day: paidDay, method, online: false } : null;
}

const homeMethods = [
  { value: 'card', weight: 60 },
  { value: 'check', weight: 24 },
  { value: 'ach', weight: 8 },
  { value: 'cash', weight: 8 },
] as const;
const businessMethods = [
  { value: 'check', weight: 55 },
  { value: 'ach', weight: 30 },
  { value: 'card', weight: 15 },
] as const;

const chance = (faker: Faker, probability: number) => faker.datatype.boolean({ probability });

const pick = (faker: Faker, from: readonly Service[]) =>
  faker.helpers.weightedArrayElement(from.map((value) => ({ value, weight: value.weight })));

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
