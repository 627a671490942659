import { and, eq, sql } from 'drizzle-orm';
import PostalMime from 'postal-mime';
import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, test } from 'vitest';

import { payToken } from '#app/invoicing/payments/pay-tokens.server.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { sendMessage } from '#app/messaging/send-transactional.server.ts';
import { attachPapers } from '#app/portal/attach-papers.server.ts';
import { INVOICE_EMAIL } from '#app/portal/invoice-email.ts';
import {
  readInvoiceEmail,
  saveInvoiceEmail,
  sendInvoiceEmail,
  writeInvoiceEmail,
} from '#app/portal/invoice-email.server.ts';
import { sendStatement, writeStatementEmail } from '#app/portal/statements.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { auditEntries, invoices, messageContents, messages, paymentAccounts, paymentLinks } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import { addresses, SECRET, sendingWith } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const { companyId, admin } = await makeCompany(db, { portalHost: 'larkspur', name: 'Larkspur Air' });
const bare = await makeCompany(db);
const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
const papers = { addresses, secret: SECRET };
const actor = { staffId: admin.staffId, name: admin.name };
const origin = 'http://larkspur.portal.localhost:3000';

const invoiceOf = (overrides = {}) => ours(async (tx) => makeInvoice(tx, { totalCents: 31_000, ...overrides }));
const payUrl = (id: number) => `${origin}/pay/${payToken(SECRET, { companyId, kind: 'invoice', id, version: 1 })}`;

async function written(invoiceId: number, body = INVOICE_EMAIL.body) {
  const result = await ours((tx) => writeInvoiceEmail(tx, papers, invoiceId, { ...INVOICE_EMAIL, body }));
  if (!result.ok) throw new Error(result.reason);
  return result.mail;
}

