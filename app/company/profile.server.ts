import { sql } from 'drizzle-orm';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';

import type { Tx } from '#db/client.ts';
import { companies, companyProfiles } from '#db/schema/index.ts';

import { recordAudit, type Actor } from './audit.server.ts';

/** What customers see of the company, as typed in its form. */
export type ProfileForm = {
  name: string;
  timeZone: string;
  phone: string;
  email: string;
  website: string;
  postalAddress: string;
  color: string;
  fromName: string;
  fromEmail: string;
  replyTo: string;
};

/** Every field of the form, for reading it from a request. */
export const profileFields = [
  'name',
  'timeZone',
  'phone',
  'email',
  'website',
  'postalAddress',
  'color',
  'fromName',
  'fromEmail',
  'replyTo',
] as const satisfies readonly (keyof ProfileForm)[];

export type ProfileErrors = Partial<Record<keyof ProfileForm, string>>;

/** The company's profile; empty where nothing was entered yet. */
export async function readProfile(tx: Tx): Promise<ProfileForm> {
  const [row] = await tx.execute<ProfileForm>(sql`
    select c.name, c.time_zone as "timeZone", coalesce(p.phone, '') as phone, coalesce(p.email, '') as email,
           coalesce(p.website, '') as website, coalesce(p.postal_address, '') as "postalAddress",
           coalesce(p.color, '#1E6B52') as color, coalesce(p.from_name, '') as "fromName",
           coalesce(p.from_email, '') as "fromEmail", coalesce(p.reply_to, '') as "replyTo"
      from ${companies} c left join ${companyProfiles} p on p.company_id = c.id
     where c.id = current_company_id()`);
  return row!;
}

const email = z.email().max(254);

/**
 * Changes the profile.
 * @returns field errors in words; nothing is written then
 */
export async function saveProfile(
  tx: Tx,
  actor: Actor,
  form: ProfileForm,
): Promise<{ ok: true } | { ok: false; errors: ProfileErrors }> {
  const before = await readProfile(tx);
  const { value, errors } = check(form);
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const changed = Object.fromEntries(
    Object.entries(value).filter(([key, text]) => before[key as keyof ProfileForm] !== text),
  );
  if (Object.keys(changed).length === 0) return { ok: true };
  const { name, timeZone, ...profile } = value;
  await tx.execute(
    sql`update ${companies} set name = ${name}, time_zone = ${timeZone} where id = current_company_id()`,
  );
  await tx
    .insert(companyProfiles)
    .values({ ...profile, updatedAt: new Date() })
    .onConflictDoUpdate({ target: companyProfiles.companyId, set: { ...profile, updatedAt: new Date() } });
  await recordAudit(tx, actor, 'company.update', { type: 'company', id: null }, changed);
  return { ok: true };
}

function check(form: ProfileForm): { value: ProfileForm; errors: ProfileErrors } {
  const errors: ProfileErrors = {};
  const value: ProfileForm = {
    name: oneLine(form.name),
    timeZone: form.timeZone,
    phone: oneLine(form.phone),
    email: form.email.trim().toLowerCase(),
    website: form.website.trim(),
    postalAddress: form.postalAddress
      .replaceAll('\0', '')
      .split(/\r?\n/)
      .map((text) => oneLine(text))
      .filter(Boolean)
      .join('\n'),
    color: form.color.trim().toUpperCase(),
    fromName: oneLine(form.fromName),
    fromEmail: form.fromEmail.trim().toLowerCase(),
    replyTo: form.replyTo.trim().toLowerCase(),
  };
  if (!value.name) errors.name = 'Enter the company’s name.';
  else if (value.name.length > 100) errors.name = 'Use at most 100 characters.';
  if (!isTimeZone(value.timeZone)) errors.timeZone = 'Choose a time zone.';
  if (value.phone) {
    const number = value.phone.length <= 60 ? parsePhoneNumberFromString(value.phone, 'US') : undefined;
    if (number?.isValid()) value.phone = number.number;
    else errors.phone = 'Enter a phone number such as (850) 555-0101.';
  }
  for (const field of ['email', 'fromEmail', 'replyTo'] as const) {
    if (value[field] && !email.safeParse(value[field]).success) {
      errors[field] = 'Enter an email address such as office@company.com.';
    }
  }
  if (value.website) {
    const website = readWebsite(value.website);
    if (website) value.website = website;
    else errors.website = 'Enter an address such as https://company.com.';
  }
  const lines = value.postalAddress.split('\n');
  if (lines.length > 6 || lines.some((text) => text.length > 100)) {
    errors.postalAddress = 'Use at most six lines of 100 characters.';
  }
  if (!/^#[0-9A-F]{6}$/.test(value.color)) errors.color = 'Enter a color such as #1E6B52.';
  if (value.fromName.length > 100) errors.fromName = 'Use at most 100 characters.';
  else if (/[<>"@]/.test(value.fromName)) errors.fromName = 'Leave out <, >, " and @: mail programs distrust them.';
  return { value, errors };
}

const oneLine = (text: string) =>
  text
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

function isTimeZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** An http or https address; `company.com` is taken as https. */
function readWebsite(text: string): string | null {
  const full = /^[a-z][a-z\d+.-]*:/i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(full) || full.length > 200) return null;
  const url = new URL(full);
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  return web && url.hostname.includes('.') && !url.username ? url.href.replace(/\/$/, '') : null;
}
