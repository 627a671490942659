/** Who can move a company's money; exactly one at a time (S2-14). */
export const paymentProcessors = ['none', 'sandbox', 'stripe'] as const;
export type PaymentProcessor = (typeof paymentProcessors)[number];

/** What the form of the payment account sends, as typed. */
export type PaymentAccountForm = {
  processor: string;
  /** Empty keeps the one that is stored. */
  secretKey: string;
  /** The same. */
  webhookSecret: string;
  /** `on`: although payments are under way. */
  anyway: string;
};

/** Every field of the form, for reading it from a request. */
export const paymentAccountFields = [
  'processor',
  'secretKey',
  'webhookSecret',
  'anyway',
] as const satisfies readonly (keyof PaymentAccountForm)[];

export type PaymentAccountErrors = Partial<Record<keyof PaymentAccountForm, string>>;

/** What Stripe said of the account when it was last asked. Null where a restricted key may not ask. */
export type ConnectedAccount = {
  name: string | null;
  country: string | null;
  chargesEnabled: boolean | null;
  cards: boolean | null;
  ach: boolean | null;
};

/** A company's payment account as far as a person may see it. */
export type PaymentAccount = {
  /** With none chosen, the sandbox stands in. */
  processor: PaymentProcessor;
  hasKey: boolean;
  /** The last four signs only. */
  keyEnding: string;
  /** Whether the key is of test mode, where no money moves. */
  isTest: boolean;
  hasWebhookSecret: boolean;
  webhookEnding: string;
  connected: ConnectedAccount | null;
  /** When Stripe was asked, as ISO 8601. */
  checkedAt: string | null;
};
