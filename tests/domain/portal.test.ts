import { asc, eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import {
  listHistory,
  listOwed,
  listPaid,
  readInvoiceForPortal,
  readSelected,
} from '#app/invoicing/invoices/for-portal.server.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import {
  findByForm,
  listCredits,
  listOnTheirWay,
  readPayment,
  readReceipt,
} from '#app/invoicing/payments/for-portal.server.ts';
import { listPortalContacts, setBillingAccess } from '#app/portal/accounts.server.ts';
import { inviteContact, requestInvitation } from '#app/portal/invitations.server.ts';
import { confirmAccount, readVisitor, signInCustomer, signOutCustomer } from '#app/portal/sessions.server.ts';
import { readToken } from '#app/portal/tokens.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import {
  auditEntries,
  contacts,
  customers,
  invoices,
  ledgerEntries,
  messageContents,
  messages,
  payments,
  portalAccounts,
  portalTokens,
  refunds,
} from '#db/schema/index.ts';
import { makeBusinessUnit, makeCompany } from '#tests/factories/company.ts';
import { makeContact, makeCustomer, makeJob, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const addresses = {
  appOrigin: 'http://localhost:3000',
  portalDomain: 'portal.localhost:3000',
  linkDomain: 'go.localhost:3000',
};
const { companyId, admin } = await makeCompany(db, { portalHost: 'larkfield', name: 'Larkfield' });
const actor = { staffId: admin.staffId, name: admin.name };
const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);

const PASSWORD = 'a kettle for the plumber';
let visitors = 0;
const newIp = () => `198.51.100.${++visitors}`;

const ask = (email: string, ip = newIp(), kind: 'invitation' | 'reset' = 'invitation') =>
  requestInvitation(db, addresses, { companyId, email, ip, for: kind });
const confirm = (token: string, password = PASSWORD, company = companyId) =>
  confirmAccount(db, company, { token, password, ip: newIp() });
const signIn = (email: string, password = PASSWORD, ip = newIp()) =>
  signInCustomer(db, companyId, { email, password, ip });

/** The mails to an address, with the secret of the link in each. */
async function mailsTo(email: string) {
  const rows = await ours((tx) =>
    tx
      .select({ kind: messages.kind, subject: messageContents.subject, text: messageContents.text })
      .from(messages)
      .innerJoin(messageContents, eq(messageContents.messageId, messages.id))
      .where(eq(messages.address, email))
      .orderBy(asc(messages.id)),
  );
  return rows.map((row) => ({
    ...row,
    token: /http:\/\/larkfield\.portal\.localhost:3000\/confirm\/([\w-]+)/.exec(row.text)?.[1] ?? '',
  }));
}

/** A customer who has confirmed an account. */
async function makeActive() {
  const customer = await ours((tx) => makeCustomer(tx));
  const email = customer.email!;
  await ask(email);
  const [mail] = await mailsTo(email);
  const result = await confirm(mail!.token);
  if (!result.ok) throw new Error(result.reason);
  return { ...customer, email, contactId: customer.emailContactId!, session: result.token };
}
const visitor = (session: string) => ours((tx) => readVisitor(tx, session));

test('S2-26, S2-28: an address on a record gets a link, creates a password, is signed in and can sign in again', async () => {
  const { customerId, email } = await ours((tx) => makeCustomer(tx, { name: 'Ann Ames' }));
  expect(await ask(` ${email!.toUpperCase()} `)).toEqual({ ok: true, email });
  const [mail] = await mailsTo(email!);
  expect(mail).toMatchObject({
    kind: 'portal_invitation',
    subject: 'Your invitation to the Larkfield customer portal',
  });
  expect(await signIn(email!)).toEqual({ ok: false, reason: 'wrong' });
  const confirmed = await confirm(mail!.token);
  if (!confirmed.ok) throw new Error(confirmed.reason);
  expect(await visitor(confirmed.token)).toMatchObject({ email, customers: [{ id: customerId, name: 'Ann Ames' }] });
  const again = await signIn(email!.toUpperCase());
  if (!again.ok) throw new Error(again.reason);
  expect((await visitor(again.token))?.email).toBe(email);
  await ours((tx) => signOutCustomer(tx, again.token));
  expect(await visitor(again.token)).toBeNull();
});

