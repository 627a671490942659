import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';

import { saveOnlineSettings } from '#app/invoicing/payments/online-settings.server.ts';
import { defaultOnlineSettings, type OnlineSettings } from '#app/invoicing/payments/online-settings.ts';
import { listContacts } from '#app/invoicing/customers/contacts.server.ts';
import { unsubscribe } from '#app/consent/unsubscribe.server.ts';
import { readConversation } from '#app/messaging/conversations.server.ts';
import { messagesAboutInvoice, messagesToCustomer } from '#app/messaging/history.server.ts';
import { readSmsInvoicePage, sendSmsInvoice } from '#app/messaging/sms-invoice-send.server.ts';
import { isSmsInvoiceOffered } from '#app/messaging/sms-invoice.server.ts';
import type { SmsInvoiceForm, SmsInvoicePlace } from '#app/messaging/sms-invoice.ts';
import { listOutboxTexts } from '#app/messaging/outbox-texts.server.ts';
import { textProviders } from '#app/messaging/providers/choose-text.server.ts';
import { sendMessage } from '#app/messaging/send-transactional.server.ts';
import { resolveLink } from '#app/links/resolve.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany, type CompanyOverrides } from '#tests/factories/company.ts';
import { makeContact, makeCustomer, makeJob, makeLocation, makeMembership } from '#tests/factories/customers.ts';
import { makeInvoice, type InvoiceOverrides } from '#tests/factories/invoices.ts';
import { twilioKeys } from '#tests/fakes/twilio.ts';
import { addresses, SECRET, sendingWith } from '#tests/fakes/sending.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const owner = postgres(url, { max: 1, onnotice: () => {} });
afterAll(() => owner.end());

const ON: Partial<OnlineSettings> = {
  smsInvoiceLinks: true,
  smsFromOffice: true,
  emailFromMobile: true,
  smsFromMobile: true,
};

// A Wednesday: noon in New York, and 10 pm.
const NOON = new Date('2030-01-16T17:00:00Z');
const NIGHT = new Date('2030-01-17T03:00:00Z');

let hosts = 0;
let numbers = 0;
let keys = 0;

/** Of New York's area code, kept free for fiction. */
const newNumber = () => `+1212555${String(++numbers).padStart(4, '0')}`;

/** A company that texts links, and an invoice whose customer has a mobile number. */
async function texting(
  given: { invoice?: InvoiceOverrides; settings?: Partial<OnlineSettings>; company?: CompanyOverrides } = {},
) {
  const { companyId, admin, name } = await makeCompany(db, {
    portalHost: `texts${process.pid}x${++hosts}`,
    ...given.company,
  });
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const actor = { staffId: admin.staffId, name: admin.name };
  const number = newNumber();
  const made = await tx(async (t) => {
    await saveOnlineSettings(t, actor, { ...defaultOnlineSettings, ...(given.settings ?? ON) }, '');
    const { customerId } = await makeCustomer(t, { mobile: number });
    const locationId = await makeLocation(t, { customerId, zip: '10001', state: 'NY' });
    const jobId = await makeJob(t, { customerId, locationId });
    const { invoiceId, number: invoiceNumber } = await makeInvoice(t, { customerId, jobId, ...given.invoice });
    return { customerId, locationId, invoiceId, invoiceNumber };
  });
  const contactId = async () =>
    (await tx((t) => listContacts(t, made.customerId))).find((one) => one.value === number)!.id;
  const options = (place: SmsInvoicePlace, twilio: typeof twilioKeys | null = null) => ({
    place,
    twilio,
    addresses,
    secret: SECRET,
  });
  const send = async (
    form: Partial<SmsInvoiceForm> = {},
    more: { place?: SmsInvoicePlace; now?: Date; twilio?: typeof twilioKeys } = {},
  ) => {
    const filled = {
      to: String(await contactId()),
      newNumber: '',
      memo: '',
      save: '',
      key: `click-number-${++keys}`,
      ...form,
    };
    return tx((t) =>
      sendSmsInvoice(
        t,
        actor,
        { invoiceId: made.invoiceId, form: filled },
        options(more.place ?? 'office', more.twilio ?? null),
        more.now ?? NOON,
      ),
    );
  };
  const page = (place: SmsInvoicePlace = 'office', twilio: typeof twilioKeys | null = null) =>
    tx((t) => readSmsInvoicePage(t, made.invoiceId, options(place, twilio), NOON));
  const texts = () =>
    tx((t) =>
      t.execute<{ id: number; state: string; reason: string | null; address: string; text: string; at: string }>(sql`
        select m.id, m.state, m.reason, m.address, c.text, m.send_at as at
          from messages m join message_contents c on c.message_id = m.id where m.kind = 'invoice_text' order by m.id`),
    );
  return { ...made, companyId, company: name, actor, number, tx, send, page, texts };
}

