import { Button, Text } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';
import { IconPlus } from '@tabler/icons-react';

import { hasCampaigns, listCampaigns, type CampaignRow, type CampaignShow } from '#app/campaigns/campaigns.server.ts';
import { channelWords } from '#app/campaigns/channel-words.ts';
import { statusWords } from '#app/campaigns/words.ts';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { FilterSelect } from '#app/ui/FilterSelect.tsx';
import { formatCount, formatDate, formatDollars, dateIn } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Campaigns · Fieldpost' }];

const shows = [
  { value: 'draft', label: 'Drafts' },
  { value: 'running', label: 'Running' },
  { value: 'finished', label: 'Finished' },
  { value: 'archived', label: 'Archived' },
] as const satisfies { value: CampaignShow; label: string }[];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.read');
  const params = new URL(args.request.url).searchParams;
  return staff.tx(async (tx) => ({
    ...(await listCampaigns(tx, {
      search: params.get('q') ?? '',
      show: shows.find((each) => each.value === params.get('status'))?.value ?? null,
      after: params.get('after'),
      before: params.get('before'),
    })),
    any: await hasCampaigns(tx),
    currency: staff.company.currency,
  }));
}

export default function Campaigns() {
  const { rows, next, previous, any, currency } = useLoaderData<typeof loader>();
  const { may, company } = useOffice();
  const [params] = useSearchParams();
  const narrowed = params.has('q') || params.has('status');
  const create = may('campaigns.edit') && (
    <Button component={Link} to="/campaigns/new" leftSection={<IconPlus size={16} aria-hidden />}>
      New campaign
    </Button>
  );
  const columns: Column<CampaignRow>[] = [
    { key: 'name', label: 'Name', cell: (row) => row.name },
    { key: 'channel', label: 'By', wide: true, cell: (row) => channelWords[row.channel].label },
    {
      key: 'state',
      label: 'State',
      cell: (row) => <StatusBadge tone={statusWords[row.status].tone}>{statusWords[row.status].label}</StatusBadge>,
    },
    { key: 'people', label: 'People', numeric: true, wide: true, cell: (row) => count(row.people) },
    {
      key: 'sent',
      label: 'Sent',
      numeric: true,
      wide: true,
      cell: (row) => count(row.people === null ? null : row.sent),
    },
    {
      key: 'collected',
      label: 'Collected',
      numeric: true,
      cell: (row) =>
        row.people === null ? (
          <Nothing />
        ) : (
          <Text span fw={600} inherit>
            {formatDollars(row.collectedCents, currency)}
          </Text>
        ),
    },
    {
      key: 'launched',
      label: 'Launched',
      wide: true,
      cell: (row) => (row.launchedAt ? formatDate(dateIn(company.timeZone, new Date(row.launchedAt))) : <Nothing />),
    },
  ];
  return (
    <>
      <PageHeader title="Campaigns" actions={create} />
      <DataList
        label="Campaigns"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        rowHref={(row) => `/campaigns/${row.id}`}
        search={any || narrowed ? 'Find a campaign' : undefined}
        filters={any || narrowed ? <FilterSelect name="status" label="Any state" options={[...shows]} /> : undefined}
        next={next}
        previous={previous}
        empty={
          narrowed ? (
            <EmptyState title="No campaign matches" action={<Link to="/campaigns">Show all campaigns</Link>}>
              Try another word or state.
            </EmptyState>
          ) : (
            <EmptyState title="No campaigns yet" action={create}>
              A campaign reminds customers of unpaid invoices, by email or text, and leads them to where they pay.
              Choose who gets it, write what it says, look at it as any of them, and launch.
            </EmptyState>
          )
        }
      />
    </>
  );
}

const count = (value: number | null) => (value === null ? <Nothing /> : formatCount(value));

function Nothing() {
  return (
    <Text span c="dimmed" inherit>
      –
    </Text>
  );
}
