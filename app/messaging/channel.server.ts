import { sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { encryptSecret } from '#app/company/crypto.server.ts';
import type { Tx } from '#db/client.ts';
import { channelSettings } from '#db/schema/index.ts';

import { isMailAddress } from './mime-headers.ts';
import { isTopicArn } from './sns-names.ts';
import { sendTransactional } from './send-transactional.server.ts';
import { takeTest } from './test-limit.server.ts';
import { tooManyTests } from './test-words.ts';

/** What the form of the email provider sends, as typed. */
export type ChannelForm = {
  provider: string;
  region: string;
  accessKeyId: string;
  /** Empty keeps the one that is stored. */
  secretAccessKey: string;
  configurationSet: string;
  /** The SNS topic to which SES tells what became of messages. */
  topicArn: string;
};

/** Every field of the form, for reading it from a request. */
export const channelFields = [
  'provider',
  'region',
  'accessKeyId',
  'secretAccessKey',
  'configurationSet',
  'topicArn',
] as const satisfies readonly (keyof ChannelForm)[];

export type ChannelErrors = Partial<Record<keyof ChannelForm, string>>;

export type EmailChannel = {
  /** Null while the company has chosen nothing: then keys in the environment decide. */
  provider: 'sandbox' | 'ses' | null;
  region: string;
  /** The last four signs only. */
  accessKeyEnding: string;
  configurationSet: string;
  topicArn: string;
  /** The secret itself never leaves the database again. */
  hasSecret: boolean;
};

/** How the company's email goes out, as far as a person may see it. */
export async function readEmailChannel(tx: Tx): Promise<EmailChannel> {
  const [row] = await tx
    .select()
    .from(channelSettings)
    .where(sql`channel = 'email'`);
  return {
    provider: row ? (row.provider === 'ses' ? 'ses' : 'sandbox') : null,
    region: row?.options.region ?? '',
    accessKeyEnding: row?.options.accessKeyEnding ?? '',
    configurationSet: row?.options.configurationSet ?? '',
    topicArn: row?.options.topicArn ?? '',
    hasSecret: Boolean(row?.secrets),
  };
}

/**
 * Chooses the provider and stores its keys, encrypted.
 * @param options.secret the application's secret
 * @param options.environmentKeys whether keys of the environment stand in where none are entered
 * @returns field errors in words; nothing is written then
 */
export async function saveEmailChannel(
  tx: Tx,
  actor: Actor,
  form: ChannelForm,
  options: { secret: string; environmentKeys: boolean },
): Promise<{ ok: true } | { ok: false; errors: ChannelErrors }> {
  const before = await readEmailChannel(tx);
  const provider = form.provider === 'ses' ? 'ses' : form.provider === 'sandbox' ? 'sandbox' : null;
  if (!provider) return { ok: false, errors: { provider: 'Choose how email goes out.' } };
  const region = form.region.trim().toLowerCase();
  const accessKeyId = form.accessKeyId.trim();
  const secretAccessKey = form.secretAccessKey.trim();
  const configurationSet = form.configurationSet.trim();
  const topicArn = form.topicArn.trim();
  const entersKeys = accessKeyId !== '' || secretAccessKey !== '';
  const errors = provider === 'ses' ? keyErrors() : {};
  if (Object.keys(errors).length > 0) return { ok: false, errors };

  const fields = {
    provider,
    options: {
      region: region || before.region,
      configurationSet: provider === 'ses' ? configurationSet : before.configurationSet,
      topicArn: provider === 'ses' ? topicArn : before.topicArn,
      accessKeyEnding: entersKeys ? accessKeyId.slice(-4) : before.accessKeyEnding,
    },
    ...(entersKeys && { secrets: encryptSecret(options.secret, JSON.stringify({ accessKeyId, secretAccessKey })) }),
    updatedAt: new Date(),
  } as const;
  await tx
    .insert(channelSettings)
    .values({ channel: 'email', ...fields })
    .onConflictDoUpdate({ target: [channelSettings.companyId, channelSettings.channel], set: fields });
  const details = { provider, region: fields.options.region, keys: entersKeys ? 'changed' : 'kept' };
  await recordAudit(tx, actor, 'sending.update', { type: 'sending', id: null }, details);
  return { ok: true };

  function keyErrors(): ChannelErrors {
    const found: ChannelErrors = {};
    const needsKeys = !before.hasSecret && !options.environmentKeys;
    if (region && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) found.region = 'Enter a region such as us-east-1.';
    else if (!region && (needsKeys || entersKeys || before.hasSecret))
      found.region = 'Enter the region of your SES account.';
    if ((needsKeys || secretAccessKey) && !accessKeyId) found.accessKeyId = 'Enter the access key ID.';
    else if (accessKeyId && !/^[A-Za-z0-9]{16,128}$/.test(accessKeyId)) {
      found.accessKeyId = 'An access key ID has 16 to 128 letters and digits, such as AKIAIOSFODNN7EXAMPLE.';
    }
    if ((needsKeys || accessKeyId) && !secretAccessKey) found.secretAccessKey = 'Enter the secret access key.';
    else if (secretAccessKey && !/^[\x21-\x7e]{16,200}$/.test(secretAccessKey)) {
      found.secretAccessKey = 'A secret access key has no spaces and at least 16 characters.';
    }
    if (configurationSet && !/^[\w-]{1,64}$/.test(configurationSet)) {
      found.configurationSet = 'Use letters, digits, dashes and underscores only.';
    }
    if (topicArn && !isTopicArn(topicArn)) {
      found.topicArn = 'Enter the ARN of a standard topic, such as arn:aws:sns:us-east-1:123456789012:fieldpost.';
    }
    return found;
  }
}

/**
 * Sends a short email through the provider in force, to see whether mail arrives (B-08).
 * @returns in words what is wrong with the address, or how long to wait when there were too many
 */
export async function sendTestEmail(
  tx: Tx,
  actor: Actor,
  to: string,
): Promise<{ ok: true; messageId: number } | { ok: false; error: string }> {
  const address = to.trim().toLowerCase();
  if (!address) return { ok: false, error: 'Enter where the test should go.' };
  if (address.length > 254 || !isMailAddress(address)) {
    return { ok: false, error: 'Enter an email address such as ann@company.com.' };
  }
  const minutes = await takeTest(tx, actor);
  if (minutes > 0) return { ok: false, error: tooManyTests(minutes) };
  const text = 'This is a test of the email provider in Fieldpost. If you can read it, email works.';
  const messageId = await sendTransactional(tx, {
    kind: 'test',
    to: address,
    subject: 'Email from Fieldpost works',
    text,
    html: `<!doctype html><html lang="en"><body style="margin:0;padding:24px;font:16px/24px system-ui,sans-serif;color:#1d2420"><p style="margin:0">${text}</p></body></html>`,
  });
  await recordAudit(tx, actor, 'sending.test', { type: 'sending', id: null }, { to: address });
  return { ok: true, messageId };
}
