import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { pageAudit } from '#app/company/audit-log.server.ts';
import { defaultOnlineSettings, type OnlineSettings } from '#app/invoicing/payments/online-settings.ts';
import {
  readOnlinePage,
  readOnlineSettings,
  saveOnlineSettings,
} from '#app/invoicing/payments/online-settings.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

async function company() {
  const { companyId, admin } = await makeCompany(db);
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const actor = { staffId: admin.staffId, name: admin.name };
  const save = (wanted: Partial<OnlineSettings>, version: string) =>
    tx((t) => saveOnlineSettings(t, actor, { ...defaultOnlineSettings, ...wanted }, version));
  return { tx, save, admin, page: () => tx(readOnlinePage) };
}

test('S1-06: nothing holds before it is saved; then all of it does, with who and when, from and to', async () => {
  const at = await company();
  expect(await at.tx(readOnlineSettings)).toEqual(defaultOnlineSettings);
  expect(await at.page()).toMatchObject({ version: '', saved: null, processor: 'sandbox' });
  expect(await at.save({ smsInvoiceLinks: true, smsFromOffice: true, ach: false }, '')).toEqual({
    ok: true,
    changed: true,
  });
  const page = await at.page();
  expect(page.settings).toEqual({ ...defaultOnlineSettings, smsInvoiceLinks: true, smsFromOffice: true, ach: false });
  expect(page.saved?.by).toBe(at.admin.name);
  const [entry] = (await at.tx((t) => pageAudit(t, { subject: 'online_payments' }, {}))).rows;
  expect(entry).toMatchObject({
    action: 'online_payments.update',
    details: { ach: 'on → off', smsInvoiceLinks: 'off → on', smsFromOffice: 'off → on' },
  });
  // The same again changes nothing, and writes nothing down.
  expect(await at.save(page.settings, page.version)).toEqual({ ok: true, changed: false });
  expect((await at.tx((t) => pageAudit(t, {}, {}))).rows).toHaveLength(1);
});

test('S1-03: what hangs on something that is off is saved as off, and read as off whatever is stored', async () => {
  const at = await company();
  await at.save({ smsFromOffice: true, smsFromMobile: true }, '');
  expect(await at.tx(readOnlineSettings)).toEqual(defaultOnlineSettings);
  await at.save({ smsInvoiceLinks: true, smsFromMobile: true, emailFromMobile: true, smsFromOffice: true }, '');
  const { version } = await at.page();
  // The parent goes, and what hangs on it with it; it does not come back by itself.
  await at.save({ emailFromMobile: true, smsFromMobile: true, smsFromOffice: true }, version);
  const after = await at.page();
  expect(after.settings).toEqual({ ...defaultOnlineSettings, emailFromMobile: true });
  await at.save({ emailFromMobile: true, smsInvoiceLinks: true }, after.version);
  expect(await at.tx(readOnlineSettings)).toMatchObject({ smsFromOffice: false, smsFromMobile: false });
  await at.tx((t) =>
    t.execute(sql`update online_payment_settings set sms_invoice_links = false, sms_from_office = true`),
  );
  expect(await at.tx(readOnlineSettings)).toMatchObject({ smsInvoiceLinks: false, smsFromOffice: false });
});

test('two who save at once: one does, the other is told; no other company sees it', async () => {
  const [at, other] = [await company(), await company()];
  const both = await Promise.all([at.save({ cards: false }, ''), at.save({ ach: false }, '')]);
  expect(both.filter((one) => one.ok)).toHaveLength(1);
  expect(both.find((one) => !one.ok)).toEqual({ ok: false, reason: 'changed_meanwhile' });
  expect(await other.tx(readOnlineSettings)).toEqual(defaultOnlineSettings);
});
