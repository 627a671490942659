import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { encryptSecret } from '#app/company/crypto.server.ts';
import type { Tx } from '#db/client.ts';
import { channelSettings } from '#db/schema/index.ts';

import { RETURN_ADDRESS, type MailChannel, type MailChannelErrors, type MailChannelForm } from './mail-channel.ts';
import {
  linesOf,
  lobKeysOf,
  readMailSettings,
  type LobKeys,
  type MailOptions,
} from './providers/choose-mail.server.ts';
import { isTestKey } from './providers/lob.server.ts';

/** How the company's postcards go out, as far as a person may see it. The keys themselves never leave the database again. */
export async function readMailChannel(tx: Tx): Promise<MailChannel> {
  const row = await readMailSettings(tx);
  const options = row?.options ?? {};
  return {
    provider: row?.provider ?? null,
    hasKey: Boolean(row?.secrets),
    keyEnding: options.keyEnding ?? '',
    isTest: options.keyMode === 'test',
    hasWebhookSecret: options.hasWebhookSecret === 'yes',
    returnAddress: options.returnAddress ?? '',
  };
}

/**
 * Chooses the provider of postcards, and stores its keys encrypted and the address that cards come back to.
 * @param options.lob keys of the environment, which stand in where none are entered
 * @returns field errors in words; nothing is written then
 */
export async function saveMailChannel(
  tx: Tx,
  actor: Actor,
  form: MailChannelForm,
  options: Pick<MailOptions, 'secret' | 'lob'>,
): Promise<{ ok: true } | { ok: false; errors: MailChannelErrors }> {
  const before = await readMailSettings(tx);
  const provider = form.provider === 'lob' ? 'lob' : form.provider === 'sandbox' ? 'sandbox' : null;
  if (!provider) return { ok: false, errors: { provider: 'Choose how postcards go out.' } };
  const forgets = form.forget === 'on' && options.lob !== null;
  const had = before?.secrets && !forgets ? lobKeysOf(before, { ...options, lob: null }) : null;
  // Back to the sandbox the keys stay for the next time.
  const typed = provider === 'lob' && !forgets ? form : { apiKey: '', webhookSecret: '' };
  const apiKey = typed.apiKey.trim();
  const webhookSecret = typed.webhookSecret.trim();
  const lines = linesOf(form.returnAddress);
  const errors: MailChannelErrors = {
    ...(provider === 'lob' && !forgets && keyErrors({ apiKey, webhookSecret }, had, options.lob)),
    ...addressErrors(lines),
  };
  if (Object.keys(errors).length > 0) return { ok: false, errors };

  const entered = apiKey !== '' || webhookSecret !== '';
  const keys: LobKeys | null = entered
    ? { apiKey: apiKey || had!.apiKey, webhookSecret: webhookSecret || (had?.webhookSecret ?? '') }
    : null;
  const { returnAddress: _, ...keyOptions } = before?.options ?? {};
  const fields = {
    provider,
    options: {
      ...(forgets ? {} : keyOptions),
      ...(keys && {
        keyEnding: keys.apiKey.slice(-4),
        keyMode: isTestKey(keys.apiKey) ? 'test' : 'live',
        hasWebhookSecret: keys.webhookSecret ? 'yes' : '',
      }),
      returnAddress: lines.join('\n'),
    },
    ...(forgets && { secrets: null }),
    ...(keys && { secrets: encryptSecret(options.secret, JSON.stringify(keys)) }),
    updatedAt: new Date(),
  } as const;
  await tx
    .insert(channelSettings)
    .values({ channel: 'mail', ...fields })
    .onConflictDoUpdate({ target: [channelSettings.companyId, channelSettings.channel], set: fields });
  const changed = keys ? 'changed' : forgets ? 'removed' : 'kept';
  await recordAudit(tx, actor, 'postcards.update', { type: 'postcards', id: null }, { provider, keys: changed });
  return { ok: true };
}

function keyErrors({ apiKey, webhookSecret }: LobKeys, had: LobKeys | null, lob: LobKeys | null): MailChannelErrors {
  const found: MailChannelErrors = {};
  if (/^(test|live)_pub_/.test(apiKey)) {
    found.apiKey = 'This is a publishable key, which can’t order postcards. Enter the secret key.';
  } else if (apiKey && !/^(test|live)_[\x21-\x7e]{8,200}$/.test(apiKey)) {
    found.apiKey = 'A secret key of Lob begins with test_ or live_ and has no spaces.';
  } else if (!apiKey && !had && (!lob || webhookSecret)) {
    found.apiKey = 'Enter the API key.';
  }
  if (webhookSecret && !/^[\x21-\x7e]{8,200}$/.test(webhookSecret)) {
    found.webhookSecret = 'A signing secret has no spaces and at least 8 characters.';
  }
  return found;
}

/** Letters with accents as US mail has them, digits, and the punctuation of addresses. */
const PRINTABLE = /^[\p{Script=Latin}0-9 .,'’&#/()-]+$/u;

function addressErrors(lines: readonly string[]): MailChannelErrors {
  if (lines.length === 0) return {};
  const say = (returnAddress: string) => ({ returnAddress });
  const { lines: most, characters } = RETURN_ADDRESS;
  if (lines.length > most) return say(`Use at most ${most} lines. Your company’s name stands above them by itself.`);
  const long = lines.find((line) => line.length > characters);
  if (long) return say(`Use at most ${characters} characters a line: “${long}” has ${long.length}.`);
  const odd = lines.find((line) => !PRINTABLE.test(line));
  if (odd) return say(`Use letters, digits and plain punctuation only: “${odd}” has something else.`);
  if (lines.length < 2 || !/\b\d{5}(-\d{4})?$/.test(lines.at(-1)!)) {
    return say('Enter the street first, and city, state and ZIP in the last line, such as Austin TX 78701.');
  }
  return {};
}

/**
 * The API key that is saved, for asking Lob whether it is good.
 * @returns null where there is none, or it can't be read
 */
export async function readApiKey(tx: Tx, options: Pick<MailOptions, 'secret' | 'lob'>): Promise<string | null> {
  return lobKeysOf(await readMailSettings(tx), options)?.apiKey ?? null;
}
