import { createHash } from 'node:crypto';

import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node';

import { takeAttempt, visitorOf } from '#app/company/rate-limit.server.ts';
import { agreeToReminders } from '#app/consent/agree.server.ts';
import { findPaymentByKey } from '#app/invoicing/payments/pay-page.server.ts';
import { EXAMPLE_TOKEN, payToken, readPayToken, type PayTarget } from '#app/invoicing/payments/pay-tokens.server.ts';
import type { PayRefusal, StartPayment } from '#app/invoicing/payments/paying.ts';
import { startPayment } from '#app/invoicing/payments/start.server.ts';
import { portalOrigin } from '#app/messaging/addresses.ts';
import { readPortal, type Portal } from '#app/portal/brand.server.ts';
import { frameBrand } from '#app/portal/frame.ts';
import { payFields, readPayForm, type PayErrors, type ReadPay, type TypedPay } from '#app/portal/pay-page/form.ts';
import { findPayPage, payPageOf, type PayPage } from '#app/portal/pay-page/view.server.ts';
import { payPageWords as words } from '#app/portal/pay-page/words.en.ts';
import { words as portalWords } from '#app/portal/words.en.ts';
import { formatMoney } from '#app/ui/format.ts';
import { withCompany } from '#db/client.ts';

import { payDeps } from './payments.server.ts';
import { minutesOf } from './portal.server.ts';

type Args = LoaderFunctionArgs | ActionFunctionArgs;

/** Cards are tried out in numbers on pages like this; a household pays a few times. */
const TRIES = { seconds: 3600, token: 20, visitor: 60 };

export type OpenPayPage = PayPage & { portal: Portal; target: PayTarget; token: string };

/**
 * The payment page behind a token, on its own company's host. GET changes nothing: mail scanners follow links.
 * @throws 404 for what was never made here, was replaced, or belongs to another company, all alike; and while the portal is off
 */
export async function openPayPage(args: Args): Promise<OpenPayPage | 'example'> {
  const { context } = args;
  const token = args.params.token ?? '';
  const target = targetOf(args);
  const { portal, found } = await inPortal(args, async (tx) => target && findPayPage(tx, target));
  if (token === EXAMPLE_TOKEN) return 'example';
  if (!target || !found) throw payNotFound(portal);
  const page = payPageOf(found, await context.processorOf(target.companyId), portal.brand.timeZone);
  return { ...page, portal, target, token };
}

/** What the token in the address names, of the company whose host this is. */
export function targetOf({ params, context }: Args, name: 'token' | 'payment' = 'token'): PayTarget | null {
  const target = readPayToken(context.secret, params[name] ?? '');
  return target && target.companyId === context.hostCompanyId ? target : null;
}

/** Reads something beside the portal itself. @throws 404 while the portal is off */
export async function inPortal<T>({ context }: Args, read: (tx: Parameters<typeof readPortal>[0]) => Promise<T>) {
  if (context.hostCompanyId === null) throw payNotFound(null);
  const [portal, found] = await withCompany(context.db, context.hostCompanyId, (tx) =>
    Promise.all([readPortal(tx), read(tx)]),
  );
  if (!portal.enabled) throw data({ closed: true, brand: frameBrand(portal) }, { status: 404 });
  return { portal, found };
}

/** The same page for whatever is not there: nobody learns what a token was. */
export const payNotFound = (portal: Portal | null) =>
  data({ closed: false, brand: portal && frameBrand(portal) }, { status: 404 });

export type Posted = { location: string } | { status: number; typed: TypedPay; errors: PayErrors };

/**
 * Takes the form: to the processor's page, to the payment that this form made before, or back to the form with what is wrong.
 * A yes to reminders is kept before anything is paid, and whether or not the payment succeeds: it is an act of its own.
 */
