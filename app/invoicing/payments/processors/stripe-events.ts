import { z } from 'zod';

/** What names our payment in Stripe's records, and in what it tells. */
export const METADATA = { company: 'fieldpost_company', payment: 'fieldpost_payment', key: 'fieldpost_key' } as const;

/** What a webhook at Stripe should tell us. Less works too, only later: whatever is not told is asked for. */
export const STRIPE_EVENTS = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.closed',
] as const;

/** Which of our payments something is about, by Stripe's own reference and by our metadata. */
export type StripePayment = { intent: string | null; companyId: string | null; paymentId: string | null };

/** What an event is about. Nothing that it says of money is read: that is asked for. */
export type StripeTold =
  | { about: 'payment'; payment: StripePayment }
  | { about: 'refund'; refund: string }
  /** A charge of which something was given back. */
  | { about: 'refunds'; intent: string }
  | { about: 'dispute'; dispute: string }
  | { about: 'nothing' };

export type StripeEvent = { id: string; type: string; told: StripeTold };

const Envelope = z.object({
  id: z.string().regex(/^evt_\w{1,100}$/),
  type: z.string().max(100),
  data: z.object({ object: z.looseObject({ id: z.string().regex(/^\w{1,255}$/) }) }),
});
const Reference = z.union([z.string(), z.object({ id: z.string() })]).nullish();
const Fields = z.object({ metadata: z.record(z.string(), z.string()).nullish(), payment_intent: Reference });

/** @returns null for what is no event of Stripe */
export function readStripeEvent(value: unknown): StripeEvent | null {
  const event = Envelope.safeParse(value);
  if (!event.success) return null;
  const { id, type, data } = event.data;
  const fields = Fields.safeParse(data.object).data;
  return { id, type, told: fields ? toldOf(type, data.object.id, fields) : { about: 'nothing' } };
}

function toldOf(type: string, id: string, { metadata, payment_intent: of }: z.infer<typeof Fields>): StripeTold {
  const intent = typeof of === 'string' ? of : (of?.id ?? null);
  if (/^checkout\.session\./.test(type)) return { about: 'payment', payment: { intent, ...namesIn(metadata) } };
  if (/^payment_intent\./.test(type)) return { about: 'payment', payment: { intent: id, ...namesIn(metadata) } };
  if (/^(refund\.|charge\.refund\.)/.test(type)) return { about: 'refund', refund: id };
  if (/^charge\.dispute\./.test(type)) return { about: 'dispute', dispute: id };
  return type === 'charge.refunded' && intent ? { about: 'refunds', intent } : { about: 'nothing' };
}

/** Our own names in metadata, as they were written there. */
export const namesIn = (metadata: Record<string, string> | null | undefined) => ({
  companyId: metadata?.[METADATA.company] ?? null,
  paymentId: metadata?.[METADATA.payment] ?? null,
});
