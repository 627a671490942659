import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { ageFilters } from '#app/invoicing/reports/aging.ts';
import { hasCustomers, listCustomers, listTags, type CustomerRow } from '#app/invoicing/customers/customers.server.ts';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { FilterSelect } from '#app/ui/FilterSelect.tsx';
import { dateIn, formatAge, formatMoney, formatNoun, formatPhone } from '#app/ui/format.ts';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { NoMatch } from '#app/ui/NoMatch.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './lists.module.css';

export const meta: MetaFunction = () => [{ title: 'Customers · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  const at = new URL(args.request.url).searchParams;
  const today = dateIn(staff.company.timeZone, new Date());
  return staff.tx(async (tx) => ({
    ...(await listCustomers(
      tx,
      { q: at.get('q'), type: at.get('type'), owes: at.get('owes'), tag: at.get('tag'), reach: at.get('reach'), today },
      { sort: at.get('sort'), after: at.get('after'), before: at.get('before') },
    )),
    tags: await listTags(tx),
    any: await hasCustomers(tx),
    today,
  }));
}

const types = [
  { value: 'residential', label: 'Residential' },
  { value: 'commercial', label: 'Commercial' },
];
const owes = [
  { value: 'any', label: 'Owes money' },
  ...ageFilters.filter((age) => age.key !== 'current').map((age) => ({ value: age.key, label: age.label })),
];
const reach = [
  { value: 'no_email', label: 'No email' },
  { value: 'do_not_contact', label: 'Do not contact' },
];

export default function Customers() {
  const { rows, total, sort, next, previous, tags, any, today } = useLoaderData<typeof loader>();
  const { may } = useOffice();
  const columns: Column<CustomerRow>[] = [
    {
      key: 'name',
      label: 'Customer',
      sort: 'name',
      cell: (row) => (
        <>
          <span className={classes.first}>{row.name}</span>
          {row.oldestDueOn && (
            <span className={`${classes.under} ${classes.phone}`}>{formatAge(row.oldestDueOn, today)}</span>
          )}
        </>
      ),
    },
    {
      key: 'contact',
      label: 'Contact',
      wide: true,
      cell: (row) => (
        <span className={classes.quiet}>{row.email ?? (row.phone ? formatPhone(row.phone) : 'No email or phone')}</span>
      ),
    },
    { key: 'city', label: 'City', wide: true, cell: (row) => <span className={classes.quiet}>{row.city}</span> },
    {
      key: 'type',
      label: 'Type',
      wide: true,
      cell: (row) => (
        <span className={classes.quiet}>
          {row.type === 'commercial' ? 'Commercial' : 'Residential'}
          {row.doNotContact && ' · do not contact'}
        </span>
      ),
    },
    {
      key: 'due',
      label: 'Oldest due',
      sort: 'due',
      wide: true,
      cell: (row) =>
        row.oldestDueOn ? (
          <span className={row.oldestDueOn < today ? classes.overdue : classes.quiet}>
            {formatAge(row.oldestDueOn, today)}
          </span>
        ) : (
          <span className={classes.quiet}>–</span>
        ),
    },
    {
      key: 'balance',
      label: 'Owes',
      sort: 'balance',
      numeric: true,
      cell: (row) =>
        row.balanceCents === 0 ? <span className={classes.quiet}>–</span> : formatMoney(row.balanceCents),
    },
  ];
  return (
    <>
      <PageHeader
        title="Customers"
        actions={
          <>
            {any && <LinkButton to="/addresses">Addresses to check</LinkButton>}
            {any && may('import') && <LinkButton to="/imports">Import</LinkButton>}
            {may('customers.edit') && (
              <LinkButton to="/customers/new" main>
                New customer
              </LinkButton>
            )}
          </>
        }
      />
      <DataList
        label="Customers"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        rowHref={(row) => `/customers/${row.id}`}
        search="Name, email, phone or address"
        filters={
          <>
            <FilterSelect name="owes" label="Owes" options={owes} />
            <FilterSelect name="type" label="Type" options={types} />
            {tags.length > 0 && (
              <FilterSelect name="tag" label="Tag" options={tags.map((tag) => ({ value: tag, label: tag }))} />
            )}
            <FilterSelect name="reach" label="Reach" options={reach} />
          </>
        }
        summary={
          any &&
          (total.capped
            ? `${total.count.toLocaleString('en-US')}+ customers`
            : `${formatNoun(total.count, 'customer')}, ${formatMoney(total.cents)} owed`)
        }
        sort={sort}
        next={next}
        previous={previous}
        empty={
          any ? (
            <NoMatch noun="customer" to="/customers" />
          ) : (
            <EmptyState
              title="No customers yet"
              action={
                may('import') && (
                  <LinkButton to="/imports" main>
                    Import customers
                  </LinkButton>
                )
              }
            >
              Customers come in with a file from your accounting or field-service software, or one by one.
            </EmptyState>
          )
        }
      />
    </>
  );
}
