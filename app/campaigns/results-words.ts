import { daysBetween } from '#app/ui/format.ts';

type Day = { day: string; directCents: number; influencedCents: number };

/**
 * Days with dollars, made into every day from the launch on, so that quiet days show.
 * @param from @param to calendar dates, inclusive; at most the last 60 days are drawn, at least 14
 */
export function everyDay(days: readonly Day[], from: string, to: string): Day[] {
  const known = new Map(days.map((day) => [day.day, day]));
  const first = days[0] && days[0].day < from ? days[0].day : from;
  const count = Math.min(60, Math.max(14, daysBetween(first, to) + 1));
  const last = Date.parse(`${to}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(last - (count - 1 - index) * 86_400_000).toISOString().slice(0, 10);
    return known.get(day) ?? { day, directCents: 0, influencedCents: 0 };
  });
}

/**
 * How long the rest takes at the pace so far, in seconds; null while that can't be told.
 * @param done of `total` since `startedAt`
 */
export function secondsLeft(done: number, total: number, startedAt: string, now: string): number | null {
  const passed = (Date.parse(now) - Date.parse(startedAt)) / 1000;
  if (done < 10 || passed < 2 || done >= total) return null;
  return (passed / done) * (total - done);
}
