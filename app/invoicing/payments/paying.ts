import type { DeclineReason, PayMethod } from './processor.ts';

/** Where somebody pays. */
export type PaySource = 'portal' | 'customer_link' | 'invoice_link';

/** One payment as its page asks for it. */
export type StartPayment = {
  companyId: number;
  customerId: number;
  source: PaySource;
  /**
   * What is to be settled, in cents: a part of one invoice (S2-17), or all that is left of several (S2-18). For a customer's
   * link: all that the customer owes, the oldest due first, after credits, or so much of it where the company allows that.
   */
  pays: { invoices: { invoiceId: number; amountCents: number }[] } | { customer: true; partCents?: number | null };
  /** What the payer was shown as the sum, without the tip: another sum is not charged. */
  expectedCents: number;
  /** Customer's link only (S4-09). */
  tipCents: number;
  method: PayMethod;
  /** A method that the processor keeps for this customer: portal only. */
  savedMethodId: number | null;
  saveMethod: boolean;
  /** Made with the form: a second submit of it finds the first payment. 16 to 64 characters `A-Za-z0-9_-`. */
  idempotencyKey: string;
  /** Who pays, in words, for the audit log. */
  payer: string;
  /** An email address or a number as E.164 to which the receipt goes; empty for none. */
  receiptTo: string;
  /** Where the processor's page leads back to, by the payment's id; and where it leads when it is given up. */
  returnUrl: (paymentId: number) => string;
  cancelUrl: string;
};

export type PayRefusal =
  /** The sum is another now; nothing was charged. */
  | { reason: 'changed'; owedCents: number }
  /** Cents that can be paid of it now. */
  | { reason: 'too_much'; mostCents: number }
  | { reason: 'declined'; declined: DeclineReason }
  | {
      reason: /** Nothing is owed. */
        | 'settled'
        /** Somebody is paying right now, or a bank payment is on its way for it. */
        | 'busy'
        /** The processor gave no answer: nobody knows yet. */
        | 'unsure'
        /** The processor's page could not be opened: nothing was charged, and it can be tried again. */
        | 'unavailable'
        /** Not this customer's invoices, or not to be paid online. */
        | 'missing'
        /** Below `LEAST_CENTS`. */
        | 'too_little'
        /** The company takes no payments online (S4-13), or not by this method. */
        | 'not_connected'
        | 'method_off'
        | 'no_partial'
        /** The bank asks the card's owner: pay on the processor's page instead. */
        | 'needs_payer';
    };

export type StartResult =
  /** On to the processor's page. */
  | { ok: true; kind: 'checkout'; paymentId: number; url: string }
  /** A saved method was charged, or this form was sent before: see `finishPayment`. */
  | { ok: true; kind: 'done'; paymentId: number }
  | ({ ok: false } & PayRefusal);

/** Where a payment stands, for the page that its payer comes back to. */
export type PaymentOutcome =
  | { state: 'succeeded'; paymentId: number }
  /** A bank payment: it takes days. */
  | { state: 'processing'; paymentId: number }
  /** The processor's page waits to be finished: `url` leads there. */
  | { state: 'open'; paymentId: number; url: string | null }
  /** `settled`: what it was for was paid by somebody else meanwhile, and nothing was taken. */
  | { state: 'failed'; paymentId: number; reason: DeclineReason | 'settled' | 'voided' | 'given_up' | 'interrupted' }
  | { state: 'unsure'; paymentId: number };
