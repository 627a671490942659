import type { MergeValues } from '../merge/values.ts';
import { composeSms, type ComposedSms, type PreparedSms, type SmsRefusal } from './compose.ts';
import { priceOf, type PriceRange, type SmsTariff } from './prices.ts';

export type Estimated = {
  /** Place of the recipient among the samples. */
  readonly sample: number;
  readonly composed: ComposedSms;
  readonly price: PriceRange;
};

export type SmsEstimate = {
  /** The recipient whose text is longest: more parts count first, then more units. */
  readonly worst: Estimated;
  /** The one in the middle. */
  readonly typical: Estimated;
  readonly best: Estimated;
  /** Parts of all texts that can be sent, together. */
  readonly parts: number;
  /** How many of the samples cannot be sent the text. */
  readonly refused: number;
  /** Why the first of those cannot; null when all can. */
  readonly refusal: SmsRefusal | null;
};

/**
 * The longest, the usual and the shortest text among some recipients (B-11).
 * @returns null without recipients
 */
export function estimateSms(
  prepared: PreparedSms,
  samples: readonly MergeValues[],
  shortUrl: (key: string) => string,
  tariff?: SmsTariff,
): SmsEstimate | null {
  const all = samples.map((values, sample): Estimated => {
    const composed = composeSms(prepared, values, shortUrl);
    return { sample, composed, price: priceOf(composed.count.parts, tariff) };
  });
  const sorted = all.toSorted((a, b) => lengthOf(a) - lengthOf(b) || a.sample - b.sample);
  const [best] = sorted;
  const typical = sorted[Math.floor((sorted.length - 1) / 2)];
  const worst = sorted.at(-1);
  if (!best || !typical || !worst) return null;
  const sendable = all.filter(({ composed }) => composed.refusal === null);
  const parts = sendable.reduce((sum, { composed }) => sum + composed.count.parts, 0);
  const [refusal = null] = all.flatMap(({ composed }) => composed.refusal ?? []);
  return { best, typical, worst, parts, refused: all.length - sendable.length, refusal };
}

/** Orders texts: one that is too long to be sent is the longest, whatever was counted of it. */
function lengthOf({ composed: { count, refusal } }: Estimated): number {
  return (refusal === 'too_long' ? 1e9 : 0) + count.parts * 10_000 + count.units;
}
