/** What providers and recipients told us of a message, in words. All pure; what is not known here is left out. */

import { reasonWords } from './reasons.ts';

type Details = Readonly<Record<string, unknown>>;

const providers: Record<string, string> = { sandbox: 'the sandbox', ses: 'Amazon SES', twilio: 'Twilio', lob: 'Lob' };

/** `Amazon SES`, `the sandbox`. */
export const providerWords = (name: string | null): string =>
  name === null ? 'the provider' : Object.hasOwn(providers, name) ? providers[name]! : name;

/** Subtypes of SES's bounces that say more than permanent or not. */
const bounceSubtypes: Record<string, string> = {
  NoEmail: 'The address is not one that mail can be sent to.',
  Suppressed: 'Amazon SES has kept this address from mail since an earlier bounce.',
  OnAccountSuppressionList: 'Your Amazon SES account keeps this address from mail.',
  UnsubscribedRecipient: 'Amazon SES knows that the recipient unsubscribed.',
  MailboxFull: 'The mailbox is full.',
  MessageTooLarge: 'The message is too large for this mailbox.',
  CustomTimeoutExceeded: 'The other mail server did not take it in time.',
  ContentRejected: 'The other mail server did not like its content.',
  AttachmentRejected: 'The other mail server did not like what is attached.',
};

/** Why a message came back: for good, for now, and what the other side said. */
export function bounceWords(details: Details): string {
  if (details.provider === 'twilio') return textBounceWords(details);
  if (details.provider === 'lob') {
    return ['Lob could not print it, so it never left. The address is not to blame.', saidWords(details, 'Lob said')]
      .filter(Boolean)
      .join(' ');
  }
  const subtype = textOf(details.subtype);
  const known = subtype !== null && Object.hasOwn(bounceSubtypes, subtype) ? bounceSubtypes[subtype]! : null;
  if (details.type === 'Reject')
    return 'The provider took it, then found that it may not be sent. The address is not to blame.';
  const kind =
    details.permanent === true
      ? 'The address does not take mail, so nothing more is sent to it.'
      : 'A passing trouble: the address may still be written to.';
  return [known, kind, saidWords(details)].filter(Boolean).join(' ');
}

/** Why a text did not arrive. */
function textBounceWords(details: Details): string {
  const code = textOf(details.code);
  const why = textOf(details.type);
  const kind =
    details.permanent === true ? 'Nothing more is sent to this number.' : 'The number may still be written to.';
  return [why && reasonWords(why).why, kind, code && `Twilio’s code: ${code}.`].filter(Boolean).join(' ');
}

const complaints: Record<string, string> = {
  abuse: 'As unwanted mail.',
  fraud: 'As fraud.',
  virus: 'As carrying a virus.',
  'auth-failure': 'Its sender could not be proven.',
};

/** What a report says (RFC 5965). */
export function complaintWords(details: Details): string {
  const type = textOf(details.type);
  const known = type !== null && Object.hasOwn(complaints, type) ? complaints[type]! : '';
  return `${known} Nothing more is sent to this address.`.trim();
}

/** What the other side said, in its own words. */
export function saidWords(details: Details, whoSaid = 'It said'): string {
  const said = textOf(details.diagnostic);
  return said === null ? '' : `${whoSaid}: “${said.slice(0, 300)}”`;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
