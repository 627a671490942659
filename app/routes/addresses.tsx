import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useSearchParams } from '@remix-run/react';

import { addressLine } from '#app/messaging/address-words.ts';
import { countAddressChecks, listAddressesToCheck, type AddressRow } from '#app/messaging/addresses-to-check.server.ts';
import { AddressTrouble } from '#app/messaging/AddressTrouble.tsx';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { FilterSelect } from '#app/ui/FilterSelect.tsx';
import { formatNoun } from '#app/ui/format.ts';
import { LinkButton } from '#app/ui/LinkButton.tsx';
import { NoMatch } from '#app/ui/NoMatch.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './lists.module.css';

export const meta: MetaFunction = () => [{ title: 'Addresses to check · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  const at = new URL(args.request.url).searchParams;
  const filter = { q: at.get('q'), trouble: at.get('trouble') };
  return staff.tx(async (tx) => ({
    ...(await listAddressesToCheck(tx, filter, { after: at.get('after'), before: at.get('before') })),
    filtered: Boolean(filter.q || filter.trouble),
    checked: await countAddressChecks(tx),
  }));
}

const troubles = [
  { value: 'undeliverable', label: 'Can’t be delivered to' },
  { value: 'unit', label: 'Trouble with the unit' },
  { value: 'writing', label: 'Written differently' },
];

const done: Record<string, string> = {
  used: 'The address was written as the Postal Service has it.',
  kept: 'The address stays as it was entered.',
};

export default function AddressesToCheck() {
  const { rows, count, checked, filtered, next, previous } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const { may } = useOffice();
  const notice = done[params.get('done') ?? ''];
  const columns: Column<AddressRow>[] = [
    {
      key: 'customer',
      label: 'Customer',
      cell: (row) => (
        <>
          <span className={classes.first}>{row.customer}</span>
          <span className={`${classes.under} ${classes.phone}`}>{addressLine(row)}</span>
        </>
      ),
    },
    { key: 'address', label: 'As entered', wide: true, cell: (row) => addressLine(row) },
    {
      key: 'says',
      label: 'The Postal Service says',
      cell: (row) => <AddressTrouble row={row} edits={may('customers.edit')} />,
    },
  ];
  return (
    <>
      <PageHeader title="Addresses to check" back={{ to: '/customers', label: 'Customers' }}>
        Addresses that mail may not reach, or that the Postal Service writes differently.
      </PageHeader>
      {notice && <Notice tone="done">{notice}</Notice>}
      <DataList
        label="Addresses to check"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.locationId}
        rowHref={(row) => `/customers/${row.customerId}`}
        search="Name, street, city or ZIP"
        filters={<FilterSelect name="trouble" label="What is wrong" options={troubles} />}
        summary={count > 0 && formatNoun(count, 'address', 'addresses')}
        next={next}
        previous={previous}
        empty={<Empty checked={checked} filtered={filtered} />}
      />
    </>
  );
}

function Empty({ checked, filtered }: { checked: number; filtered: boolean }) {
  if (filtered) return <NoMatch noun="address" nouns="addresses" to="/addresses" />;
  if (checked > 0) {
    return (
      <EmptyState title="Nothing to look at">
        {formatNoun(checked, 'address', 'addresses')} {checked === 1 ? 'was' : 'were'} looked up, and mail reaches{' '}
        {checked === 1 ? 'it' : 'them all'}.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No address was looked up yet" action={<LinkButton to="/campaigns">Campaigns</LinkButton>}>
      A postcard campaign looks its addresses up in the Postal Service’s list before it is launched. A single one is
      looked up on the customer’s record.
    </EmptyState>
  );
}
