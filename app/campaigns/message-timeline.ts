import { machineWords } from '#app/links/visitor.ts';
import { bounceWords, complaintWords, providerWords, saidWords } from '#app/messaging/event-words.ts';
import { formatDate, formatDay, formatInstant, formatMoney } from '#app/ui/format.ts';
import type { Tone } from '#app/ui/StatusBadge.tsx';

import { explainReason } from './reasons.ts';
import type { MessageStory, StoryEvent, StoryLink, StoryMessage } from './message-story.server.ts';

export type TimelineEntry = {
  /** Null where nobody wrote down when. */
  at: string | null;
  title: string;
  note?: string;
  tone: Tone;
  /** A program's doing, or something still to come: shown more quietly. */
  quiet?: boolean;
};

/** Everything that happened to a message, in its order; what is still to come last (B-04). */
export function timelineOf(story: MessageStory, timeZone: string): TimelineEntry[] {
  const entries = [
    ...beginning(story),
    ...attempt(story, timeZone),
    ...eventsWithoutLine(story),
    ...story.events.map((event) => (event.kind === 'deferred' ? waitEntry(event, timeZone) : eventEntry(event, story))),
    ...payments(story),
  ];
  const end = Number.POSITIVE_INFINITY;
  return entries
    .map((entry, index) => ({ entry, index, at: entry.at === null ? end : Date.parse(entry.at) }))
    .toSorted((a, b) => a.at - b.at || a.index - b.index)
    .map(({ entry }) => entry);
}

function beginning({ message, events }: MessageStory): TimelineEntry[] {
  const made: TimelineEntry = {
    at: message.createdAt,
    title: message.campaign ? `Planned at the launch of “${message.campaign.name}”` : 'Written, and asked to be sent',
    tone: 'draft',
  };
  const later = Date.parse(message.sendAt) - Date.parse(message.createdAt) > 60_000;
  const waited = events.some((event) => event.kind === 'deferred');
  const note = waited ? 'Sending hours had begun.' : 'Until then it waited.';
  const put: TimelineEntry = { at: message.sendAt, title: 'Its turn', note, tone: 'draft' };
  return later && message.attemptedAt !== null ? [made, put] : [made];
}

function attempt({ message, why }: MessageStory, timeZone: string): TimelineEntry[] {
  const who = providerWords(message.provider);
  const found: TimelineEntry[] = [];
  if (message.attemptedAt !== null) {
    const through = 'Passed every check and marked, so that nobody sends it twice';
    found.push({ at: message.attemptedAt, title: through, tone: 'sending' });
  }
  if (message.sentAt !== null) {
    const note = message.providerId ? `Its number there is ${message.providerId}.` : undefined;
    found.push({
      at: message.sentAt,
      title: `Handed to ${who}, which took it`,
      ...(note && { note }),
      tone: 'sending',
    });
  }
  const reason = why ? `${why.why} ${why.todo ?? ''}`.trim() : '';
  switch (message.state) {
    case 'planned':
      return [
        ...found,
        { at: message.sendAt, title: 'To be sent', note: reason || 'When its turn comes.', tone: 'draft', quiet: true },
      ];
    case 'deferred': {
      const note = `${reason} It is sent then, not dropped.`.trim();
      const until = formatInstant(message.sendAt, timeZone);
      return [...found, { at: message.sendAt, title: `Waits until ${until}`, note, tone: 'soon', quiet: true }];
    }
    case 'skipped': {
      const at = message.leftOutAtLaunch ? message.createdAt : leftOutAt(message);
      const early = message.skippedAt !== null && message.skippedAt < message.sendAt;
      const when = message.leftOutAtLaunch ? 'at the launch' : early ? 'before its turn came' : 'when its turn came';
      const title = `Left out ${when}`;
      return [...found, { at, title, note: reason, tone: 'draft' }];
    }
    case 'failed':
      return [...found, { at: message.attemptedAt, title: 'It failed', note: reason, tone: 'overdue' }];
    case 'unknown':
      return [...found, { at: message.attemptedAt, title: `No answer from ${who}`, note: reason, tone: 'soon' }];
    default:
      return found;
  }
}

