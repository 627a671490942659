import { expect, test } from 'vitest';

import { checkInvoiceEmail, INVOICE_EMAIL, inGrammar, namesOf } from './invoice-email.ts';

const check = (body: string, subject = 'Invoice') => checkInvoiceEmail({ subject, body });

test('S2-15: {CustomerPortalLink} is understood as the seeds spell it, beside the tags of the builders', () => {
  expect(checkInvoiceEmail(INVOICE_EMAIL)).toEqual({});
  expect(inGrammar('See {CustomerPortalLink}.')).toBe('See {{ links.customer_portal }}.');
  expect(inGrammar('{{CustomerPortalLink}}')).toBe('{{CustomerPortalLink}}');
  expect(namesOf('{CustomerPortalLink} {{ invoice.number }}')).toEqual(['links.customer_portal', 'invoice.number']);
  expect(check('A {brace} is {CustomerPortalLink}').body).toBe('Unknown tag {brace}. Choose one from the list.');
  expect(check('{ 1, 2 } and {} and a { b').body).toBeUndefined();
});

test('S2-15: an unknown tag is refused with its name, its line, and what was meant', () => {
  expect(check('Hi\n{{ customer.firstname }}').body).toBe(
    'Line 2: Unknown tag customer.firstname. Did you mean customer.first_name?',
  );
  for (const wrong of ['{customerportallink}', '{Customer Portal Link}', '{PortalLink}']) {
    expect(check(`See ${wrong}`).body).toBe(`Unknown tag ${wrong}. Did you mean {CustomerPortalLink}?`);
  }
  expect(check('x', '{{ invoice.nmber }}').subject).toMatch(/Unknown tag invoice.nmber/);
  expect(check('x', 'See {CustomerPortalLink}').subject).toMatch(/link can’t stand in the subject/);
  expect(check('{{ links.unsubscribe }}').body).toMatch(/no unsubscribe link/);
  expect(check('Hi {{ customer.name').body).toMatch(/not closed/);
  expect(check('', '')).toEqual({ subject: 'Enter a subject.', body: 'Write what the email says.' });
  expect(check('x'.repeat(20_001)).body).toMatch(/20,000/);
});
