import { Button } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';

import { messageKindLabels } from '#app/messaging/kinds.ts';
import { listOutbox, type OutboxRow } from '#app/messaging/outbox.server.ts';
import { OutboxTabs } from '#app/messaging/OutboxTabs.tsx';
import { emailProviderName } from '#app/messaging/providers/choose.server.ts';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { formatMoment } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './lists.module.css';

export const meta: MetaFunction = () => [{ title: 'Outbox · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'outbox.read');
  const at = new URL(args.request.url).searchParams;
  return staff.tx(async (tx) => ({
    ...(await listOutbox(
      tx,
      { q: at.get('q'), staffMail: staff.may('staff.manage') },
      { after: at.get('after'), before: at.get('before') },
    )),
    provider: await emailProviderName(tx, args.context),
  }));
}

export default function Outbox() {
  const { rows, next, previous, provider } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  const [params] = useSearchParams();
  const columns: Column<OutboxRow>[] = [
    {
      key: 'subject',
      label: 'Subject',
      cell: (row) => (
        <>
          <span className={classes.first}>{row.subject || '(no subject)'}</span>
          <span className={`${classes.under} ${classes.phone}`}>{row.recipient}</span>
        </>
      ),
    },
    {
      key: 'recipient',
      label: 'To',
      wide: true,
      cell: (row) => <span className={classes.first}>{row.recipient}</span>,
    },
    {
      key: 'what',
      label: 'What',
      wide: true,
      cell: (row) => (
        <span className={classes.quiet}>
          {row.campaign ?? (row.kind ? (messageKindLabels[row.kind as 'test'] ?? row.kind) : '')}
        </span>
      ),
    },
    { key: 'at', label: 'Sent', numeric: true, cell: (row) => formatMoment(row.at, company.timeZone) },
  ];
  return (
    <>
      <PageHeader title="Outbox">
        {provider === 'sandbox'
          ? 'Email goes to the sandbox: it stands here as each customer would see it, and nothing leaves.'
          : 'Email goes out through Amazon SES. What was sent to the sandbox before stays here.'}
      </PageHeader>
      <OutboxTabs />
      <DataList
        label="Outbox"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        rowHref={(row) => `/outbox/${row.id}`}
        search="Recipient or subject"
        next={next}
        previous={previous}
        empty={
          params.get('q') ? (
            <EmptyState
              title="No email matches"
              action={
                <Button variant="default" component={Link} to="/outbox" mt="xs">
                  Show all email
                </Button>
              }
            >
              {`Nothing was sent to or about “${params.get('q')}”.`}
            </EmptyState>
          ) : (
            <EmptyState title="Nothing was sent yet">
              Launch a campaign or send a test, and each email will stand here as its customer sees it.
            </EmptyState>
          )
        }
      />
    </>
  );
}
