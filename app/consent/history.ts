import type { Purpose, PurposeOrAll } from './purposes.ts';

/** One line of the append-only history of an address (B-13). */
export type ConsentLine = {
  id: number;
  at: string;
  address: string;
  purpose: PurposeOrAll;
  state: 'in' | 'out';
  /** link, one_click, text, office, import, complaint, bounce, returned, portal, payment_page */
  how: string;
  actor: string;
  textShown: string;
  textVersion: string;
  /** The message that it was asked from, or that came back. */
  messageId: number | null;
};

/** Why nothing of a purpose goes to an address, and since when; null where it may. */
export type Stop = { why: 'unsubscribed' | 'bounced' | 'complained'; since: string; line: ConsentLine } | null;

/**
 * What the history of one address comes to at a moment, by the rules of the suppression list: a bounce or a complaint is
 * lifted by the office alone, an opt-out by whoever opts in again, for that purpose or for all.
 * @param lines of one address, in any order
 * @param at lines from after this moment did not count yet
 */
export function stopAt(lines: readonly ConsentLine[], purpose: Purpose, at: Date): Stop {
  let stop: Stop = null;
  for (const line of lines.toSorted((a, b) => a.id - b.id)) {
    if (new Date(line.at) > at || (line.purpose !== 'all' && line.purpose !== purpose)) continue;
    const hard = stop !== null && stop.why !== 'unsubscribed';
    if (line.state === 'in') {
      if (!hard || line.how === 'office') stop = null;
      continue;
    }
    const why =
      line.how === 'bounce' || line.how === 'returned'
        ? 'bounced'
        : line.how === 'complaint'
          ? 'complained'
          : 'unsubscribed';
    if (stop === null || (!hard && why !== 'unsubscribed')) stop = { why, since: line.at, line };
  }
  return stop;
}

/** What an address is written to about, as the office reads it. */
export const purposeLabels: Record<PurposeOrAll, string> = {
  reminders: 'Invoice reminders',
  promotions: 'Offers and news',
  all: 'Everything',
};

const ways: Record<string, string> = {
  link: 'by the unsubscribe page',
  one_click: 'by the unsubscribe button of the mail program',
  text: 'by a text to you',
  office: 'by the office',
  import: 'by an import',
  complaint: 'by reporting a message as spam',
  bounce: 'because a message came back',
  returned: 'because a postcard came back',
  portal: 'in the portal',
  payment_page: 'on the payment page',
};

/** How somebody opted in or out. A way of newer code is shown as it is. */
export const howWords = (how: string): string => (Object.hasOwn(ways, how) ? ways[how]! : how.replaceAll('_', ' '));

/** `Unsubscribed`, `Address bounced`, `Reported as spam`, `Do not contact`. */
export const stopLabels: Record<string, string> = {
  unsubscribed: 'Unsubscribed',
  bounced: 'Address bounced',
  complained: 'Reported as spam',
  office: 'Stopped by the office',
};
