import { reasonWords } from '#app/messaging/reasons.ts';

/** What an office can do about a reason; the reasons without an entry need nothing done. */
const remedies: Record<string, string> = {
  no_email: 'Add an email address to the customer.',
  no_mobile: 'Add a mobile number to the customer.',
  no_address: 'Add the address to the customer, with street, city and ZIP.',
  undeliverable: 'Correct the address: see Addresses to check.',
  no_consent: 'Ask the customer, and write their yes down under Consent.',
  bad_address: 'Correct the address on the customer.',
  bounced: 'Ask the customer for another address.',
  complained: 'Reach them another way. Writing again would harm your deliverability.',
  unsubscribed: 'Reach them another way, such as a call.',
  do_not_contact: 'The mark can be taken off on the customer.',
  do_not_remind: 'The mark can be taken off on the invoice.',
  disputed: 'Settle the dispute first.',
  promised: 'They come back into the audience when the day has passed.',
  too_often: 'A later campaign reaches them. How often is often enough stands in Settings, Sending rules.',
  render: 'Check the merge tags of the email against this customer.',
  rejected: 'Check the address and your sender settings.',
  gave_up: 'Check your email provider, then send a new campaign to them.',
  interrupted: 'Look at the Outbox or your provider to see whether it went out.',
  bad_number: 'Correct the number on the customer.',
  landline: 'Ask the customer for a mobile number.',
  opted_out: 'Reach them another way. They can text START to your number.',
  country: 'Turn the country on in Twilio’s console, under Geo permissions.',
  no_answer: 'Look at the Outbox or your provider to see whether it went out.',
};

export type ReasonWords = {
  /** Two or three words for a line or a filter. */
  label: string;
  /** What happened. */
  why: string;
  /** What to do about it, or null when there is nothing to do. */
  todo: string | null;
};

/** A reason in words (B-04): what happened and what to do. A code we do not know is shown as it is. */
export function explainReason(code: string): ReasonWords {
  const { label, why } = reasonWords(code);
  return { label, why, todo: Object.hasOwn(remedies, code) ? remedies[code]! : null };
}
