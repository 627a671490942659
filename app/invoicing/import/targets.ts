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

type Aliases = [Target, string[]][];

/**
 * Names under which products export each target, most telling first, in the form that `canonical` gives (so `client`
 * and `E-mails` need no entry of their own). Addresses are recognised by pattern in header.ts.
 */
const PERSON: Aliases = [
  [
    'customer.externalId',
    [
      'j id',
      'customer id',
      'customer number',
      'square customer id',
      'reference id',
      'account number',
      'customer external id',
      'external id',
      'contact id',
      'user id',
    ],
  ],
  [
    'customer.name',
    [
      'customer full name',
      'customer name',
      'display name',
      'customer',
      'contact name',
      'customer display name',
      'bill to name',
      'sold to',
      'bill to',
      'account name',
      'customer company',
    ],
  ],
  ['customer.first', ['first name', 'customer first name', 'contact first name', 'given name', 'first', 'firstname']],
  [
    'customer.last',
    ['last name', 'customer last name', 'contact last name', 'family name', 'surname', 'last', 'lastname'],
  ],
  ['customer.company', ['company name', 'company', 'organization', 'organisation', 'business name', 'business']],
  [
    'customer.email',
    [
      'email',
      'customer email',
      'email address',
      'main email',
      'primary email',
      'additional email',
      'billing email',
      'contact email',
      'other email',
      'secondary email',
      'cc email',
    ],
  ],
  [
    'phone.mobile',
    [
      'mobile',
      'mobile phone',
      'customer mobile phone',
      'cell',
      'cell phone',
      'text message enabled phone',
      'sms phone',
      'customer mobile',
      'mobile customer',
    ],
  ],
  ['phone.home', ['home phone', 'home', 'landline', 'evening phone']],
  ['phone.work', ['work phone', 'office phone', 'business phone', 'daytime phone', 'work']],
  [
    'phone.other',
    [
      'phone',
      'customer phone',
      'main phone',
      'primary phone',
      'telephone',
      'contact phone',
      'other phone',
      'phone 1',
      'phone 2',
      'alternate phone',
      'alt phone',
      'secondary phone',
      'billing phone',
    ],
  ],
];

const CUSTOMERS: Aliases = [
  ...PERSON,
  ['customer.externalId', ['id', 'customer identifier', 'uuid']],
  ['customer.name', ['name']],
  [
    'customer.fullName',
    ['full name', 'contact', 'primary contact', 'contact person', 'attention', 'contact full name'],
  ],
  ['customer.isCompany', ['is company', 'is business']],
  ['customer.type', ['customer type', 'type', 'account type', 'category', 'customer category']],
  ['customer.tags', ['tags', 'tag', 'labels', 'groups', 'segments', 'tag names']],
  ['customer.notes', ['notes', 'note', 'memo', 'comments', 'customer notes', 'private notes']],
  ['customer.doNotContact', ['do not contact', 'do not mail', 'do not email', 'unsubscribed', 'opted out', 'opt out']],
  [
    'customer.mayContact',
    [
      'receives automatic invoice follow ups',
      'customer notifications enabled',
      'notifications enabled',
      'email subscription status',
      'opted in',
      'subscribed',
    ],
  ],
  ['customer.archived', ['archived', 'inactive', 'deleted', 'is archived', 'is deleted']],
  ['customer.active', ['active', 'is active', 'active status']],
  ['customer.doNotService', ['do not service']],
];

