import { Button } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';

import { listOutboxPostcards, type OutboxPostcard } from '#app/messaging/outbox-postcards.server.ts';
import { OutboxTabs } from '#app/messaging/OutboxTabs.tsx';
import { mailProviderName } from '#app/messaging/providers/choose-mail.server.ts';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { formatMoment } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './lists.module.css';

export const meta: MetaFunction = () => [{ title: 'Postcards · Outbox · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'outbox.read');
  const at = new URL(args.request.url).searchParams;
  return staff.tx(async (tx) => ({
    ...(await listOutboxPostcards(tx, { q: at.get('q') }, { after: at.get('after'), before: at.get('before') })),
    provider: await mailProviderName(tx, args.context),
  }));
}

export default function OutboxPostcards() {
  const { rows, next, previous, provider } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  const [params] = useSearchParams();
  const columns: Column<OutboxPostcard>[] = [
    {
      key: 'name',
      label: 'To',
      cell: (row) => (
        <>
          <span className={classes.first}>{row.name}</span>
          <span className={classes.under}>{row.recipient.split('\n').join(', ')}</span>
        </>
      ),
    },
    { key: 'headline', label: 'Headline', wide: true, cell: (row) => row.headline },
    {
      key: 'what',
      label: 'What',
      wide: true,
      cell: (row) => <span className={classes.quiet}>{row.campaign ?? ''}</span>,
    },
    { key: 'size', label: 'Size', wide: true, cell: (row) => row.size },
    { key: 'at', label: 'Accepted', numeric: true, cell: (row) => formatMoment(row.at, company.timeZone) },
  ];
  return (
    <>
      <PageHeader title="Outbox">
        {provider === 'sandbox'
          ? 'Postcards go to the sandbox: they stand here with both sides, and nothing is printed.'
          : 'Postcards are printed and mailed by Lob. What was sent to the sandbox before stays here.'}
      </PageHeader>
      <OutboxTabs />
      <DataList
        label="Postcards"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        rowHref={(row) => `/outbox/postcards/${row.id}`}
        search="Name, address or words"
        next={next}
        previous={previous}
        empty={
          params.get('q') ? (
            <EmptyState
              title="No postcard matches"
              action={
                <Button variant="default" component={Link} to="/outbox/postcards" mt="xs">
                  Show all postcards
                </Button>
              }
            >
              {`No postcard to or with “${params.get('q')}” was sent.`}
            </EmptyState>
          ) : (
            <EmptyState title="No postcard was sent yet" action={<Link to="/campaigns/new">New campaign</Link>}>
              Launch a campaign by mail, and each card will stand here with both sides.
            </EmptyState>
          )
        }
      />
    </>
  );
}
