import { z } from 'zod';

/** Nobody chases what is older, and a larger number is a slip of the finger. */
export const MAX_DAYS = 3650;
/** Ten million dollars, in cents. */
export const MAX_CENTS = 1_000_000_000;

const days = z.int().min(0).max(MAX_DAYS).nullable();
const cents = z.int().min(0).max(MAX_CENTS).nullable();
const tags = z.array(z.string().min(1).max(100)).max(50);

/**
 * Which unpaid invoices a campaign is about, and whom it writes to (B-09). Null and empty mean "any". All rules must hold.
 * The stored form of `campaigns.audience`: a row from older code gets today's defaults for what it lacks.
 */
export const AudienceRules = z.object({
  /** Whole days past the due date in the company's zone; a null minimum takes invoices that are not due yet too. */
  daysOverdueMin: days.default(1),
  daysOverdueMax: days.default(null),
  /** What is owed on the invoice. */
  owedMinCents: cents.default(null),
  owedMaxCents: cents.default(null),
  customerType: z.enum(['any', 'residential', 'commercial']).default('any'),
  /** The customer has at least one of these. */
  tagsAny: tags.default([]),
  /** The customer has none of these. */
  tagsNone: tags.default([]),
  businessUnitIds: z.array(z.int().positive()).max(200).default([]),
  /** One message a customer, about the oldest matching invoice that may be reminded of; or one for each invoice. */
  per: z.enum(['customer', 'invoice']).default('customer'),
});

export type AudienceRules = z.infer<typeof AudienceRules>;

/** Everybody with an overdue invoice, once. */
export const defaultRules: AudienceRules = AudienceRules.parse({});

/** The rules as stored; what can't be read any more becomes the default rather than an audience of everybody's guess. */
export function readRules(stored: unknown): AudienceRules {
  const parsed = AudienceRules.safeParse(stored);
  return parsed.success ? parsed.data : defaultRules;
}

/** What an audience may ask for, each by itself. */
export type AudienceRule =
  | 'unpaid'
  | 'days_min'
  | 'days_max'
  | 'owed_min'
  | 'owed_max'
  | 'business_unit'
  | 'customer_type'
  | 'tags_any'
  | 'tags_none';

/** Why somebody who matches is left out. The same codes stand in `messages.reason`. */
export const exclusions = [
  'do_not_contact',
  'payment_pending',
  'do_not_remind',
  'disputed',
  'promised',
  'no_email',
  'no_mobile',
  'no_address',
  'undeliverable',
  'complained',
  'bounced',
  'unsubscribed',
  'no_consent',
] as const;

export type Exclusion = (typeof exclusions)[number];

export const isExclusion = (value: unknown): value is Exclusion => exclusions.some((each) => each === value);
