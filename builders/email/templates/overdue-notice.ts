import type { EmailTemplate } from './template.ts';

import { invoiceSummary, section, text } from '../blocks.ts';
import { documentOf } from '../document.ts';
import { GREETING, closing, heading, letterhead, payActions, signature } from './parts.ts';

export const overdueNotice: EmailTemplate = {
  id: 'overdue-notice',
  name: 'Overdue notice',
  description: 'About 30 days past due. Firm and clear, asks for payment this week.',
  subject: 'Overdue: invoice {{ invoice.number }}, {{ invoice.amount_due }}',
  preheader: 'It was due {{ invoice.due_date }}. Please pay this week or tell us what is in the way.',
  document: documentOf([
    letterhead('#9A6700'),
    section([
      heading('Your invoice is past due'),
      text(
        `${GREETING}<br><br>We have not received your payment for {{ invoice.summary | default: "your recent service" }}. ` +
          'Please pay <strong>{{ invoice.amount_due }}</strong> this week to bring your account up to date.',
      ),
      invoiceSummary(),
      ...payActions(),
      text(
        'If you need more time or do not agree with a charge, reply to this email or call us. We would rather talk than ' +
          'send another notice.',
      ),
      signature(),
    ]),
    closing(),
  ]),
};
