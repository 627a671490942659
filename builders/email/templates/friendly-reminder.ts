import type { EmailTemplate } from './template.ts';

import { invoiceSummary, section, text } from '../blocks.ts';
import { documentOf } from '../document.ts';
import { GREETING, closing, heading, letterhead, payActions, signature } from './parts.ts';

export const friendlyReminder: EmailTemplate = {
  id: 'friendly-reminder',
  name: 'Friendly reminder',
  description: 'Shortly before or just after the due date. Light in tone, one button.',
  subject: 'Invoice {{ invoice.number }} from {{ company.name }}',
  preheader: '{{ invoice.amount_due }}, due {{ invoice.due_date }}. Paying online takes a minute.',
  document: documentOf([
    letterhead('#1E6B52'),
    section([
      heading('A quick reminder about your invoice'),
      text(
        `${GREETING}<br><br>Thank you for having us out for {{ invoice.summary | default: "your recent service" }}. ` +
          'Invoice {{ invoice.number }} is still open. If your payment is already on its way, no need to do anything.',
      ),
      invoiceSummary(),
      ...payActions(),
      text('Does something look wrong? Reply to this email and we will sort it out.'),
      signature(),
    ]),
    closing(),
  ]),
};
