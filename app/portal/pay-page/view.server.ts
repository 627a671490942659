import { LEAST_CENTS } from '#app/invoicing/payments/amount.ts';
import { readOnlineSettings, type OnlineSettings } from '#app/invoicing/payments/online-settings.server.ts';
import {
  listRecentCharges,
  readAccountToPay,
  readInvoiceToPay,
  type AccountToPay,
  type InvoiceToPay,
  type RecentCharge,
} from '#app/invoicing/payments/pay-page.server.ts';
import type { PayTarget } from '#app/invoicing/payments/pay-tokens.server.ts';
import type { PayMethod, Processor } from '#app/invoicing/payments/processor.ts';
import { TIP_PERCENTS, tipCents } from '#app/invoicing/payments/tips.ts';
import { dateIn } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';

import type { PayChoices } from './form.ts';
import { endingOf, maskEmail } from './mask.ts';

/** What a payment page shows: all that leaves the house, and no more. */
export type PayView = {
  /** Null on a customer's own link. */
  invoice: { number: string; summary: string; issuedOn: string } | null;
  /** Empty on an invoice's link. */
  firstName: string;
  currency: string;
  /**
   * `pay`: something can be paid now. `pending`: all of it is on its way. `small`: below what
   * can be paid online. `clear` and `credit`: the customer owes nothing (S4-05, S4-06).
   */
  state: 'pay' | 'paid' | 'void' | 'pending' | 'small' | 'clear' | 'credit';
  /** After credits; negative for a credit. */
  balanceCents: number;
  pendingCents: number;
  dueCents: number;
  totalCents: number;
  paidCents: number;
  /** The company's calendar day. */
  paidOn: string | null;
  /** Where something is owed on a customer's own link (S4-08). */
  charges: RecentCharge[] | null;
  form: PayFormView;
};

export type PayFormView = {
  /** False with no processor: the form shows, and cannot complete (S4-13). */
  connected: boolean;
  /** No money is moved. */
  test: boolean;
  methods: PayMethod[];
  partial: boolean;
  /** What each tip comes to; empty where none is offered. */
  tips: { percent: number; cents: number }[];
  /** Masked, or empty where it is there but not to be shown; null where there is none. */
  emailOnFile: string | null;
  /** The last digits of the number on file. */
  mobileEnding: string | null;
};

export type PayPage = {
  view: PayView;
  choices: PayChoices;
  customerId: number;
  customerName: string;
};

type Found = { settings: OnlineSettings; charges: RecentCharge[] } & (
  | { invoice: InvoiceToPay; account?: undefined }
  | { account: AccountToPay; invoice?: undefined }
);

/** Reads what a payment address names; null when nothing is at it. */
export async function findPayPage(tx: Tx, target: PayTarget): Promise<Found | null> {
  if (target.kind === 'invoice') {
    const [settings, invoice] = await Promise.all([readOnlineSettings(tx), readInvoiceToPay(tx, target.id)]);
    return invoice && { settings, charges: [], invoice };
  }
  if (target.kind !== 'customer') return null;
  const [settings, account, charges] = await Promise.all([
    readOnlineSettings(tx),
    readAccountToPay(tx, target.id, target.version),
    listRecentCharges(tx, target.id),
  ]);
  return account && { settings, charges, account };
}

/** Puts together what is shown and what can be chosen. @param processor null when none is connected */
export function payPageOf(found: Found, processor: Processor | null, timeZone: string): PayPage {
  const { settings, charges, invoice, account } = found;
  const { customerId, customerName, email, currency, balanceCents, pendingCents, dueCents } = invoice ?? account;
  const mobile = account?.mobile ?? null;
  const methods = (['card', 'ach'] as const).filter((method) => settings[method === 'card' ? 'cards' : 'ach']);
  const state = invoice ? stateOfInvoice(invoice) : stateOfAccount(account);
  const partial = settings.partialPayments && dueCents > LEAST_CENTS;
  return {
    customerId,
    customerName,
    choices: { dueCents, currency, partial, account: !invoice, methods, email, mobile },
    view: {
      invoice: invoice ? { number: invoice.number, summary: invoice.summary, issuedOn: invoice.issuedOn } : null,
      firstName: account?.firstName ?? '',
      currency,
      state,
      balanceCents,
      pendingCents: Math.max(pendingCents, 0),
      dueCents,
      totalCents: invoice?.totalCents ?? 0,
      paidCents: invoice?.paidCents ?? 0,
      paidOn: invoice?.paidAt ? dateIn(timeZone, invoice.paidAt) : null,
      charges: account && balanceCents > 0 ? charges : null,
      form: {
        connected: processor !== null && methods.length > 0,
        test: processor?.test ?? false,
        // With none the form shows what there would be.
        methods: methods.length > 0 ? methods : ['card', 'ach'],
        partial,
        tips: account ? TIP_PERCENTS.map((percent) => ({ percent, cents: tipCents(dueCents, percent) })) : [],
        emailOnFile: email && (account ? maskEmail(email) : ''),
        mobileEnding: mobile && endingOf(mobile),
      },
    },
  };
}

function stateOfInvoice({ status, balanceCents, dueCents }: InvoiceToPay): PayView['state'] {
  if (status === 'void') return 'void';
  if (balanceCents <= 0) return 'paid';
  if (dueCents === 0) return 'pending';
  return dueCents < LEAST_CENTS ? 'small' : 'pay';
}

function stateOfAccount({ balanceCents, dueCents }: AccountToPay): PayView['state'] {
  if (balanceCents === 0) return 'clear';
  if (balanceCents < 0) return 'credit';
  if (dueCents === 0) return 'pending';
  return dueCents < LEAST_CENTS ? 'small' : 'pay';
}
