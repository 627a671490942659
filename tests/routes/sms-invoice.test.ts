import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import type { Role } from '#app/company/permissions.ts';
import { readOnlinePage } from '#app/invoicing/payments/online-settings.server.ts';
import { onlineSettingNames } from '#app/invoicing/payments/online-settings.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer, makeJob, makeMembership } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const company = await makeCompany(app.db, { name: 'Larks Heating', portalHost: 'larkstexts' });
const other = await makeCompany(app.db, { portalHost: 'otherstexts' });
const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, company.companyId, work);

const staffOf = async (role: Role) => {
  const { email, staffId } = await tx((t) => makeStaff(t, { role }));
  return { staffId, cookie: await signInCookie(app.origin, email, TEST_PASSWORD) };
};
const admin = await signInCookie(app.origin, company.admin.email, company.admin.password);
const [csr, technician, marketer, office] = [
  await staffOf('csr'),
  await staffOf('technician'),
  await staffOf('marketer'),
  await staffOf('office'),
];
const invoice = async (mobile: string) =>
  tx(async (t) => {
    const { customerId } = await makeCustomer(t, { mobile });
    const jobId = await makeJob(t, { customerId });
    return { ...(await makeInvoice(t, { customerId, jobId })), jobId };
  });

const SETTINGS = '/settings/invoicing/online-payments';
const get = async (path: string, cookie: string) => {
  const answer = await send(app.origin + path, { cookie });
  return { ...answer, body: answer.body.replaceAll('<!-- -->', '') };
};
const post = (path: string, form: Record<string, string>, cookie: string) => send(app.origin + path, { form, cookie });
const version = async () => (await tx(readOnlinePage)).version;
const on = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 'on']));
const save = async (form: Record<string, string>) => post(SETTINGS, { version: await version(), ...form }, admin);
const texts = () =>
  tx((t) =>
    t.execute<{ address: string; text: string }>(sql`
      select m.address, c.text from messages m join message_contents c on c.message_id = m.id
       where m.kind = 'invoice_text' order by m.id`),
  );

test('S1-01, S1-02 to S1-06: the page before JavaScript: dependent switches are off with the reason, previews come once it is on', async () => {
  const before = (await get(SETTINGS, admin)).body;
  for (const words of [
    'Enable Payment Options',
    'SMS invoice links',
    'Enable sending invoice links in desktop via the office',
    'Enable sending email invoice links in Mobile',
    'Also enable sending SMS invoice links via Mobile',
    'Turn on “SMS invoice links” first.',
    'Turn on “SMS invoice links” and “Enable sending email invoice links in Mobile” first.',
    'The least that can be paid online is $1.00.',
    'Nobody has saved these settings yet',
  ]) {
    expect(before, words).toContain(words);
  }
  expect(before).not.toContain('SMS Text Message Preview');
  const saved = await save(on('cards', 'ach', 'smsInvoiceLinks', 'smsFromOffice'));
  expect(saved.headers.location).toBe(`${SETTINGS}?tab=credit-card&saved=1`);
  for (const [tab, offer] of [
    ['credit-card', 'Offer payment by credit card'],
    ['ach', 'Offer payment by ACH'],
  ]) {
    const { body } = await get(`${SETTINGS}?tab=${tab}`, admin);
    expect(body).toContain(offer);
    expect(body).toContain('SMS Text Message Preview');
    expect(body).toContain('Larks Heating: Here is your link to pay invoice 1042, $310.00: http');
    expect(body).toContain('Reply STOP to opt out.');
    // S1-05: no field holds it.
    expect(body).not.toMatch(/<(textarea|input)[^>]*(Here is your link|type="text")/);
    expect(body).toContain(`Last saved by ${company.admin.name}`);
  }
});