test('S2-27: a stranger’s address gets the same answer in the same time, and no mail', async () => {
  const { email } = await ours((tx) => makeCustomer(tx));
  const timed = async (address: string) => {
    const started = performance.now();
    const answer = await ask(address);
    return { answer, ms: performance.now() - started };
  };
  const known = await timed(email!);
  const unknown = await timed('nobody@mail.example');
  expect(unknown.answer).toEqual({ ...known.answer, email: 'nobody@mail.example' });
  expect(unknown.ms).toBeGreaterThanOrEqual(495);
  expect(known.ms).toBeGreaterThanOrEqual(495);
  expect(await mailsTo(email!)).toHaveLength(1);
  expect(await mailsTo('nobody@mail.example')).toEqual([]);
});

test('S2-27: a phone number, another company’s customer and a removed address are no way in', async () => {
  const { customerId } = await ours((tx) => makeCustomer(tx, { email: null, mobile: '+15125550188' }));
  await ours((tx) => makeContact(tx, { customerId, kind: 'other', value: 'other@mail.example' }));
  const other = await makeCompany(db, { portalHost: 'otherco' });
  await withCompany(db, other.companyId, (tx) => makeCustomer(tx, { email: 'theirs@mail.example' }));
  for (const address of ['other@mail.example', 'theirs@mail.example']) {
    expect(await ask(address)).toEqual({ ok: true, email: address });
    expect(await mailsTo(address)).toEqual([]);
  }
  expect(await ask('+15125550188')).toEqual({ ok: false, reason: 'bad_email' });
  expect(await ask('')).toEqual({ ok: false, reason: 'empty' });
});

test('S2-27: requests are limited per address and per visitor, known or not', async () => {
  const { email } = await ours((tx) => makeCustomer(tx));
  for (const address of [email!, 'unknown-one@mail.example']) {
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(address)));
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect(await ask(address)).toMatchObject({ ok: false, reason: 'too_many' });
  }
  expect(await mailsTo(email!)).toHaveLength(5);
});

test('S2-28: only the newest link works, once, and only its hash is kept', async () => {
  const { email } = await ours((tx) => makeCustomer(tx));
  await ask(email!);
  await ask(email!);
  const [older, newer] = await mailsTo(email!);
  const stored = await ours((tx) => tx.select().from(portalTokens));
  expect(JSON.stringify(stored)).not.toContain(newer!.token);
  // Mail scanners follow links: looking consumes nothing.
  for (let n = 0; n < 3; n++) {
    expect(await ours((tx) => readToken(tx, newer!.token))).toMatchObject({ state: 'ready', email });
  }
  expect(await confirm(older!.token)).toEqual({ ok: false, reason: 'expired' });
  expect(await confirm(newer!.token, 'short')).toMatchObject({ ok: false, reason: 'password' });
  const own = email!.split('@')[0]!;
  expect(await confirm(newer!.token, `${own}${own.length < 10 ? '1234567890' : ''}`)).toMatchObject({
    reason: 'password',
  });
  expect((await confirm(newer!.token)).ok).toBe(true);
  expect(await confirm(newer!.token, 'another long password')).toEqual({ ok: false, reason: 'used' });
  expect(await confirm('nonsense')).toEqual({ ok: false, reason: 'expired' });
});

test('S2-28: of two who use one link at once, one is let in', async () => {
  const { email } = await ours((tx) => makeCustomer(tx));
  await ask(email!);
  const [mail] = await mailsTo(email!);
  const results = await Promise.all([
    confirm(mail!.token, 'the first password'),
    confirm(mail!.token, 'the other password'),
  ]);
  expect(results.filter((result) => result.ok)).toHaveLength(1);
  expect(results.find((result) => !result.ok)).toEqual({ ok: false, reason: 'used' });
});