describe('the invoice email', () => {
  test('S2-15, S1-16, S3-21: leads to the portal, to the payment page, and to where one registers', async () => {
    const { invoiceId, number } = await invoiceOf();
    const mail = await written(invoiceId);
    expect(mail.subject).toBe(`Invoice ${number} from Larkspur Air`);
    for (const part of [mail.html, mail.text]) {
      expect(part).toContain(payUrl(invoiceId));
      expect(part).toContain(`${origin}/invitation`);
      expect(part).toContain(`${origin}/`);
      expect(part).toContain('$310.00');
    }
    expect(mail.html).toContain(`href="${origin}/"`);
    expect(mail.html).not.toContain('{');
    const own = await written(invoiceId, 'Pay {{ links.pay_invoice }} or see {CustomerPortalLink}');
    expect(own.text).toContain(`Pay ${payUrl(invoiceId)} or see ${origin}/`);
  });

  test('S3-21: the link to register stands in it whatever its words are, also when it is paid', async () => {
    const { invoiceId } = await invoiceOf({ status: 'paid' });
    const mail = await written(invoiceId, 'Thank you.');
    expect(mail.html).toContain(`${origin}/invitation`);
    expect(mail.html).not.toContain('/pay/');
  });

  test('S4-13: with no payment account there is no button to pay', async () => {
    const { invoiceId } = await invoiceOf();
    await ours((tx) => tx.insert(paymentAccounts).values({ processor: 'none' }));
    const mail = await written(invoiceId, 'Hello');
    await ours((tx) => tx.delete(paymentAccounts));
    expect(mail.html).not.toContain('/pay/');
  });

  test('what a customer’s name holds is text, and no link', async () => {
    const { customerId } = await ours((tx) => makeCustomer(tx, { firstName: '<b>https://evil.example/x</b>' }));
    const { invoiceId } = await invoiceOf({ customerId });
    const mail = await written(invoiceId, 'Hi {{ customer.first_name }}, see https://larkspur.example/hours.');
    expect(mail.html).not.toContain('href="https://evil');
    expect(mail.html).not.toContain('<b>');
    expect(mail.html).toContain('href="https://larkspur.example/hours"');
  });

  test('S0-06: without a portal, for a draft and for a void invoice it is refused', async () => {
    const theirs = await withCompany(db, bare.companyId, (tx) => makeInvoice(tx));
    const send = (id: number) =>
      withCompany(db, bare.companyId, (tx) => sendInvoiceEmail(tx, actor, papers, id, 'a@mail.example'));
    expect(await send(theirs.invoiceId)).toEqual({ ok: false, reason: 'no_portal' });
    expect(await withCompany(db, bare.companyId, (tx) => tx.select().from(messages))).toEqual([]);
    const draft = await invoiceOf({ status: 'draft' });
    const gone = await invoiceOf({ status: 'void' });
    for (const [{ invoiceId }, reason] of [
      [draft, 'draft'],
      [gone, 'void'],
    ] as const) {
      expect(await ours((tx) => sendInvoiceEmail(tx, actor, papers, invoiceId, 'a@mail.example'))).toEqual({
        ok: false,
        reason,
      });
    }
    expect(await ours((tx) => sendInvoiceEmail(tx, actor, papers, theirs.invoiceId, 'a@mail.example'))).toEqual({
      ok: false,
      reason: 'missing',
    });
  });

  test('a second click sends nothing more; the invoice, the log and the history know of it', async () => {
    const { invoiceId, customerId } = await invoiceOf();
    const send = (to: string) => ours((tx) => sendInvoiceEmail(tx, actor, papers, invoiceId, to));
    expect(await send('not an address')).toMatchObject({ ok: false, error: expect.any(String) });
    const results = await Promise.all([send('Ann@Mail.example'), send('ann@mail.example')]);
    expect(results.every((result) => result.ok)).toBe(true);
    await ours(async (tx) => {
      const rows = await tx.select().from(messages).where(eq(messages.invoiceId, invoiceId));
      expect(rows).toMatchObject([{ kind: 'invoice', address: 'ann@mail.example', customerId, state: 'planned' }]);
      const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
      expect(invoice!.emailedAt).not.toBeNull();
      const log = await tx
        .select()
        .from(auditEntries)
        .where(and(eq(auditEntries.action, 'invoice.email'), eq(auditEntries.subjectId, invoiceId)));
      expect(log).toHaveLength(1);
    });
    expect(await send('other@mail.example')).toMatchObject({ ok: true });
  });

  test('the template is kept, checked, and follows our own words while nobody wrote others', async () => {
    expect(await ours(readInvoiceEmail)).toEqual(INVOICE_EMAIL);
    const bad = await ours((tx) => saveInvoiceEmail(tx, actor, { ...INVOICE_EMAIL, body: '{{ invoice.nmber }}' }));
    expect(bad).toMatchObject({ ok: false, errors: { body: expect.stringContaining('invoice.nmber') } });
    const own = { subject: 'Bill {{ invoice.number }}', body: 'Hi,\n\nsee {CustomerPortalLink}', attachPdf: false };
    expect(await ours((tx) => saveInvoiceEmail(tx, actor, own))).toEqual({ ok: true });
    expect(await ours(readInvoiceEmail)).toEqual(own);
    expect(await ours((tx) => saveInvoiceEmail(tx, actor, INVOICE_EMAIL))).toEqual({ ok: true });
    expect(await ours((tx) => tx.execute(sql`select subject, body from invoice_emails`))).toMatchObject([
      { subject: '', body: '' },
    ]);
  });
});