/** Messages of earlier versions do not say when; what made the gate refuse may. */
function leftOutAt(message: StoryMessage): string | null {
  if (message.skippedAt !== null) return message.skippedAt;
  const paidAt = message.reason === 'paid' ? (message.invoice?.paidAt ?? null) : null;
  return paidAt !== null && Date.parse(paidAt) > Date.parse(message.createdAt) ? paidAt : null;
}

/** What the gate put off, over or not (B-14). */
function waitEntry({ at, details }: StoryEvent, timeZone: string): TimelineEntry {
  const until = typeof details.until === 'string' ? ` until ${formatInstant(details.until, timeZone)}` : '';
  const note =
    details.reason === 'quiet_hours_apart'
      ? 'The customer’s address and phone number are in different time zones: it waits for an hour that suits both.'
      : 'It was outside of sending hours where the customer is.';
  return { at, title: `Put off${until}`, note, tone: 'soon' };
}

function eventEntry(event: StoryEvent, { message, links }: MessageStory): TimelineEntry {
  const { at, details } = event;
  // Older events do not say which link; where only one was clicked it was that one.
  const clicked = links.filter((one) => one.clicks > 0);
  const link =
    links.find((one) => one.code === details.code) ??
    (event.kind === 'clicked' && clicked.length === 1 ? clicked[0] : undefined);
  switch (event.kind) {
    case 'delivered':
      return { at, title: 'Delivered', note: saidWords(details), tone: 'paid' };
    case 'taken':
      return { at, title: 'On its way', note: 'The provider has it.', tone: 'sending', quiet: true };
    case 'replied':
      return { at, title: 'The customer answered', tone: 'paid' };
    case 'delayed':
      return {
        at,
        title: 'Delayed on its way',
        note: `The provider keeps trying. ${saidWords(details)}`.trim(),
        tone: 'soon',
      };
    case 'opened':
      return { at, title: 'Opened', note: 'Its pictures were loaded.', tone: 'paid' };
    case 'clicked':
      return {
        at,
        title: clickTitle(message.channel === 'mail' ? 'Scanned the card, or typed' : 'Clicked', link, message),
        note: clickNote(link),
        tone: 'paid',
      };
    case 'machine_opened': {
      const who = details.rule === 'apple_privacy' ? 'Apple Mail by itself' : 'a mail scanner';
      return {
        at,
        title: `Opened by ${who}, not counted`,
        note: machineWords(details.rule),
        tone: 'draft',
        quiet: true,
      };
    }
    case 'machine_clicked': {
      const title = clickTitle('A mail scanner followed', link, message);
      return { at, title: `${title}, not counted`, note: machineWords(details.rule), tone: 'draft', quiet: true };
    }
    case 'bounced':
      return {
        at,
        title: { email: 'Came back', sms: 'Not delivered', mail: 'Could not be printed' }[message.channel],
        note: bounceWords(details),
        tone: 'overdue',
      };
    case 'mailed':
    case 'in_transit':
    case 'in_local_area':
    case 'out_for_delivery':
    case 'rerouted':
      return { at, title: postWords[event.kind], tone: event.kind === 'rerouted' ? 'soon' : 'sending' };
    case 'returned':
      return {
        at,
        title: 'Came back to the return address',
        note: 'The Postal Service could not deliver it. No more mail goes to this address.',
        tone: 'overdue',
      };
    case 'recalled': {
      const reason = typeof details.reason === 'string' ? explainReason(details.reason).label.toLowerCase() : 'paused';
      return { at, title: 'Taken back before it was printed', note: `Why: ${reason}.`, tone: 'draft' };
    }
    case 'complained':
      return { at, title: 'Reported as spam', note: complaintWords(details), tone: 'overdue' };
    case 'unsubscribed': {
      const how =
        details.how === 'one_click'
          ? 'by the button of the mail program'
          : details.how === 'text'
            ? 'by a text'
            : 'on the unsubscribe page';
      return { at, title: `The recipient unsubscribed ${how}`, tone: 'soon' };
    }
    default:
      return { at, title: event.kind.replaceAll('_', ' '), tone: 'draft' };
  }
}

