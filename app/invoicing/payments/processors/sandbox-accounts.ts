import type { DeclineReason, MethodShown, PayMethod } from '../processor.ts';

/** What comes of an account when it is chosen on the sandbox's page. */
export type Fate =
  | { kind: 'accepted' }
  /** Its bank asks the owner first (3-D Secure). */
  | { kind: 'confirm' }
  | { kind: 'declined'; reason: DeclineReason }
  /** A bank payment on its way: some time later it succeeds, or fails. */
  | { kind: 'processing'; fails: DeclineReason | null };

/** The same when it is charged later, as a saved method, with nobody there to be asked. */
export type SavedFate = Exclude<Fate, { kind: 'confirm' }> | { kind: 'needs_payer' };

export type TestAccount = {
  /** What the page sends. */
  id: string;
  kind: PayMethod;
  /** As Stripe's documentation lists it for tests: nobody's card, nobody's account. */
  number: string;
  brand: string;
  fate: Fate;
  saved: SavedFate;
};

const card = (id: string, number: string, fate: Fate, saved?: SavedFate): TestAccount => ({
  id,
  kind: 'card',
  number,
  brand: 'Visa',
  fate,
  saved: saved ?? (fate.kind === 'confirm' ? { kind: 'needs_payer' } : fate),
});

const bank = (id: string, number: string, fate: Exclude<Fate, { kind: 'confirm' }>): TestAccount => ({
  id,
  kind: 'ach',
  number,
  brand: 'Test Bank',
  fate,
  saved: fate,
});

/** Every card and bank account that the sandbox has. Others can't be entered: it takes no numbers at all. */
export const testAccounts: readonly TestAccount[] = [
  card('good', '4242 4242 4242 4242', { kind: 'accepted' }),
  card('confirm', '4000 0025 0000 3155', { kind: 'confirm' }),
  card('declined', '4000 0000 0000 0002', { kind: 'declined', reason: 'declined' }),
  card('too-little', '4000 0000 0000 9995', { kind: 'declined', reason: 'insufficient_funds' }),
  card('expired', '4000 0000 0000 0069', { kind: 'declined', reason: 'expired_card' }),
  card('later', '4000 0000 0000 0341', { kind: 'accepted' }, { kind: 'declined', reason: 'declined' }),
  bank('bank-good', '000123456789', { kind: 'processing', fails: null }),
  bank('bank-fails', '000222222227', { kind: 'processing', fails: 'insufficient_funds' }),
  bank('bank-closed', '000111111113', { kind: 'declined', reason: 'account_closed' }),
];

export const accountOf = (id: string, kind: PayMethod): TestAccount | undefined =>
  testAccounts.find((one) => one.id === id && one.kind === kind);

/** What is shown and kept of an account. @param methodReference set when its owner asked to keep it */
export const shownOf = (account: TestAccount, methodReference: string | null): MethodShown => ({
  kind: account.kind,
  brand: account.brand,
  last4: account.number.replaceAll(' ', '').slice(-4),
  expiry: account.kind === 'card' ? { month: 12, year: 2034 } : null,
  saved: methodReference === null ? null : { methodReference },
});
