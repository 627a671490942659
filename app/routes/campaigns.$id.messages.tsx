import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData, useSearchParams } from '@remix-run/react';

import { getCampaign } from '#app/campaigns/campaigns.server.ts';
import { explainReason } from '#app/campaigns/reasons.ts';
import { campaignPeople, campaignResults, personFilters, type PersonRow } from '#app/campaigns/results.server.ts';
import { filterWords, messageState } from '#app/campaigns/message-words.ts';
import { machineSentence } from '#app/campaigns/results-words.ts';
import { customersWithoutMessage, type FoundCustomer } from '#app/campaigns/why.server.ts';
import { DataList, type Column } from '#app/ui/DataList.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { FilterSelect } from '#app/ui/FilterSelect.tsx';
import { formatAddress, formatShortInstant } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Messages · ${data?.name ?? 'Campaign'} · Fieldpost` },
];

/** Every message of a campaign, by person: who got it, who did not, and why (B-04). */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.read');
  const id = idParam(args.params.id);
  const params = new URL(args.request.url).searchParams;
  const show = personFilters.find((each) => each === params.get('show')) ?? 'all';
  return staff.tx(async (tx) => {
    const campaign = await getCampaign(tx, id);
    const results = campaign && (await campaignResults(tx, id));
    if (!results) throw notFound();
    const reason = results.reasons.find((each) => each.reason === params.get('reason'))?.reason ?? null;
    const page = await campaignPeople(tx, id, {
      show,
      reason,
      search: params.get('q') ?? '',
      after: params.get('after'),
      before: params.get('before'),
    });
    return {
      id,
      name: campaign.name,
      reason,
      machines: machineSentence(show, results.funnel, results.steps[0]?.channel ?? 'email'),
      reasons: [...new Set(results.reasons.map((each) => each.reason))],
      ...page,
      without: await customersWithoutMessage(tx, id, params.get('q') ?? ''),
      timeZone: staff.company.timeZone,
    };
  });
}

export default function Messages() {
  const { id, name, reason, machines, reasons, rows, next, previous, without, timeZone } =
    useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const words = reason === null ? null : explainReason(reason);
  const columns: Column<PersonRow>[] = [
    { key: 'name', label: 'Customer', cell: (row) => row.name },
    {
      key: 'state',
      label: 'State',
      cell: (row) => {
        const state = messageState(row);
        return <StatusBadge tone={state.tone}>{state.label}</StatusBadge>;
      },
    },
    { key: 'when', label: 'When', wide: true, cell: (row) => when(row, timeZone) },
    { key: 'address', label: 'Address', wide: true, cell: (row) => formatAddress(row.address) || 'None' },
    {
      key: 'invoice',
      label: 'Invoice',
      wide: true,
      cell: (row) => <Link to={`/invoices/${row.invoiceId}`}>{row.number}</Link>,
    },
    {
      key: 'customer',
      label: 'Why',
      wide: true,
      cell: (row) => (
        <Link to={`/campaigns/${id}/customers/${row.customerId}`}>
          Why<span className="visually-hidden"> {row.name} did or didn’t get it</span>
        </Link>
      ),
    },
  ];
  return (
    <>
      <PageHeader title="Every message, by person" back={{ to: `/campaigns/${id}`, label: name }}>
        {machines}
        {machines && words && ' '}
        {words && `${words.why} ${words.todo ?? ''}`}
      </PageHeader>
      <DataList
        label="Messages"
        rows={rows}
        columns={columns}
        rowKey={(row) => row.messageId}
        rowHref={(row) => `/messages/${row.messageId}`}
        search="Find a customer or invoice"
        filters={
          <>
            <FilterSelect name="show" label="Any state" options={filterWords} />
            {reasons.length > 0 && (
              <FilterSelect
                name="reason"
                label="Any reason"
                options={reasons.map((code) => ({ value: code, label: explainReason(code).label }))}
              />
            )}
          </>
        }
        next={next}
        previous={previous}
        empty={
          <EmptyState
            title="No message matches"
            action={<Link to={`/campaigns/${id}/messages`}>Show all messages</Link>}
          >
            {params.size > 0
              ? 'Nobody with a message matches this search and filter.'
              : 'The audience is still being made into messages.'}
          </EmptyState>
        }
      />
      {without.length > 0 && <Without id={id} customers={without} />}
    </>
  );
}

/** Whom the search finds beyond the list: each leads to why they have no message. */
function Without({ id, customers }: { id: number; customers: FoundCustomer[] }) {
  return (
    <div style={{ marginTop: 16 }}>
      <Section title="Found without a message">
        <ul className={classes.list}>
          {customers.map((customer) => (
            <li key={customer.id} className={classes.place}>
              <span className={classes.wrap}>
                {customer.name}
                <span className={`${classes.quiet} ${classes.small}`} style={{ display: 'block' }}>
                  {customer.note || 'No email'}
                </span>
              </span>
              <Link to={`/campaigns/${id}/customers/${customer.id}`}>
                Why not?<span className="visually-hidden"> {customer.name}</span>
              </Link>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  );
}

/** The last thing that happened to it. */
function when(row: PersonRow, timeZone: string): string {
  const at = [row.sentAt, row.deliveredAt, row.openedAt, row.clickedAt, row.bouncedAt, row.unsubscribedAt]
    .filter((each) => each !== null)
    .map((each) => new Date(each).getTime());
  return at.length === 0 ? '' : formatShortInstant(new Date(Math.max(...at)), timeZone);
}
