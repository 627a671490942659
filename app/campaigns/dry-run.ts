/** When a send would begin and end. */
export type SendTimes = { firstAt: string; lastAt: string; perSecond: number | null };

/** What the sandbox and our own pipeline take without waiting for a provider. */
const UNLIMITED_PER_SECOND = 500;

/**
 * First and last send time of a launch right now (B-05).
 * @param count messages
 * @param rate what the provider takes a second; Infinity where it sets no limit
 */
export function sendTimes(count: number, rate: number, now: Date): SendTimes {
  const limited = Number.isFinite(rate) && rate > 0;
  const perSecond = limited ? rate : UNLIMITED_PER_SECOND;
  const seconds = count <= 1 ? 0 : (count - 1) / perSecond;
  return {
    firstAt: now.toISOString(),
    lastAt: new Date(now.getTime() + seconds * 1000).toISOString(),
    perSecond: limited ? rate : null,
  };
}

/** `less than a minute`, `4 min`, `2 h 5 min`: how long a number of seconds is to a person. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
