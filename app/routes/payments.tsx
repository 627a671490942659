import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';

import { methodLabels, methodWords, sourceLabels } from '#app/invoicing/ledger/entry-words.ts';
import { hasPayments, listPayments, type PaymentRow } from '#app/invoicing/payments/list.server.ts';
import { PaymentState } from '#app/invoicing/payments/PaymentState.tsx';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { FilterSelect } from '#app/ui/FilterSelect.tsx';
import { dateIn, formatDate, formatMoney, formatNoun } from '#app/ui/format.ts';
import { NoMatch } from '#app/ui/NoMatch.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './lists.module.css';
import { paymentFilter } from './payments.filter.server.ts';

export const meta: MetaFunction = () => [{ title: 'Payments · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const at = new URL(args.request.url).searchParams;
  const filter = paymentFilter(at, staff.company.timeZone, dateIn(staff.company.timeZone, new Date()));
  return staff.tx(async (tx) => ({
    ...(await listPayments(tx, filter, { after: at.get('after'), before: at.get('before') })),
    any: await hasPayments(tx),
  }));
}

const options = (labels: Record<string, string>) => Object.entries(labels).map(([value, label]) => ({ value, label }));

const statuses = {
  succeeded: 'Received',
  pending: 'On its way',
  failed: 'Failed',
  refunded: 'Refunded',
  disputed: 'Disputed',
  open: 'Not finished',
};
const spans = {
  today: 'Today',
  '7': 'Last 7 days',
  '30': 'Last 30 days',
  month: 'This month',
  'last-month': 'Last month',
  year: 'This year',
};

export default function Payments() {
  const { rows, total, next, previous, any } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const columns: Column<PaymentRow>[] = [
    {
      key: 'customer',
      label: 'Customer',
      cell: (row) => (
        <>
          <span className={classes.first}>{row.customer}</span>
          <span className={`${classes.under} ${classes.phone}`}>
            {methodWords(row)} · {formatDate(row.on)}
          </span>
          <span className={`${classes.under} ${classes.phone}`}>
            <PaymentState payment={row} />
          </span>
        </>
      ),
    },
    {
      key: 'method',
      label: 'Paid by',
      wide: true,
      cell: (row) => (
        <>
          {methodWords(row)}
          {row.processor === 'sandbox' && <span className={classes.under}>Sandbox: no money moved</span>}
        </>
      ),
    },
    { key: 'state', label: 'State', wide: true, cell: (row) => <PaymentState payment={row} /> },
    { key: 'source', label: 'From', wide: true, cell: (row) => sourceLabels[row.source] },
    { key: 'day', label: 'When', numeric: true, wide: true, cell: (row) => formatDate(row.on) },
    {
      key: 'amount',
      label: 'Amount',
      numeric: true,
      cell: (row) => (
        <>
          {formatMoney(row.amountCents, row.currency)}
          {row.refundedCents > 0 && (
            <span className={classes.under}>{formatMoney(row.refundedCents, row.currency)} refunded</span>
          )}
        </>
      ),
    },
  ];
  const kept = new URLSearchParams(params);
  for (const name of ['after', 'before']) kept.delete(name);
  return (
    <>
      <PageHeader
        title="Payments"
        actions={
          any && (
            <a href={`/payments/export?${kept.toString()}`} download>
              Export CSV
            </a>
          )
        }
      />
      <DataList
        label="Payments"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        rowHref={(row) => `/payments/${row.id}`}
        search="Customer, invoice, check or last four digits"
        filters={
          <>
            <FilterSelect name="status" label="State" options={options(statuses)} />
            <FilterSelect name="method" label="Paid by" options={options(methodLabels)} />
            <FilterSelect name="source" label="From" options={options(sourceLabels)} />
            <FilterSelect name="when" label="When" options={options(spans)} />
          </>
        }
        summary={
          any &&
          (total.capped
            ? `${total.count.toLocaleString('en-US')}+ payments`
            : `${formatNoun(total.count, 'payment')}, ${formatMoney(total.cents)} received`)
        }
        next={next}
        previous={previous}
        empty={
          any ? (
            <NoMatch noun="payment" to="/payments" />
          ) : (
            <EmptyState title="No payments yet">
              Payments stand here as customers pay online, or when you record a check or cash on an invoice.
            </EmptyState>
          )
        }
      />
    </>
  );
}