describe('what goes along', () => {
  async function mailed(invoiceId: number) {
    await ours((tx) => sendInvoiceEmail(tx, actor, papers, invoiceId, 'ann@mail.example'));
    const [row] = await ours((tx) => tx.select().from(messages).where(eq(messages.invoiceId, invoiceId)));
    return { companyId, messageId: row!.id };
  }

  test('the PDF is made when the message is sent: it says what is so then', async () => {
    const { invoiceId, number } = await invoiceOf();
    const job = await mailed(invoiceId);
    await ours((tx) => postEntries(tx, invoiceId, [{ kind: 'credit', amountCents: -1_000, memo: 'an inner reason' }]));
    const provider = recordingProvider();
    const sending = { ...sendingWith(db, provider), attach: attachPapers({ db, ...papers }) };
    await sendMessage(sending, job);
    const mail = await PostalMime.parse(provider.got[0]!.mime);
    expect(mail.html).toContain(payUrl(invoiceId));
    const [file] = mail.attachments;
    expect([file!.filename, file!.mimeType, file!.disposition]).toEqual([
      `invoice-${number}.pdf`,
      'application/pdf',
      'attachment',
    ]);
    const bytes = new Uint8Array(file!.content as ArrayBuffer);
    const { text } = await extractText(await getDocumentProxy(bytes), { mergePages: true });
    expect(text).toContain('$300.00');
    expect(text).not.toContain('inner reason');
    expect(provider.got[0]!.mime.split('\r\n').every((line) => line.length <= 76)).toBe(true);
  });

  test('a message whose file can’t be made is tried again, and at last failed; it never goes out without', async () => {
    const { invoiceId } = await invoiceOf();
    const job = await mailed(invoiceId);
    const provider = recordingProvider();
    const sending = { ...sendingWith(db, provider), attach: () => Promise.reject(new Error('no space left')) };
    await expect(sendMessage(sending, job)).rejects.toThrow('no space left');
    await sendMessage(sending, job, { last: true });
    expect(provider.got).toEqual([]);
    const [row] = await ours((tx) => tx.select().from(messages).where(eq(messages.id, job.messageId)));
    expect(row).toMatchObject({ state: 'failed', reason: 'render' });
  });

  test('switched off, nothing goes along', async () => {
    await ours((tx) => saveInvoiceEmail(tx, actor, { ...INVOICE_EMAIL, attachPdf: false }));
    const { invoiceId } = await invoiceOf();
    const { messageId } = await mailed(invoiceId);
    const [content] = await ours((tx) =>
      tx.select().from(messageContents).where(eq(messageContents.messageId, messageId)),
    );
    expect(content!.attachment).toBeNull();
    await ours((tx) => saveInvoiceEmail(tx, actor, INVOICE_EMAIL));
  });
});

describe('the statement’s email', () => {
  const period = { from: '2026-01-01', to: '2026-03-31' };
  const write = (customerId: number) => ours((tx) => writeStatementEmail(tx, papers, customerId, period));

  test('S3-21, S4-01: a link to register always, to the payment page only where one was generated', async () => {
    const { customerId } = await invoiceOf();
    const without = await write(customerId);
    if (!without.ok) throw new Error(without.reason);
    expect(without.mail.html).toContain(`${origin}/invitation`);
    expect(without.mail.html).not.toContain('/pay/');
    await ours((tx) => tx.insert(paymentLinks).values({ customerId, version: 3 }));
    const linked = await write(customerId);
    if (!linked.ok) throw new Error(linked.reason);
    const token = payToken(SECRET, { companyId, kind: 'customer', id: customerId, version: 3 });
    expect(linked.mail.html).toContain(`${origin}/pay/${token}`);
    expect(linked.mail.text).toContain('$310.00');
  });

  test('goes out with its PDF, once a minute', async () => {
    const { customerId } = await invoiceOf();
    const send = () => ours((tx) => sendStatement(tx, actor, papers, { customerId, period, to: 'ann@mail.example' }));
    expect([await send(), await send()]).toMatchObject([{ ok: true }, { ok: true }]);
    const rows = await ours((tx) =>
      tx
        .select()
        .from(messages)
        .where(and(eq(messages.customerId, customerId), eq(messages.kind, 'statement'))),
    );
    expect(rows).toHaveLength(1);
    const provider = recordingProvider();
    const sending = { ...sendingWith(db, provider), attach: attachPapers({ db, ...papers }) };
    await sendMessage(sending, { companyId, messageId: rows[0]!.id });
    const mail = await PostalMime.parse(provider.got[0]!.mime);
    const bytes = new Uint8Array(mail.attachments[0]!.content as ArrayBuffer);
    const { text } = await extractText(await getDocumentProxy(bytes), { mergePages: true });
    expect(text).toContain('Statement');
    expect(text).toContain('$310.00');
  });

  test('another company’s customer, no portal and a bad address are refused', async () => {
    const theirs = await withCompany(db, bare.companyId, (tx) => makeCustomer(tx));
    const request = { customerId: theirs.customerId, period, to: 'a@mail.example' };
    expect(await ours((tx) => sendStatement(tx, actor, papers, request))).toEqual({ ok: false, reason: 'missing' });
    expect(await withCompany(db, bare.companyId, (tx) => sendStatement(tx, actor, papers, request))).toEqual({
      ok: false,
      reason: 'no_portal',
    });
    expect(await ours((tx) => sendStatement(tx, actor, papers, { ...request, to: '@' }))).toMatchObject({
      ok: false,
      error: expect.any(String),
    });
  });
});
