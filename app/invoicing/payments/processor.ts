/**
 * The port to whoever moves money. Glossary:
 * - checkout: a page of the processor's own, on which a card or bank account is entered. Its numbers never reach us.
 * - authorized: the card's bank holds the amount; nothing is taken until it is captured, in full or in part. Cards only.
 * - processing: a bank payment on its way; it can still fail, days later.
 * - method: a card or bank account that the processor keeps for the customer.
 * A processor *returns* what is final. If it throws, nobody knows yet whether money was taken: `find` tells later.
 * Every call that moves money has a stored key, under which it is done once however often it is asked for.
 */
export type PayMethod = 'card' | 'ach';

export type DeclineReason =
  | 'declined'
  | 'insufficient_funds'
  | 'expired_card'
  | 'authentication_failed'
  | 'bank_refused'
  | 'account_closed';

/** What is known and kept of a card or bank account. */
export type MethodShown = {
  kind: PayMethod;
  /** Visa; or the bank's name. */
  brand: string;
  last4: string;
  /** Null for bank accounts. */
  expiry: { month: number; year: number } | null;
  /** Set when the payer asked to keep it. */
  saved: { methodReference: string } | null;
};

/** What became of a payment at the processor. */
export type PaymentState =
  /** The page was not finished; nothing is taken. */
  | { state: 'open' }
  | { state: 'authorized'; reference: string; amountCents: number; method: MethodShown }
  | { state: 'processing'; reference: string; method: MethodShown }
  | { state: 'succeeded'; reference: string; amountCents: number; method: MethodShown }
  | { state: 'failed'; reason: DeclineReason; reference: string; method: MethodShown | null }
  /** The page can't be finished any more, or what was held was given free: nothing is taken, for good. */
  | { state: 'expired' };

export type CheckoutRequest = {
  idempotencyKey: string;
  amountCents: number;
  /** ISO 4217. */
  currency: string;
  method: PayMethod;
  /** "Invoice 1042 from Gulf Coast Comfort": stands on the processor's page. */
  description: string;
  /** The processor's own name for the customer, from `customer`. */
  customerReference: string;
  saveMethod: boolean;
  /** Where the processor's page leads when it is finished, and when it is given up. */
  returnUrl: string;
  cancelUrl: string;
  /** For the processor's records: names our payment. */
  metadata: { companyId: string; paymentId: string };
};

export type SavedCharge = {
  idempotencyKey: string;
  amountCents: number;
  currency: string;
  description: string;
  customerReference: string;
  methodReference: string;
  method: PayMethod;
  metadata: { companyId: string; paymentId: string };
};

export type RefundState =
  | { state: 'pending'; reference: string }
  | { state: 'succeeded'; reference: string }
  | { state: 'failed'; reason: string; reference: string };

/**
 * `unclear`: the processor says that all was given back, and has nothing under this key: made there by somebody, or lost from sight. It is
 * looked for again.
 */
export type RefundAnswer = RefundState | { state: 'unclear'; reason: string };

export type Processor = {
  name: 'sandbox' | 'stripe';
  /** True when no money is moved: pages say so. */
  test: boolean;
  /** What began earlier began at another account of this name, which this one knows nothing of. */
  since?: Date | undefined;
  /** The stored account that it was built from, still encrypted; see `holdAccount`. */
  storedAs?: string | undefined;
  /** The processor's own name for a customer, made once for the key. */
  customer(request: { idempotencyKey: string; name: string; email: string | null }): Promise<{ reference: string }>;
  openCheckout(request: CheckoutRequest): Promise<{ checkout: string; url: string }>;
  /** Nobody can begin to pay on it any more. One that was finished stays as it is. */
  closeCheckout(checkout: string): Promise<void>;
  /**
   * @param payment its reference, where one is known; else its page, or, for a saved method that was charged, its key. `expired` for a key
   * that was never heard of; a reference that is not there is no answer, and throws
   */
  find(payment: { reference: string } | { checkout: string } | { idempotencyKey: string }): Promise<PaymentState>;
  /** Takes what is held, or a part of it; the rest is given free. */
  capture(reference: string, request: { amountCents: number; idempotencyKey: string }): Promise<PaymentState>;
  /** Gives free what is held, and stops a bank payment where that is still possible. @returns what it is now */
  release(reference: string, request: { idempotencyKey: string }): Promise<PaymentState>;
  /** `needs_payer`: the bank asks its owner, who must pay on a checkout instead; nothing is taken. */
  chargeSaved(request: SavedCharge): Promise<PaymentState | { state: 'needs_payer' }>;
  /** The same key is done once, however late it is asked again: also when the processor has forgotten the call itself. */
  refund(request: { idempotencyKey: string; reference: string; amountCents: number }): Promise<RefundAnswer>;
  /**
   * @param refund its reference, or where none is known its payment's and the key under which it was asked for: `never` then says that
   * there is none, nor was one
   */
  findRefund(
    refund: { reference: string } | { payment: string; idempotencyKey: string },
  ): Promise<RefundState | { state: 'never' }>;
  /** Forgets a saved method. */
  forget(methodReference: string): Promise<void>;
};
