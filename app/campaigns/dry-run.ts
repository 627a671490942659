import { formatCount, formatInstant } from '#app/ui/format.ts';

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

/** How many messages of a launch go out at once, and how many wait for sending hours, from when until when. */
export type Waits = {
  atOnce: number;
  waiting: number;
  /** The first and the last opening that somebody waits for; null while nobody does. */
  firstAt: string | null;
  lastAt: string | null;
  /** Some were drawn and not all counted. */
  about: boolean;
};

/** @param found of those `drawn`; instants in any form. @param eligible how many get it in all */
export function waitsOf(
  found: { drawn: number; waiting: number; firstAt: string | null; lastAt: string | null },
  eligible: number,
): Waits {
  const waiting = found.drawn === 0 ? 0 : Math.round((found.waiting / found.drawn) * eligible);
  const iso = (at: string | null) => (at === null ? null : new Date(at).toISOString());
  return {
    atOnce: eligible - waiting,
    waiting,
    firstAt: iso(found.firstAt),
    lastAt: iso(found.lastAt),
    about: found.drawn < eligible,
  };
}

/** `1,204 go out at once, 310 wait for sending hours where they are, the last until Jul 15, 2026, 12:00 PM EDT` */
export function waitWords({ atOnce, waiting, lastAt, about }: Waits, timeZone: string): string {
  const one = atOnce + waiting === 1;
  const all = one ? 'It' : `${about ? 'Nearly all' : 'All'} ${formatCount(atOnce + waiting)}`;
  if (waiting === 0 || lastAt === null) return `${all} ${one ? 'goes' : 'go'} out at once`;
  const until = formatInstant(lastAt, timeZone);
  if (one) return `It waits for sending hours where the customer is, until ${until}`;
  if (atOnce === 0) return `${all} wait for sending hours where they are, the last until ${until}`;
  const [go, wait] = [atOnce === 1 ? 'goes' : 'go', waiting === 1 ? 'waits' : 'wait'];
  const [who, last] = waiting === 1 ? ['the customer is', ''] : ['they are', 'the last '];
  return `${about ? 'About ' : ''}${formatCount(atOnce)} ${go} out at once, ${formatCount(waiting)} ${wait} for sending hours where ${who}, ${last}until ${until}`;
}

/** `less than a minute`, `4 min`, `2 h 5 min`: how long a number of seconds is to a person. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