test('S2-28: a link expires, and another company’s link opens nothing', async () => {
  const { email } = await ours((tx) => makeCustomer(tx));
  await ask(email!);
  const [mail] = await mailsTo(email!);
  const other = await makeCompany(db, { portalHost: 'thirdco' });
  expect(await confirm(mail!.token, PASSWORD, other.companyId)).toEqual({ ok: false, reason: 'expired' });
  await ours((tx) => tx.update(portalTokens).set({ expiresAt: sql`now() - interval '1 second'` }));
  expect(await confirm(mail!.token)).toEqual({ ok: false, reason: 'expired' });
});

test('a forgotten password: a new one by mail ends the old one and all sessions', async () => {
  const { email, session } = await makeActive();
  expect((await ask(email, newIp(), 'reset')).ok).toBe(true);
  const mail = (await mailsTo(email)).at(-1)!;
  expect(mail).toMatchObject({ kind: 'portal_reset', subject: 'Choose a new password for Larkfield' });
  expect((await signIn(email)).ok).toBe(true);
  expect((await confirm(mail.token, 'a pump for the cellar')).ok).toBe(true);
  expect(await visitor(session)).toBeNull();
  expect((await signIn(email)).ok).toBe(false);
  expect((await signIn(email, 'a pump for the cellar')).ok).toBe(true);
});

test('an invitation asked for by somebody with an account tells them so, by mail only', async () => {
  const { email } = await makeActive();
  expect(await ask(email)).toEqual({ ok: true, email });
  expect((await mailsTo(email)).at(-1)).toMatchObject({ subject: 'You already have an account at Larkfield' });
  // Until it is used, nothing changes.
  expect((await signIn(email)).ok).toBe(true);
});

test('S2-27: guesses are limited per account and answered alike, account or not', async () => {
  const { email } = await makeActive();
  for (const address of [email, 'stranger@mail.example']) {
    for (let n = 0; n < 10; n++)
      expect(await signIn(address, 'wrong password')).toEqual({ ok: false, reason: 'wrong' });
    expect(await signIn(address, PASSWORD)).toMatchObject({ ok: false, reason: 'too_many' });
  }
});

test('S2-27, S3-22: removing or changing the contact ends the access at once', async () => {
  const removed = await makeActive();
  await ours((tx) => tx.delete(contacts).where(eq(contacts.id, removed.contactId)));
  expect(await visitor(removed.session)).toBeNull();
  expect((await signIn(removed.email)).ok).toBe(false);

  const changed = await makeActive();
  const next = 'corrected@mail.example';
  await ours((tx) => tx.update(contacts).set({ value: next }).where(eq(contacts.id, changed.contactId)));
  expect(await visitor(changed.session)).toBeNull();
  expect((await signIn(changed.email)).ok).toBe(false);
  expect((await signIn(next)).ok).toBe(false);
  // The corrected address is invited anew, and the password of the one before is gone.
  await ours((tx) => inviteContact(tx, addresses, changed.contactId, actor));
  expect(await mailsTo(next)).toMatchObject([{ kind: 'portal_invitation' }]);
  expect((await signIn(next)).ok).toBe(false);
  const [mail] = await mailsTo(next);
  expect((await confirm(mail!.token)).ok).toBe(true);
});

test('a link sent to an address that left the record opens nothing', async () => {
  const { email, emailContactId } = await ours((tx) => makeCustomer(tx));
  await ask(email!);
  const [mail] = await mailsTo(email!);
  await ours((tx) =>
    tx.update(contacts).set({ value: 'new-one@mail.example' }).where(eq(contacts.id, emailContactId!)),
  );
  expect(await ours((tx) => readToken(tx, mail!.token))).toEqual({ state: 'expired' });
  expect(await confirm(mail!.token)).toEqual({ ok: false, reason: 'expired' });
});