/** What the worker does with a text. */
const run = (companyId: number, messageId: number) =>
  sendMessage(
    {
      ...sendingWith(db, recordingProvider()),
      textProvider: textProviders(db, { secret: SECRET, twilio: null, twilioApiBase: null, addresses }),
    },
    { companyId, messageId },
  );

const errorOf = (sent: Awaited<ReturnType<typeof sendSmsInvoice>>) =>
  sent?.ok === false ? Object.values(sent.errors).join(' ') : null;

test('S1-14: the link is texted once, pays that invoice, and stands in every history', async () => {
  const at = await texting({ invoice: { totalCents: 31_050 } });
  const sent = await at.send();
  expect(sent).toMatchObject({ ok: true, sendAt: null });
  const [text] = await at.texts();
  expect(text).toMatchObject({ state: 'planned', address: at.number });
  expect(text!.text).toMatch(
    new RegExp(
      `^${at.company}: Here is your link to pay invoice ${at.invoiceNumber}, \\$310\\.50: http://\\S+\\nReply STOP`,
    ),
  );
  const code = /\/([0-9a-z]+)\n/.exec(text!.text)![1]!;
  const resolved = await at.tx((t) => resolveLink(t, at.companyId, code, { addresses, secret: SECRET }));
  expect(resolved).toMatchObject({
    messageId: text!.id,
    destination: expect.stringMatching(/\.portal\.localhost.*\/pay\//) as string,
  });
  expect(await at.tx((t) => messagesAboutInvoice(t, at.invoiceId))).toMatchObject([
    { kind: 'invoice_text', id: text!.id },
  ]);
  expect(await at.tx((t) => messagesToCustomer(t, at.customerId))).toHaveLength(1);
  expect(await at.tx((t) => readConversation(t, at.number))).toMatchObject([{ kind: 'invoice_text', from: 'us' }]);
  const [audit] = await at.tx((t) =>
    t.execute(sql`select action, subject_id as invoice from audit_entries order by id desc limit 1`),
  );
  expect(audit).toEqual({ action: 'invoice.text', invoice: at.invoiceId });
});

test('two clicks send once, one after another and at the same moment; another opening of the page sends again', async () => {
  const at = await texting();
  const key = 'the-same-click';
  const first = await at.send({ key });
  expect(await at.send({ key })).toEqual(first);
  const both = await Promise.all([at.send({ key: 'both-at-once' }), at.send({ key: 'both-at-once' })]);
  expect(both[0]).toEqual(both[1]);
  expect(await at.texts()).toHaveLength(2);
  // A second click finds what the first one sent, even when the invoice was paid in between.
  await at.tx((t) => t.execute(sql`update invoices set status = 'paid', balance_cents = 0 where id = ${at.invoiceId}`));
  expect(await at.send({ key })).toMatchObject({ ok: true });
  expect(errorOf(await at.send())).toMatch(/is paid/);
  expect(errorOf(await at.send({ key: '' }))).toMatch(/too old/);
});

test.each<[string, InvoiceOverrides, RegExp]>([
  ['paid', { status: 'paid' }, /is paid/],
  ['void', { status: 'void' }, /is void/],
  ['draft', { status: 'draft' }, /is a draft/],
  ['nothing owed', { pendingCents: 10_000 }, /on its way/],
])('a %s invoice gets no link', async (_, invoice, words) => {
  const at = await texting({ invoice });
  expect(errorOf(await at.send())).toMatch(words);
  const page = await at.page();
  expect([page?.refusals.length, page?.refusals[0]?.why, page?.numbers]).toEqual([1, expect.stringMatching(words), []]);
  expect(await at.texts()).toHaveLength(0);
});

test('S1-09: an invoice that bills a membership gets no link', async () => {
  const at = await texting();
  await at.tx(async (t) => {
    const membershipId = await makeMembership(t, { customerId: at.customerId, name: 'Comfort plan' });
    await t.execute(sql`update invoices set membership_id = ${membershipId} where id = ${at.invoiceId}`);
  });
  expect(errorOf(await at.send())).toMatch(/bills Comfort plan. Payment links of such invoices aren’t texted/);
  expect((await at.page())?.refusals).toHaveLength(1);
});

test('S1-01 to S1-03, S1-15: refused while the setting is off, for the office and for technicians apart', async () => {
  const office = await texting({ settings: { ...ON, emailFromMobile: false } });
  expect(errorOf(await office.send({}, { place: 'mobile' }))).toMatch(/from Mobile is switched off/);
  expect(await office.send()).toMatchObject({ ok: true });
  const mobile = await texting({ settings: { ...ON, smsFromOffice: false } });
  expect(errorOf(await mobile.send())).toMatch(/from the office is switched off/);
  expect(await mobile.send({}, { place: 'mobile' })).toMatchObject({ ok: true });
  const offered = (at: typeof mobile, place: SmsInvoicePlace, may = true) =>
    at.tx((t) => isSmsInvoiceOffered(t, { status: 'open', balanceCents: 100 }, { may, place }));
  // In the office the page behind it says what is missing.
  expect([await offered(office, 'office'), await offered(mobile, 'office')]).toEqual([true, true]);
  expect([await offered(office, 'mobile'), await offered(mobile, 'mobile')]).toEqual([false, true]);
  expect(await offered(mobile, 'mobile', false)).toBe(false);
});

test('S1-08: refused in words until there is a default number and the registration, a portal, and a way to pay', async () => {
  const at = await texting({ settings: { ...ON, cards: false, ach: false } });
  const why = async () => (await at.page('office', twilioKeys))?.refusals.map((one) => one.why).join(' ');
  await at.tx((t) =>
    t.execute(sql`insert into channel_settings (channel, provider, options) values ('sms', 'twilio', '{}')`),
  );
  await at.tx((t) => t.execute(sql`insert into payment_accounts (processor) values ('none')`));
  await at.tx((t) => t.execute(sql`update portal_settings set enabled = false`));
  expect(await why()).toMatch(/Neither cards nor ACH.*No payment account.*portal is not set up.*not registered/);
  expect((await at.page('office'))?.refusals.at(-1)).toMatchObject({
    why: 'No default number for texts is set yet.',
    fix: { to: '/settings/texts#number' },
  });
  expect(errorOf(await at.send())).toBeTruthy();
  expect(await at.texts()).toHaveLength(0);
});

test('S1-10: only numbers saved as Mobile, the customer’s own and the location’s; the others say why not', async () => {
  const at = await texting();
  const [landline, tenant, elsewhere, stopped, showed] = [
    newNumber(),
    newNumber(),
    newNumber(),
    newNumber(),
    newNumber(),
  ];
  await at.tx(async (t) => {
    const add = (value: string, more: object = {}) =>
      makeContact(t, { customerId: at.customerId, kind: 'mobile', value, primary: false, ...more });
    const otherPlace = await makeLocation(t, { customerId: at.customerId, billing: false });
    await add(landline, { kind: 'landline' });
    await add(tenant, { locationId: at.locationId, memo: 'Tenant' });
    await add(elsewhere, { locationId: otherPlace });
    await add(stopped);
    await add(showed);
    await unsubscribe(t, { address: stopped, customerId: at.customerId, purpose: 'all', how: 'stop', actor: 'Them' });
    await t.execute(sql`
      insert into messages (kind, channel, address, state, reason) values ('reply', 'sms', ${showed}, 'failed', 'landline')`);
  });
  const { numbers: listed } = (await at.page())!;
  expect(Object.fromEntries(listed.map((one) => [one.value, one.refused]))).toEqual({
    [at.number]: null,
    [tenant]: null,
    [landline]: 'Saved as Landline. Links are texted to numbers saved as Mobile only.',
    [elsewhere]: 'The number of another location than this invoice’s.',
    [stopped]: 'They asked for no more texts. They can text START to your number.',
    [showed]: 'The last text showed that it is a landline, which takes no texts.',
  });
  for (const one of listed) {
    expect(errorOf(await at.send({ to: String(one.contactId) })), one.value).toBe(one.refused);
  }
  expect(errorOf(await at.send({ to: '' }))).toMatch(/Choose a number/);
  expect((await at.texts()).map((text) => text.address)).toEqual([at.number, tenant]);
});

test('S1-10: another customer’s number, and another company’s invoice, are not there', async () => {
  const [at, other] = [await texting(), await texting()];
  const theirs = await at.tx(async (t) => (await makeCustomer(t, { mobile: newNumber() })).customerId);
  const [contact] = await at.tx((t) => listContacts(t, theirs));
  expect(errorOf(await at.send({ to: String(contact!.id) }))).toMatch(/Choose a number/);
  const form = { to: '1', newNumber: '', memo: '', save: '', key: 'another-company' };
  const foreign = await at.tx((t) =>
    sendSmsInvoice(
      t,
      at.actor,
      { invoiceId: other.invoiceId, form },
      { place: 'office', twilio: null, addresses, secret: SECRET },
      NOON,
    ),
  );
  expect(foreign).toBeNull();
});

test('S1-12, S1-13: a new number is used once, kept with the customer, or with the location', async () => {
  const at = await texting();
  const [once, customers, locations] = [newNumber(), newNumber(), newNumber()];
  expect(await at.send({ to: 'new', newNumber: once })).toMatchObject({ ok: true });
  const typed = `(212) ${customers.slice(5, 8)}-${customers.slice(8)}`;
  expect(await at.send({ to: 'new', newNumber: typed, save: 'customer' })).toMatchObject({ ok: true });
  expect(await at.send({ to: 'new', newNumber: locations, save: 'location', memo: ' Tenant ' })).toMatchObject({
    ok: true,
  });
  // A second time it is on the record already, and is used.
  expect(await at.send({ to: 'new', newNumber: locations, save: 'customer' })).toMatchObject({ ok: true });
  const mobiles = (await at.tx((t) => listContacts(t, at.customerId))).filter((one) => one.kind === 'mobile');
  expect(mobiles.map(({ value, locationId, memo, primary }) => ({ value, locationId, memo, primary }))).toEqual([
    { value: at.number, locationId: null, memo: '', primary: true },
    { value: customers, locationId: null, memo: '', primary: false },
    { value: locations, locationId: at.locationId, memo: 'Tenant', primary: false },
  ]);
  expect((await at.texts()).map((text) => text.address)).toEqual([once, customers, locations, locations]);
});

test.each([
  ['', /Enter a mobile number/],
  ['12', /such as/],
  ['ann@larks.example', /such as/],
  ['9'.repeat(100), /such as/],
  ['+44 20 7946 0000', /landline/],
  ['800 555 0199', /numbers of this kind/],
  ['900 555 1234', /numbers of this kind/],
])('S1-12: the new number %j is refused in words, and nothing is kept', async (newNumber, words) => {
  const at = await texting();
  expect(errorOf(await at.send({ to: 'new', newNumber, save: 'customer' }))).toMatch(words);
  expect(await at.tx((t) => listContacts(t, at.customerId))).toHaveLength(2);
});

test('a new number that is on record as a landline, and a save that is none, are refused', async () => {
  const at = await texting({ invoice: { jobId: null } });
  const landline = newNumber();
  await at.tx((t) => makeContact(t, { customerId: at.customerId, kind: 'landline', value: landline }));
  expect(errorOf(await at.send({ to: 'new', newNumber: landline }))).toMatch(/on the customer’s record as Landline/);
  expect(errorOf(await at.send({ to: 'new', newNumber: newNumber(), save: 'location' }))).toMatch(/has no location/);
  expect(errorOf(await at.send({ to: 'new', newNumber: newNumber(), save: 'x' }))).toMatch(/is kept/);
});

test('B-14: at night it waits until 8 am where they are, says so, and is dropped by nothing but a reason', async () => {
  const at = await texting();
  const sent = await at.send({}, { now: NIGHT });
  expect(sent).toMatchObject({ ok: true, sendAt: '2030-01-17T13:00:00.000Z' });
  const [text] = await at.texts();
  expect(text).toMatchObject({ state: 'deferred', reason: 'quiet_hours' });
  expect(new Date(text!.at).toISOString()).toBe('2030-01-17T13:00:00.000Z');
  const [job] = await owner<{ at: Date }[]>`
    select run_at as at from graphile_worker.jobs where key = ${`message:${at.companyId}:${text!.id}`}`;
  expect(job!.at.toISOString()).toBe('2030-01-17T13:00:00.000Z');
  // At 8 am and at 8:59 pm it goes out at once, at 9 pm it waits.
  for (const [now, waits] of [
    ['2030-01-17T13:00:00Z', false],
    ['2030-01-18T01:58:00Z', false],
    ['2030-01-18T02:00:00Z', true],
  ] as const) {
    const sent = await at.send({}, { now: new Date(now) });
    expect(sent?.ok && sent.sendAt !== null, now).toBe(waits);
  }
});

/** In whose zone it is day or night right now, whenever the tests run: 8 am to 9 pm covers 13 of 24 zones. */
const zoneNow = (open: boolean) => {
  const hour = (zone: string) =>
    Number(new Intl.DateTimeFormat('en-US', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' }).format(new Date()));
  const zones = Array.from({ length: 24 }, (_, n) => (n < 12 ? `Etc/GMT+${n}` : `Etc/GMT-${n - 11}`));
  return zones.find((zone) => (hour(zone) >= 9 && hour(zone) < 20) === open && (open || hour(zone) < 6))!;
};

/** Whose number and record tell nothing of where they are: the company's zone counts. */
const NOWHERE = () => `+1500555${String(++numbers).padStart(4, '0')}`;

test('the worker sends it by day, and lets it wait at night', async () => {
  for (const open of [true, false]) {
    const at = await texting({ company: { timeZone: zoneNow(open) } });
    const number = NOWHERE();
    const customerId = await at.tx(async (t) => (await makeCustomer(t, { mobile: number })).customerId);
    await at.tx((t) =>
      t.execute(sql`update invoices set customer_id = ${customerId}, job_id = null where id = ${at.invoiceId}`),
    );
    const [, mobile] = await at.tx((t) => listContacts(t, customerId));
    // Clicked by day; the worker came to it late.
    const sent = await at.tx((t) =>
      sendSmsInvoice(
        t,
        at.actor,
        {
          invoiceId: at.invoiceId,
          form: { to: String(mobile!.id), newNumber: '', memo: '', save: '', key: 'by-day-or-night' },
        },
        { place: 'office', twilio: null, addresses, secret: SECRET },
      ),
    );
    if (!sent?.ok) throw new Error(JSON.stringify(sent));
    await at.tx((t) =>
      t.execute(sql`update messages set state = 'planned', reason = null where id = ${sent.messageId}`),
    );
    await run(at.companyId, sent.messageId);
    const [text] = await at.texts();
    expect(text).toMatchObject(open ? { state: 'sent', reason: null } : { state: 'deferred', reason: 'quiet_hours' });
    expect(new Date(text!.at) > new Date()).toBe(!open);
    expect((await at.tx((t) => listOutboxTexts(t, {}, {}))).rows).toHaveLength(open ? 1 : 0);
  }
});

test.each([
  ['it was paid', sql`update invoices set status = 'paid', balance_cents = 0`, 'paid'],
  ['it was voided', sql`update invoices set status = 'void'`, 'void'],
  [
    'it bills a membership now',
    sql`with made as (insert into memberships (customer_id, name, status, price_cents, starts_on)
                      select customer_id, 'Care', 'active', 100, current_date from invoices limit 1 returning id)
        update invoices set membership_id = made.id from made`,
    'membership',
  ],
  ['a payment of all of it is on its way', sql`update invoices set pending_cents = balance_cents`, 'paid'],
  [
    'they texted STOP to reminders',
    sql`insert into suppressions (channel, address, purpose, reason) select 'sms', address, 'reminders', 'unsubscribed' from messages`,
    'unsubscribed',
  ],
])('what changed since the click counts: %s, and it does not go out', async (_, change, reason) => {
  const at = await texting();
  await at.send({}, { now: NIGHT });
  const [text] = await at.texts();
  await at.tx((t) => t.execute(change));
  await run(at.companyId, text!.id);
  expect((await at.texts())[0]).toMatchObject({ state: 'skipped', reason });
});

test('a text that waited says what is owed when it goes out, by its own link', async () => {
  const at = await texting({ invoice: { totalCents: 31_000 }, company: { timeZone: zoneNow(true) } });
  const number = NOWHERE();
  await at.tx(async (t) => {
    const { customerId } = await makeCustomer(t, { mobile: number });
    await t.execute(sql`update invoices set customer_id = ${customerId}, job_id = null where id = ${at.invoiceId}`);
  });
  const night = new Date(Date.now() + 12 * 3_600_000);
  const sent = await at.send({ to: 'new', newNumber: number }, { now: night });
  if (!sent?.ok) throw new Error(JSON.stringify(sent));
  expect(sent.sendAt).not.toBeNull();
  const [evening] = await at.texts();
  expect(evening).toMatchObject({ state: 'deferred', text: expect.stringContaining('$310.00') });
  // Overnight a part is paid, another is on its way, and the invoice gets a number of its own.
  await at.tx((t) =>
    t.execute(
      sql`update invoices set balance_cents = 21000, pending_cents = 4000, number = 'A-7' where id = ${at.invoiceId}`,
    ),
  );
  await run(at.companyId, sent.messageId);
  const [morning] = await at.texts();
  expect(morning!.state).toBe('sent');
  expect(morning!.text).toBe(
    evening!.text.replace('$310.00', '$170.00').replace(`invoice ${at.invoiceNumber},`, 'invoice A-7,'),
  );
  const [out] = (await at.tx((t) => listOutboxTexts(t, {}, {}))).rows;
  expect(JSON.stringify(out)).toContain('$170.00');
});

test('no more than five a day about one invoice, and to one number', async () => {
  const at = await texting();
  for (let n = 0; n < 5; n++) expect(await at.send({ to: 'new', newNumber: newNumber() })).toMatchObject({ ok: true });
  expect(errorOf(await at.send())).toMatch(/Enough payment links.*24 hours/);
  // What was refused is not taken for sent.
  expect(errorOf(await at.send({ key: 'refused-before' }))).toMatch(/Enough/);
  expect(errorOf(await at.send({ key: 'refused-before' }))).toMatch(/Enough/);
  expect(await at.texts()).toHaveLength(5);
});
