import type { Tx } from '#db/client.ts';
import { contacts, customers, jobs, locations, memberships } from '#db/schema/index.ts';

import { next } from './sequence.ts';

export type CustomerOverrides = Partial<typeof customers.$inferInsert> & {
  /** Primary email; a made-up one by default, null for none. */
  email?: string | null;
  /** Primary mobile number in E.164; none by default. */
  mobile?: string | null;
};

export type MadeCustomer = { customerId: number; name: string; email: string | null; emailContactId: number | null };

/** A customer with an email address, unless told otherwise. */
export async function makeCustomer(tx: Tx, overrides: CustomerOverrides = {}): Promise<MadeCustomer> {
  const n = next();
  const { email = `customer${n}@mail.example`, mobile = null, ...row } = overrides;
  const name = row.name ?? `Customer ${n}`;
  const [customer] = await tx
    .insert(customers)
    .values({ firstName: 'Customer', lastName: String(n), ...row, name })
    .returning({ id: customers.id });
  const customerId = customer!.id;
  const emailContactId = email === null ? null : await makeContact(tx, { customerId, value: email });
  if (mobile !== null) await makeContact(tx, { customerId, kind: 'mobile', value: mobile });
  return { customerId, name, email, emailContactId };
}

/** A way to reach a customer: the primary one of its kind by default. @returns its id */
export async function makeContact(
  tx: Tx,
  contact: { customerId: number } & Partial<typeof contacts.$inferInsert>,
): Promise<number> {
  const [row] = await tx
    .insert(contacts)
    .values({ kind: 'email', value: `contact${next()}@mail.example`, primary: true, ...contact })
    .returning({ id: contacts.id });
  return row!.id;
}

export async function makeLocation(
  tx: Tx,
  location: { customerId: number } & Partial<typeof locations.$inferInsert>,
): Promise<number> {
  const [row] = await tx
    .insert(locations)
    .values({
      line1: `${next()} Oak Street`,
      city: 'Chattanooga',
      state: 'TN',
      zip: '37402',
      billing: true,
      ...location,
    })
    .returning({ id: locations.id });
  return row!.id;
}

/** A completed job by default. */
export async function makeJob(
  tx: Tx,
  job: { customerId: number } & Partial<typeof jobs.$inferInsert>,
): Promise<number> {
  const [row] = await tx
    .insert(jobs)
    .values({ number: `J${next()}`, summary: 'Drain cleared', status: 'completed', technician: 'Sam Rowe', ...job })
    .returning({ id: jobs.id });
  return row!.id;
}

export async function makeMembership(
  tx: Tx,
  membership: { customerId: number } & Partial<typeof memberships.$inferInsert>,
): Promise<number> {
  const [row] = await tx
    .insert(memberships)
    .values({ name: 'Comfort plan', status: 'active', priceCents: 18_900, startsOn: '2026-01-01', ...membership })
    .returning({ id: memberships.id });
  return row!.id;
}
