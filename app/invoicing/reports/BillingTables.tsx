import { Text } from '@mantine/core';
import { Link } from '@remix-run/react';

import { InvoiceState } from '#app/invoicing/invoices/InvoiceState.tsx';
import { leftOf } from '#app/invoicing/invoices/open-invoices.ts';
import { brandName, byMethod, entryKinds, methodLabels, methodWords } from '#app/invoicing/ledger/entry-words.ts';
import { PaymentState } from '#app/invoicing/payments/PaymentState.tsx';
import { paymentDay } from '#app/invoicing/payments/payment-day.ts';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';
import { formatDate, formatDay, formatMoney } from '#app/ui/format.ts';

import type { AccountEntry, Billing } from './billing-record.server.ts';
import classes from './BillingTables.module.css';

/** What a customer owes, with the way to record one payment over several. */
export function OpenInvoices({
  billing,
  records,
  today,
}: {
  billing: Pick<Billing, 'open' | 'account'>;
  records: boolean;
  today: string;
}) {
  const { open, account } = billing;
  return (
    <Section
      title="Open invoices"
      flush
      aside={records && <LinkButton to={`/customers/${account.id}/record-payment`}>Record payment</LinkButton>}
    >
      {open.length === 0 ? (
        <Text c="dimmed" px="md" pb="md">
          Nothing is owed.
        </Text>
      ) : (
        <SimpleTable
          label="Open invoices"
          rows={open}
          rowKey={(invoice) => invoice.id}
          columns={[
            {
              key: 'number',
              label: 'Invoice',
              cell: (invoice) => (
                <>
                  <Link to={`/invoices/${invoice.id}`}>{invoice.number}</Link>{' '}
                  <Text span c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    {invoice.summary}
                  </Text>
                  <span className={classes.phone}>
                    <InvoiceState status={invoice.status} dueOn={invoice.dueOn} today={today} />
                  </span>
                  {invoice.pendingCents > 0 && (
                    <Under>
                      {formatMoney(invoice.pendingCents, invoice.currency)} on its way,{' '}
                      {formatMoney(leftOf(invoice), invoice.currency)} left
                    </Under>
                  )}
                </>
              ),
            },
            {
              key: 'state',
              label: 'State',
              wide: true,
              cell: (invoice) => <InvoiceState status={invoice.status} dueOn={invoice.dueOn} today={today} />,
            },
            { key: 'due', label: 'Due', numeric: true, wide: true, cell: (invoice) => formatDate(invoice.dueOn) },
            {
              key: 'balance',
              label: 'Balance',
              numeric: true,
              cell: (invoice) => formatMoney(invoice.balanceCents, invoice.currency),
            },
          ]}
        />
      )}
    </Section>
  );
}

/** All entries of a customer, the newest first. @param pages to the neighbouring pages, null at the ends */
export function AccountEntries({
  entries,
  pages,
  timeZone,
}: {
  entries: AccountEntry[];
  pages: { next: string | null; previous: string | null };
  timeZone: string;
}) {
  return (
    <Section title="History" flush>
      {entries.length === 0 ? (
        <Text c="dimmed" px="md" pb="md">
          Nothing was charged or paid so far.
        </Text>
      ) : (
        <SimpleTable
          label="History"
          rows={entries}
          rowKey={(entry) => entry.id}
          columns={[
            {
              key: 'what',
              label: 'What',
              cell: (entry) => (
                <>
                  <EntryName entry={entry} />
                  {entry.memo && <Under>{entry.memo}</Under>}
                </>
              ),
            },
            {
              key: 'where',
              label: 'Where',
              cell: (entry) =>
                entry.invoiceId === null ? 'Account' : <Link to={`/invoices/${entry.invoiceId}`}>{entry.invoice}</Link>,
            },
            { key: 'at', label: 'When', wide: true, cell: (entry) => formatDay(entry.at, timeZone) },
            { key: 'amount', label: 'Amount', numeric: true, cell: (entry) => formatMoney(entry.amountCents) },
          ]}
        />
      )}
      {(pages.next || pages.previous) && (
        <nav
          aria-label="Pages of the history"
          style={{ display: 'flex', gap: 8, justifyContent: 'flex-end', padding: 12 }}
        >
          {pages.previous && <LinkButton to={pages.previous}>Newer</LinkButton>}
          {pages.next && <LinkButton to={pages.next}>Older</LinkButton>}
        </nav>
      )}
    </Section>
  );
}

/** What moved, linked to its payment where there is one. */
export function EntryName({ entry }: { entry: Pick<AccountEntry, 'kind' | 'paymentId' | 'method'> }) {
  const by = entry.kind === 'payment' && entry.method ? ` by ${byMethod[entry.method]}` : '';
  const name = `${entryKinds[entry.kind]}${by}`;
  return entry.paymentId === null ? name : <Link to={`/payments/${entry.paymentId}`}>{name}</Link>;
}

type ShownPayment = Omit<Billing['payments'][number], 'createdAt' | 'settledAt'> & {
  createdAt: Date | string;
  settledAt: Date | string | null;
};

/** The last payments of a customer. */
export function CustomerPayments({
  payments,
  more,
  timeZone,
}: {
  payments: ShownPayment[];
  /** Where all of them are, when there are more. */
  more: string | null;
  timeZone: string;
}) {
  return (
    <Section title="Payments" flush aside={more && <Link to={more}>All payments</Link>}>
      {payments.length === 0 ? (
        <Text c="dimmed" px="md" pb="md">
          None yet.
        </Text>
      ) : (
        <SimpleTable
          label="Payments"
          rows={payments}
          rowKey={(payment) => payment.id}
          columns={[
            {
              key: 'what',
              label: 'Payment',
              cell: (payment) => (
                <>
                  <Link to={`/payments/${payment.id}`}>{methodWords(payment)}</Link>
                  <Under>
                    {paymentDay(payment, timeZone)} · <PaymentState payment={payment} />
                  </Under>
                </>
              ),
            },
            {
              key: 'amount',
              label: 'Amount',
              numeric: true,
              cell: (payment) => formatMoney(payment.amountCents, payment.currency),
            },
          ]}
        />
      )}
    </Section>
  );
}

/** Cards and bank accounts that the customer asked to keep. The office sees them; only the customer uses them. */
export function SavedMethods({ methods }: { methods: Billing['methods'] }) {
  return (
    <Section title="Saved for paying">
      {methods.length === 0 ? (
        <Text c="dimmed">No card or bank account.</Text>
      ) : (
        <ul style={{ margin: 0, padding: 0, listStyle: 'none' }}>
          {methods.map((method) => (
            <li key={method.id}>
              {brandName(method.brand) ?? methodLabels[method.kind]} ending {method.last4}
              {method.expiryMonth && method.expiryYear && (
                <Under>
                  expires {String(method.expiryMonth).padStart(2, '0')}/{method.expiryYear}
                </Under>
              )}
            </li>
          ))}
        </ul>
      )}
      {methods.length > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          Used by the customer in the portal.
        </Text>
      )}
    </Section>
  );
}

const Under = ({ children }: { children: React.ReactNode }) => (
  <Text size="sm" c="dimmed" component="span" display="block" style={{ overflowWrap: 'anywhere' }}>
    {children}
  </Text>
);