export async function postPayForm(args: ActionFunctionArgs, page: OpenPayPage, typed: TypedPay): Promise<Posted> {
  const { context } = args;
  const { companyId } = page.target;
  const back = (status: number, errors: PayErrors): Posted => ({ status, typed, errors });
  const idempotencyKey = keyOf(page.token, typed);
  const tx = <T>(work: Parameters<typeof withCompany<T>>[2]) => withCompany(context.db, companyId, work);
  const before = await tx((t) => findPaymentByKey(t, page.customerId, idempotencyKey));
  if (before && before.status !== 'open') return { location: donePath(context.secret, page, before.id) };
  const { state } = page.view;
  if (state !== 'pay') return back(409, { form: state === 'small' ? words.refused.too_little : words.refused.settled });
  const read = readPayForm(typed, page.choices);
  if (!read.ok) return back(400, read.errors);

  const limits = [
    { key: ['pay page', page.token], limit: TRIES.token, seconds: TRIES.seconds },
    {
      key: ['pay page visitor', String(companyId), visitorOf(context.ip)],
      limit: TRIES.visitor,
      seconds: TRIES.seconds,
    },
  ];
  const allowance = await takeAttempt(context.db, limits);
  if (!allowance.ok) return back(429, { form: portalWords.tooMany(minutesOf(allowance.retryAfterSeconds)) });

  const { pay } = read;
  const payer = `${page.customerName} (${page.target.kind === 'invoice' ? 'invoice link' : 'payment link'})`;
  if (pay.textsTo !== null) {
    const yes = { number: pay.textsTo, customerId: page.customerId, company: page.portal.brand.name, actor: payer };
    const kept = await tx((t) => agreeToReminders(t, yes));
    if (kept === 'out') return back(400, { mobile: words.numberOut });
  }
  const result = await startPayment(payDeps(context), { ...request(args, page, pay), payer, idempotencyKey });
  if (!result.ok) return back(...refusal(result, page));
  if (result.kind === 'checkout') return { location: result.url };
  return { location: donePath(context.secret, page, result.paymentId) };
}

function request({ context }: ActionFunctionArgs, page: OpenPayPage, pay: ReadPay) {
  const origin = portalOrigin(context.addresses, page.portal.host ?? '');
  const amountCents = pay.partCents ?? pay.shownCents;
  return {
    companyId: page.target.companyId,
    customerId: page.customerId,
    source: page.target.kind === 'invoice' ? 'invoice_link' : 'customer_link',
    pays:
      page.target.kind === 'invoice'
        ? { invoices: [{ invoiceId: page.target.id, amountCents }] }
        : { customer: true, partCents: pay.partCents },
    expectedCents: amountCents,
    tipCents: pay.tipCents,
    method: pay.method,
    savedMethodId: null,
    saveMethod: pay.saveMethod,
    receiptTo: pay.receiptTo,
    returnUrl: (paymentId) => origin + donePath(context.secret, page, paymentId),
    cancelUrl: `${origin}/pay/${page.token}`,
  } satisfies Partial<StartPayment>;
}

/** Where a payer comes back to, who has no session: the payment's token is the key to it. */
function donePath(secret: string, { token, target }: OpenPayPage, paymentId: number): string {
  const payment = payToken(secret, { companyId: target.companyId, kind: 'payment', id: paymentId, version: 1 });
  return `/pay/${token}/done/${payment}`;
}

/**
 * The same form sent twice makes one payment. One that was sent, changed with the browser's back button and sent again makes
 * another, since it asks for another amount, tip or receipt.
 */
const keyOf = (token: string, typed: TypedPay): string =>
  createHash('sha256')
    .update(JSON.stringify([token, ...payFields.map((field) => typed[field])]))
    .digest('base64url');

const statuses: Partial<Record<PayRefusal['reason'], number>> = {
  declined: 402,
  too_much: 400,
  too_little: 400,
  no_partial: 400,
  method_off: 400,
  unsure: 503,
  unavailable: 503,
  not_connected: 503,
};

/** What kept a payment from beginning, in words, at its field. */
function refusal(refused: PayRefusal, { choices: { currency } }: OpenPayPage): [number, PayErrors] {
  const status = statuses[refused.reason] ?? 409;
  switch (refused.reason) {
    case 'changed':
      return [status, { form: words.changed(formatMoney(refused.owedCents, currency)) }];
    case 'too_much':
      return [status, { amount: words.mostAmount(formatMoney(refused.mostCents, currency)) }];
    case 'declined':
      return [status, { form: words.declined[refused.declined] }];
    case 'no_partial':
    case 'too_little':
      return [status, { amount: words.refused[refused.reason] }];
    case 'method_off':
      return [status, { method: words.refused.method_off }];
    default:
      return [status, { form: words.refused[refused.reason] }];
  }
}
