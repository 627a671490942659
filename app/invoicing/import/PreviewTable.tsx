import { SimpleTable, type SimpleColumn } from '#app/ui/SimpleTable.tsx';
import { formatDate, formatMoney, formatNoun, formatPhone } from '#app/ui/format.ts';

import classes from './import.module.css';
import type { CreditRecord, CustomerRecord, ImportRecord, InvoiceRecord } from './records.ts';

/** The first records of a file as they would come in. */
export function PreviewTable({ records }: { records: ImportRecord[] }) {
  const customers = records.filter((record) => record.type === 'customer');
  const owed = records.filter((record) => record.type !== 'customer');
  return (
    <>
      {customers.length > 0 && <Customers records={customers} />}
      {owed.length > 0 && <Invoices records={owed} />}
    </>
  );
}

const customerColumns: SimpleColumn<CustomerRecord>[] = [
  {
    key: 'name',
    label: 'Customer',
    cell: (record) => (
      <>
        {record.name}
        <span className={`${classes.problem} ${classes.quiet}`}>
          {[
            record.first && record.first + (record.last ? ` ${record.last}` : '') !== record.name
              ? `${record.first} ${record.last ?? ''}`.trim()
              : null,
            record.customerType === 'commercial' ? 'Commercial' : null,
            record.archived ? 'Archived' : null,
            record.doNotContact ? 'Do not contact' : null,
            ...record.tags,
          ]
            .filter((part) => part !== null)
            .join(' · ')}
        </span>
      </>
    ),
  },
  {
    key: 'reach',
    label: 'Contacts',
    cell: (record) =>
      [...record.emails, ...record.phones.map((phone) => formatPhone(phone.e164))].map((value) => (
        <span key={value} className={classes.problem}>
          {value}
        </span>
      )),
  },
  {
    key: 'locations',
    label: 'Locations',
    wide: true,
    cell: (record) =>
      record.locations.map(({ name, address, billing }) => {
        const place = [name, address.street, address.street2, address.city, address.state, address.zip];
        const text = place.filter(Boolean).join(', ');
        return (
          <span key={text} className={classes.problem}>
            {text}
            {billing && <span className={classes.quiet}> (billing)</span>}
          </span>
        );
      }),
  },
];

function Customers({ records }: { records: CustomerRecord[] }) {
  return (
    <SimpleTable
      label="The first customers as they would come in"
      rows={records}
      rowKey={(record) => record.row}
      columns={customerColumns}
    />
  );
}

const states = { draft: 'Draft', open: 'Open', paid: 'Paid', void: 'Void' };

const invoiceColumns: SimpleColumn<InvoiceRecord | CreditRecord>[] = [
  {
    key: 'number',
    label: 'Invoice',
    cell: (record) => (
      <>
        {record.type === 'invoice' ? record.number : (record.number ?? 'Payment')}
        <span className={`${classes.problem} ${classes.quiet}`}>
          {record.type === 'invoice'
            ? [
                states[record.status],
                record.summary,
                record.items.length > 1 ? formatNoun(record.items.length, 'item') : null,
              ]
                .filter(Boolean)
                .join(' · ')
            : 'Set against the oldest open invoice'}
        </span>
      </>
    ),
  },
  {
    key: 'customer',
    label: 'Customer',
    cell: (record) => (
      <>
        {record.customer.name ?? record.customer.externalId}
        <span className={`${classes.problem} ${classes.quiet}`}>{record.customer.emails.join(', ')}</span>
      </>
    ),
  },
  {
    key: 'issued',
    label: 'Date',
    wide: true,
    numeric: true,
    cell: (record) => (record.issuedOn ? formatDate(record.issuedOn) : ''),
  },
  {
    key: 'due',
    label: 'Due',
    wide: true,
    numeric: true,
    cell: (record) => (record.type === 'invoice' && record.dueOn ? formatDate(record.dueOn) : ''),
  },
  {
    key: 'total',
    label: 'Total',
    wide: true,
    numeric: true,
    cell: (record) => (record.type === 'invoice' && record.totalCents !== null ? formatMoney(record.totalCents) : ''),
  },
  {
    key: 'balance',
    label: 'Balance',
    numeric: true,
    cell: (record) => formatMoney(record.type === 'invoice' ? record.balanceCents : -record.amountCents),
  },
];

function Invoices({ records }: { records: (InvoiceRecord | CreditRecord)[] }) {
  return (
    <SimpleTable
      label="The first invoices as they would come in"
      rows={records}
      rowKey={(record) => record.row}
      columns={invoiceColumns}
    />
  );
}