/** How far the post has come with a card. */
const postWords = {
  mailed: 'Printed, and given to the post',
  in_transit: 'On its way in the post',
  in_local_area: 'In the customer’s area',
  out_for_delivery: 'Out for delivery',
  rerouted: 'Sent on to another address',
} as const;

function clickTitle(verb: string, link: StoryLink | undefined, message: StoryMessage): string {
  if (!link) return `${verb} a link`;
  return `${verb} the link to ${linkWords(link, message)}`;
}

const clickNote = (link: StoryLink | undefined): string | undefined =>
  link && link.clicks > 1 ? `${link.clicks} clicks in all.` : undefined;

/** Where a link leads, in words. */
export function linkWords(
  link: Pick<StoryLink, 'kind' | 'destination'>,
  message: Pick<StoryMessage, 'invoice'>,
): string {
  if (link.kind === 'customer_portal') return 'the customer portal';
  if (link.kind === 'pay_invoice')
    return message.invoice ? `the payment page of invoice ${message.invoice.number}` : 'the payment page';
  return link.destination ?? 'a page that is not known any more';
}

/** What stands on the message without a line of its own, as after an import of older data. */
function eventsWithoutLine({ message, events }: MessageStory): TimelineEntry[] {
  const known = new Set(events.map((event) => event.kind));
  const stamps = [
    ['delivered', message.deliveredAt, 'Delivered', 'paid'],
    ['opened', message.openedAt, 'Opened', 'paid'],
    ['clicked', message.clickedAt, 'Clicked a link', 'paid'],
    ['bounced', message.bouncedAt, 'Came back', 'overdue'],
    ['complained', message.complainedAt, 'Reported as spam', 'overdue'],
    ['unsubscribed', message.unsubscribedAt, 'The recipient unsubscribed', 'soon'],
  ] as const;
  return stamps.flatMap(([kind, at, title, tone]) => {
    if (at === null || known.has(kind)) return [];
    // A click proves the opening, and that the delivery.
    const note = events.some((event) => event.at === at) ? 'Known from what follows.' : undefined;
    return [{ at, title, ...(note && { note }), tone }];
  });
}

function payments({ message, payments: made }: MessageStory): TimelineEntry[] {
  const currency = message.invoice?.currency ?? 'USD';
  return made.map(({ at, cents, credit }) => {
    const title = `${formatMoney(cents, currency)} paid on invoice ${message.invoice?.number ?? ''}`;
    return { at, title, note: creditWords(credit, message.id), tone: 'paid' };
  });
}

function creditWords(credit: MessageStory['payments'][number]['credit'], messageId: number): string {
  if (credit === null) return 'No message takes the credit.';
  if (credit.messageId !== messageId) return `Credited to another message, of “${credit.campaign}”.`;
  return credit.kind === 'direct'
    ? 'Credited to this message: direct, since it was clicked before.'
    : 'Credited to this message: influenced, since it had reached the customer before.';
}

