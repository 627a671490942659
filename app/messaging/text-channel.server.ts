import { sql } from 'drizzle-orm';
import { parsePhoneNumberFromString } from 'libphonenumber-js';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { encryptSecret } from '#app/company/crypto.server.ts';
import type { Tx } from '#db/client.ts';
import { channelSettings } from '#db/schema/index.ts';

import { readTextSettings, textsReady, type TextOptions, type TwilioKeys } from './providers/choose-text.server.ts';
import { sendTransactionalText } from './send-transactional.server.ts';
import { takeTest } from './test-limit.server.ts';
import { tooManyTests } from './test-words.ts';
import {
  MOST_PER_SECOND,
  registrations,
  type Registration,
  type TextChannel,
  type TextChannelErrors,
  type TextChannelForm,
} from './text-channel.ts';

/** How the company's texts go out, as far as a person may see it. The auth token itself never leaves the database again. */
export async function readTextChannel(tx: Tx): Promise<TextChannel> {
  const row = await readTextSettings(tx);
  const options = row?.options ?? {};
  return {
    provider: row?.provider ?? null,
    accountSid: options.accountSid ?? '',
    hasSecret: Boolean(row?.secrets),
    messagingServiceSid: options.messagingServiceSid ?? '',
    number: options.number ?? '',
    perSecond: options.perSecond ?? '1',
    registration: isRegistration(options.registration) ? options.registration : 'none',
    registeredOn: options.registeredOn ?? '',
  };
}

const isRegistration = (text: string | undefined): text is Registration =>
  registrations.some(({ value }) => value === text);

/**
 * Chooses the provider of texts, stores its keys encrypted, and claims the number or service that texts come from, so that what is
 * answered to it finds its company.
 * @param options.secret the application's secret
 * @param options.twilio keys of the environment, which stand in where none are entered
 * @param options.today the company's calendar date
 * @returns field errors in words; nothing is written then
 */
export async function saveTextChannel(
  tx: Tx,
  actor: Actor,
  form: TextChannelForm,
  options: { secret: string; twilio: TwilioKeys | null; today: string },
): Promise<{ ok: true } | { ok: false; errors: TextChannelErrors }> {
  const before = await readTextSettings(tx);
  const provider = form.provider === 'twilio' ? 'twilio' : form.provider === 'sandbox' ? 'sandbox' : null;
  if (!provider) return { ok: false, errors: { provider: 'Choose how texts go out.' } };
  // Back to the sandbox everything stays for the next time.
  const value = provider === 'twilio' ? tidy(form) : null;
  if (value) {
    const errors = errorsOf(value, { ...options, had: before?.secrets ? (before.options.accountSid ?? '') : null });
    if (Object.keys(errors).length > 0) return { ok: false, errors };
    if (!value.accountSid && options.twilio && !value.number && !value.messagingServiceSid) {
      // The environment's number is taken over by name: else nobody would get what is answered to it.
      value.number = options.twilio.number ?? '';
      value.messagingServiceSid = options.twilio.messagingServiceSid ?? '';
    }
    const taken = await claimedByOthers(tx, value, options.twilio);
    if (taken) return { ok: false, errors: taken };
  }
  const authToken = value?.authToken ?? '';
  const plain = value ? optionsOf(value) : (before?.options ?? {});
  const fields = {
    provider,
    options: plain,
    // With no account of its own the company goes by the environment's.
    ...(value && !value.accountSid && { secrets: null }),
    ...(authToken && { secrets: encryptSecret(options.secret, authToken) }),
    updatedAt: new Date(),
  } as const;
  await tx
    .insert(channelSettings)
    .values({ channel: 'sms', ...fields })
    .onConflictDoUpdate({ target: [channelSettings.companyId, channelSettings.channel], set: fields });
  const { number = '', registration = '' } = plain;
  const details = { provider, number, registration, keys: authToken ? 'changed' : 'kept' };
  await recordAudit(tx, actor, 'texts.update', { type: 'texts', id: null }, details);
  return { ok: true };
}

const optionsOf = ({ provider: _, authToken: __, ...options }: TextChannelForm) => options;

/** As typed, but for spaces; a number as E.164 where it is one. */
function tidy(form: TextChannelForm): TextChannelForm {
  const value = Object.fromEntries(
    Object.entries(form).map(([name, text]) => [name, text.trim().slice(0, 300)]),
  ) as TextChannelForm;
  const number = value.number.length <= 60 ? parsePhoneNumberFromString(value.number, 'US') : undefined;
  if (number?.isValid()) value.number = number.number;
  return value;
}

