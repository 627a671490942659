import type { EmailTemplate } from './template.ts';

import { invoiceSummary, section, text } from '../blocks.ts';
import { documentOf } from '../document.ts';
import { GREETING, closing, heading, letterhead, payActions, signature } from './parts.ts';

export const finalNotice: EmailTemplate = {
  id: 'final-notice',
  name: 'Final notice',
  description: 'Past 60 days, after other reminders. Serious, names the amount, offers to talk.',
  subject: 'Final notice: invoice {{ invoice.number }} was due {{ invoice.due_date }}',
  preheader: '{{ invoice.amount_due }} is still open. Please pay now or call us.',
  document: documentOf([
    letterhead('#A6372B'),
    section([
      heading('Final notice for invoice {{ invoice.number }}'),
      text(
        `${GREETING}<br><br>This invoice was due on {{ invoice.due_date }} and is still ` +
          'unpaid. Our earlier reminders have gone unanswered, so this is the last one we send before our office ' +
          'follows up with you in person.',
      ),
      invoiceSummary(),
      text('Please pay <strong>{{ invoice.amount_due }}</strong> in full now.'),
      ...payActions(),
      text(
        'If you cannot pay the full amount today, call us at <strong>{{ company.phone | default: "our office" }}</strong> ' +
          'and we will agree on a plan.',
      ),
      signature(),
    ]),
    closing(),
  ]),
};
