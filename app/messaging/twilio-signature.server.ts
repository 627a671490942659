/**
 * Whether Twilio itself posted a form (Twilio's documentation, "Webhooks security"): its signature over the whole public address
 * and the sorted fields, with the account's auth token. It holds no time: a replay is known by its dedupe key.
 * @param request.url the address as Twilio was told it, with scheme, host, port and query
 */
export async function isFromTwilio(
  authToken: string,
  request: { signature: string | undefined; url: string; fields: Readonly<Record<string, string>> },
): Promise<boolean> {
  if (!request.signature) return false;
  const { default: twilio } = await import('twilio');
  return twilio.validateRequest(authToken, request.signature, request.url, request.fields);
}
