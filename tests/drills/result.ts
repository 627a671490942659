import { sql } from 'drizzle-orm';

import { readMessageToken } from '#app/messaging/token.server.ts';
import { withCompany, type Db } from '#db/client.ts';
import { counterDifferences, SECRET } from '#tests/fakes/sending.ts';
import type { Launched } from './crew.ts';
import type { GaugedSes } from './gauge.ts';

/** What a drill counted. */
export type DrillResult = {
  readonly drill: string;
  /** Different messages that the provider really got. */
  readonly sent: number;
  readonly duplicates: number;
  /** Messages that neither the provider got nor our records call unknown, skipped or failed. */
  readonly lost: number;
  readonly unknown: number;
  /** How many are unknown for which reason. */
  readonly reasons?: Readonly<Record<string, number>>;
  /** Unknown without a reason, or recorded as something that the provider's own book contradicts. */
  readonly unexplained?: number;
  /** Calls within any second, wherever it begins, and how many are allowed. */
  readonly highestSecond?: number;
  readonly cap?: number;
  /** Counters of the campaign that disagree with its messages. */
  readonly wrongCounters?: readonly string[];
  /** What else went wrong, in words. */
  readonly faults?: readonly string[];
  readonly [more: string]: unknown;
};

/** What any drill counted: those that send nothing leave out what is about sending. */
export type Result = Partial<Pick<DrillResult, 'duplicates' | 'lost' | 'unexplained' | 'highestSecond' | 'cap'>> &
  Pick<DrillResult, 'drill' | 'wrongCounters' | 'faults'> & {
    /** Zero, where things that must agree were compared. */
    readonly differences?: unknown;
    readonly belowZero?: unknown;
    readonly reservedTaken?: unknown;
  };

/** Nothing doubled, nothing lost, each unknown explained, the rate kept, the counters right, and all that was compared agrees. */
export const passed = (result: Result) =>
  (result.duplicates ?? 0) === 0 &&
  (result.lost ?? 0) === 0 &&
  [result.differences, result.belowZero, result.reservedTaken].every((count) => count === undefined || count === 0) &&
  (result.unexplained ?? 0) === 0 &&
  (result.highestSecond ?? 0) <= (result.cap ?? Number.POSITIVE_INFINITY) &&
  (result.wrongCounters ?? []).length === 0 &&
  (result.faults ?? []).length === 0;

type Row = { id: number; state: string; reason: string | null };

/** Compares what our records say with what the provider fake really got. */
export async function count(drill: string, db: Db, launched: Launched, ses: GaugedSes): Promise<DrillResult> {
  const { companyId, campaignId, stepId, people } = launched;
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<Row>(sql`select id, state, reason from messages where campaign_id = ${campaignId}`),
  );
  const taken = ses.taken.map((mail) => readMessageToken(SECRET, mail.tags.message ?? '')?.messageId);
  const distinct = new Set(taken);
  const settled = new Set(['unknown', 'skipped', 'failed']);
  const unknown = rows.filter((row) => row.state === 'unknown');
  const reasons: Record<string, number> = {};
  for (const { reason } of unknown) reasons[reason ?? ''] = (reasons[reason ?? ''] ?? 0) + 1;
  const unexplained = rows.filter((row) =>
    row.state === 'unknown'
      ? !['interrupted', 'no_answer'].includes(row.reason ?? '')
      : distinct.has(row.id) && row.state !== 'sent',
  );
  return {
    drill,
    sent: distinct.size,
    duplicates: taken.length - distinct.size,
    lost: rows.filter((row) => !distinct.has(row.id) && !settled.has(row.state)).length + people - rows.length,
    unknown: unknown.length,
    reasons,
    unexplained: unexplained.length,
    highestSecond: highestSecond(await ses.readArrivals()),
    ...(ses.rate ? { cap: ses.rate } : {}),
    wrongCounters: await counterDifferences(db, companyId, stepId),
  };
}

/** The most arrivals within a second, wherever it begins. */
export function highestSecond(arrivals: readonly number[]): number {
  let highest = 0;
  let first = 0;
  const sorted = arrivals.toSorted((a, b) => a - b);
  for (const [index, at] of sorted.entries()) {
    while (sorted[first]! <= at - 1_000) first++;
    highest = Math.max(highest, index - first + 1);
  }
  return highest;
}
