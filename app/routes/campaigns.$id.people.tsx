import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';

import { audienceSample, type AudienceMember } from '#app/audiences/audience.server.ts';
import { exclusions, isExclusion } from '#app/audiences/rules.ts';
import { exclusionWords } from '#app/audiences/words.ts';
import { explainReason } from '#app/campaigns/reasons.ts';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { FilterSelect } from '#app/ui/FilterSelect.tsx';
import { formatAge, formatCount, formatMoney, formatAddress } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';

import { loadDraft } from './campaigns.draft.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `People · ${data?.frame.campaign.name ?? 'Campaign'} · Fieldpost` },
];

/** Who is in a draft's audience, or left out of it and why, by name. */
export async function loader(args: LoaderFunctionArgs) {
  const params = new URL(args.request.url).searchParams;
  const show = params.get('show');
  const exclusion = isExclusion(show) ? show : null;
  return loadDraft(args, async (tx, check) => ({
    exclusion,
    today: check.today,
    count: exclusion ? (check.counts.byExclusion[exclusion] ?? 0) : check.counts.eligible,
    reasons: exclusions.filter((reason) => check.counts.byExclusion[reason]),
    page: await audienceSample(tx, check.rules, check.today, {
      exclusion,
      search: params.get('q') ?? '',
      after: params.get('after'),
      before: params.get('before'),
      limit: 50,
      reach: check.reach,
    }),
  }));
}

export default function People() {
  const { frame, exclusion, today, count, reasons, page, currency } = useLoaderData<typeof loader>();
  const { id, name, channel } = frame.campaign;
  const why = exclusion && explainReason(exclusion);
  const columns: Column<AudienceMember>[] = [
    { key: 'name', label: 'Customer', cell: (row) => row.name },
    { key: 'address', label: 'Address', wide: true, cell: (row) => formatAddress(row.address) || 'None' },
    {
      key: 'number',
      label: 'Invoice',
      wide: true,
      cell: (row) => <Link to={`/invoices/${row.invoiceId}`}>{row.number}</Link>,
    },
    { key: 'age', label: 'Age', wide: true, cell: (row) => formatAge(row.dueOn, today) },
    { key: 'owed', label: 'Owed', numeric: true, cell: (row) => formatMoney(row.owedCents, currency) },
  ];
  return (
    <>
      <PageHeader
        title={why ? `Left out: ${lower(why.label)}` : 'Who will get it'}
        back={{ to: `/campaigns/${id}/audience`, label: name }}
      >
        {why ? `${why.why} ${why.todo ?? ''}` : 'Everybody whom the rules match and nothing keeps back, as of now.'}
      </PageHeader>
      <DataList
        label="People"
        rows={page.rows}
        columns={columns}
        rowKey={(row) => row.invoiceId}
        rowHref={(row) => `/customers/${row.customerId}`}
        search="Name, email or invoice"
        filters={
          <FilterSelect
            name="show"
            label="Will get it"
            options={reasons.map((reason) => ({
              value: reason,
              label: `Left out: ${lower(explainReason(reason).label)}`,
            }))}
          />
        }
        summary={exclusion ? `${formatCount(count)} ${exclusionWords(exclusion, channel, count)}` : formatCount(count)}
        next={page.next}
        previous={page.previous}
        empty={
          <EmptyState title="Nobody here" action={<Link to={`/campaigns/${id}/people`}>Show who will get it</Link>}>
            Nobody matches this search and filter right now.
          </EmptyState>
        }
      />
    </>
  );
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
