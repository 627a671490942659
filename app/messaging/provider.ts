import type { Card } from '#builders/postcard/card.ts';

import type { AddressCheck, PostalAddress } from './postal-address.ts';
import type { ReasonCode } from './reasons.ts';

/**
 * The port to whatever carries a message. Glossary:
 * - outcome: what we know after a call. A provider *returns* what is permanent and *throws* `Retryable` only when it is
 *   certain that nothing was accepted. Anything else that throws leaves the message `unknown`: it is never sent again.
 * - token: our own name for the message, carried along so that the provider's events find it.
 */
export type Outcome =
  /** `costCents` where the provider tells what it takes for it. */
  | { kind: 'sent'; providerId: string; costCents?: number }
  /** `suppress` says why nothing should go to that address any more. */
  | { kind: 'failed'; reason: ReasonCode; suppress?: 'bounced' | 'unsubscribed' }
  | { kind: 'unknown'; reason: string };

/**
 * Why nothing was taken. `throttled`: too much at a time, so the account's rate falls; `quota`: the day's number is used up, so
 * the account waits; `unavailable`: it can't be reached or can't serve just now; `hours`: it was not asked, since sending hours
 * are all but over.
 */
export type RetryWhy = 'throttled' | 'quota' | 'unavailable' | 'hours';

/** Thrown when the provider certainly took nothing, so that a later attempt can't send twice. */
export class Retryable extends Error {
  override name = 'Retryable';
  readonly retryAfterSeconds: number;
  readonly why: RetryWhy;
  constructor(message: string, retryAfterSeconds = 30, why: RetryWhy = 'unavailable') {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
    this.why = why;
  }
}

export type EmailMessage = {
  /** For our own records; providers send `token` on. */
  messageId: number;
  token: string;
  from: string;
  to: string;
  subject: string;
  /** The whole RFC 5322 message. */
  mime: string;
};

export type TextMessage = {
  messageId: number;
  token: string;
  /** E.164. */
  to: string;
  /** As it goes out, links shortened and the way out named. */
  body: string;
  /** How many parts it goes out in. */
  parts: number;
  /** For so many seconds the provider may try to hand it on: what is left of sending hours. Null: as long as it likes. */
  validForSeconds: number | null;
};

/** The two sides of a postcard as PDF, each one page with its bleed. */
export type PrintedCard = { front: Buffer; back: Buffer };

export type MailMessage = {
  messageId: number;
  token: string;
  /** What the provider knows this very card by: once it was taken back, the next one has another. */
  key: string;
  /** Whom it goes to; `name` is the line above the street. */
  to: PostalAddress & { name: string };
  card: Card;
  /** Paints the card: costs milliseconds, so only whoever prints asks for it. */
  print: () => Promise<PrintedCard>;
  /** Printed no sooner than this day, `YYYY-MM-DD`; null is as soon as may be. */
  sendDate: string | null;
  useType: 'marketing' | 'operational';
};

/** A provider as people know it. */
export const providerNames = { sandbox: 'The sandbox', ses: 'Amazon SES', twilio: 'Twilio', lob: 'Lob' } as const;

/** What carries messages of one channel for one company. */
export type Provider<Message extends { messageId: number; token: string }> = {
  name: keyof typeof providerNames;
  /** Names the account whose rate and breaker all workers share; null where there is nothing to share. */
  account: string | null;
  /** Messages a second that may be handed over. */
  rate(): Promise<number>;
  send(message: Message): Promise<Outcome>;
  /** What it is given twice within a day it takes once: what a run was cut off with may be handed over again. */
  repeatable?: boolean;
  /**
   * Looks up which messages the provider has taken, where it can be asked (SES can't). @returns its own ids by ours; a
   * message that is not among them may have been taken all the same
   */
  find?(messages: readonly { messageId: number; token: string }[]): Promise<ReadonlyMap<number, string>>;
};

export type EmailProvider = Provider<EmailMessage>;
export type TextProvider = Provider<TextMessage>;

/** Carries postcards. What it is given twice under one key it takes once, within a day. */
export type MailProvider = Provider<MailMessage> & {
  /**
   * Takes a card back that was accepted but is not in print yet.
   * @param providerId its own id of the card
   * @throws Retryable when nobody can tell
   */
  cancel(providerId: string): Promise<'canceled' | 'too_late'>;
  /**
   * Looks an address up in the Postal Service's list.
   * @throws Retryable when it can't be asked just now, Blocked when it can't until somebody acts
   */
  verify(address: PostalAddress): Promise<AddressCheck>;
};

/**
 * Thrown when the provider certainly took nothing and will take nothing else either until somebody acts: wrong keys, an
 * unverified domain, a suspended account. Sending pauses with this reason; nothing is lost.
 */
export class Blocked extends Error {
  override name = 'Blocked';
}
