import { z } from 'zod';

import type { EventKind } from './events.server.ts';

/** What an event of Lob says of a postcard. */
export type LobEvent = {
  /** Told twice, it has the same. */
  id: string;
  /** Our name of the message, from the metadata. */
  token: string;
  kind: EventKind;
  details: Record<string, unknown>;
  at: Date;
  /** What somebody has to look at. */
  problem: string | null;
};

/** What Lob tells, or why it tells nothing. */
export type LobReading =
  | { kind: 'event'; event: LobEvent }
  /** `token`: of a postcard of ours all the same, so whoever told it can be checked. */
  | { kind: 'ignored'; why: string; token: string | null }
  | { kind: 'malformed' };

const eventOf = z.object({
  id: z.string().regex(/^evt_\w{1,80}$/),
  event_type: z.object({ id: z.string().regex(/^[a-z_-]{1,40}\.[a-z_-]{1,60}$/) }),
  date_created: z.iso.datetime({ offset: true }),
  reference_id: z.string().max(80).optional(),
  body: z.object({
    id: z.string().max(80).optional(),
    metadata: z
      .object({ message: z.string().max(80).optional() })
      .optional()
      .catch(undefined),
    failure_reason: z.object({ message: z.string() }).nullish().catch(undefined),
  }),
});

/**
 * Lob's events of postcards (its documentation, "Events"). Those that say nothing of a card's way stand nowhere here, and neither does
 * `deleted`: we know of it from our own call, and a card of the same message may have been ordered since.
 */
const kinds: Readonly<Record<string, EventKind>> = {
  'postcard.created': 'taken',
  'postcard.rendered_pdf': 'taken',
  'postcard.mailed': 'mailed',
  'postcard.in_transit': 'in_transit',
  'postcard.in_local_area': 'in_local_area',
  'postcard.processed_for_delivery': 'out_for_delivery',
  'postcard.delivered': 'delivered',
  'postcard.re-routed': 'rerouted',
  'postcard.returned_to_sender': 'returned',
  // Taken, and then found to be nothing that can be printed: it never leaves.
  'postcard.rejected': 'bounced',
  'postcard.failed': 'bounced',
};

/** Reads an event as it was posted. @param body JSON */
export function readLobEvent(body: string): LobReading {
  const parsed = eventOf.safeParse(jsonOf(body));
  if (!parsed.success) return { kind: 'malformed' };
  const { id, event_type: type, date_created: at, body: card } = parsed.data;
  const token = card.metadata?.message ?? null;
  const kind = Object.hasOwn(kinds, type.id) ? kinds[type.id]! : null;
  if (kind === null) return { kind: 'ignored', why: 'no_station', token };
  if (token === null) return { kind: 'ignored', why: 'not_ours', token };
  const said = card.failure_reason?.message.slice(0, 200);
  const failed = kind === 'bounced';
  const details = {
    provider: 'lob',
    event: type.id.replace('postcard.', ''),
    ...(failed && { type: 'render', permanent: false, ...(said && { diagnostic: said }) }),
  };
  const problem = failed ? `Lob can’t print a postcard${said ? `: ${said}` : '.'}` : null;
  return { kind: 'event', event: { id, token, kind, details, at: new Date(at), problem } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
