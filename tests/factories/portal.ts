import { hashPassword } from '#app/company/passwords.server.ts';
import type { Tx } from '#db/client.ts';
import { portalAccounts } from '#db/schema/index.ts';

import { makeCustomer, makeJob, type MadeCustomer } from './customers.ts';
import { makeInvoice } from './invoices.ts';

/** Of every account made here. */
export const PORTAL_PASSWORD = 'a kettle for the plumber';

/** One cheap hash for a whole test file: see makeStaff. */
let hash: Promise<string> | null = null;

export type MadeAccount = MadeCustomer & { email: string; invoices: number[] };

/** A customer who can sign in to the portal, with open invoices of completed jobs. @param cents one invoice each */
export async function makePortalAccount(
  tx: Tx,
  cents: number[] = [],
  more: { email?: string; name?: string; billingAccess?: boolean } = {},
): Promise<MadeAccount> {
  const { billingAccess = true, ...row } = more;
  const customer = await makeCustomer(tx, row);
  const { customerId, emailContactId } = customer;
  const email = customer.email!;
  await tx.insert(portalAccounts).values({
    customerId,
    contactId: emailContactId!,
    email,
    passwordHash: await (hash ??= hashPassword(PORTAL_PASSWORD, { memoryCost: 64, timeCost: 1, parallelism: 1 })),
    billingAccess,
    activatedAt: new Date(),
  });
  const invoices: number[] = [];
  for (const totalCents of cents) {
    const jobId = await makeJob(tx, { customerId, internalNotes: 'SECRET dog' });
    invoices.push((await makeInvoice(tx, { customerId, jobId, totalCents })).invoiceId);
  }
  return { ...customer, email, invoices };
}
