/** The shares that a payer can add as a tip, in percent; none by default (S4-09). */
export const TIP_PERCENTS = [0, 18, 20, 25] as const;

export type TipPercent = (typeof TIP_PERCENTS)[number];

/**
 * What a share of a balance comes to, rounded half up to the cent.
 * @param balanceCents what is owed, without a tip
 */
export const tipCents = (balanceCents: number, percent: TipPercent): number =>
  Math.floor((balanceCents * percent + 50) / 100);

/** The share that a form names, or null for any other. */
export const readTip = (typed: string): TipPercent | null =>
  TIP_PERCENTS.find((percent) => String(percent) === typed) ?? null;
