import type { SmsDocument } from './document.ts';

export type SmsTemplate = { id: string; name: string; description: string; document: SmsDocument };

/** What a new text can start from. Each is one or two parts for most customers. */
export const smsTemplates: readonly SmsTemplate[] = [
  template(
    'text-friendly-reminder',
    'Friendly text',
    'A short note when an invoice is a few days late.',
    'Hi {{ customer.first_name | default: "there" }}, {{ company.name }} here: invoice {{ invoice.number }} for {{ invoice.amount_due }} was due {{ invoice.due_date }}. Pay here: {{ links.pay_invoice }}',
  ),
  template(
    'text-overdue-notice',
    'Overdue text',
    'Says how late it is, and whom to call.',
    '{{ company.name }}: invoice {{ invoice.number }} for {{ invoice.amount_due }} is {{ invoice.days_overdue }} days overdue. Pay at {{ links.pay_invoice }} or call {{ company.phone }}.',
  ),
  template(
    'text-portal',
    'Customer Portal text',
    'Leads to all of a customer’s invoices, with the note on how to get in.',
    '{{ company.name }}: you have an unpaid invoice of {{ invoice.amount_due }}. See and pay it: {{ links.customer_portal }} New here? Tap "Request an invitation".',
  ),
];

function template(id: string, name: string, description: string, text: string): SmsTemplate {
  return { id, name, description, document: { version: 1, text } };
}
