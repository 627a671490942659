import { eq, sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { lockCustomer } from '#app/invoicing/customers/contacts.server.ts';
import { readEmail } from '#app/invoicing/customers/customer-form.ts';
import { listLocations } from '#app/invoicing/customers/customer-record.server.ts';
import { payToken } from '#app/invoicing/payments/pay-tokens.server.ts';
import { renderStatementPdf, statementSums } from '#app/invoicing/reports/statement-pdf.server.ts';
import { readStatement, type Period } from '#app/invoicing/reports/statements.server.ts';
import { portalOrigin } from '#app/messaging/addresses.ts';
import { sendTransactional } from '#app/messaging/send-transactional.server.ts';
import { dateIn, formatDate, formatMoney } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';
import { messages, paymentLinks } from '#db/schema/index.ts';

import { readPortal } from './brand.server.ts';
import { letter, type Mail } from './emails.ts';
import { letterhead } from './invitations.server.ts';
import { registering } from './invoice-email.server.ts';
import { addressLines, fileName, paperCompany, type PaperFile, type Papers } from './papers.server.ts';
import { words } from './words.en.ts';

/** A customer's statement as a PDF; null when the company has no such customer, or it is too long for one. */
export async function statementPdf(tx: Tx, customerId: number, { from, to }: Period): Promise<PaperFile | null> {
  const portal = await readPortal(tx);
  const { timeZone } = portal.brand;
  const days = { today: dateIn(timeZone, new Date()), timeZone };
  const statement = await readStatement(tx, customerId, { from, to }, days);
  if (statement === null || statement === 'too_many') return null;
  const [billing] = await listLocations(tx, customerId);
  const company = await paperCompany(tx, portal);
  const bytes = await renderStatementPdf(company, billing ? addressLines(billing) : [], statement);
  return { name: fileName('statement', `${statement.customer} ${to}`), bytes };
}

export type StatementRefusal = 'missing' | 'too_many' | 'no_portal';

export type WrittenStatement = { ok: true; mail: Mail } | { ok: false; reason: StatementRefusal };

/**
 * The email of a statement. It links to the customer's payment page where one was generated (S4-01) and something is due, never by
 * text (S1-09), and always to where they register (S3-21).
 */
export async function writeStatementEmail(
  tx: Tx,
  { addresses, secret }: Papers,
  customerId: number,
  period: Period,
): Promise<WrittenStatement> {
  const portal = await readPortal(tx);
  if (!portal.enabled || !portal.host) return { ok: false, reason: 'no_portal' };
  const { brand } = portal;
  const days = { today: dateIn(brand.timeZone, new Date()), timeZone: brand.timeZone };
  const statement = await readStatement(tx, customerId, period, days);
  if (statement === null) return { ok: false, reason: 'missing' };
  if (statement === 'too_many') return { ok: false, reason: 'too_many' };
  const origin = portalOrigin(addresses, portal.host);
  const [link] = await tx
    .select({ version: paymentLinks.version })
    .from(paymentLinks)
    .where(eq(paymentLinks.customerId, customerId));
  const target = { companyId: brand.companyId, kind: 'customer', id: customerId, version: link?.version ?? 0 } as const;
  const due = formatMoney(statement.closingCents, brand.currency);
  const owes = statement.closingCents > 0;
  const [from, to] = [formatDate(period.from), formatDate(period.to)];
  const mail = letter(letterhead(portal, origin), {
    subject: words.billing.statementSubject(brand.name, to),
    title: owes ? words.billing.statementTitle(due) : words.billing.statementClear,
    paragraphs: words.billing.statementText(statement.customer, from, to).split('\n\n'),
    rows: [
      ...statementSums(statement).map(([label, cents]) => [label, formatMoney(cents, brand.currency)] as const),
      [words.billing.closing(to), due],
    ],
    button:
      owes && link ? { label: words.billing.payNow(due), url: `${origin}/pay/${payToken(secret, target)}` } : null,
    ...registering(origin, {}),
  });
  return { ok: true, mail };
}

export type SendStatement =
  | { ok: true; to: string }
  | { ok: false; error: string }
  | { ok: false; reason: StatementRefusal };

/** Emails a statement with its PDF. The same address twice within a minute is one. */
export async function sendStatement(
  tx: Tx,
  actor: Actor,
  papers: Papers,
  request: { customerId: number; period: Period; to: string },
): Promise<SendStatement> {
  const { customerId, period } = request;
  const to = readEmail(request.to);
  if (!to) return { ok: false, error: 'Enter an email address such as maria@example.com.' };
  if (!(await lockCustomer(tx, customerId))) return { ok: false, reason: 'missing' };
  const written = await writeStatementEmail(tx, papers, customerId, period);
  if (!written.ok) return written;
  const [before] = await tx.execute<{ id: number }>(sql`
    select id from ${messages} where customer_id = ${customerId} and kind = 'statement' and address = ${to}
       and created_at > now() - interval '1 minute' limit 1`);
  if (before) return { ok: true, to };
  const attachment = { kind: 'statement', customerId, ...period } as const;
  await sendTransactional(tx, { kind: 'statement', to, customerId, ...written.mail, attachment });
  await recordAudit(tx, actor, 'statement.email', { type: 'customer', id: customerId }, { address: to, ...period });
  return { ok: true, to };
}
