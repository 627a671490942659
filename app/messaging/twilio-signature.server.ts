import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';

/** A form as it was posted: what came more than once is a list. */
export type Fields = Readonly<Record<string, string | string[]>>;

/**
 * Whether Twilio itself posted a form (Twilio's documentation, "Secure webhooks"): its signature, base64 of HMAC-SHA1 over the whole
 * public address and the fields in the order of their names, with the account's auth token. The SDK compares in constant time, and
 * takes the address with and without its scheme's own port; http in place of https fails. The signature holds no time: a replay is
 * known by its dedupe key.
 * @param request.url the address as Twilio was told it, with scheme, host, port and query
 */
export function isFromTwilio(
  authToken: string,
  request: { signature: string | undefined; url: string; fields: Fields },
): boolean {
  if (!authToken || !request.signature) return false;
  try {
    return validateRequest(authToken, request.signature, request.url, request.fields);
  } catch {
    // An address that can't be read is none that Twilio posts to.
    return false;
  }
}

/** A url-encoded form, as Twilio posts it. */
export function readFields(body: string): Fields {
  // Without a prototype: a name is nobody's but the sender's.
  const fields = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(body)) {
    const before = fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}
