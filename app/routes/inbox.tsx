import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';

import { conversationFilters, listConversations, type ConversationRow } from '#app/messaging/conversations.server.ts';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { FilterSelect } from '#app/ui/FilterSelect.tsx';
import { formatMoment, formatPhone } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { useLive } from '#app/ui/useLive.ts';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './lists.module.css';

export const meta: MetaFunction = () => [{ title: 'Inbox · Fieldpost' }];

const shows = [
  { value: 'unread', label: 'Not read yet' },
  { value: 'stopped', label: 'Asked for no more texts' },
  { value: 'unknown', label: 'Numbers of nobody' },
];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'messages.reply');
  const at = new URL(args.request.url).searchParams;
  return staff.tx((tx) =>
    listConversations(tx, {
      q: at.get('q') ?? '',
      show: conversationFilters.find((one) => one === at.get('show')) ?? null,
      after: at.get('after'),
      before: at.get('before'),
    }),
  );
}

/** How often the list is looked at again. */
const LIVE_MS = 10_000;

export default function Inbox() {
  const { rows, next, previous } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  const [params] = useSearchParams();
  useLive(LIVE_MS);
  const narrowed = params.has('q') || params.has('show');
  const columns: Column<ConversationRow>[] = [
    {
      key: 'who',
      label: 'From',
      cell: (row) => (
        <>
          <span className={classes.first} style={{ fontWeight: row.unread > 0 ? 600 : undefined }}>
            {row.name ?? formatPhone(row.number)}
          </span>
          <span className={classes.under}>{row.name ? formatPhone(row.number) : 'Not on anybody’s record'}</span>
        </>
      ),
    },
    {
      key: 'said',
      label: 'Last text',
      cell: (row) => (
        <span className={classes.first} style={{ fontWeight: row.unread > 0 ? 600 : undefined }}>
          {row.body || '(nothing)'}
        </span>
      ),
    },
    {
      key: 'state',
      label: 'State',
      wide: true,
      cell: (row) =>
        row.unread > 0 ? (
          <StatusBadge tone="sending">{row.stopped ? 'Not read yet, no more texts' : 'Not read yet'}</StatusBadge>
        ) : row.stopped ? (
          <StatusBadge tone="soon">No more texts</StatusBadge>
        ) : (
          <StatusBadge tone="draft">Read</StatusBadge>
        ),
    },
    { key: 'at', label: 'Received', numeric: true, wide: true, cell: (row) => formatMoment(row.at, company.timeZone) },
  ];
  return (
    <>
      <PageHeader title="Inbox">
        What customers answered by text. STOP, START and HELP are done by themselves.
      </PageHeader>
      <DataList
        label="Conversations"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.number}
        rowHref={(row) => `/inbox/${row.number.replace('+', '')}`}
        search="Name or number"
        filters={<FilterSelect name="show" label="All texts" options={shows} />}
        next={next}
        previous={previous}
        empty={
          narrowed ? (
            <EmptyState title="No text matches" action={<Link to="/inbox">Show all texts</Link>}>
              Try another name, number or filter.
            </EmptyState>
          ) : (
            <EmptyState title="Nobody has texted yet" action={<Link to="/campaigns/new">New campaign</Link>}>
              When customers answer a text of yours, their words stand here and on their record, and you can write back.
            </EmptyState>
          )
        }
      />
    </>
  );
}
