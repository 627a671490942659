import { daysBetween, formatNoun } from '#app/ui/format.ts';
import { mergeFields } from '#builders/merge/fields.ts';
import { specialLinks } from '#builders/merge/special-links.ts';
import type { Channel } from '#db/schema/columns.ts';

import type { Funnel } from './results.server.ts';

type Day = { day: string; directCents: number; influencedCents: number };

/**
 * Days with dollars, made into every day from the launch on, so that quiet days show.
 * @param from the launch @param to today, calendar dates; what a message earns ends 30 days after it
 */
export function everyDay(days: readonly Day[], from: string, to: string): Day[] {
  const known = new Map(days.map((day) => [day.day, day]));
  const quiet = Math.max(14, Math.min(35, daysBetween(from, to) + 1));
  const count = Math.min(120, Math.max(quiet, days.length === 0 ? 0 : daysBetween(from, days.at(-1)!.day) + 1));
  const first = Date.parse(`${from}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(first + index * 86_400_000).toISOString().slice(0, 10);
    return known.get(day) ?? { day, directCents: 0, influencedCents: 0 };
  });
}

/** A line with merge tags as one reads it aloud: `Invoice [invoice number] from [our name]`. */
export function plainLine(line: string): string {
  return line.replaceAll(/\{\{-?\s*([\w.]+)[^}]*\}\}/g, (tag, name: string) => {
    const field = mergeFields.find((each) => each.name === name);
    const link = specialLinks.find((each) => each.name === name);
    return field ? `[${field.label.toLowerCase()}]` : link ? `[link: ${link.label}]` : tag;
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

/** What machines' visits are, in one sentence (B-03): told beside their number, which is counted nowhere else. */
export const machineVisits = (channel: Channel): string =>
  ({
    email:
      'Scanners look for harm, and some mail programs load pictures by themselves: neither says that anybody read it.',
    sms: 'Phones and scanners look where a link leads: that does not say that anybody followed it.',
    mail: 'Cameras look where a code leads before anybody taps: that is no scan yet.',
  })[channel];

/** Machines' visits that a list is about, with what they are: `12 messages were opened by machines. …`; null for other lists. */
export function machineSentence(
  show: string,
  funnel: Pick<Funnel, 'machineOpened' | 'machineClicked'>,
  channel: Channel,
): string | null {
  if (show !== 'machineOpened' && show !== 'machineClicked') return null;
  const count = funnel[show];
  const did = show === 'machineOpened' ? 'opened by machines' : 'looked at by machines that followed a link';
  return `${formatNoun(count, 'message')} ${count === 1 ? 'was' : 'were'} ${did}. ${machineVisits(channel)}`;
}
