/** An account's rate as operators see it. `share` is 1 unless the provider throttled lately. */
export type RateNow = { allowed: number | null; share: number; lastMinute: number };

/** Why nothing goes out. `trying`: a message is on its way to see whether it works again. Instants are ISO text. */
export type BreakerHold = { reason: string; retryAt: string; openedAt: string | null; trying: boolean };

/** The account that a channel's messages go by. */
export type AccountNow<Name extends string> = {
  provider: 'sandbox' | Name;
  /** Null in the sandbox, which has no limit, and before anything was sent. */
  rate: RateNow | null;
  hold: BreakerHold | null;
};

/** How sending stands at this moment. Instants are ISO text. */
export type RightNow = {
  email: AccountNow<'ses'>;
  texts: AccountNow<'twilio'>;
  postcards: AccountNow<'lob'>;
  /** Messages of running campaigns that are not sent yet, and of those the ones whose campaign is paused. */
  waiting: number;
  paused: number;
  /** Messages that may go out now, counted up to `DUE_MOST`, and since when the oldest of them may. */
  due: number;
  oldestDueAt: string | null;
  /** Handed over just now, not answered yet. */
  inFlight: number;
  /** Single messages (receipts, invitations, tests) that wait. */
  single: number;
  unknown: number;
  unknownIn: { campaignId: number; name: string; count: number }[];
  workers: number;
  failed: FailedJob[];
  problems: { id: number; kind: string; message: string; at: string }[];
};

export type FailedJob = {
  id: number;
  task: string;
  /** False: it names no company, as the schedule's jobs do. */
  own: boolean;
  attempts: number;
  maxAttempts: number;
  reason: string;
  /** When it is tried again; null when it is tried no more. */
  again: string | null;
};

/** Nobody waits for a count: from here on it is "so many and more". */
export const DUE_MOST = 1_000;
