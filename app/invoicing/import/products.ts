import { canonical } from './header.ts';
import type { FileKind } from './records.ts';

export type ProductGuess = { product: string; confidence: 'high' | 'medium' | 'low' };

type Signature = { product: string; kind: FileKind; names: string[]; title?: RegExp };

/** Names that few others use. `*` at the end matches names that begin so. */
const SIGNATURES: Signature[] = [
  {
    product: 'QuickBooks Online',
    kind: 'customers',
    names: ['Customer full name', 'Phone numbers', 'Bill address', 'Ship address'],
    title: /customer contact list/i,
  },
  {
    product: 'QuickBooks Online',
    kind: 'receivables',
    names: ['', 'Transaction type', 'Num', 'Customer full name', 'Due date', 'Open balance'],
    title: /a\/r aging detail/i,
  },
  {
    product: 'QuickBooks Online',
    kind: 'receivables',
    names: ['', 'Transaction type', 'Num', 'Term', 'Due date', 'Open balance'],
    title: /open invoices/i,
  },
  {
    product: 'QuickBooks Online',
    kind: 'receivables',
    names: ['', 'Transaction type', 'Memo/Description', 'Transaction number', 'Amount'],
    title: /invoices and received payments/i,
  },
  {
    product: 'QuickBooks Online',
    kind: 'invoices',
    names: ['No.', 'Customer full name', 'Due date', 'Open balance', 'Status'],
    title: /invoice list/i,
  },
  {
    product: 'Jobber',
    kind: 'customers',
    names: ['J-ID', 'Main Phone #s', 'E-mails', 'Is Company?', 'Text Message Enabled Phone #', 'Service Property Name'],
  },
  {
    product: 'Jobber',
    kind: 'invoices',
    names: ['Client name', 'Viewed in client hub', 'Late by', 'Marked paid date', 'Days to paid', 'Visits assigned to'],
  },
  {
    product: 'Housecall Pro',
    kind: 'customers',
    names: [
      'Address_1 Street Line 1',
      'Customer notifications enabled',
      'Accepts bills from',
      'Mobile Number',
      'Do Not Service',
      'Additional Emails',
    ],
  },
  {
    product: 'Housecall Pro',
    kind: 'jobs',
    names: ['Job #', 'Job status', 'Job amount', 'Due amount', 'Assigned employees', 'Job description'],
  },
  {
    product: 'FreshBooks',
    kind: 'customers',
    names: ['Organization', 'Province/State', 'Postal Code', 'Street', 'First Name'],
  },
  {
    product: 'FreshBooks',
    kind: 'invoices',
    names: ['Client Name', 'Date Issued', 'Invoice Status', 'Line Subtotal', 'Line Total', 'Tax 1 Type'],
  },
  {
    product: 'ServiceTitan',
    kind: 'invoices',
    names: ['Customer Name', 'Customer ID', 'Invoice Number', 'Invoice Date', 'Business Unit', 'Location'],
  },
  {
    product: 'ServiceTitan',
    kind: 'customers',
    names: ['Customer Name', 'Customer ID', 'Location Name', 'Do Not Mail', 'Customer Type', 'Business Unit'],
  },
  {
    product: 'Xero',
    kind: 'customers',
    names: ['ContactName', 'EmailAddress', 'POAddressLine1', 'SAAddressLine1', 'AccountNumber'],
  },
  {
    product: 'Xero',
    kind: 'invoices',
    names: ['ContactName', 'InvoiceNumber', 'InvoiceDate', 'DueDate', 'InvoiceAmountDue', 'POAddressLine1'],
  },
  {
    product: 'Wave',
    kind: 'customers',
    names: ['customer_name', 'contact_first_name', 'contact_last_name', 'customer_currency', 'toll_free'],
  },
  {
    product: 'Square',
    kind: 'customers',
    names: [
      'Reference ID',
      'Square Customer ID',
      'Creation Source',
      'First Visit',
      'Transaction Count',
      'Lifetime Spend',
    ],
  },
  { product: 'Square', kind: 'invoices', names: ['Invoice Title', 'Invoice Token', 'Requested Amount', 'Invoice ID'] },
  {
    product: 'Stripe',
    kind: 'invoices',
    names: ['Amount Due', 'Date (UTC)', 'Due Date (UTC)', 'Amount Remaining', 'Subscription', 'Customer Email'],
  },
  {
    product: 'Stripe',
    kind: 'customers',
    names: ['Created (UTC)', 'Card ID', 'Delinquent', 'Email', 'Default Source'],
  },
];

/**
 * Which product seems to have written a file of this kind, by its column names and the title lines above them. Null when
 * nothing points to one; the file is read by its names all the same.
 */
export function guessProduct(header: string[], titles: string[], kind: FileKind): ProductGuess | null {
  const names = new Set(header.map((name) => name.trim().toLowerCase()));
  const forms = new Set(header.map(canonical));
  const title = titles.join('\n');
  let best: ProductGuess | null = null;
  let bestScore = 0;
  for (const signature of SIGNATURES) {
    if (signature.kind !== kind) continue;
    const exact = signature.names.filter((name) => names.has(name.toLowerCase())).length;
    const alike = signature.names.filter((name) => name !== '' && forms.has(canonical(name))).length;
    const titled = signature.title?.test(title) ?? false;
    const share = Math.max(exact, alike * 0.7) / signature.names.length + (titled ? 0.5 : 0);
    if (share > bestScore && share >= 0.45) {
      bestScore = share;
      best = { product: signature.product, confidence: share >= 0.95 ? 'high' : share >= 0.65 ? 'medium' : 'low' };
    }
  }
  return best;
}
