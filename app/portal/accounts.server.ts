import { and, asc, eq, sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { contacts, portalAccounts } from '#db/schema/index.ts';

/*
 * Who may see what. Glossary:
 * - account: a contact's own sign-in. It is tied to the contact and counts only while the contact holds the very address
 *   that was confirmed: removing or changing the contact ends the access (S2-27, S3-22).
 * - login: all accounts of one address. An address that stands on several customers is one login with one password, and
 *   sees each of these customers, also one to whose record the office adds the address later.
 */

/** One customer that a login sees. */
export type VisibleCustomer = {
  id: number;
  name: string;
  firstName: string;
  /** False hides invoices (S3-10). */
  billingAccess: boolean;
};

/** The customers whose record holds this email address, by id. @param email in lower case */
export function visibleCustomers(tx: Tx, email: string): Promise<VisibleCustomer[]> {
  return tx.execute<VisibleCustomer>(sql`
    select c.id, c.name, c.first_name as "firstName", coalesce(a.billing_access, true) as "billingAccess"
      from contacts k
      join customers c on c.id = k.customer_id
      left join portal_accounts a on a.contact_id = k.id
     where k.kind = 'email' and k.value = ${email} order by c.id`);
}

export type Account = { id: number; contactId: number; customerId: number; email: string; passwordHash: string | null };

/** The accounts that count for an address: those whose contact still holds it. The oldest with a password first. */
export function accountsOf(tx: Tx, email: string): Promise<Account[]> {
  return tx.execute<Account>(sql`
    select a.id, a.contact_id as "contactId", a.customer_id as "customerId", a.email, a.password_hash as "passwordHash"
      from portal_accounts a
      join contacts k on k.id = a.contact_id and k.kind = 'email' and k.value = a.email
     where a.email = ${email} order by a.password_hash is null, a.id`);
}

/**
 * Makes sure that each contact with this address has an account for it. An account that a contact had under an address
 * before loses its password and its sessions.
 * @returns the address's accounts; empty when it stands on no record
 */
export async function ensureAccounts(tx: Tx, email: string): Promise<Account[]> {
  await tx.execute(sql`
    delete from portal_sessions where account_id in (
      select a.id from portal_accounts a join contacts k on k.id = a.contact_id
       where k.kind = 'email' and k.value = ${email} and a.email <> k.value)`);
  await tx.execute(sql`
    insert into portal_accounts (customer_id, contact_id, email)
    select customer_id, id, value from contacts where kind = 'email' and value = ${email} order by id
    on conflict (company_id, contact_id) do update
       set email = excluded.email, password_hash = null, activated_at = null, last_sign_in_at = null, invited_at = null
     where portal_accounts.email <> excluded.email`);
  return accountsOf(tx, email);
}

/** A row of *Customer Portal* on the customer's record (S3-08, S3-09). */
export type PortalContact = {
  contactId: number;
  email: string;
  memo: string;
  /** `none` is shown blank. */
  status: 'none' | 'invited' | 'active';
  invitedAt: Date | null;
  lastSignInAt: Date | null;
  billingAccess: boolean;
};

/** The emails on a customer's record with their portal accounts (S3-11). */
export async function listPortalContacts(tx: Tx, customerId: number): Promise<PortalContact[]> {
  const rows = await tx
    .select({
      contactId: contacts.id,
      email: contacts.value,
      memo: contacts.memo,
      activatedAt: portalAccounts.activatedAt,
      invitedAt: portalAccounts.invitedAt,
      lastSignInAt: portalAccounts.lastSignInAt,
      billingAccess: portalAccounts.billingAccess,
    })
    .from(contacts)
    .leftJoin(portalAccounts, and(eq(portalAccounts.contactId, contacts.id), eq(portalAccounts.email, contacts.value)))
    .where(and(eq(contacts.customerId, customerId), eq(contacts.kind, 'email')))
    .orderBy(asc(contacts.id));
  return rows.map(({ activatedAt, ...row }) => ({
    ...row,
    status: activatedAt ? 'active' : row.invitedAt ? 'invited' : 'none',
    billingAccess: row.billingAccess ?? true,
  }));
}

/**
 * Gives or takes a contact's view of invoices (S3-10). It holds from the next page on.
 * @returns false when there is no such email contact
 */
export async function setBillingAccess(tx: Tx, actor: Actor, contactId: number, on: boolean): Promise<boolean> {
  const [contact] = await tx
    .select({ email: contacts.value, customerId: contacts.customerId })
    .from(contacts)
    .where(and(eq(contacts.id, contactId), eq(contacts.kind, 'email')));
  if (!contact) return false;
  await ensureAccounts(tx, contact.email);
  await tx.update(portalAccounts).set({ billingAccess: on }).where(eq(portalAccounts.contactId, contactId));
  const subject = { type: 'customer', id: contact.customerId };
  await recordAudit(tx, actor, 'portal.set_billing_access', subject, { email: contact.email, billingAccess: on });
  return true;
}
