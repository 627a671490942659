import { desc, eq, sql } from 'drizzle-orm';
import sharp from 'sharp';
import { expect, test } from 'vitest';

import { findImage, readImage, storeImage } from '#app/company/images.server.ts';
import { agreement } from '#app/portal/agreement.ts';
import { acceptAgreement, readAcceptance } from '#app/portal/agreement.server.ts';
import { readPortal } from '#app/portal/brand.server.ts';
import { claimHost } from '#app/portal/host.server.ts';
import { portalState, readSettings, saveSettings, type SettingsForm } from '#app/portal/settings.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { auditEntries, hosts, portalAgreements } from '#db/schema/index.ts';
import { makeBusinessUnit, makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const addresses = {
  appOrigin: 'http://localhost:3000',
  portalDomain: 'portal.localhost:3000',
  linkDomain: 'go.localhost:3000',
};

async function newCompany(accepted = true) {
  const { companyId, admin } = await makeCompany(db);
  const actor = { staffId: admin.staffId, name: admin.name };
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  if (accepted) await tx((t) => acceptAgreement(t, actor, { agreed: true, version: agreement.version }));
  const save = (changes: Partial<SettingsForm>) => tx((t) => saveSettings(t, actor, { ...form, ...changes }));
  return { companyId, actor, tx, save };
}

const form: SettingsForm = {
  enabled: false,
  host: '',
  name: '',
  email: '',
  phone: '',
  logo: null,
  invoiceDownloads: true,
  businessUnitIds: [],
};
const complete = { enabled: true, name: 'Lark', email: 'Office@Lark.example ', phone: '(512) 555-0100' };
const png = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: { r: 30, g: 107, b: 82, alpha: 0.5 } } })
    .png()
    .toBuffer();

test('S2-01: before the agreement is accepted nothing can be set', async () => {
  const { tx, save } = await newCompany(false);
  expect(await save({ ...complete, host: 'larkfirst' })).toEqual({
    ok: false,
    errors: { form: 'An administrator has to accept the Legal Agreement first.' },
  });
  expect(await tx(readSettings)).toMatchObject({ enabled: false, host: '', name: '' });
  expect(await db.select().from(hosts).where(eq(hosts.name, 'larkfirst'))).toEqual([]);
});

test('S2-02: who accepted which text and when is kept, once, and cannot be rewritten', async () => {
  const { tx, actor } = await newCompany(false);
  const accept = (answer: { agreed: boolean; version: string }) => tx((t) => acceptAgreement(t, actor, answer));
  expect(await accept({ agreed: false, version: agreement.version })).toMatchObject({
    errors: { agree: expect.any(String) },
  });
  expect(await accept({ agreed: true, version: '2020-01-01' })).toMatchObject({ errors: { form: expect.any(String) } });
  expect(await tx(readAcceptance)).toBeNull();
  expect(await accept({ agreed: true, version: agreement.version })).toEqual({ ok: true });
  expect(await accept({ agreed: true, version: agreement.version })).toEqual({ ok: true });
  const rows = await tx((t) => t.select().from(portalAgreements));
  expect(rows).toMatchObject([{ staffId: actor.staffId, acceptedBy: actor.name, version: agreement.version }]);
  expect(rows[0]!.textHash).toMatch(/^[0-9a-f]{64}$/);
  await expect(tx((t) => t.update(portalAgreements).set({ acceptedBy: 'Eve' }))).rejects.toThrow();
});

test('S0-08, S2-03, S2-10, S2-12: a complete portal is on, and its address is known', async () => {
  const { tx, save } = await newCompany();
  expect(await tx((t) => portalState(t, addresses))).toEqual({
    ready: false,
    missing: [
      'Choose a host',
      'Enter the portal’s name',
      'Enter the portal’s email and phone',
      'Turn on Enable Customer Portal',
    ],
    url: null,
  });
  expect(await save({ ...complete, host: ' LarkComplete' })).toEqual({ ok: true });
  expect(await tx(readSettings)).toMatchObject({
    enabled: true,
    host: 'larkcomplete',
    name: 'Lark',
    email: 'office@lark.example',
    phone: '+15125550100',
  });
  expect(await tx((t) => portalState(t, addresses))).toEqual({
    ready: true,
    missing: [],
    url: 'http://larkcomplete.portal.localhost:3000',
  });
});

