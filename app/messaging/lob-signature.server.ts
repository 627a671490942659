import { createHmac, timingSafeEqual } from 'node:crypto';

/** What Lob sends along with an event. */
export type LobSigned = { signature: string | undefined; timestamp: string | undefined; body: Buffer };

/** Older than this, it may be a replay (Lob's documentation, "Securing webhooks"); so far ahead a clock may be. */
const OLDEST_MS = 5 * 60_000;
const AHEAD_MS = 60_000;

/** Whether Lob itself posted an event: hex of HMAC-SHA256 over the timestamp, a dot and the body, with the webhook's own secret. */
export function isFromLob(webhookSecret: string, { signature, timestamp, body }: LobSigned): boolean {
  if (!webhookSecret || !signature || !timestamp || !/^[0-9a-f]{64}$/i.test(signature)) return false;
  const expected = createHmac('sha256', webhookSecret).update(`${timestamp}.`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

/** Whether it was signed just now. Lob's timestamps are milliseconds of Unix time; seconds are understood as well. */
export function isFresh(timestamp: string | undefined, now: number): boolean {
  if (!timestamp || !/^\d{10,13}$/.test(timestamp)) return false;
  const at = Number(timestamp) * (timestamp.length <= 11 ? 1000 : 1);
  return now - at <= OLDEST_MS && at - now <= AHEAD_MS;
}
