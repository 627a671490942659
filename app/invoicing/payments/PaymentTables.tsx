import { Text } from '@mantine/core';
import { Link } from '@remix-run/react';

import { entryKinds } from '#app/invoicing/ledger/entry-words.ts';
import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { formatDay, formatMoney } from '#app/ui/format.ts';

import type { PaymentRecord } from './record.server.ts';

/** Dates come over the wire as text. */
type Wire<T> = {
  [K in keyof T]: T[K] extends Date ? Date | string : T[K] extends Date | null ? Date | string | null : T[K];
};

/** Where a payment went, by invoice; or what it is for while nothing of it has arrived. */
export function WhereItWent({
  entries,
  asked,
  currency,
  timeZone,
}: {
  entries: Wire<PaymentRecord['entries'][number]>[];
  asked: PaymentRecord['asked'];
  currency: string;
  timeZone: string;
}) {
  const money = (cents: number) => formatMoney(cents, currency);
  if (entries.length === 0) {
    return (
      <Section title="What it is for" flush>
        {asked.length === 0 ? (
          <Text c="dimmed" px="md" pb="md">
            It was for the customer’s account.
          </Text>
        ) : (
          <SimpleTable
            label="What it is for"
            rows={asked}
            rowKey={(part) => part.invoiceId}
            columns={[
              {
                key: 'invoice',
                label: 'Invoice',
                cell: (part) => <InvoiceLink id={part.invoiceId} number={part.invoice} />,
              },
              { key: 'amount', label: 'Amount', numeric: true, cell: (part) => money(part.amountCents) },
            ]}
          />
        )}
      </Section>
    );
  }
  return (
    <Section title="Where it went" flush>
      <SimpleTable
        label="Where it went"
        rows={entries}
        rowKey={(entry) => entry.id}
        columns={[
          {
            key: 'where',
            label: 'Where',
            cell: (entry) =>
              entry.invoiceId === null ? 'Account' : <InvoiceLink id={entry.invoiceId} number={entry.invoice ?? ''} />,
          },
          {
            key: 'what',
            label: 'What',
            cell: (entry) => (
              <>
                {entryKinds[entry.kind]}
                {entry.memo && entry.kind !== 'payment' && <Under>{entry.memo}</Under>}
              </>
            ),
          },
          { key: 'at', label: 'When', wide: true, cell: (entry) => formatDay(entry.at, timeZone) },
          { key: 'amount', label: 'Amount', numeric: true, cell: (entry) => money(entry.amountCents) },
        ]}
      />
    </Section>
  );
}

const refundStates = {
  pending: ['soon', 'On its way'],
  succeeded: ['paid', 'Given back'],
  failed: ['overdue', 'Failed'],
} as const;

/** What was given back of a payment. */
export function Refunds({
  refunds,
  currency,
  timeZone,
}: {
  refunds: Wire<PaymentRecord['refunds'][number]>[];
  currency: string;
  timeZone: string;
}) {
  return (
    <Section title="Refunds" flush>
      <SimpleTable
        label="Refunds"
        rows={refunds}
        rowKey={(refund) => refund.id}
        columns={[
          {
            key: 'what',
            label: 'Why',
            cell: (refund) => (
              <>
                {refund.reason || 'Refund'}
                <Under>
                  {refund.by ?? 'At the processor'} · {formatDay(refund.createdAt, timeZone)} ·{' '}
                  {refund.reduces ? 'not owed again' : 'owed again'}
                </Under>
                {refund.failure && <Under>{refund.failure}</Under>}
              </>
            ),
          },
          {
            key: 'state',
            label: 'State',
            cell: (refund) => (
              <StatusBadge tone={refundStates[refund.status][0]}>{refundStates[refund.status][1]}</StatusBadge>
            ),
          },
          {
            key: 'amount',
            label: 'Amount',
            numeric: true,
            cell: (refund) => formatMoney(refund.amountCents, currency),
          },
        ]}
      />
    </Section>
  );
}

const disputeStates = {
  open: ['overdue', 'The bank decides'],
  won: ['paid', 'Decided for you'],
  lost: ['overdue', 'Decided for the payer'],
} as const;

/** What the payer asked the bank to give back. */
export function Disputes({
  disputes,
  currency,
  timeZone,
}: {
  disputes: Wire<PaymentRecord['disputes'][number]>[];
  currency: string;
  timeZone: string;
}) {
  return (
    <Section title="Dispute" flush>
      <SimpleTable
        label="Dispute"
        rows={disputes}
        rowKey={(dispute) => dispute.id}
        columns={[
          {
            key: 'what',
            label: 'Why',
            cell: (dispute) => (
              <>
                {dispute.reason.replaceAll('_', ' ') || 'No reason given'}
                <Under>{formatDay(dispute.openedAt, timeZone)}</Under>
              </>
            ),
          },
          {
            key: 'state',
            label: 'State',
            cell: (dispute) => (
              <StatusBadge tone={disputeStates[dispute.status][0]}>{disputeStates[dispute.status][1]}</StatusBadge>
            ),
          },
          {
            key: 'amount',
            label: 'Amount',
            numeric: true,
            cell: (dispute) => formatMoney(dispute.amountCents, currency),
          },
        ]}
      />
    </Section>
  );
}

const InvoiceLink = ({ id, number }: { id: number; number: string }) => (
  <Link to={`/invoices/${id}`}>Invoice {number}</Link>
);

const Under = ({ children }: { children: React.ReactNode }) => (
  <Text size="sm" c="dimmed" component="span" display="block" style={{ overflowWrap: 'anywhere' }}>
    {children}
  </Text>
);
