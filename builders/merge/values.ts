import { z } from 'zod';

/**
 * What a message is merged with, for one recipient and one invoice. Money and dates are already formatted for the
 * customer; links are absolute addresses. An unknown value is '', so that a tag's `default` applies.
 */
export const mergeValuesSchema = z.object({
  customer: z.object({ first_name: z.string(), last_name: z.string(), name: z.string(), company_name: z.string() }),
  company: z.object({
    name: z.string(),
    phone: z.string(),
    email: z.string(),
    website: z.string(),
    postal_address: z.string(),
  }),
  invoice: z.object({
    number: z.string(),
    amount_due: z.string(),
    total: z.string(),
    due_date: z.string(),
    issued_date: z.string(),
    days_overdue: z.number().int(),
    summary: z.string(),
  }),
  links: z.object({ customer_portal: z.string(), pay_invoice: z.string(), unsubscribe: z.string() }),
});

export type MergeValues = z.infer<typeof mergeValuesSchema>;

/** Values of an invented customer, for previews without a recipient and for trying a template before launch. */
export const sampleValues: MergeValues = {
  customer: {
    first_name: 'Dana',
    last_name: 'Whitfield',
    name: 'Dana Whitfield',
    company_name: 'Whitfield Bakery',
  },
  company: {
    name: 'Brightwater Plumbing',
    phone: '(512) 555-0142',
    email: 'office@brightwater.example',
    website: 'https://brightwater.example',
    postal_address: '210 Elm St, Austin, TX 78701',
  },
  invoice: {
    number: 'INV-1042',
    amount_due: '$418.50',
    total: '$618.50',
    due_date: 'Mar 4, 2026',
    issued_date: 'Feb 2, 2026',
    days_overdue: 12,
    summary: 'Water heater replacement',
  },
  links: {
    customer_portal: 'https://portal.example/',
    pay_invoice: 'https://portal.example/pay/sample',
    unsubscribe: 'https://portal.example/unsubscribe/sample',
  },
};