function errorsOf(
  value: TextChannelForm,
  { twilio, today, had }: { twilio: TwilioKeys | null; today: string; had: string | null },
): TextChannelErrors {
  const found: TextChannelErrors = {};
  const { accountSid, authToken, messagingServiceSid, number, perSecond, registration, registeredOn } = value;
  if (!accountSid && (authToken || !twilio)) found.accountSid = 'Enter the account SID.';
  else if (accountSid && !/^AC[0-9a-f]{32}$/i.test(accountSid)) {
    found.accountSid = 'An account SID is AC and 32 digits or letters from a to f.';
  }
  if ((accountSid || !twilio) && !authToken && had === null) found.authToken = 'Enter the auth token.';
  else if (accountSid && !authToken && had !== accountSid) found.authToken = 'Enter the auth token of this account.';
  else if (authToken && !/^[\x21-\x7e]{16,200}$/.test(authToken)) {
    found.authToken = 'An auth token has no spaces and at least 16 characters.';
  }
  if (number && !/^(\+[1-9]\d{7,14}|\d{5,6})$/.test(number)) {
    found.number = 'Enter a number such as (512) 555-0100, or a short code.';
  }
  if (messagingServiceSid && !/^MG[0-9a-f]{32}$/i.test(messagingServiceSid)) {
    found.messagingServiceSid = 'The SID of a Messaging Service is MG and 32 digits or letters from a to f.';
  }
  if (!/^\d{1,3}$/.test(perSecond) || Number(perSecond) < 1 || Number(perSecond) > MOST_PER_SECOND) {
    found.perSecond = `Enter a whole number from 1 to ${MOST_PER_SECOND}.`;
  }
  if (!isRegistration(registration)) found.registration = 'Choose how far the registration is.';
  else if (registration === 'approved' && !registeredOn) found.registeredOn = 'Enter the day on which it was approved.';
  if (registeredOn && !isDay(registeredOn)) found.registeredOn = 'Enter a day.';
  else if (registeredOn > today) found.registeredOn = 'This day has not come yet.';
  return found;
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

/**
 * Whether another company here has this number or service by the same account: what is answered could not be told apart. Two that
 * claim it at once wait for each other.
 */
async function claimedByOthers(
  tx: Tx,
  value: TextChannelForm,
  twilio: TwilioKeys | null,
): Promise<TextChannelErrors | null> {
  const account = value.accountSid || twilio?.accountSid || '';
  for (const field of ['number', 'messagingServiceSid'] as const) {
    const name = value[field];
    if (!name) continue;
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`text sender ${name}`}, 0))`);
    // Lets this one statement see who else goes by it, and no more of them.
    await tx.execute(sql`select set_config('app.text_number', ${name}, true)`);
    const others = await tx.execute<{ accountSid: string | null }>(sql`
      select options ->> 'accountSid' as "accountSid" from channel_settings
       where channel = 'sms' and company_id <> current_company_id()
         and ${name} in (options ->> 'number', options ->> 'messagingServiceSid')`);
    await tx.execute(sql`select set_config('app.text_number', '', true)`);
    if (others.some((other) => (other.accountSid || twilio?.accountSid || '') === account)) {
      const what = field === 'number' ? 'number' : 'Messaging Service';
      return {
        [field]: `Another company here texts from this ${what} already. What customers answer could not be told apart: enter one of your own.`,
      };
    }
  }
  return null;
}

/**
 * Sends a short text through the provider in force, to see whether texts arrive.
 * @returns in words what is wrong with the number or the set-up, or how long to wait when there were too many
 */
export async function sendTestText(
  tx: Tx,
  actor: Actor,
  to: string,
  options: Pick<TextOptions, 'twilio'>,
): Promise<{ ok: true; messageId: number } | { ok: false; error: string }> {
  const typed = to.trim();
  if (!typed) return { ok: false, error: 'Enter where the test should go.' };
  const number = typed.length <= 60 ? parsePhoneNumberFromString(typed, 'US') : undefined;
  if (!number?.isValid()) return { ok: false, error: 'Enter a mobile number such as (512) 555-0123.' };
  const ready = await textsReady(tx, options);
  if (!ready.ok) return { ok: false, error: ready.why };
  const minutes = await takeTest(tx, actor);
  if (minutes > 0) return { ok: false, error: tooManyTests(minutes) };
  const messageId = await sendTransactionalText(tx, {
    kind: 'test',
    to: number.number,
    body: 'This is a test of texts in Fieldpost. If you can read it, texts work.',
  });
  await recordAudit(tx, actor, 'texts.test', { type: 'texts', id: null }, { to: number.number });
  return { ok: true, messageId };
}