test('S1-05: a text of one’s own is posted in vain, in Settings and when it is sent', async () => {
  const before = (await get(SETTINGS, admin)).body;
  const mine = {
    text: 'Win a boat',
    preview: 'Win a boat',
    body: 'Win a boat',
    smsText: 'Win a boat',
    message: 'Win a boat',
  };
  await save({ ...on('cards', 'ach', 'smsInvoiceLinks', 'smsFromOffice'), ...mine });
  const words = (body: string) => /Larks Heating: Here is[^<]*/.exec(body)?.[0];
  expect(words((await get(SETTINGS, admin)).body)).toBe(words(before));
  const { invoiceId } = await invoice('+12125550101');
  const form = { ...mine, to: 'new', newNumber: '+12125550102', key: 'posted-in-vain' };
  expect((await post(`/invoices/${invoiceId}/sms-invoice`, form, csr.cookie)).status).toBe(302);
  const sent = (await texts()).at(-1)!;
  expect(sent.text).toContain('Here is your link to pay invoice');
  expect(sent.text).not.toContain('boat');
});

test('S1-06: only an administrator saves; others look; a version that is old writes over nobody', async () => {
  const held = await tx(readOnlinePage);
  expect((await post(SETTINGS, { version: held.version, ...on(...onlineSettingNames) }, office.cookie)).status).toBe(
    403,
  );
  const looked = (await get(SETTINGS, office.cookie)).body;
  expect(looked).toContain('An administrator changes them');
  expect(looked).not.toMatch(/<button[^>]*type="submit"[^>]*>[^/]*Save/);
  const stale = await post(SETTINGS, { version: 'old', ...on('ach') }, admin);
  expect([stale.status, stale.body.includes('Somebody else saved these settings')]).toEqual([409, true]);
  expect(await tx(readOnlinePage)).toEqual(held);
});

test('S1-07: without the permission there is no button and the request is refused; a switch for the person goes first', async () => {
  const { invoiceId } = await invoice('+12125550103');
  const at = `/invoices/${invoiceId}/sms-invoice`;
  const button = async (cookie: string) => (await get(`/invoices/${invoiceId}`, cookie)).body.includes(`href="${at}"`);
  expect([await button(csr.cookie), await button(marketer.cookie)]).toEqual([true, false]);
  expect([(await get(at, csr.cookie)).status, (await get(at, marketer.cookie)).status]).toEqual([200, 403]);
  const form = { to: 'new', newNumber: '+12125550104', key: 'without-permission' };
  expect((await post(at, form, marketer.cookie)).status).toBe(403);
  const switchTo = (staffId: number, smsLink: string) =>
    post(`/settings/people/${staffId}/sms-link`, { smsLink }, admin);
  expect((await switchTo(csr.staffId, 'false')).headers.location).toBe('/settings/people?saved=sms_link');
  await switchTo(marketer.staffId, 'true');
  expect([await button(csr.cookie), await button(marketer.cookie)]).toEqual([false, true]);
  expect((await post(at, form, csr.cookie)).status).toBe(403);
  expect((await post(at, form, marketer.cookie)).status).toBe(302);
  expect((await get('/settings/people', admin)).body).toContain(
    'Switched for this person. Their role alone would not allow it.',
  );
  await switchTo(csr.staffId, 'true');
  await switchTo(marketer.staffId, 'false');
  expect((await switchTo(csr.staffId, 'maybe')).headers.location).toBe('/settings/people?problem=unknown_switch');
});

