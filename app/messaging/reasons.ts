/** Why a message was not sent, or why nobody knows: the codes that stand in `messages.reason`, and their words (B-04). */
export const reasons = {
  no_email: { label: 'No email address', why: 'The customer has no email address on record.' },
  no_mobile: { label: 'No mobile number', why: 'The customer has no mobile number on record that texts can go to.' },
  no_address: { label: 'No postal address', why: 'The customer has no postal address on record that mail can go to.' },
  undeliverable: {
    label: 'Mail can’t reach it',
    why: 'The Postal Service does not deliver to the address on record.',
  },
  bad_address: { label: 'Address cannot be right', why: 'The address on record is not one that mail can be sent to.' },
  address_too_long: {
    label: 'Address too long',
    why: 'The two street lines of the address have more than 50 characters together, more than a postcard takes.',
  },
  unsubscribed: { label: 'Unsubscribed', why: 'The recipient unsubscribed from this kind of message.' },
  no_consent: {
    label: 'No consent on record',
    why: 'Nobody has written down that the customer agreed to texts of this kind.',
  },
  bounced: { label: 'Address bounced', why: 'An earlier message came back: the address does not take mail.' },
  complained: { label: 'Reported as spam', why: 'The recipient reported an earlier message as spam.' },
  do_not_contact: { label: 'Do not contact', why: 'The customer is marked as not to be contacted.' },
  do_not_remind: { label: 'Do not remind', why: 'The invoice is marked as not to be reminded of.' },
  disputed: { label: 'Disputed', why: 'The customer disputes the invoice.' },
  promised: { label: 'Promised to pay', why: 'The customer promised to pay by a day that has not passed.' },
  paid: { label: 'Paid', why: 'The invoice was paid before the message went out.' },
  payment_pending: {
    label: 'Payment on its way',
    why: 'A payment for all of the invoice was on its way when the message was due.',
  },
  void: { label: 'Void', why: 'The invoice was voided before the message went out.' },
  membership: {
    label: 'Bills a membership',
    why: 'Payment links of an invoice that bills a membership aren’t texted.',
  },
  canceled: { label: 'Canceled', why: 'The campaign was canceled before the message went out.' },
  too_often: {
    label: 'Written to often enough',
    why: 'The customer, or this invoice, has had as many messages lately as your sending rules allow.',
  },
  quiet_hours: {
    label: 'Waits for sending hours',
    why: 'It was outside of sending hours where the customer is. The message goes out when they begin.',
  },
  quiet_hours_apart: {
    label: 'Waits for sending hours',
    why: 'The customer’s address and phone number are in different time zones. The message waits for an hour that suits both.',
  },
  render: { label: 'Could not be written', why: 'The message could not be put together for this recipient.' },
  too_long: { label: 'Too long', why: 'With this customer’s values the message is longer than it can be.' },
  replied: { label: 'Answered', why: 'The customer answered an earlier text of this campaign, and answers end it.' },
  rejected: { label: 'Refused by the provider', why: 'The provider refused this message.' },
  bad_number: { label: 'Number cannot be right', why: 'The number is not in service, or not one that can be texted.' },
  country: { label: 'Country not allowed', why: 'The account at Twilio does not text numbers of this country.' },
  landline: { label: 'Takes no texts', why: 'The number is a landline, or one that texts can’t go to.' },
  unreachable: { label: 'Not reachable', why: 'The carrier could not reach the number.' },
  opted_out: {
    label: 'Stopped texts at the carrier',
    why: 'The customer answered STOP to your number before, and the carrier keeps to it.',
  },
  filtered: { label: 'Filtered by the carrier', why: 'The carrier took the text for spam and did not hand it on.' },
  expired: { label: 'Ran out of time', why: 'Sending hours ended before the carrier could hand the text on.' },
  gave_up: {
    label: 'Provider kept refusing',
    why: 'The mail provider took nothing for so long that sending was given up.',
  },
  interrupted: {
    label: 'Not known',
    why: 'Sending was cut off before the provider answered. It may have arrived, so it is not sent again.',
  },
  no_answer: {
    label: 'Not known',
    why: 'The provider did not answer. The message may have arrived, so it is not sent again.',
  },
} as const satisfies Record<string, { label: string; why: string }>;

export type ReasonCode = keyof typeof reasons;

/** The words for a code; codes of older or newer code are shown as they are. */
export function reasonWords(code: string): { label: string; why: string } {
  return Object.hasOwn(reasons, code) ? reasons[code as ReasonCode] : { label: code, why: code };
}
