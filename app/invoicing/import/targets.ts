import type { FileKind } from './records.ts';

/** Where a column can go. The words are what the mapping page shows. */
export const TARGETS = {
  'customer.name': 'Customer name',
  'customer.externalId': 'Customer ID',
  'customer.fullName': 'Contact name',
  'customer.first': 'First name',
  'customer.last': 'Last name',
  'customer.company': 'Company',
  'customer.isCompany': 'Is a company (yes or no)',
  'customer.type': 'Customer type',
  'customer.email': 'Email',
  'phone.mobile': 'Mobile phone',
  'phone.home': 'Home phone',
  'phone.work': 'Work phone',
  'phone.other': 'Phone',
  'customer.tags': 'Tags',
  'customer.notes': 'Notes',
  'customer.doNotContact': 'Do not contact (yes or no)',
  'customer.mayContact': 'May be contacted (yes or no)',
  'customer.archived': 'Archived (yes or no)',
  'customer.active': 'Active (yes or no)',
  'customer.doNotService': 'Do not service (yes or no)',
  'billing.full': 'Billing address in one cell',
  'billing.street': 'Billing street',
  'billing.street2': 'Billing street, line 2',
  'billing.city': 'Billing city',
  'billing.state': 'Billing state',
  'billing.zip': 'Billing ZIP',
  'billing.country': 'Billing country',
  'service.name': 'Location name',
  'service.full': 'Service address in one cell',
  'service.street': 'Service street',
  'service.street2': 'Service street, line 2',
  'service.city': 'Service city',
  'service.state': 'Service state',
  'service.zip': 'Service ZIP',
  'service.country': 'Service country',
  'service.notes': 'Location notes',
  'service.isBilling': 'Is the billing address (yes or no)',
  'invoice.number': 'Invoice number',
  'invoice.externalId': 'Invoice ID',
  'invoice.type': 'Transaction type',
  'invoice.issuedOn': 'Invoice date',
  'invoice.createdOn': 'Created date',
  'invoice.dueOn': 'Due date',
  'invoice.paidOn': 'Paid date',
  'invoice.total': 'Total',
  'invoice.balance': 'Balance due',
  'invoice.paid': 'Amount paid',
  'invoice.status': 'Status',
  'invoice.summary': 'Summary',
  'invoice.terms': 'Terms',
  'invoice.currency': 'Currency',
  'invoice.businessUnit': 'Business unit',
  'invoice.jobNumber': 'Job number',
  'item.name': 'Item',
  'item.description': 'Item description',
  'item.quantity': 'Item quantity',
  'item.total': 'Item total',
  'item.list': 'Items in one cell',
} as const;

export type Target = keyof typeof TARGETS;

/** Which columns (counted from 0) fill each target. A column that stands nowhere is not imported. */
export type Mapping = Partial<Record<Target, number[]>>;

/** Targets that take more than one column: all their values count. The others take one. */
export const MANY: ReadonlySet<Target> = new Set<Target>([
  'customer.email',
  'phone.mobile',
  'phone.home',
  'phone.work',
  'phone.other',
  'customer.tags',
  'customer.notes',
]);

/** True for a string that names a target. */
export function isTarget(value: string): value is Target {
  return value in TARGETS;
}

/** The targets that make sense for a kind of file, in the order the mapping page lists them. */
export function targetsFor(kind: FileKind): Target[] {
  const all = (Object.keys(TARGETS) as Target[]).filter((t) => t !== 'customer.fullName' || kind === 'customers');
  if (kind === 'customers') return all.filter((t) => !t.startsWith('invoice.') && !t.startsWith('item.'));
  const onlyOnCustomers =
    /^(?:customer\.(?:tags|notes|doNot|may|archived|active|isCompany)|service\.(?:notes|isBilling))/;
  return all.filter((t) => !onlyOnCustomers.test(t));
}
