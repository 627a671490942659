import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';

import type { Role } from '#app/company/permissions.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { startTestApp, type TestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

let app: TestApp;
let company: MadeCompany;
const cookies: Partial<Record<Role, string>> = {};

beforeAll(async () => {
  app = await startTestApp();
  company = await makeCompany(app.db);
  const marketer = await withCompany(app.db, company.companyId, (tx) => makeStaff(tx, { role: 'marketer' }));
  cookies.administrator = await signInCookie(app.origin, company.admin.email, TEST_PASSWORD);
  cookies.marketer = await signInCookie(app.origin, marketer.email, TEST_PASSWORD);
});

const path = '/settings/sending-rules';
const page = (role: Role = 'administrator') => send(app.origin + path, { cookie: cookies[role] });
const post = (form: Record<string, string>, role: Role = 'administrator') =>
  send(app.origin + path, { form, cookie: cookies[role] });
const good = {
  opensAt: '10:00',
  closesAt: '18:30',
  emailHours: 'on',
  capPerInvoice: '3',
  capPerCustomer: '5',
  capDays: '14',
  textConsent: 'recorded',
  stopEndsAll: 'on',
};
const stored = () =>
  withCompany(app.db, company.companyId, (tx) =>
    tx.execute(sql`
      select opens_at, closes_at, email_hours, cap_per_invoice, cap_per_customer, cap_days from sending_rules`),
  );

test('B-14: the page shows the defaults, the narrower states, and that it is no legal advice', async () => {
  const { status, body } = await page();
  expect(status).toBe(200);
  expect(body).toContain('<title>Sending rules · Fieldpost</title>');
  expect(body).toContain('value="09:00"');
  expect(body).toContain('Narrower in these states');
  expect(body).toContain('Rhode Island');
  expect(body).toContain('This is no legal advice');
});

test('B-13: an administrator saves the rules, and the audit log says what changed', async () => {
  const { headers } = await post(good);
  expect(headers.location).toBe('/settings/sending-rules?saved=1');
  expect(await stored()).toEqual([
    {
      opens_at: 600,
      closes_at: 1110,
      email_hours: true,
      cap_per_invoice: 3,
      cap_per_customer: 5,
      cap_days: 14,
    },
  ]);
  const lines = await withCompany(app.db, company.companyId, (tx) =>
    tx.execute<{ details: unknown }>(sql`select details from audit_entries where action = 'rules.update'`),
  );
  expect(lines.map((line) => line.details)).toEqual([
    {
      opensAt: 600,
      closesAt: 1110,
      emailHours: true,
      capPerInvoice: 3,
      capPerCustomer: 5,
      capDays: 14,
      textConsent: 'recorded',
    },
  ]);
  // Saved again unchanged, nothing more is noted.
  await post(good);
  const [count] = await withCompany(app.db, company.companyId, (tx) =>
    tx.execute<{ n: number }>(sql`select count(*)::int as n from audit_entries where action = 'rules.update'`),
  );
  expect(count!.n).toBe(1);
});

test('what is wrong is said at its field, what was typed stays, and nothing is written', async () => {
  const before = await stored();
  const { status, body } = await post({ ...good, closesAt: '22:00', capPerInvoice: 'eight <b>', capDays: '' });
  expect(status).toBe(400);
  expect(body).toContain('End at 9:00 PM or earlier');
  expect(body).toContain('Enter a number from 1 to 7.');
  expect(body).toContain('value="eight &lt;b&gt;"');
  expect(await stored()).toEqual(before);
});

test('B-15: who may look but not change can’t change', async () => {
  const before = await stored();
  const { status, body } = await page('marketer');
  expect(status).toBe(200);
  expect(body).toContain('An administrator changes them');
  expect(body).not.toContain('Save rules');
  expect((await post({ ...good, capPerInvoice: '1' }, 'marketer')).status).toBe(403);
  expect(await stored()).toEqual(before);
  const { headers } = await send(app.origin + path);
  expect(headers.location).toContain('/sign-in');
});
