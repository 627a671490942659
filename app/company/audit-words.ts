/** How the audit log reads to people. All pure; what is not known here is shown as it was written. */

const actions: Record<string, string> = {
  'staff.add': 'Added a person',
  'staff.remove': 'Removed a person',
  'staff.change_role': 'Changed a role',
  'staff.sms_link': 'Changed who may text payment links',
  'staff.accept': 'Accepted an invitation',
  'staff.invite_again': 'Sent an invitation again',
  'customer.create': 'Added a customer',
  'customer.update': 'Changed a customer',
  'customer.stop_contact': 'Set “do not contact”',
  'customer.allow_contact': 'Lifted “do not contact”',
  'consent.stop': 'Took an address out of mail',
  'consent.lift': 'Let mail go to an address again',
  'contact.add': 'Added a contact',
  'contact.update': 'Changed a contact',
  'contact.delete': 'Deleted a contact',
  'location.add': 'Added a location',
  'location.update': 'Changed a location',
  'location.delete': 'Deleted a location',
  'location.keep': 'Kept an address as it was entered',
  'invoice.do_not_remind': 'Changed “do not remind”',
  'invoice.disputed': 'Changed “disputed”',
  'invoice.promised': 'Changed the promised day',
  'invoice.text': 'Texted a payment link',
  'invoice.create': 'Made an invoice',
  'invoice.edit': 'Changed an invoice',
  'invoice.issue': 'Issued an invoice',
  'invoice.delete': 'Deleted a draft invoice',
  'invoice.email': 'Emailed an invoice',
  'invoice_email.update': 'Changed the invoice email',
  'statement.email': 'Emailed a statement',
  'invoice.credit': 'Credited an invoice',
  'invoice.write_off': 'Wrote off an invoice',
  'invoice.void': 'Voided an invoice',
  'payment.record': 'Recorded a payment',
  'payment.undo': 'Undid a recorded payment',
  'payment.by_customer': 'Was paid by the customer',
  'account.credit': 'Credited an account',
  'credit.use': 'Used account credit',
  'credit.take_back': 'Took back account credit',
  'company.update': 'Changed the company profile',
  'sending.update': 'Changed the email provider',
  'texts.update': 'Changed how texts go out',
  'texts.test': 'Sent a test text',
  'postcards.update': 'Changed how postcards go out',
  'postcards.check': 'Checked the key for postcards',
  'payment_account.update': 'Changed the payment account',
  'payment_account.check': 'Checked the payment account',
  'online_payments.update': 'Changed online payments',
  'rules.update': 'Changed the sending rules',
  'sending.test': 'Sent a test email',
  'sending.try': 'Tried again to send at once',
  'sending.run': 'Ran a failed job again',
  'payment_link.generate': 'Generated a payment link',
  'payment_link.replace': 'Replaced a payment link',
  'portal.invite': 'Invited to the portal',
  'subdomain.update': 'Changed the subdomain of short links',
};

/** `Changed a role` of `staff.change_role`. */
export function actionWords(action: string): string {
  const known = actions[action];
  if (known) return known;
  const [noun = '', verb = ''] = action.split('.');
  return `${capital(plain(noun))}: ${plain(verb)}`;
}

const subjects: Record<string, string> = {
  staff: 'Person',
  sending: 'Email provider',
  texts: 'Text provider',
  rules: 'Sending rules',
  subdomain: 'Subdomain',
};

/** `Invoice 12`; without a number the kind alone. */
export function subjectWords(type: string, id: number | null): string {
  const name = subjects[type] ?? capital(plain(type));
  return id === null ? name : `${name} ${id}`;
}

/** Where the record stands, or null. */
export function subjectLink(type: string, id: number | null): string | null {
  const places: Record<string, string> = {
    customer: '/customers/',
    invoice: '/invoices/',
    payment: '/payments/',
    campaign: '/campaigns/',
    import: '/imports/',
  };
  return places[type] && id !== null ? `${places[type]}${id}` : null;
}

/** `email: ann@company.com, role: office`, at most 200 signs. */
export function detailWords(details: Record<string, unknown>): string {
  const text = Object.entries(details)
    .filter(([key]) => key !== 'formKey')
    .map(
      ([key, value]) => `${plain(key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))}: ${shown(value)}`,
    )
    .join(', ');
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

const plain = (name: string) => name.replaceAll('_', ' ');
const capital = (text: string) => (text ? text[0]!.toUpperCase() + text.slice(1) : text);

function shown(value: unknown): string {
  if (value === null || value === '') return 'none';
  if (value === true) return 'on';
  if (value === false) return 'off';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
