import { Button } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';

import { messageKindLabels } from '#app/messaging/kinds.ts';
import { listOutboxTexts, type OutboxText } from '#app/messaging/outbox-texts.server.ts';
import { OutboxTabs } from '#app/messaging/OutboxTabs.tsx';
import { textProviderName } from '#app/messaging/providers/choose-text.server.ts';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { formatMoment, formatPhone } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './lists.module.css';

export const meta: MetaFunction = () => [{ title: 'Texts · Outbox · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'outbox.read');
  const at = new URL(args.request.url).searchParams;
  return staff.tx(async (tx) => ({
    ...(await listOutboxTexts(tx, { q: at.get('q') }, { after: at.get('after'), before: at.get('before') })),
    provider: await textProviderName(tx, args.context),
  }));
}

export default function OutboxTexts() {
  const { rows, next, previous, provider } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  const [params] = useSearchParams();
  const columns: Column<OutboxText>[] = [
    {
      key: 'body',
      label: 'Text',
      cell: (row) => (
        <>
          <span className={classes.first}>{row.body}</span>
          <span className={`${classes.under} ${classes.phone}`}>{formatPhone(row.recipient)}</span>
        </>
      ),
    },
    { key: 'to', label: 'To', wide: true, cell: (row) => formatPhone(row.recipient) },
    {
      key: 'what',
      label: 'What',
      wide: true,
      cell: (row) => (
        <span className={classes.quiet}>{row.campaign ?? (row.kind ? messageKindLabels[row.kind] : '')}</span>
      ),
    },
    { key: 'parts', label: 'Parts', numeric: true, wide: true, cell: (row) => row.parts },
    { key: 'at', label: 'Sent', numeric: true, cell: (row) => formatMoment(row.at, company.timeZone) },
  ];
  return (
    <>
      <PageHeader title="Outbox">
        {provider === 'sandbox'
          ? 'Texts go to the sandbox: they stand here as on each customer’s phone, and nothing leaves.'
          : 'Texts go out through Twilio. What was sent to the sandbox before stays here.'}
      </PageHeader>
      <OutboxTabs />
      <DataList
        label="Texts"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        rowHref={(row) => `/outbox/texts/${row.id}`}
        search="Number or words"
        next={next}
        previous={previous}
        empty={
          params.get('q') ? (
            <EmptyState
              title="No text matches"
              action={
                <Button variant="default" component={Link} to="/outbox/texts" mt="xs">
                  Show all texts
                </Button>
              }
            >
              {`No text to or with “${params.get('q')}” was sent.`}
            </EmptyState>
          ) : (
            <EmptyState title="No text was sent yet" action={<Link to="/campaigns/new">New campaign</Link>}>
              Launch a campaign by text, and each will stand here as on its customer’s phone.
            </EmptyState>
          )
        }
      />
    </>
  );
}
