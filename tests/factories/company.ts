import { sql } from 'drizzle-orm';

import { hashPassword } from '#app/company/passwords.server.ts';
import type { Role } from '#app/company/permissions.ts';
import type { Db, Tx } from '#db/client.ts';
import { businessUnits, companies, companyProfiles, hosts, people, portalSettings, staff } from '#db/schema/index.ts';

import { next } from './sequence.ts';

export const TEST_PASSWORD = 'tall ladders need care';

/** One cheap hash for a whole test file: real argon2id costs 20 ms a person. */
const cheapCost = { memoryCost: 64, timeCost: 1, parallelism: 1 };
let testHash: Promise<string> | null = null;

export type CompanyOverrides = {
  name?: string;
  timeZone?: string;
  profile?: Partial<typeof companyProfiles.$inferInsert>;
  /** Host of short links; one of its own by default, null for none. */
  linkHost?: string | null;
  /** Host of the portal. By default there is none, and the portal is not set up. */
  portalHost?: string | null;
  portal?: Partial<typeof portalSettings.$inferInsert>;
  admin?: PersonOverrides;
};

export type PersonOverrides = { email?: string; name?: string; password?: string; passwordHash?: string };

export type MadeStaff = { personId: number; staffId: number; name: string; email: string; password: string };
export type MadeCompany = { companyId: number; name: string; admin: MadeStaff };

/** A company with its profile, a link host and an administrator who can sign in. */
export function makeCompany(db: Db, overrides: CompanyOverrides = {}): Promise<MadeCompany> {
  return db.transaction((tx) => makeCompanyWithin(tx, overrides));
}

/** The same in the caller's transaction, which sees this company from then on. */
export async function makeCompanyWithin(tx: Tx, overrides: CompanyOverrides = {}): Promise<MadeCompany> {
  const n = next();
  const name = overrides.name ?? `Company ${n}`;
  const [company] = await tx
    .insert(companies)
    .values({ name, ...(overrides.timeZone && { timeZone: overrides.timeZone }) })
    .returning({ id: companies.id });
  const companyId = company!.id;
  await tx.execute(sql`select set_config('app.company_id', ${String(companyId)}, true)`);
  const linkHost = overrides.linkHost === undefined ? `company${n}` : overrides.linkHost;
  if (linkHost) await tx.insert(hosts).values({ kind: 'link', name: linkHost, companyId });
  if (overrides.portalHost) await tx.insert(hosts).values({ kind: 'portal', name: overrides.portalHost, companyId });
  await tx.insert(companyProfiles).values({
    phone: '+15125550100',
    email: `office@company${n}.example`,
    postalAddress: `${n} Main Street\nAustin, TX 78701`,
    fromName: name,
    fromEmail: `billing@company${n}.example`,
    replyTo: `office@company${n}.example`,
    ...overrides.profile,
  });
  if (overrides.portalHost || overrides.portal) {
    await tx.insert(portalSettings).values({
      enabled: true,
      name,
      email: `office@company${n}.example`,
      phone: '+15125550100',
      ...overrides.portal,
    });
  }
  const admin = await makeStaff(tx, { role: 'administrator', ...overrides.admin });
  return { companyId, name, admin };
}

/** A person on the staff of the transaction's company, who has accepted. */
export async function makeStaff(tx: Tx, overrides: PersonOverrides & { role?: Role } = {}): Promise<MadeStaff> {
  const n = next();
  const {
    role = 'viewer',
    password = TEST_PASSWORD,
    name = `Person ${n}`,
    email = `person${n}@company.example`,
  } = overrides;
  const passwordHash = overrides.passwordHash ?? (await cheapHash(password));
  const [person] = await tx.insert(people).values({ email, name }).returning({ id: people.id });
  const personId = person!.id;
  const [member] = await tx
    .insert(staff)
    .values({ personId, role, passwordHash, acceptedAt: sql`now()` })
    .returning({ id: staff.id });
  return { personId, staffId: member!.id, name, email, password };
}

export async function makeBusinessUnit(tx: Tx, name = `Unit ${next()}`): Promise<number> {
  const [unit] = await tx.insert(businessUnits).values({ name }).returning({ id: businessUnits.id });
  return unit!.id;
}

/** A hash that tests can afford. */
function cheapHash(password: string): Promise<string> {
  if (password !== TEST_PASSWORD) return hashPassword(password, cheapCost);
  return (testHash ??= hashPassword(password, cheapCost));
}
