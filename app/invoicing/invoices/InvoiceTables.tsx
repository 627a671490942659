import { Text } from '@mantine/core';
import { Link } from '@remix-run/react';

import { EntryName } from '#app/invoicing/reports/BillingTables.tsx';
import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';
import { formatMoney, formatDay } from '#app/ui/format.ts';

import type { InvoiceRecord } from './record.server.ts';

type Shown = Pick<InvoiceRecord, 'items'> & {
  invoice: Pick<InvoiceRecord['invoice'], 'currency' | 'totalCents' | 'balanceCents'>;
  ledger: (Omit<InvoiceRecord['ledger'][number], 'at'> & { at: Date | string })[];
};

/** What was done and what it costs. */
export function InvoiceItems({ record }: { record: Shown }) {
  const { items, invoice } = record;
  const money = (cents: number) => formatMoney(cents, invoice.currency);
  const tax = items.reduce((cents, item) => cents + item.taxCents, 0);
  return (
    <Section title="Items" flush>
      {items.length === 0 ? (
        <Text c="dimmed" px="md" pb="md">
          The file that this invoice came from has no items, only its total: {money(invoice.totalCents)}.
        </Text>
      ) : (
        <SimpleTable
          label="Items"
          rows={items}
          rowKey={(item) => item.id}
          columns={[
            { key: 'description', label: 'Description', cell: (item) => item.description },
            { key: 'unit', label: 'Price', numeric: true, wide: true, cell: (item) => money(item.unitCents) },
            {
              key: 'quantity',
              label: 'Quantity',
              numeric: true,
              cell: (item) => item.quantity.toLocaleString('en-US', { maximumFractionDigits: 3 }),
            },
            { key: 'total', label: 'Amount', numeric: true, cell: (item) => money(item.totalCents) },
          ]}
          foot={[
            ...(tax !== 0 ? [{ label: 'Tax included', value: money(tax) }] : []),
            { label: 'Total', value: money(invoice.totalCents), strong: true },
          ]}
        />
      )}
    </Section>
  );
}

/** Every movement of money, with the balance after it, and what a campaign brought back. */
export function InvoiceLedger({
  record,
  returns,
  timeZone,
}: {
  record: Shown;
  returns: { paymentId: number; campaignId: number; campaign: string; kind: 'direct' | 'influenced' }[];
  timeZone: string;
}) {
  const { ledger, invoice } = record;
  const money = (cents: number) => formatMoney(cents, invoice.currency);
  const earned = new Map(returns.map((one) => [one.paymentId, one]));
  return (
    <Section title="History" flush>
      {ledger.length === 0 ? (
        <Text c="dimmed" px="md" pb="md">
          Nothing was charged or paid so far.
        </Text>
      ) : (
        <SimpleTable
          label="History"
          rows={ledger}
          rowKey={(entry) => entry.id}
          columns={[
            {
              key: 'kind',
              label: 'What',
              cell: (entry) => {
                const campaign = entry.paymentId !== null ? earned.get(entry.paymentId) : undefined;
                return (
                  <>
                    <EntryName entry={entry} />
                    {entry.cardLast4 && ` ending ${entry.cardLast4}`}
                    {entry.processor === 'sandbox' && ' (sandbox)'}
                    {entry.memo && <Small>{entry.memo}</Small>}
                    {campaign && (
                      <Small>
                        {campaign.kind === 'direct' ? 'Brought back by ' : 'Influenced by '}
                        <Link to={`/campaigns/${campaign.campaignId}`}>{campaign.campaign}</Link>
                      </Small>
                    )}
                  </>
                );
              },
            },
            { key: 'at', label: 'When', wide: true, cell: (entry) => formatDay(entry.at, timeZone) },
            { key: 'amount', label: 'Amount', numeric: true, cell: (entry) => money(entry.amountCents) },
            { key: 'balance', label: 'Balance', numeric: true, cell: (entry) => money(entry.balanceCents) },
          ]}
        />
      )}
    </Section>
  );
}

const Small = ({ children }: { children: React.ReactNode }) => (
  <Text size="sm" c="dimmed" component="span" display="block" style={{ overflowWrap: 'anywhere' }}>
    {children}
  </Text>
);
