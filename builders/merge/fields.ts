/** What a merge field holds: it decides how the picker explains it and what it can be compared with. */
export type MergeFieldType = 'text' | 'money' | 'date' | 'number';

export type MergeFieldGroup = 'Customer' | 'Invoice' | 'Company';

export type MergeField = {
  /** The name as typed in a tag, such as `customer.first_name`. */
  readonly name: string;
  readonly group: MergeFieldGroup;
  readonly label: string;
  readonly example: string;
  readonly type: MergeFieldType;
  /** What the picker proposes for a customer who has no value; null where every message has one. */
  readonly fallback: string | null;
};

/** All merge fields of the email, text and postcard builders (B-10), in the order in which the picker shows them. */
export const mergeFields: readonly MergeField[] = [
  field('customer.first_name', 'Customer', 'First name', 'Dana', 'text', 'there'),
  field('customer.last_name', 'Customer', 'Last name', 'Whitfield', 'text', 'customer'),
  field('customer.name', 'Customer', 'Full name', 'Dana Whitfield', 'text', 'customer'),
  field('customer.company_name', 'Customer', 'Company name', 'Whitfield Bakery', 'text', 'your company'),
  field('invoice.number', 'Invoice', 'Invoice number', 'INV-1042', 'text', null),
  field('invoice.amount_due', 'Invoice', 'Amount due', '$418.50', 'money', null),
  field('invoice.total', 'Invoice', 'Invoice total', '$618.50', 'money', null),
  field('invoice.due_date', 'Invoice', 'Due date', 'Mar 4, 2026', 'date', null),
  field('invoice.issued_date', 'Invoice', 'Invoice date', 'Feb 2, 2026', 'date', null),
  field('invoice.days_overdue', 'Invoice', 'Days overdue', '12', 'number', null),
  field('invoice.summary', 'Invoice', 'Job summary', 'Water heater replacement', 'text', 'your recent service'),
  field('company.name', 'Company', 'Our name', 'Brightwater Plumbing', 'text', null),
  field('company.phone', 'Company', 'Our phone', '(512) 555-0142', 'text', 'our office'),
  field('company.email', 'Company', 'Our email', 'office@brightwater.example', 'text', null),
  field('company.website', 'Company', 'Our website', 'https://brightwater.example', 'text', null),
  field('company.postal_address', 'Company', 'Our postal address', '210 Elm St, Austin, TX 78701', 'text', null),
];

/**
 * The tag that the picker inserts for a field, with its proposed fallback:
 * `{{ customer.first_name | default: "there" }}`.
 * @param fallback replaces the proposal; null or '' leaves the fallback out. Quotes in it are made harmless.
 */
export function fieldTag(mergeField: MergeField, fallback: string | null = mergeField.fallback): string {
  if (fallback === null || fallback.trim() === '') return `{{ ${mergeField.name} }}`;
  return `{{ ${mergeField.name} | default: "${fallback.replaceAll('\\', '').replaceAll('"', "'")}" }}`;
}

function field(
  name: string,
  group: MergeFieldGroup,
  label: string,
  example: string,
  type: MergeFieldType,
  fallback: string | null,
): MergeField {
  return { name, group, label, example, type, fallback };
}