/** Where a message stands in one sentence, with the reason and what to do about it. @param now an ISO instant */
export function stateSentence({ message, why, events }: MessageStory, timeZone: string, now: string): string {
  const at = (instant: string) => formatInstant(instant, timeZone);
  const reason = why ? [factOf(message, timeZone) ?? why.why, why.todo].filter(Boolean).join(' ') : '';
  switch (message.state) {
    case 'planned':
      if (message.campaign?.status === 'paused') return 'It waits while its campaign is paused.';
      return message.sendAt > now ? `It goes out on ${at(message.sendAt)}.` : 'It waits for its turn.';
    case 'deferred':
      return `It waits until ${at(message.sendAt)}. ${reason}`.trim();
    case 'attempting':
      return 'It is being handed to the provider.';
    case 'skipped':
      return `It was not sent. ${reason}`.trim();
    case 'failed':
      return `It failed. ${reason}`.trim();
    case 'unknown':
      return `Nobody knows whether it arrived. ${reason}`.trim();
    default:
      if (message.complainedAt) return 'It arrived, and its recipient reported it as spam. Reach them another way.';
      if (message.channel === 'mail') return postSentence(message, at);
      if (message.channel === 'sms') return textSentence(message, events, at);
      if (message.bouncedAt) return 'It came back. Ask the customer for another address.';
      if (message.clickedAt) return `It arrived, and the recipient followed a link on ${at(message.clickedAt)}.`;
      if (message.openedAt) return `It arrived and was opened on ${at(message.openedAt)}.`;
      if (message.deliveredAt)
        return `It was delivered on ${at(message.deliveredAt)}. Nobody has opened it that we know of.`;
      return `It was handed over on ${at(message.sentAt ?? message.createdAt)}. The provider has not told more yet.`;
  }
}

/** Nobody can tell whether a text was opened. */
function textSentence(message: StoryMessage, events: readonly StoryEvent[], at: (instant: string) => string): string {
  const answer = events.find((event) => event.kind === 'replied');
  if (message.bouncedAt) return 'The carrier could not deliver it. Ask the customer for another number.';
  if (answer) return `It arrived, and the customer answered on ${at(answer.at)}.`;
  if (message.clickedAt) return `It arrived, and the customer followed a link on ${at(message.clickedAt)}.`;
  if (message.deliveredAt)
    return `It was delivered on ${at(message.deliveredAt)}. Nobody has followed a link in it yet.`;
  return `It was handed over on ${at(message.sentAt ?? message.createdAt)}. The carrier has not told more yet.`;
}

function postSentence(message: StoryMessage, at: (instant: string) => string): string {
  if (message.bouncedAt) return 'The printer found that it can’t be printed. See Settings, Sending.';
  if (message.returnedAt) return `It came back on ${at(message.returnedAt)}. Correct the customer’s address.`;
  if (message.clickedAt) return `It arrived, and the customer followed its code on ${at(message.clickedAt)}.`;
  if (message.deliveredAt) return `It was delivered on ${at(message.deliveredAt)}. Its code has not been scanned yet.`;
  if (message.mailedAt) return `It was printed and given to the post on ${at(message.mailedAt)}.`;
  return `The printer has it since ${at(message.sentAt ?? message.createdAt)}. It is not in the post yet.`;
}

/** What of an invoice may have kept a message back. */
type ReasonFacts = Pick<NonNullable<StoryMessage['invoice']>, 'number' | 'paidAt' | 'disputedAt' | 'promisedFor'>;

/** The reason with the fact behind it, where that still stands on the record; null where the general words say it all. */
export function factOf(
  message: { reason: string | null; invoice: ReasonFacts | null },
  timeZone: string,
): string | null {
  const { invoice } = message;
  if (!invoice) return null;
  switch (message.reason) {
    case 'paid':
      return invoice.paidAt
        ? `Invoice ${invoice.number} was paid on ${formatDay(invoice.paidAt, timeZone)}, before sending.`
        : null;
    case 'disputed':
      return invoice.disputedAt
        ? `The customer disputed invoice ${invoice.number} on ${formatDay(invoice.disputedAt, timeZone)}.`
        : null;
    case 'promised':
      return invoice.promisedFor ? `The customer promised to pay by ${formatDate(invoice.promisedFor)}.` : null;
    default:
      return null;
  }
}
