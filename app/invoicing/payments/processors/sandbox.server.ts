import { createHash } from 'node:crypto';

import { withCompany, type Db, type Tx } from '#db/client.ts';

import { ProcessorUnsure } from '../processor-errors.ts';
import type { PaymentState, Processor } from '../processor.ts';
import { testAccounts } from './sandbox-accounts.ts';
import { insertOnce, readCharge, readMethodRow, stateOf, writeState, type Charge } from './sandbox-charges.server.ts';

/** So that a demonstration sees a bank payment arrive; a real one takes four to five business days. */
const ACH_SECONDS = 180;

const gone: PaymentState = { state: 'expired' };

/**
 * Stands in for a company's processor: answers as one would and moves no money. Its page, which plainly says so, stands on the company's
 * own portal host (sandbox-checkout.server.ts); there is no field on it, so no number can reach us.
 * @param options.achSeconds how long a bank payment takes
 * @param options.now the clock; tests set it
 */
export function sandboxProcessor(
  db: Db,
  companyId: number,
  options: { achSeconds?: number | undefined; now?: () => Date } = {},
): Processor {
  const { achSeconds = ACH_SECONDS, now = () => new Date() } = options;
  const within = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);

  /** Changes a charge under its lock. @returns what it is then */
  const change = (reference: string, next: (charge: Charge, state: PaymentState) => Partial<Charge> | null) =>
    within(async (tx) => {
      const row = await readCharge(tx, { reference }, true);
      if (!row) return gone;
      const changes = next(row.state, stateOf(row, now()));
      if (!changes) return stateOf(row, now());
      const state = { ...row.state, ...changes };
      await writeState(tx, reference, state);
      return stateOf({ ...row, state }, now());
    });

  return {
    name: 'sandbox',
    test: true,
    customer: ({ idempotencyKey }) => Promise.resolve({ reference: `sbxcustomer_${shortHash(idempotencyKey)}` }),

    openCheckout: (request) =>
      within(async (tx) => {
        const { returnUrl, cancelUrl } = request;
        const row = await insertOnce(tx, request.idempotencyKey, 'sbx', {
          ...begin(request, achSeconds),
          saveMethod: request.saveMethod,
          page: { returnUrl, cancelUrl },
        });
        return { checkout: row.reference, url: new URL(`/sandbox/${row.reference}`, returnUrl).href };
      }),

    closeCheckout: async (checkout) => {
      await change(checkout, (_, { state }) => (state === 'open' ? { stage: 'expired' } : null));
    },

    find: (payment) =>
      within(async (tx) => {
        if ('idempotencyKey' in payment) {
          const charged = await readCharge(tx, { key: payment.idempotencyKey });
          return charged ? stateOf(charged, now()) : gone;
        }
        const row = await readCharge(tx, { reference: 'reference' in payment ? payment.reference : payment.checkout });
        if (!row && 'reference' in payment) throw new ProcessorUnsure('The sandbox has no such payment.');
        return row ? stateOf(row, now()) : gone;
      }),

    capture: (reference, { amountCents }) =>
      change(reference, (charge, { state }) =>
        state === 'authorized' && amountCents > 0 && amountCents <= charge.amountCents
          ? { stage: 'succeeded', capturedCents: amountCents }
          : null,
      ),

    release: (reference) =>
      change(reference, (_, { state }) =>
        state === 'authorized' || state === 'processing' ? { stage: 'expired' } : null,
      ),

    chargeSaved: (request) =>
      within(async (tx) => {
        const method = await readMethodRow(tx, request.methodReference);
        const account = testAccounts.find((one) => one.id === method?.account && one.kind === request.method);
        const usable = method && account && !method.forgotten && method.customerReference === request.customerReference;
        const charge = begin(request, achSeconds);
        const fate = usable ? account.saved : ({ kind: 'declined', reason: 'declined' } as const);
        const outcome: Partial<Charge> =
          fate.kind === 'accepted'
            ? { stage: 'succeeded', capturedCents: request.amountCents }
            : fate.kind === 'processing'
              ? { stage: 'processing', endsAt: new Date(now().getTime() + achSeconds * 1000).toISOString() }
              : { stage: 'failed', declined: fate.kind === 'declined' ? fate.reason : 'authentication_failed' };
        const row = await insertOnce(tx, request.idempotencyKey, 'sbx', {
          ...charge,
          account: account?.id ?? testAccounts.find((one) => one.kind === request.method)!.id,
          ...outcome,
        });
        const needsPayer = row.state.declined === 'authentication_failed';
        return needsPayer ? { state: 'needs_payer' } : stateOf(row, now());
      }),

    refund: ({ idempotencyKey, reference, amountCents }) =>
      within(async (tx) => {
        const row = await readCharge(tx, { reference }, true);
        const known = row?.state.refunds.find((one) => one.key === idempotencyKey);
        if (known) return { state: 'succeeded', reference: known.reference };
        const state = row ? stateOf(row, now()) : gone;
        const given = row?.state.refunds.reduce((sum, one) => sum + one.amountCents, 0) ?? 0;
        const refund = {
          key: idempotencyKey,
          reference: `${reference}.${(row?.state.refunds.length ?? 0) + 1}`,
          amountCents,
        };
        if (!row || state.state !== 'succeeded' || given + amountCents > state.amountCents) {
          return { state: 'failed', reason: 'More than was taken', reference: refund.reference };
        }
        await writeState(tx, reference, { ...row.state, refunds: [...row.state.refunds, refund] });
        return { state: 'succeeded', reference: refund.reference };
      }),

    findRefund: (refund) =>
      within(async (tx) => {
        if ('payment' in refund) {
          const charged = await readCharge(tx, { reference: refund.payment });
          const made = charged?.state.refunds.find((one) => one.key === refund.idempotencyKey);
          return made ? { state: 'succeeded', reference: made.reference } : { state: 'never' };
        }
        const { reference } = refund;
        const row = await readCharge(tx, { reference: reference.replace(/\.\d+$/, '') });
        const known = row?.state.refunds.some((one) => one.reference === reference);
        return known
          ? { state: 'succeeded', reference }
          : { state: 'failed', reason: 'The sandbox has no such refund', reference };
      }),

    forget: (methodReference) =>
      within(async (tx) => {
        const method = await readMethodRow(tx, methodReference);
        if (method) await writeState(tx, methodReference, { ...method, forgotten: true });
      }),
  };
}

/** A charge of which nothing has become yet. */
const begin = (
  request: Pick<Charge, 'amountCents' | 'currency' | 'method' | 'description' | 'customerReference'>,
  achSeconds: number,
): Charge => ({
  what: 'charge',
  amountCents: request.amountCents,
  currency: request.currency,
  method: request.method,
  description: request.description,
  customerReference: request.customerReference,
  saveMethod: false,
  page: null,
  stage: 'open',
  account: null,
  declined: null,
  capturedCents: 0,
  achSeconds,
  endsAt: null,
  methodReference: null,
  refunds: [],
});

const shortHash = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 24);
