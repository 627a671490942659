import { checkTemplate, parseTemplate } from '#builders/merge/template.ts';

/*
 * The email that carries an invoice (S2-15, S1-16): subject and plain text with the merge tags of the builders. How the payment
 * link and the link to register stand in it is not the template's to say: they always do.
 */

export type InvoiceEmailForm = { subject: string; body: string; attachPdf: boolean };

/** The words we bring along. */
export const INVOICE_EMAIL: InvoiceEmailForm = {
  subject: 'Invoice {{ invoice.number }} from {{ company.name }}',
  body: `Hi {{ customer.first_name | default: "there" }},

Here is invoice {{ invoice.number }} for {{ invoice.summary | default: "our service" }}. {{ invoice.amount_due }} is due on {{ invoice.due_date }}.

You can see all of your invoices here:
{CustomerPortalLink}

Thank you,
{{ company.name }}`,
  attachPdf: true,
};

export type InvoiceEmailErrors = Partial<Record<'subject' | 'body', string>>;

/** The placeholder of the seeds (S2-15), which is no merge tag by its looks. */
const PORTAL_LINK = /(?<!\{)\{CustomerPortalLink\}(?!\})/g;

/** What looks like a placeholder of the same kind. */
const PLACEHOLDER = /(?<!\{)\{\s*([A-Za-z][\w ]{0,60}?)\s*\}(?!\})/g;

/** A template in the grammar of the builders: `{CustomerPortalLink}` is `{{ links.customer_portal }}`. */
export const inGrammar = (template: string): string => template.replaceAll(PORTAL_LINK, '{{ links.customer_portal }}');

/**
 * What is wrong with a template, by field, in words; empty when it may be sent. Unknown tags and placeholders are named.
 */
export function checkInvoiceEmail({ subject, body }: Pick<InvoiceEmailForm, 'subject' | 'body'>): InvoiceEmailErrors {
  const errors: InvoiceEmailErrors = {};
  if (subject.trim() === '') errors.subject = 'Enter a subject.';
  else if (subject.length > 300) errors.subject = 'Use at most 300 characters.';
  if (body.trim() === '') errors.body = 'Write what the email says.';
  else if (body.length > 20_000) errors.body = 'Use at most 20,000 characters.';
  errors.subject ??= faultOf(subject, 'Subject');
  errors.body ??= faultOf(body, 'Message');
  if (!errors.subject && namesOf(subject).some((name) => name.startsWith('links.')))
    errors.subject = 'A link can’t stand in the subject. Put it into the message.';
  for (const key of ['subject', 'body'] as const) if (errors[key] === undefined) delete errors[key];
  return errors;
}

function faultOf(text: string, where: string): string | undefined {
  const [problem] = checkTemplate(inGrammar(text), where);
  if (problem) return where === 'Subject' ? problem.message : `Line ${problem.line}: ${problem.message}`;
  for (const [shown, name] of text.replaceAll(PORTAL_LINK, '').matchAll(PLACEHOLDER)) {
    const meant = /portal/i.test(name!) ? ' Did you mean {CustomerPortalLink}?' : ' Choose one from the list.';
    return `Unknown tag ${shown}.${meant}`;
  }
  if (namesOf(text).includes('links.unsubscribe')) {
    return 'An invoice email has no unsubscribe link: customers get it because they owe. Take links.unsubscribe out.';
  }
  return undefined;
}

/** The merge names that a template reads, each once. */
export function namesOf(template: string): readonly string[] {
  const parsed = parseTemplate(inGrammar(template), '');
  return parsed.ok ? parsed.template.names : [];
}