test('an address on two records is one login that sees both, and keeps the other when one is removed', async () => {
  const { email, customerId, session, contactId } = await makeActive();
  const second = await ours((tx) => makeCustomer(tx, { email, name: 'Rental houses' }));
  expect((await visitor(session))?.customers.map((customer) => customer.id)).toEqual([customerId, second.customerId]);
  await ask(email, newIp(), 'reset');
  const mail = (await mailsTo(email)).at(-1)!;
  expect((await confirm(mail.token, 'one password for both')).ok).toBe(true);
  await ours((tx) => tx.delete(contacts).where(eq(contacts.id, contactId)));
  const left = await signIn(email, 'one password for both');
  if (!left.ok) throw new Error(left.reason);
  expect((await visitor(left.token))?.customers.map((customer) => customer.id)).toEqual([second.customerId]);
});

test('S3-08, S3-09, S3-12 to S3-14: the office invites, resends, and sees who is active', async () => {
  const { customerId, emailContactId, email } = await ours((tx) => makeCustomer(tx));
  const rows = () => ours((tx) => listPortalContacts(tx, customerId));
  expect(await rows()).toMatchObject([
    { contactId: emailContactId, email, status: 'none', invitedAt: null, billingAccess: true },
  ]);
  const invite = () => ours((tx) => inviteContact(tx, addresses, emailContactId!, actor));
  expect(await invite()).toEqual({ ok: true, email });
  expect(await rows()).toMatchObject([{ status: 'invited', invitedAt: expect.any(Date) }]);
  expect(await invite()).toEqual({ ok: true, email });
  const mails = await mailsTo(email!);
  expect(mails.map((mail) => mail.kind)).toEqual(['portal_invitation', 'portal_invitation']);
  expect((await confirm(mails[0]!.token)).ok).toBe(false);
  expect((await confirm(mails[1]!.token)).ok).toBe(true);
  expect(await rows()).toMatchObject([{ status: 'active', lastSignInAt: expect.any(Date) }]);
  const trail = await ours((tx) => tx.select().from(auditEntries).where(eq(auditEntries.subjectId, customerId)));
  expect(trail.map((entry) => [entry.action, entry.staffId])).toEqual([
    ['portal.invite', admin.staffId],
    ['portal.invite', admin.staffId],
  ]);
});

test('S3-11: no email, no invite; and none while the portal is off or in another company', async () => {
  const { customerId } = await ours((tx) => makeCustomer(tx, { email: null }));
  const mobile = await ours((tx) => makeContact(tx, { customerId, kind: 'mobile', value: '+15125550123' }));
  expect(await ours((tx) => inviteContact(tx, addresses, mobile, actor))).toMatchObject({ ok: false });
  const off = await makeCompany(db, { portalHost: 'offco', portal: { enabled: false } });
  const own = { staffId: off.admin.staffId, name: off.admin.name };
  await withCompany(db, off.companyId, async (tx) => {
    const { emailContactId } = await makeCustomer(tx);
    expect(await inviteContact(tx, addresses, emailContactId!, own)).toMatchObject({
      ok: false,
      error: expect.stringMatching(/not set up/),
    });
    expect(await tx.select().from(messages)).toEqual([]);
  });
  const { emailContactId } = await ours((tx) => makeCustomer(tx));
  await withCompany(db, off.companyId, async (tx) => {
    expect(await inviteContact(tx, addresses, emailContactId!, own)).toMatchObject({ ok: false });
    expect(await setBillingAccess(tx, own, emailContactId!, false)).toBe(false);
  });
});

test('S3-10: without billing access an account sees no invoices, with it again all', async () => {
  const { contactId, customerId, session } = await makeActive();
  await ours((tx) => makeInvoice(tx, { customerId }));
  const access = async () => (await visitor(session))!.customers.map((customer) => customer.billingAccess);
  expect(await access()).toEqual([true]);
  await ours((tx) => setBillingAccess(tx, actor, contactId, false));
  expect(await access()).toEqual([false]);
  expect((await ours((tx) => listPortalContacts(tx, customerId)))[0]).toMatchObject({
    billingAccess: false,
    status: 'active',
  });
  await ours((tx) => setBillingAccess(tx, actor, contactId, true));
  expect(await access()).toEqual([true]);
});

