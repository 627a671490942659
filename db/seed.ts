import { sql } from 'drizzle-orm';

import { insertCampaigns } from '#tests/factories/demo/campaigns.ts';
import { makeDemoCompany } from '#tests/factories/demo/company.ts';
import { insertCustomers, insertMemberships, insertPortalAccounts } from '#tests/factories/demo/customers.ts';
import { insertInvoices, insertMembershipInvoices, insertOtherJobs } from '#tests/factories/demo/invoices.ts';
import { dayOf } from '#tests/factories/plausible/days.ts';
import { inventHistory } from '#tests/factories/plausible/history.ts';

import { connect } from './client.ts';
import { DEMO } from './demo.ts';
import { companies } from './schema/index.ts';

/** Two processes that start on one empty database seed it once. */
const SEED_LOCK = 7_346_220;

export type SeedOptions = {
  /** The demo's dates are counted from the day that it then is in New York; now by default. */
  today?: Date;
  log?: (line: string) => void;
};

/**
 * Fills an empty database with the demo company: customers, eighteen months of jobs and invoices, two finished campaigns. It
 * is one transaction, so a start that is cut off leaves nothing. The same day makes the same data.
 * @returns whether it did: false when the database has a company already
 */
export async function seedIfEmpty(url: string, options: SeedOptions = {}): Promise<{ seeded: boolean }> {
  const { db, close } = connect(url, { max: 1, name: 'fieldpost seed' });
  try {
    return await db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${SEED_LOCK})`);
      const [existing] = await tx.select({ id: companies.id }).from(companies).limit(1);
      if (existing) return { seeded: false };
      const start = performance.now();
      options.log?.(`Making the demo company, ${DEMO.companyName}`);
      // Development only, like the factories themselves: loaded when it is needed.
      const { faker } = await import('@faker-js/faker/locale/en');
      faker.seed(20_260_101);
      const history = inventHistory(faker, dayOf(newYorkDay(options.today ?? new Date())));
      const company = await makeDemoCompany(tx);
      const ids = await insertCustomers(tx, faker, history);
      const invoices = await insertInvoices(tx, faker, history, ids, company.unitIds);
      await insertOtherJobs(tx, faker, history, ids, company.unitIds);
      await insertMemberships(tx, faker, history, ids);
      await insertMembershipInvoices(tx, history);
      await insertPortalAccounts(tx, history, ids, company.passwordHash);
      await insertCampaigns(tx, { history, ids, invoices, author: company.admin });
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      options.log?.(`${ids.length} customers and ${invoices.invoiceIds.length} invoices in ${seconds} s`);
      return { seeded: true };
    });
  } finally {
    await close();
  }
}

/** `YYYY-MM-DD`, as en-CA writes dates. */
const newYorkDay = (at: Date) => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' }).format(at);
