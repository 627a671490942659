/**
 * What an import file turns into, whatever product wrote it.
 *
 * - row: one record of the CSV file. It has two numbers: `line`, where it begins in a text editor, and `row`, its number
 *   in a spreadsheet (a cell with a line break takes several lines, but one row).
 * - record: a customer, an invoice or an open credit. It can be made of several rows.
 * - problem: what could not be taken as it stands, in words for the person who imports.
 */
import type { Row } from './rows.ts';

/** Which of the four shapes of file this is. `receivables` are reports: grouped, with totals, payments among invoices. */
export type FileKind = 'customers' | 'invoices' | 'jobs' | 'receivables';

export type Place = { line: number; row: number };

/** The rows of the file that a record was made of. */
type Source = { source: Row[] };

export type Address = {
  street: string | null;
  street2: string | null;
  city: string | null;
  /** Two letters where the state is known, else as written. */
  state: string | null;
  zip: string | null;
  /** ISO 3166 alpha-2 where known, else as written. */
  country: string | null;
};

export type PhoneKind = 'mobile' | 'landline' | 'other';

/** `e164` is `+18505550101`; `raw` is what the file said. */
export type Phone = { kind: PhoneKind; e164: string; raw: string };

export type LocationRecord = {
  externalId: string | null;
  name: string | null;
  address: Address;
  notes: string | null;
  billing: boolean;
};

export type CustomerRecord = Place &
  Source & {
    type: 'customer';
    externalId: string | null;
    /** How the office would say it: `Wren Castellanos`, also where the file has `Castellanos, Wren`. */
    name: string;
    first: string | null;
    last: string | null;
    company: string | null;
    customerType: 'residential' | 'commercial' | null;
    emails: string[];
    phones: Phone[];
    locations: LocationRecord[];
    tags: string[];
    notes: string | null;
    doNotContact: boolean;
    archived: boolean;
  };

export type CustomerRef = {
  externalId: string | null;
  name: string | null;
  first: string | null;
  last: string | null;
  emails: string[];
  phones: Phone[];
};

export type InvoiceStatus = 'draft' | 'void' | 'paid' | 'open';

export type InvoiceItem = {
  name: string;
  description: string | null;
  quantity: string | null;
  totalCents: number | null;
};

/** A payment the file lists. Dates are ISO (`2026-11-03`), money is integer cents. */
export type PaymentRecord = { paidOn: string | null; amountCents: number; memo: string | null; line: number };

export type InvoiceRecord = Place &
  Source & {
    type: 'invoice';
    externalId: string | null;
    number: string;
    customer: CustomerRef;
    issuedOn: string | null;
    dueOn: string | null;
    paidOn: string | null;
    /** Null where the file only says what is still owed. */
    totalCents: number | null;
    balanceCents: number;
    status: InvoiceStatus;
    summary: string | null;
    items: InvoiceItem[];
    businessUnit: string | null;
    location: LocationRecord | null;
    jobNumber: string | null;
    /** For files of jobs: whether the work is done. Null where the file does not say. */
    jobDone: boolean | null;
    payments: PaymentRecord[];
  };

/** Money a customer has with the company that no invoice has used up: a credit memo or an unapplied payment. */
export type CreditRecord = Place &
  Source & {
    type: 'credit';
    kind: 'payment' | 'credit';
    number: string | null;
    customer: CustomerRef;
    issuedOn: string | null;
    /** Positive: what the customer has in hand. */
    amountCents: number;
  };

export type ImportRecord = CustomerRecord | InvoiceRecord | CreditRecord;

/** `error`: the row stays out. `warning`: it goes in, without this value or with the remark. */
export type RowProblem = Place & {
  severity: 'error' | 'warning';
  /** The column's name as the file has it, or null when the whole row is meant. */
  column: string | null;
  value: string | null;
  reason: string;
  /** The whole row, for the file of rows to correct; empty for warnings. */
  cells: string[];
};

/** A file that cannot be read on, with the line where it stopped. Thrown inside the readers, returned by `surveyFile`. */
export class FileError extends Error {
  readonly line: number | null;
  constructor(reason: string, line: number | null = null) {
    super(reason);
    this.name = 'FileError';
    this.line = line;
  }
}

/** An address with nothing in it. */
export const noAddress: Address = { street: null, street2: null, city: null, state: null, zip: null, country: null };