test('a session ends after twelve hours', async () => {
  const { session } = await makeActive();
  await ours((tx) =>
    tx.execute(sql`update portal_sessions set expires_at = expires_at - interval '11 hours 59 minutes'`),
  );
  expect(await visitor(session)).not.toBeNull();
  await ours((tx) => tx.execute(sql`update portal_sessions set expires_at = expires_at - interval '1 minute'`));
  expect(await visitor(session)).toBeNull();
});

test('S2-16, S3-18: unpaid invoices of completed jobs are owed, the oldest due first; drafts, void and unfinished are not', async () => {
  await ours(async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const job = (status: 'completed' | 'in_progress' | 'canceled' | 'scheduled') => makeJob(tx, { customerId, status });
    const of = async (dueOn: string, status: 'completed' | 'in_progress' | 'canceled' | null, more = {}) =>
      (await makeInvoice(tx, { customerId, dueOn, jobId: status && (await job(status)), ...more })).invoiceId;
    const late = await of('2026-01-10', 'completed');
    const early = await of('2026-01-05', 'completed', { paidCents: 4_000 });
    const jobless = await of('2026-01-07', null);
    const unfinished = await of('2026-01-01', 'in_progress');
    await of('2026-01-01', 'canceled');
    await of('2026-01-01', 'completed', { status: 'draft' });
    const voided = await of('2026-01-01', 'completed', { status: 'void' });
    const paid = await of('2026-01-01', 'completed', { status: 'paid' });
    const scope = { customerIds: [customerId], businessUnitIds: null };
    const owed = await listOwed(tx, scope);
    expect(owed.invoices.map((one) => one.id)).toEqual([early, jobless, late]);
    expect(owed).toMatchObject({ count: 3, totalCents: 26_000 });
    expect((await listPaid(tx, scope, 10)).map((one) => one.id)).toEqual([paid]);
    expect(await readInvoiceForPortal(tx, scope, unfinished)).toMatchObject({ payable: false, balanceCents: 10_000 });
    expect(await readInvoiceForPortal(tx, scope, voided)).toBeNull();
    expect((await readSelected(tx, scope, [early, unfinished]))?.map((one) => one.payable)).toEqual([false, true]);
    expect(await readSelected(tx, scope, [early, voided])).toBeNull();
    expect(await listOwed(tx, { customerIds: [], businessUnitIds: null })).toEqual({
      invoices: [],
      count: 0,
      totalCents: 0,
    });
  });
});

test('S2-17, S2-18: what is on its way can’t be paid again; what is left of it can', async () => {
  await ours(async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const make = async (pendingCents: number) => {
      const { invoiceId } = await makeInvoice(tx, { customerId });
      await tx.update(invoices).set({ pendingCents }).where(eq(invoices.id, invoiceId));
      return invoiceId;
    };
    const [part, all, more] = [await make(4_000), await make(10_000), await make(12_000)];
    const scope = { customerIds: [customerId], businessUnitIds: null };
    const owed = await listOwed(tx, scope);
    expect(owed).toMatchObject({ count: 1, totalCents: 6_000 });
    expect(owed.invoices).toMatchObject([{ id: part, pendingCents: 4_000, payableCents: 6_000, balanceCents: 10_000 }]);
    expect((await readSelected(tx, scope, [part, all, more]))?.map((one) => [one.payable, one.payableCents])).toEqual([
      [true, 6_000],
      [false, 0],
      [false, 0],
    ]);
    expect(await readInvoiceForPortal(tx, scope, all)).toMatchObject({ payable: false, pendingCents: 10_000 });
  });
});

