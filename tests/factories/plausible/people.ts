import type { Faker } from '@faker-js/faker';

import type { contacts, customers, locations } from '#db/schema/index.ts';

import { places, streetKinds, streets, type Place } from './places.ts';
import { surnames } from './surnames.ts';

type Row<T extends { $inferInsert: object }> = T['$inferInsert'];

/** A customer with contacts and places, all of them invented, before they have ids. */
export type PlausibleCustomer = {
  customer: Required<Pick<Row<typeof customers>, 'name' | 'firstName' | 'lastName' | 'companyName' | 'type'>> & {
    tags: string[];
    notes: string;
    doNotContact: boolean;
  };
  contacts: Required<Pick<Row<typeof contacts>, 'kind' | 'value' | 'memo' | 'primary'>>[];
  locations: Required<Pick<Row<typeof locations>, 'name' | 'line1' | 'line2' | 'city' | 'state' | 'zip' | 'billing'>>[];
  place: Place;
};

const mailHosts = ['mail.example', 'post.example', 'inbox.example', 'rivermail.example', 'valleynet.example'];

/** Invents customers one after another; no two get the same email address or company name. */
export function inventCustomers(faker: Faker): (type: 'residential' | 'commercial') => PlausibleCustomer {
  const taken = new Set<string>();
  const unique = (make: (attempt: number) => string) => {
    for (let attempt = 0; ; attempt++) {
      const value = make(attempt);
      if (taken.has(value)) continue;
      taken.add(value);
      return value;
    }
  };
  return (type) => {
    const place = faker.helpers.weightedArrayElement(places.map((value) => ({ value, weight: value.weight })));
    return type === 'residential' ? household(faker, place, unique) : business(faker, place, unique);
  };
}

type Unique = (make: (attempt: number) => string) => string;

function household(faker: Faker, place: Place, unique: Unique): PlausibleCustomer {
  const firstName = faker.person.firstName();
  const lastName = faker.helpers.arrayElement(surnames);
  const host = faker.helpers.arrayElement(mailHosts);
  const email = unique((n) => `${mailName(firstName)}.${mailName(lastName)}${n || ''}@${host}`);
  const contacts: PlausibleCustomer['contacts'] = [];
  const add = (kind: 'email' | 'mobile' | 'landline' | 'other', value: string, memo = '', primary = true) =>
    contacts.push({ kind, value, memo, primary });
  const chance = (probability: number) => faker.datatype.boolean({ probability });
  if (chance(0.9)) add('email', email, chance(0.04) ? 'Reads mail on weekends' : '');
  if (chance(0.84)) {
    add('mobile', phone(faker, place), chance(0.12) ? faker.helpers.arrayElement(mobileMemos) : '');
  }
  if (chance(0.3) || contacts.length === 0) add('landline', phone(faker, place), chance(0.1) ? 'Leave a message' : '');
  const locations = [street(faker, place, 'Home', true)];
  if (chance(0.05))
    locations.push(street(faker, place, faker.helpers.arrayElement(['Rental house', 'Lake house']), false));
  const tags = [
    ...(chance(0.07) ? ['VIP'] : []),
    ...(chance(0.1) ? ['Referral'] : []),
    ...(locations.length > 1 ? ['Landlord'] : []),
    ...(chance(0.06) ? ['Senior discount'] : []),
  ];
  const customer = {
    name: `${firstName} ${lastName}`,
    firstName,
    lastName,
    companyName: '',
    type: 'residential' as const,
    tags,
    notes: chance(0.08) ? faker.helpers.arrayElement(homeNotes) : '',
    doNotContact: chance(0.006),
  };
  return { customer, contacts, locations, place };
}

