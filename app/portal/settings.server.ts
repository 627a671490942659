import { asc, sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { encodeImage, findImage, keepImage, type EncodedImage, type StoredImage } from '#app/company/images.server.ts';
import { line, readEmail, readPhone } from '#app/invoicing/customers/customer-form.ts';
import { portalOrigin, type Addresses } from '#app/messaging/addresses.ts';
import type { Tx } from '#db/client.ts';
import { businessUnits, portalSettings } from '#db/schema/index.ts';

import { isAgreementAccepted } from './agreement.server.ts';
import { checkHost, claimHost, readHost } from './host.server.ts';

/** Shown 50 px high (S2-11); three times that keeps it sharp on any screen. */
const LOGO_PIXELS = { maxWidth: 900, maxHeight: 150 };

export type PortalSettings = {
  enabled: boolean;
  /** Empty until one was chosen. */
  host: string;
  name: string;
  email: string;
  phone: string;
  logo: StoredImage | null;
  /** Whether customers may take an invoice along as a PDF (S2-20). */
  invoiceDownloads: boolean;
  /** All of the company's units, and whether their invoices are shown (S2-13). */
  businessUnits: { id: number; name: string; shown: boolean }[];
};

/** The portal as it is set. A company that never set anything gets the defaults: off, all business units. */
export async function readSettings(tx: Tx): Promise<PortalSettings> {
  const [row] = await tx.select().from(portalSettings);
  const units = await tx
    .select({ id: businessUnits.id, name: businessUnits.name })
    .from(businessUnits)
    .orderBy(asc(businessUnits.name), asc(businessUnits.id));
  const shown = row?.businessUnitIds ?? null;
  return {
    enabled: row?.enabled ?? false,
    host: (await readHost(tx)) ?? '',
    name: row?.name ?? '',
    email: row?.email ?? '',
    phone: row?.phone ?? '',
    logo: await findImage(tx, row?.logoImageId ?? null),
    invoiceDownloads: row?.invoiceDownloads ?? true,
    businessUnits: units.map((unit) => ({ ...unit, shown: shown === null || shown.includes(String(unit.id)) })),
  };
}

export type SettingsForm = {
  enabled: boolean;
  host: string;
  name: string;
  email: string;
  phone: string;
  /** A new picture, `remove` to have none, null to leave it. */
  logo: { name: string; bytes: Uint8Array } | 'remove' | null;
  invoiceDownloads: boolean;
  /** Ids of the units that are ticked. */
  businessUnitIds: number[];
};

export type SettingsErrors = Partial<
  Record<'form' | 'host' | 'name' | 'email' | 'phone' | 'logo' | 'businessUnits', string>
>;
export type SaveSettings = { ok: true } | { ok: false; errors: SettingsErrors };

/**
 * Saves the portal's settings as a whole (S2-03, S2-09 to S2-13), or nothing. Refused before the agreement is accepted.
 * While the portal is off, what is not known yet may stay empty; a name once chosen can be changed, not taken back.
 */
export async function saveSettings(tx: Tx, actor: Actor, form: SettingsForm): Promise<SaveSettings> {
  if (!(await isAgreementAccepted(tx))) {
    return { ok: false, errors: { form: 'An administrator has to accept the Legal Agreement first.' } };
  }
  const before = await readSettings(tx);
  const read = await readForm(tx, form, before);
  if (!read.ok) return read;
  const { values } = read;
  if (values.host !== '') {
    const claimed = await claimHost(tx, values.host);
    if (!claimed.ok) return { ok: false, errors: { host: claimed.error } };
  }
  const logoImageId = values.logo ? (await keepImage(tx, values.logo)).id : before.logo?.id;
  const row = {
    enabled: form.enabled,
    name: values.name,
    email: values.email,
    phone: values.phone,
    logoImageId: form.logo === 'remove' ? null : (logoImageId ?? null),
    businessUnitIds: values.businessUnitIds,
    invoiceDownloads: form.invoiceDownloads,
  };
  await tx
    .insert(portalSettings)
    .values(row)
    .onConflictDoUpdate({ target: portalSettings.companyId, set: { ...row, updatedAt: sql`now()` } });
  const changes = differences(before, await readSettings(tx));
  if (Object.keys(changes).length > 0) {
    await recordAudit(tx, actor, 'portal.save_settings', { type: 'portal', id: null }, changes);
  }
  return { ok: true };
}

type Values = {
  host: string;
  name: string;
  email: string;
  phone: string;
  logo: EncodedImage | null;
  businessUnitIds: string[] | null;
};

/** Checks every field, so that all that is wrong is told at once. */
async function readForm(
  tx: Tx,
  form: SettingsForm,
  before: PortalSettings,
): Promise<{ ok: true; values: Values } | { ok: false; errors: SettingsErrors }> {
  const errors: SettingsErrors = {};
  let host = '';
  if (form.enabled || form.host.trim() !== '' || before.host !== '') {
    const checked = await checkHost(tx, form.host);
    if (checked.ok) host = checked.name;
    else errors.host = checked.error;
  }
  const name = line(form.name);
  if (form.enabled && name === '') errors.name = 'Enter the name of your whole company.';
  if (name.length > 80) errors.name = 'Use at most 80 characters.';
  const email = form.email.trim() ? readEmail(form.email) : '';
  if (email === null) errors.email = 'Enter an email address such as office@example.com.';
  else if (form.enabled && email === '') errors.email = 'Enter the email address that customers may write to.';
  const phone = form.phone.trim() ? readPhone(form.phone) : '';
  if (phone === null) errors.phone = 'Enter a phone number such as (850) 555-0101.';
  else if (form.enabled && phone === '') errors.phone = 'Enter the phone number that customers may call.';

  const known = before.businessUnits.map((unit) => unit.id);
  const ticked = known.filter((id) => form.businessUnitIds.includes(id));
  if (known.length > 0 && ticked.length === 0) errors.businessUnits = 'Select at least one business unit.';
  let logo: EncodedImage | null = null;
  if (form.logo && form.logo !== 'remove') {
    const encoded = await encodeImage({ ...form.logo, ...LOGO_PIXELS });
    if (encoded.ok) logo = encoded.image;
    else errors.logo = encoded.error;
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    values: {
      host,
      name,
      email: email ?? '',
      phone: phone ?? '',
      logo,
      // All of them means later ones too.
      businessUnitIds: ticked.length === known.length ? null : ticked.map(String),
    },
  };
}

/** What changed, for the audit log: from and to, by field. */
function differences(before: PortalSettings, after: PortalSettings): Record<string, { from: unknown; to: unknown }> {
  const plain = (settings: PortalSettings) => ({
    ...settings,
    logo: settings.logo?.token ?? null,
    businessUnits: settings.businessUnits.filter((unit) => unit.shown).map((unit) => unit.name),
  });
  const [from, to] = [plain(before), plain(after)];
  return Object.fromEntries(
    (Object.keys(to) as (keyof typeof to)[])
      .filter((key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]))
      .map((key) => [key, { from: from[key], to: to[key] }]),
  );
}

export type PortalState = {
  /** True when the portal answers its customers, so that a link to it may be sent. */
  ready: boolean;
  /** What is still to be done, in words, for a check list (S0-06). */
  missing: string[];
  /** Where the portal answers, or will; null while no host is chosen. */
  url: string | null;
};

/** Where in the office the portal is set up: what check lists link to. */
export const PORTAL_SETTINGS_PATH = '/settings/communications/customer-portal';

/** Whether links to the portal lead anywhere (S0-06). */
export async function portalState(tx: Tx, addresses: Addresses): Promise<PortalState> {
  const settings = await readSettings(tx);
  const ready = settings.enabled && settings.host !== '';
  const missing: string[] = [];
  if (!ready) {
    if (!(await isAgreementAccepted(tx))) missing.push('Accept the Legal Agreement');
    if (settings.host === '') missing.push('Choose a host');
    if (settings.name === '') missing.push('Enter the portal’s name');
    if (settings.email === '' || settings.phone === '') missing.push('Enter the portal’s email and phone');
    if (!settings.enabled) missing.push('Turn on Enable Customer Portal');
  }
  return { ready, missing, url: settings.host ? portalOrigin(addresses, settings.host) : null };
}