test('S2-22, S2-23: the history holds paid and unpaid, newest first, page by page; none of $0, no draft, none void', async () => {
  await ours(async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const of = async (day: number, more: Parameters<typeof makeInvoice>[1] = {}) =>
      (await makeInvoice(tx, { customerId, issuedOn: `2026-02-${String(day).padStart(2, '0')}`, ...more })).invoiceId;
    const expected = [
      await of(9),
      await of(8, { status: 'paid' }),
      await of(7, { jobId: await makeJob(tx, { customerId, status: 'in_progress' }) }),
      await of(6, { status: 'paid' }),
      await of(5),
    ];
    await of(4, { totalCents: 0 });
    await of(3, { status: 'draft' });
    await of(2, { status: 'void' });
    const scope = { customerIds: [customerId], businessUnitIds: null };
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listHistory>> = await listHistory(tx, scope, { after, limit: 2 });
      seen.push(...page.rows.map((row) => row.id));
      after = page.next;
    } while (after);
    expect(seen).toEqual(expected);
    const second = await listHistory(tx, scope, { after: (await listHistory(tx, scope, { limit: 2 })).next, limit: 2 });
    const back = await listHistory(tx, scope, { before: second.previous, limit: 2 });
    expect(back.rows.map((row) => [row.id, row.status])).toEqual([
      [expected[0], 'open'],
      [expected[1], 'paid'],
    ]);
    // What is no cursor of ours is the first page.
    expect((await listHistory(tx, scope, { after: 'x\0', limit: 2 })).rows.map((row) => row.id)).toEqual(
      expected.slice(0, 2),
    );
    expect((await listHistory(tx, { customerIds: [], businessUnitIds: null }, {})).rows).toEqual([]);
  });
});

test('payments on their way, and credit, are the customer’s own; a form is found by its key', async () => {
  await ours(async (tx) => {
    const [mine, theirs] = [await makeCustomer(tx), await makeCustomer(tx)];
    const { invoiceId, number } = await makeInvoice(tx, { customerId: mine.customerId });
    const make = (customerId: number, status: 'open' | 'pending' | 'failed', key: string) =>
      makePayment(tx, {
        customerId,
        amountCents: 10_000,
        status,
        method: 'ach',
        processor: 'sandbox',
        idempotencyKey: key,
        allocations: [{ invoiceId, amountCents: 10_000 }],
      });
    const waiting = await make(mine.customerId, 'pending', 'portal-form-of-mine');
    await make(mine.customerId, 'open', 'portal-form-still-open');
    await make(mine.customerId, 'failed', 'portal-form-that-failed');
    const other = await make(theirs.customerId, 'pending', 'portal-form-of-theirs');
    const ids = [mine.customerId];
    expect(await listOnTheirWay(tx, ids)).toMatchObject([
      { id: waiting, method: 'ach', amountCents: 10_000, invoices: [{ id: invoiceId, number }] },
    ]);
    expect(await readPayment(tx, ids, waiting)).toMatchObject({ status: 'pending', online: true });
    expect(await readPayment(tx, ids, other)).toBeNull();
    expect(await findByForm(tx, ids, 'portal-form-of-mine')).toBe(waiting);
    expect(await findByForm(tx, ids, 'portal-form-of-theirs')).toBeNull();
    expect(await listCredits(tx, ids)).toEqual([]);
    await tx.update(customers).set({ creditCents: 2_500 }).where(eq(customers.id, mine.customerId));
    expect(await listCredits(tx, [mine.customerId, theirs.customerId])).toEqual([
      { customerId: mine.customerId, cents: 2_500 },
    ]);
  });
});

test('a receipt tells the tip, what went to the account, what is left, and what was given back', async () => {
  await ours(async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const { invoiceId, number } = await makeInvoice(tx, { customerId });
    const paymentId = await makePayment(tx, {
      customerId,
      amountCents: 9_500,
      tipCents: 1_000,
      method: 'card',
      processor: 'sandbox',
      cardBrand: 'Visa',
      cardLast4: '4242',
      disputedAt: new Date(),
    });
    await postEntries(tx, invoiceId, [{ kind: 'payment', amountCents: -8_000, paymentId }]);
    await tx.insert(ledgerEntries).values([
      { customerId, paymentId, kind: 'tip', amountCents: 1_000 },
      { customerId, paymentId, kind: 'payment', amountCents: -1_500 },
    ]);
    const refund = (amountCents: number, status: 'pending' | 'succeeded' | 'failed') =>
      tx.insert(refunds).values({ paymentId, amountCents, status, idempotencyKey: `refund-${amountCents}` });
    await refund(500, 'succeeded');
    await refund(700, 'pending');
    await refund(900, 'failed');
    expect(await readReceipt(tx, [customerId], paymentId)).toMatchObject({
      amountCents: 9_500,
      tipCents: 1_000,
      creditCents: 500,
      disputed: true,
      sandbox: true,
      brand: 'Visa',
      invoices: [{ id: invoiceId, number, amountCents: 8_000, leftCents: 2_000 }],
      refunds: [
        { amountCents: 500, pending: false },
        { amountCents: 700, pending: true },
      ],
    });
    await tx.update(payments).set({ status: 'refunded' }).where(eq(payments.id, paymentId));
    expect(await readReceipt(tx, [customerId], paymentId)).not.toBeNull();
  });
});