function business(faker: Faker, place: Place, unique: Unique): PlausibleCustomer {
  const name = unique((n) => `${businessName(faker, place)}${n > 40 ? ` ${n}` : ''}`);
  const host = unique((n) => `${mailName(name).slice(0, 24)}${n || ''}.example`);
  const firstName = faker.person.firstName();
  const lastName = faker.helpers.arrayElement(surnames);
  const chance = (probability: number) => faker.datatype.boolean({ probability });
  const contacts: PlausibleCustomer['contacts'] = [];
  if (chance(0.95)) {
    contacts.push({ kind: 'email', value: `ap@${host}`, memo: 'Accounts payable', primary: true });
    if (chance(0.4))
      contacts.push({ kind: 'email', value: `${mailName(firstName)}@${host}`, memo: 'Manager', primary: false });
  }
  contacts.push({ kind: 'landline', value: phone(faker, place), memo: chance(0.3) ? 'Front desk' : '', primary: true });
  if (chance(0.5)) {
    contacts.push({
      kind: 'mobile',
      value: phone(faker, place),
      memo: `Site contact, ask for ${firstName}`,
      primary: true,
    });
  }
  const sites = faker.helpers.weightedArrayElement([
    { value: 1, weight: 6 },
    { value: 2, weight: 3 },
    { value: 4, weight: 1 },
  ]);
  const locations = Array.from({ length: sites }, (_, n) => {
    const at = n === 0 ? place : faker.helpers.arrayElement(places);
    return street(faker, at, n === 0 ? 'Main office' : `${at.city} site`, n === 0);
  });
  const customer = {
    name,
    firstName,
    lastName,
    companyName: name,
    type: 'commercial' as const,
    tags: ['Net 30', ...(sites > 2 ? ['Multi-site'] : [])],
    notes: chance(0.15) ? faker.helpers.arrayElement(siteNotes) : '',
    doNotContact: chance(0.008),
  };
  return { customer, contacts, locations, place };
}

function businessName(faker: Faker, place: Place): string {
  const family = faker.helpers.arrayElement(surnames);
  const local = faker.helpers.arrayElement([place.city, ...localWords]);
  return faker.helpers.arrayElement([
    `${local} Dental Group`,
    `${family} Property Management`,
    `${local} Self Storage`,
    `${family} & Sons Auto Repair`,
    `${local} Animal Hospital`,
    `${family} Family Restaurant`,
    `${local} Coffee Roasters`,
    `${local} Baptist Church`,
    `${family} Law Offices`,
    `${local} Apartments`,
    `${local} Brewing Company`,
    `${family} Insurance Agency`,
    `${local} Early Learning Center`,
    `${local} Hardware & Feed`,
    `${family} Machine Works`,
    `${local} Inn & Suites`,
    `${local} Homeowners Association`,
    `${family} Funeral Home`,
  ]);
}

const localWords =
  'Ridgeline|Scenic City|Walnut Street|Northshore|Tennessee Valley|Signal Point|Moccasin Bend|Lookout|Southside|Cumberland|Riverbend|Missionary Ridge|Stonebridge|Blue Heron'.split(
    '|',
  );
const mobileMemos = [
  'Text only',
  'Call after 5 pm',
  'Spouse',
  'Works nights, call after noon',
  'Daughter, handles bills',
];
const homeNotes = [
  'Dog in the yard, call ahead.',
  'Gate code changes monthly, ask at the door.',
  'Shut-off is behind the water heater.',
  'Park on the street, steep drive.',
];
const siteNotes = [
  'Purchase order number on every invoice.',
  'Check in at the front desk.',
  'Roof hatch key in the office.',
  'Work before 9 am or after 4 pm.',
];

function street(faker: Faker, place: Place, name: string, billing: boolean): PlausibleCustomer['locations'][number] {
  const number = faker.number.int({ min: 100, max: 9899 });
  const line1 = `${number} ${faker.helpers.arrayElement(streets)} ${faker.helpers.arrayElement(streetKinds)}`;
  const line2 = faker.datatype.boolean({ probability: 0.08 }) ? `Apt ${faker.number.int({ min: 1, max: 40 })}` : '';
  return { name, line1, line2, city: place.city, state: place.state, zip: place.zip, billing };
}

/** A number of the range that is kept free for fiction: 555-0100 to 555-0189. The sandbox misbehaves for the ten above. */
const phone = (faker: Faker, place: Place) =>
  `+1${place.areaCode}55501${twoDigits(Number(faker.string.numeric(2)) % 90)}`;

const twoDigits = (n: number) => String(n).padStart(2, '0');

/** What of a name can stand in an address. */
const mailName = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