test('S2-03: on, all that is missing is told at once, and nothing is saved', async () => {
  const { tx, save } = await newCompany();
  const result = await save({
    enabled: true,
    email: 'x@',
    phone: '12',
    logo: { name: 'a.png', bytes: Buffer.from('no') },
  });
  expect(result).toMatchObject({ ok: false });
  expect(Object.keys((result as { errors: object }).errors).toSorted()).toEqual([
    'email',
    'host',
    'logo',
    'name',
    'phone',
  ]);
  expect(await tx(readSettings)).toMatchObject({ enabled: false, host: '', email: '' });
  // Off, it may be filled in bit by bit.
  expect(await save({ name: 'Lark' })).toEqual({ ok: true });
});

test('S2-09: a reserved or taken host asks for another; what was set stays', async () => {
  const [one, two] = [await newCompany(), await newCompany()];
  expect(await one.save({ ...complete, host: 'takenname' })).toEqual({ ok: true });
  expect(await two.save({ ...complete, host: 'TakenName' })).toEqual({
    ok: false,
    errors: { host: '“takenname” is taken by another company. Choose another name.' },
  });
  for (const host of ['www', 'autodiscover', 'fieldpost']) {
    expect(await two.save({ ...complete, host })).toMatchObject({
      errors: { host: expect.stringMatching(/reserved/) },
    });
  }
  for (const host of ['two words', 'xn--80ak6aa92e', 'a-b', "x'; drop table hosts", 'nul\0byte', 'ab']) {
    expect(await two.save({ ...complete, host }), host).toMatchObject({ errors: { host: expect.any(String) } });
  }
  expect(await two.tx(readSettings)).toMatchObject({ enabled: false, host: '' });
});

test('S2-09: of two companies that ask for one host at the same moment, one gets it', async () => {
  const companies = await Promise.all(Array.from({ length: 4 }, () => newCompany()));
  const results = await Promise.all(companies.map(({ save }) => save({ ...complete, host: 'wanted' })));
  expect(results.filter((result) => result.ok)).toHaveLength(1);
  for (const result of results) {
    if (!result.ok) expect(result.errors.host).toMatch(/taken/);
  }
  const rows = await db.select().from(hosts).where(eq(hosts.name, 'wanted'));
  expect(rows).toHaveLength(1);
  expect(rows[0]!.current).toBe(true);
});

test('S2-09: two people of one company who rename at once leave one current host', async () => {
  const { companyId, tx } = await newCompany();
  const names = ['renamea', 'renameb', 'renamec', 'renamed'];
  await Promise.all(names.map((name) => tx((t) => claimHost(t, name))));
  const rows = await db
    .select()
    .from(hosts)
    .where(sql`company_id = ${companyId} and kind = 'portal'`);
  expect(rows.map((row) => row.name).toSorted()).toEqual(names);
  expect(rows.filter((row) => row.current)).toHaveLength(1);
});

test('S0-08: a name once used stays the company’s own and can be taken back', async () => {
  const [one, two] = [await newCompany(), await newCompany()];
  await one.save({ ...complete, host: 'oldname' });
  await one.save({ ...complete, host: 'newname' });
  expect(await two.save({ ...complete, host: 'oldname' })).toMatchObject({
    errors: { host: expect.stringMatching(/taken/) },
  });
  expect(await db.select().from(hosts).where(eq(hosts.name, 'oldname'))).toMatchObject([
    { companyId: one.companyId, current: false },
  ]);
  expect(await one.save({ ...complete, host: 'oldname' })).toEqual({ ok: true });
  expect(await one.tx(readSettings)).toMatchObject({ host: 'oldname' });
});