test('S2-13, S2-22: only invoices of the selected business units are seen; one of no unit belongs to the whole company', async () => {
  await ours(async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const [hvac, plumbing] = [await makeBusinessUnit(tx), await makeBusinessUnit(tx)];
    const make = async (businessUnitId: number | null) =>
      (await makeInvoice(tx, { customerId, businessUnitId })).invoiceId;
    const [one, two, none] = [await make(hvac), await make(plumbing), await make(null)];
    const scope = { customerIds: [customerId], businessUnitIds: [plumbing] };
    expect((await listOwed(tx, scope)).invoices.map((row) => row.id).toSorted((a, b) => a - b)).toEqual([two, none]);
    expect(await readInvoiceForPortal(tx, scope, one)).toBeNull();
    expect(await readSelected(tx, scope, [one])).toBeNull();
  });
});

test('S3-17: an invoice shows job, place, lines and payments, and no internal notes', async () => {
  await ours(async (tx) => {
    const { customerId } = await makeCustomer(tx, { notes: 'SECRET grumpy' });
    const locationId = await makeLocation(tx, {
      customerId,
      line1: '12 Oak Street',
      line2: 'Apt 7',
      city: 'Austin',
      state: 'TX',
      zip: '78701',
    });
    const jobId = await makeJob(tx, {
      customerId,
      locationId,
      summary: 'Water heater repair',
      internalNotes: 'SECRET dog',
    });
    const { invoiceId } = await makeInvoice(tx, { customerId, jobId, paidCents: 2_500 });
    const invoice = await readInvoiceForPortal(tx, { customerIds: [customerId], businessUnitIds: null }, invoiceId);
    expect(invoice).toMatchObject({
      job: { summary: 'Water heater repair' },
      location: ['12 Oak Street', 'Apt 7', 'Austin, TX 78701'],
      items: [{ description: 'Drain cleared', quantity: '1', totalCents: 10_000 }],
      movements: [{ kind: 'payment', amountCents: -2_500 }],
      balanceCents: 7_500,
      payable: true,
    });
    expect(JSON.stringify(invoice)).not.toContain('SECRET');
  });
});

test('another customer’s invoice and receipt are not there', async () => {
  await ours(async (tx) => {
    const [mine, theirs] = [await makeCustomer(tx), await makeCustomer(tx)];
    const { invoiceId } = await makeInvoice(tx, { customerId: theirs.customerId });
    const paymentId = await makePayment(tx, { customerId: theirs.customerId, amountCents: 100 });
    const scope = { customerIds: [mine.customerId], businessUnitIds: null };
    expect(await readInvoiceForPortal(tx, scope, invoiceId)).toBeNull();
    expect(await readSelected(tx, scope, [invoiceId])).toBeNull();
    expect(await readReceipt(tx, scope.customerIds, paymentId)).toBeNull();
    expect(await readReceipt(tx, [theirs.customerId], paymentId)).toMatchObject({ id: paymentId });
    const failed = await makePayment(tx, { customerId: mine.customerId, amountCents: 100, status: 'failed' });
    expect(await readReceipt(tx, scope.customerIds, failed)).toBeNull();
  });
});

test('an account holds nothing that could be used elsewhere: passwords are argon2id', async () => {
  const { email } = await makeActive();
  const [row] = await ours((tx) => tx.select().from(portalAccounts).where(eq(portalAccounts.email, email)));
  expect(row!.passwordHash).toMatch(/^\$argon2id\$/);
});