test('S1-11 to S1-14: the page lists numbers and the text; two clicks send one; what is refused stays typed', async () => {
  const { invoiceId, number } = await invoice('+12125550105');
  const at = `/invoices/${invoiceId}/sms-invoice`;
  const { body } = await get(at, csr.cookie);
  for (const words of [
    'SMS Text Invoice Link',
    '(212) 555-0105',
    'Use a New Number',
    'Save to Customer Record',
    `invoice ${number}, $100.00`,
    '1 part.',
  ]) {
    expect(body, words).toContain(words);
  }
  const key = /name="key" value="([^"]+)"/.exec(body)![1]!;
  const wrong = await post(at, { to: 'new', newNumber: '12 or so', save: 'customer', key }, csr.cookie);
  expect(wrong.status).toBe(400);
  expect(wrong.body).toContain('value="12 or so"');
  expect(wrong.body).toContain('href="#newNumber"');
  const before = (await texts()).length;
  const chosen = { to: /name="to"[^>]*value="(\d+)"/.exec(body)![1]!, key };
  const both = await Promise.all([post(at, chosen, csr.cookie), post(at, chosen, csr.cookie)]);
  expect(both.map((one) => one.status)).toEqual([302, 302]);
  expect(both[0].headers.location).toBe(both[1].headers.location);
  expect((await texts()).length).toBe(before + 1);
  expect((await get(both[0].headers.location!, csr.cookie)).body).toMatch(
    /texted to \(212\) 555-0105|The link goes to \(212\)/,
  );
});

test('S1-09: of a membership’s invoice the page says so and has no form', async () => {
  const { invoiceId, customerId } = await invoice('+12125550106');
  await tx(async (t) => {
    const membershipId = await makeMembership(t, { customerId, name: 'Comfort plan' });
    await t.execute(sql`update invoices set membership_id = ${membershipId} where id = ${invoiceId}`);
  });
  const { body } = await get(`/invoices/${invoiceId}/sms-invoice`, csr.cookie);
  expect(body).toContain('Payment links of such invoices aren’t texted');
  expect(body).not.toContain('name="key"');
  expect((await get(`/invoices/${invoiceId}`, csr.cookie)).body).toContain('Comfort plan (membership)');
});

test('S1-15: a technician sees Text Invoice once Mobile is on, and is refused before', async () => {
  const { invoiceId, jobId } = await invoice('+12125550107');
  const at = `/invoices/${invoiceId}/sms-invoice`;
  const shown = async () => (await get(`/invoices/${invoiceId}?job=${jobId}`, technician.cookie)).body;
  expect(await shown()).not.toContain('Text Invoice');
  expect(await shown()).not.toContain('Email invoice');
  expect((await get(at, technician.cookie)).body).toContain('from Mobile is switched off');
  const form = { to: 'new', newNumber: '+12125550108', key: 'technicians-first' };
  const refused = await post(at, form, technician.cookie);
  expect([refused.status, refused.body.includes('from Mobile is switched off')]).toEqual([400, true]);
  await save(on('cards', 'ach', 'smsInvoiceLinks', 'smsFromOffice', 'emailFromMobile', 'smsFromMobile'));
  expect(await shown()).toContain('Text Invoice');
  expect(await shown()).toContain('Email invoice');
  expect((await post(at, form, technician.cookie)).status).toBe(302);
  expect((await get('/', technician.cookie)).headers.location).toBe('/jobs');
  expect((await get(`/jobs/${jobId}`, technician.cookie)).body).toContain(`/invoices/${invoiceId}?job=${jobId}`);
});

test('another company’s invoice, job and staff are not found', async () => {
  const theirs = await withCompany(app.db, other.companyId, async (t) => {
    const { customerId } = await makeCustomer(t, { mobile: '+12125550109' });
    return { ...(await makeInvoice(t, { customerId })), job: await makeJob(t, { customerId }) };
  });
  const at = `/invoices/${theirs.invoiceId}/sms-invoice`;
  expect((await get(at, admin)).status).toBe(404);
  expect((await post(at, { to: 'new', newNumber: '+12125550110', key: 'anothers-invoice' }, admin)).status).toBe(404);
  expect((await get(`/jobs/${theirs.job}`, admin)).status).toBe(404);
  const answer = await post(`/settings/people/${other.admin.staffId}/sms-link`, { smsLink: 'false' }, admin);
  expect(answer.status).toBe(404);
});
