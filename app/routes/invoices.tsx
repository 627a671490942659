import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';

import { ageFilters } from '#app/invoicing/reports/aging.ts';
import { InvoiceState, reminderStops } from '#app/invoicing/invoices/InvoiceState.tsx';
import {
  hasInvoices,
  listBusinessUnits,
  listInvoices,
  type InvoiceRow,
} from '#app/invoicing/invoices/invoices.server.ts';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { FilterSelect } from '#app/ui/FilterSelect.tsx';
import { dateIn, formatDate, formatMoney, formatNoun } from '#app/ui/format.ts';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { NoMatch } from '#app/ui/NoMatch.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import { invoiceFilter } from './invoices.filter.ts';
import classes from './lists.module.css';

export const meta: MetaFunction = () => [{ title: 'Invoices · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const at = new URL(args.request.url).searchParams;
  const today = dateIn(staff.company.timeZone, new Date());
  return staff.tx(async (tx) => {
    const [list, units, any] = await Promise.all([
      listInvoices(tx, invoiceFilter(at, today), {
        sort: at.get('sort'),
        after: at.get('after'),
        before: at.get('before'),
      }),
      listBusinessUnits(tx),
      hasInvoices(tx),
    ]);
    return { ...list, units, any, today };
  });
}

const statuses = [
  { value: 'open', label: 'Unpaid' },
  { value: 'paid', label: 'Paid' },
  { value: 'draft', label: 'Draft' },
  { value: 'void', label: 'Void' },
];
const ageOptions = ageFilters.map((age) => ({ value: age.key, label: age.label }));
const flags = [
  { value: 'disputed', label: 'Disputed' },
  { value: 'promised', label: 'Promised to pay' },
  { value: 'do_not_remind', label: 'Do not remind' },
];

export default function Invoices() {
  const { rows, total, sort, next, previous, units, any, today } = useLoaderData<typeof loader>();
  const { may } = useOffice();
  const [params] = useSearchParams();
  const kept = new URLSearchParams([...params].filter(([name]) => !['after', 'before', 'saved'].includes(name)));
  const columns: Column<InvoiceRow>[] = [
    { key: 'number', label: 'Invoice', cell: (row) => row.number },
    {
      key: 'customer',
      label: 'Customer',
      cell: (row) => (
        <>
          <span className={classes.first}>{row.customer}</span>
          {reminderStops(row).length > 0 && <span className={classes.flags}>{reminderStops(row).join(' · ')}</span>}
          <span className={`${classes.under} ${classes.phone}`}>
            <InvoiceState status={row.status} dueOn={row.dueOn} today={today} />
          </span>
        </>
      ),
    },
    {
      key: 'state',
      label: 'State',
      wide: true,
      cell: (row) => <InvoiceState status={row.status} dueOn={row.dueOn} today={today} />,
    },
    {
      key: 'issued',
      label: 'Issued',
      sort: 'issued',
      numeric: true,
      wide: true,
      cell: (row) => formatDate(row.issuedOn),
    },
    { key: 'due', label: 'Due', sort: 'due', numeric: true, wide: true, cell: (row) => formatDate(row.dueOn) },
    {
      key: 'total',
      label: 'Total',
      numeric: true,
      wide: true,
      cell: (row) => <span className={classes.quiet}>{formatMoney(row.totalCents, row.currency)}</span>,
    },
    {
      key: 'balance',
      label: 'Balance',
      sort: 'amount',
      numeric: true,
      cell: (row) => formatMoney(row.balanceCents, row.currency),
    },
  ];
  return (
    <>
      <PageHeader
        title="Invoices"
        actions={
          <>
            {any && <LinkButton to="/reports/aging">Aging</LinkButton>}
            {any && (
              <LinkButton to={`/invoices/export?${kept.toString()}`} file>
                Export CSV
              </LinkButton>
            )}
            {any && may('import') && <LinkButton to="/imports">Import</LinkButton>}
            {may('invoices.edit') && (
              <LinkButton to="/invoices/new" main>
                New invoice
              </LinkButton>
            )}
          </>
        }
      />
      {params.get('saved') === 'deleted' && <Notice tone="done">The draft was deleted.</Notice>}
      <DataList
        label="Invoices"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        rowHref={(row) => `/invoices/${row.id}`}
        search="Number, customer or work"
        filters={
          <>
            <FilterSelect name="status" label="State" options={statuses} />
            <FilterSelect name="age" label="Age" options={ageOptions} />
            {units.length > 0 && (
              <FilterSelect
                name="unit"
                label="Business unit"
                options={units.map((unit) => ({ value: String(unit.id), label: unit.name }))}
              />
            )}
            <FilterSelect name="flag" label="Reminders" options={flags} />
          </>
        }
        summary={
          any &&
          (total.capped
            ? `${total.count.toLocaleString('en-US')}+ invoices`
            : `${formatNoun(total.count, 'invoice')}, ${formatMoney(total.cents)} owed`)
        }
        sort={sort}
        next={next}
        previous={previous}
        empty={
          any ? (
            <NoMatch noun="invoice" to="/invoices" />
          ) : (
            <EmptyState
              title="No invoices yet"
              action={
                may('import') && (
                  <LinkButton to="/imports" main>
                    Import invoices
                  </LinkButton>
                )
              }
            >
              Invoices come in with a file from your accounting or field-service software, or you make them here.
            </EmptyState>
          )
        }
      />
    </>
  );
}