test('S2-13: all business units are shown by default, later ones too; a selection holds; none is refused', async () => {
  const { tx, save } = await newCompany();
  const [hvac, plumbing] = await tx(async (t) => [
    await makeBusinessUnit(t, 'HVAC'),
    await makeBusinessUnit(t, 'Plumbing'),
  ]);
  expect((await tx(readPortal)).businessUnitIds).toBeNull();
  await save({ businessUnitIds: [hvac, plumbing] });
  expect((await tx(readPortal)).businessUnitIds).toBeNull();
  await save({ businessUnitIds: [plumbing, 987_654] });
  expect((await tx(readPortal)).businessUnitIds).toEqual([plumbing]);
  expect((await tx(readSettings)).businessUnits).toEqual([
    { id: hvac, name: 'HVAC', shown: false },
    { id: plumbing, name: 'Plumbing', shown: true },
  ]);
  expect(await save({ businessUnitIds: [] })).toMatchObject({ errors: { businessUnits: expect.any(String) } });
});

test('S2-11: a logo is stored at a size for 50 pixels, can be replaced and removed', async () => {
  const { tx, save } = await newCompany();
  expect(await save({ name: 'Lark', logo: { name: 'logo.png', bytes: await png(1200, 400) } })).toEqual({ ok: true });
  const first = (await tx(readSettings)).logo!;
  expect(first).toMatchObject({ width: 450, height: 150, mimeType: 'image/png' });
  await save({ name: 'Lark' });
  expect((await tx(readSettings)).logo).toEqual(first);
  await save({ name: 'Lark', logo: { name: 'logo.png', bytes: await png(40, 40) } });
  expect((await tx(readSettings)).logo).toMatchObject({ width: 40, height: 40 });
  await save({ name: 'Lark', logo: 'remove' });
  expect((await tx(readSettings)).logo).toBeNull();
});

test('S2-20: downloads of invoices are on until they are turned off', async () => {
  const { tx, save } = await newCompany();
  expect((await tx(readPortal)).invoiceDownloads).toBe(true);
  await save({ invoiceDownloads: false });
  expect((await tx(readPortal)).invoiceDownloads).toBe(false);
  expect((await tx(readSettings)).invoiceDownloads).toBe(false);
});

test('every change of the settings stands in the audit log, from and to, once', async () => {
  const { tx, save, actor } = await newCompany();
  await save({ ...complete, host: 'audited' });
  await save({ ...complete, host: 'audited' });
  await save({ ...complete, host: 'audited', name: 'Larkfield' });
  const entries = await tx((t) =>
    t.select().from(auditEntries).where(eq(auditEntries.action, 'portal.save_settings')).orderBy(desc(auditEntries.id)),
  );
  expect(entries).toHaveLength(2);
  expect(entries[0]).toMatchObject({
    actor: actor.name,
    staffId: actor.staffId,
    details: { name: { from: 'Lark', to: 'Larkfield' } },
  });
});

test('an image is packed anew, served by its token, and hidden from no one who has it and everyone who has not', async () => {
  const [one, two] = [await newCompany(), await newCompany()];
  const bytes = await png(800, 200);
  const stored = await one.tx((t) => storeImage(t, { name: 'C:\\pics\\van.png', bytes, maxWidth: 600 }));
  if (!stored.ok) throw new Error(stored.error);
  expect(stored.image).toMatchObject({ width: 600, height: 150 });
  const read = await readImage(db, stored.image.token);
  expect(read?.mimeType).toBe('image/png');
  expect(await sharp(read!.bytes).metadata()).toMatchObject({ format: 'png', width: 600, height: 150 });
  expect(await one.tx((t) => findImage(t, stored.image.id))).toEqual(stored.image);
  expect(await two.tx((t) => findImage(t, stored.image.id))).toBeNull();
  const theirs = stored.image.token.replace(/^[^-]+/, two.companyId.toString(36));
  for (const token of ['', 'x', theirs, `${stored.image.token}x`, '../../etc/passwd', "1-' or 1=1"]) {
    expect(await readImage(db, token), token).toBeNull();
  }
});
