/**
 * The port to whoever moves card money. Glossary:
 * - charge: one attempt to take an amount. Its key makes it one however often, and by however many at once, it is asked for.
 * - decline: the card's bank said no; nothing was taken, and that is final for this key.
 * A processor *returns* what is final. If it throws, nobody knows yet whether money was taken: `find` tells later.
 */
export type Card = {
  /** Digits only. Never stored, logged or shown again. */
  number: string;
  expiryMonth: number;
  /** Four digits. */
  expiryYear: number;
  cvc: string;
};

export type ChargeRequest = {
  /** The same key charges once. */
  idempotencyKey: string;
  amountCents: number;
  /** ISO 4217. */
  currency: string;
  card: Card;
};

export type CardRefusal = 'not_test_card';

export type DeclineReason = 'declined' | 'insufficient_funds' | 'expired_card';

/** Of the card only its brand and last four digits are known from here on. */
export type Charge =
  | { ok: true; reference: string; brand: string; last4: string }
  | { ok: false; declined: DeclineReason; brand: string; last4: string };

export type Processor = {
  name: 'sandbox';
  /** Card numbers (digits) that are not even tried, and why; null for the others. */
  refuses(number: string): CardRefusal | null;
  charge(request: ChargeRequest): Promise<Charge>;
  /** What became of a charge that was asked for under this key; null when it never arrived. */
  find(idempotencyKey: string): Promise<Charge | null>;
};
