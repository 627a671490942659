import { sql } from 'drizzle-orm';
import type Stripe from 'stripe';

import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';

import { readPaymentAccount, stripeKeysOf, type StripeKeys } from '../choose-processor.server.ts';
import { recordDispute, type ToldDispute } from '../dispute.server.ts';
import { recordOutsideRefund } from '../refund.server.ts';
import { connectStripe } from './stripe-client.server.ts';
import { raise, stripeMeaning } from './stripe-errors.ts';
import { METADATA, namesIn, type StripeEvent, type StripePayment } from './stripe-events.ts';
import { stateOfRefund } from './stripe-state.ts';

/**
 * `early`: our own payment is not recorded as arrived yet; it is asked for, and this should be told again. `unknown`: no payment of this
 * company. `nothing`: it says nothing that we want to know.
 */
export type StripeTaken = 'taken' | 'repeated' | 'early' | 'unknown' | 'nothing';

/**
 * The company's keys that have a signing secret, those of accounts that it had before at the end; also while another account is chosen:
 * payments are under way for days.
 */
export async function stripeHookKeys(db: Db, secret: string, companyId: number): Promise<StripeKeys[]> {
  const stored = await withCompany(db, companyId, readPaymentAccount);
  const keys = stored && stripeKeysOf(stored, secret);
  return keys ? [keys, ...keys.former].filter(({ webhookSecret }) => webhookSecret !== '') : [];
}

/**
 * Takes in what Stripe tells a company, once for each event. An event moves no money: what it names is looked up at Stripe, and then
 * recorded, so that neither an old event nor a wrong one can say what was paid.
 * @throws when Stripe can't be asked, so that it tells this again
 */
export async function takeStripeEvent(
  db: Db,
  at: { companyId: number; keys: StripeKeys; base: string | null },
  event: StripeEvent,
): Promise<StripeTaken> {
  const { companyId } = at;
  const { told } = event;
  if (told.about === 'nothing') return 'nothing';
  if (await withCompany(db, companyId, (tx) => isKnown(tx, event))) return 'repeated';
  if (told.about === 'payment') {
    return withCompany(db, companyId, async (tx) => {
      const paymentId = await ourPayment(tx, companyId, told.payment);
      if (paymentId === null) return 'unknown';
      if (await remember(tx, event)) await checkNow(tx, companyId, paymentId);
      return 'taken';
    });
  }
  const facts = await lookUp(await connectStripe({ secretKey: at.keys.secretKey, base: at.base }), told);
  return withCompany(db, companyId, async (tx) => {
    let taken: StripeTaken = 'unknown';
    for (const { payment, record } of facts) {
      const paymentId = await ourPayment(tx, companyId, payment);
      if (paymentId === null) continue;
      if (!(await record(tx, paymentId))) {
        await checkNow(tx, companyId, paymentId);
        return 'early';
      }
      taken = 'taken';
    }
    if (taken === 'taken') await remember(tx, event);
    return taken;
  });
}

async function isKnown(tx: Tx, { id }: StripeEvent): Promise<boolean> {
  const rows = await tx.execute(sql`select 1 from processor_events where processor = 'stripe' and event_id = ${id}`);
  return rows.length > 0;
}

/** @returns false when somebody else remembered it just now */
async function remember(tx: Tx, { id, type }: StripeEvent): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into processor_events (processor, event_id, type) values ('stripe', ${id}, ${type})
    on conflict do nothing returning 1`);
  return rows.length > 0;
}

/** The same key as where the payment is looked after: that job comes at once, in place of later. */
const checkNow = (tx: Tx, companyId: number, paymentId: number) =>
  addJob(tx, 'payment.check', { companyId, paymentId }, { key: `payment:${companyId}:${paymentId}` });

/** The payment by Stripe's reference; by our metadata while that is not written down yet. Null for what is not this company's. */
async function ourPayment(tx: Tx, companyId: number, { intent, ...names }: StripePayment): Promise<number | null> {
  if (intent !== null) {
    const [row] = await tx.execute<{ id: number }>(
      sql`select id from payments where processor = 'stripe' and reference = ${intent}`,
    );
    if (row) return row.id;
  }
  if (names.companyId !== String(companyId) || !/^[1-9]\d{0,14}$/.test(names.paymentId ?? '')) return null;
  const [row] = await tx.execute<{ id: number }>(
    sql`select id from payments where processor = 'stripe' and id = ${Number(names.paymentId)} and reference = ''`,
  );
  return row?.id ?? null;
}

/** Something that Stripe says of a payment, and how it is recorded. */
type Fact = { payment: StripePayment; record: (tx: Tx, paymentId: number) => Promise<boolean> };
type Told = Exclude<StripeEvent['told'], { about: 'payment' | 'nothing' }>;

async function lookUp(stripe: Stripe, told: Told): Promise<Fact[]> {
  try {
    switch (told.about) {
      case 'refund': {
        const refund = await stripe.refunds.retrieve(told.refund, { expand: ['payment_intent', 'charge'] });
        return factOfRefund(refund);
      }
      case 'refunds': {
        const expand = ['data.payment_intent', 'data.charge'];
        const { data } = await stripe.refunds.list({ payment_intent: told.intent, limit: 100, expand });
        return data.flatMap(factOfRefund);
      }
      default: {
        const dispute = await stripe.disputes.retrieve(told.dispute, { expand: ['payment_intent'] });
        return [factOfDispute(dispute)];
      }
    }
  } catch (error) {
    const meaning = stripeMeaning(error);
    // It is another account's, or of test mode.
    if (meaning.kind === 'refused') return [];
    return raise(meaning);
  }
}

/** Older versions of the API call it a refund when money that was only held is given free: nothing was taken then. */
function factOfRefund(refund: Stripe.Refund): Fact[] {
  if (typeof refund.charge === 'object' && refund.charge?.captured === false) return [];
  const state = stateOfRefund(refund);
  const { reference } = state;
  const key = refund.metadata?.[METADATA.key] ?? null;
  const told = { reference, key, amountCents: refund.amount, status: state.state };
  const reason = state.state === 'failed' ? state.reason : 'Given back in Stripe’s dashboard';
  return [
    {
      payment: paymentOf(refund.payment_intent),
      record: (tx, paymentId) => recordOutsideRefund(tx, { paymentId, ...told, reason }),
    },
  ];
}

/** A warning is a bank that asks without taking money back yet (Stripe's documentation, "Dispute statuses"). */
const disputes: Readonly<Record<string, ToldDispute['status']>> = {
  won: 'won',
  warning_closed: 'won',
  prevented: 'won',
  lost: 'lost',
};

function factOfDispute(dispute: Stripe.Dispute): Fact {
  const { id: reference, amount: amountCents, reason } = dispute;
  const status = disputes[dispute.status] ?? 'open';
  return {
    payment: paymentOf(dispute.payment_intent),
    record: (tx, paymentId) => recordDispute(tx, { paymentId, reference, amountCents, reason, status }),
  };
}

function paymentOf(intent: string | Stripe.PaymentIntent | null): StripePayment {
  if (typeof intent !== 'object' || intent === null) return { intent, companyId: null, paymentId: null };
  return { intent: intent.id, ...namesIn(intent.metadata) };
}
