import type { BlockNode, SectionNode } from '../document.ts';

import { button, footer, invitationNote, padding, section, text } from '../blocks.ts';

export const GREETING = 'Hi {{ customer.first_name | default: "there" }},';

const EVERGREEN = '#1E6B52';

/** The company's name above the letter, as on its paper. */
export function letterhead(rule: string): SectionNode {
  return section(
    [
      text('<strong>{{ company.name }}</strong>', {
        'font-size': '18px',
        'line-height': '24px',
        ...padding(24, 32, 20, 32),
      }),
    ],
    { 'border-top': `4px solid ${rule}` },
  );
}

/** The one thing to do, then the quiet way in for people who want to see the bill first. */
export function payActions(): BlockNode[] {
  return [
    button('Pay invoice', '{{ links.pay_invoice }}', EVERGREEN),
    text(
      'See the invoice and your past visits any time in the <a href="{{ links.customer_portal }}">Customer Portal</a>.',
      { 'font-size': '15px', ...padding(8, 32, 4, 32) },
    ),
    invitationNote(),
  ];
}

/** A heading that says what this is about before anything else is read. */
export function heading(content: string): BlockNode {
  return text(`<strong>${content}</strong>`, { 'font-size': '24px', 'line-height': '32px', ...padding(4, 32, 8, 32) });
}

export function signature(): BlockNode {
  return text('Thank you,<br>{{ company.name }}', {
    ...padding(16, 32, 32, 32),
  });
}

export function closing(): SectionNode {
  return section([footer()], { 'background-color': '#F4F2ED', ...padding(16, 0, 8, 0) });
}