const MONEY_FILES: Aliases = [
  ...PERSON,
  ['customer.name', ['name', 'contact', 'full name']],
  ['customer.type', ['customer type']],
  [
    'invoice.issuedOn',
    [
      'issued date',
      'invoice date',
      'date issued',
      'issue date',
      'invoiced on',
      'invoice created date',
      'completed date',
      'completion date',
      'date completed',
      'date',
      'transaction date',
      'txn date',
      'date utc',
      'sent date',
      'date sent',
      'job scheduled start date',
      'scheduled date',
      'posted date',
    ],
  ],
  [
    'invoice.createdOn',
    ['created date', 'created', 'created on', 'date created', 'created at', 'job created date', 'creation date'],
  ],
  [
    'invoice.dueOn',
    [
      'due date',
      'invoice due date',
      'date due',
      'due on',
      'payment due',
      'payment due date',
      'due',
      'due date utc',
      'due at',
    ],
  ],
  [
    'invoice.paidOn',
    [
      'marked paid date',
      'date paid',
      'paid date',
      'paid on',
      'payment date',
      'last payment date',
      'paid at',
      'fully paid on date',
      'paid on date',
    ],
  ],
  [
    'invoice.balance',
    [
      'open balance',
      'balance',
      'balance due',
      'due amount',
      'amount due',
      'invoice amount due',
      'outstanding',
      'outstanding balance',
      'amount outstanding',
      'amount remaining',
      'remaining balance',
      'unpaid amount',
      'invoice balance',
      'balance owed',
      'remaining',
      'amount owing',
      'net due',
      'open amount',
    ],
  ],
  [
    'invoice.total',
    [
      'total',
      'invoice total',
      'total amount',
      'amount',
      'invoice amount',
      'grand total',
      'job amount',
      'requested amount',
      'original amount',
      'total price',
      'job total',
      'total due',
      'total including tax',
    ],
  ],
  [
    'invoice.paid',
    [
      'amount paid',
      'paid amount',
      'paid',
      'payments',
      'invoice amount paid',
      'total paid',
      'payment total',
      'amount received',
      'total payments',
    ],
  ],
  ['invoice.status', ['status', 'invoice status', 'payment status', 'job status', 'state of invoice']],
  [
    'invoice.summary',
    [
      'subject',
      'summary',
      'invoice title',
      'title',
      'job description',
      'description',
      'memo description',
      'memo',
      'job summary',
      'invoice description',
      'job title',
      'job type',
      'work performed',
      'message',
    ],
  ],
  ['invoice.terms', ['terms', 'term', 'payment terms']],
  ['invoice.currency', ['currency', 'currency code', 'invoice currency']],
  [
    'invoice.businessUnit',
    [
      'business unit',
      'business unit name',
      'invoice business unit',
      'department',
      'division',
      'class',
      'job business unit',
    ],
  ],
  ['invoice.jobNumber', ['job number', 'job', 'jobs', 'job id', 'job numbers', 'work order', 'work order number']],
  [
    'service.name',
    [
      'location name',
      'location',
      'property name',
      'service location',
      'property',
      'service property name',
      'site',
      'site name',
    ],
  ],
  ['item.name', ['item name', 'item', 'product service', 'line item', 'item code', 'inventory item code', 'product']],
  ['item.description', ['item description', 'line description']],
  ['item.quantity', ['quantity', 'qty', 'item quantity']],
  ['item.total', ['line total', 'item total', 'line item total']],
  ['item.list', ['line items', 'items', 'services']],
];

const INVOICES: Aliases = [
  [
    'invoice.number',
    [
      'invoice number',
      'number',
      'invoice',
      'transaction number',
      'document number',
      'doc number',
      'reference number',
      'ref number',
      'invoice reference',
      'bill number',
    ],
  ],
  ['invoice.externalId', ['invoice id', 'id', 'invoice token', 'transaction id']],
  ['invoice.type', ['transaction type', 'type', 'txn type', 'document type']],
  ...MONEY_FILES,
];

const JOBS: Aliases = [
  ['invoice.number', ['job number', 'job', 'job id', 'work order number', 'work order']],
  ...MONEY_FILES,
];

/** The alias list of a kind of file. */
export function aliasesFor(kind: FileKind): Aliases {
  return kind === 'customers' ? CUSTOMERS : kind === 'jobs' ? JOBS : INVOICES;
}
