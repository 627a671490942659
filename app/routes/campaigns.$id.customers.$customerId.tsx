import { Text } from '@mantine/core';
import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Link, useLoaderData } from '@remix-run/react';

import { WhyInvoices } from '#app/campaigns/WhyInvoices.tsx';
import { whyCustomer } from '#app/campaigns/why.server.ts';
import { whySentence } from '#app/campaigns/why-words.ts';
import { formatDate, formatNoun } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.why.customer.name ?? 'Customer'} · ${data?.why.campaign.name ?? 'Campaign'} · Fieldpost` },
];

/** Why a customer did, or did not, get a campaign (B-04). */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.read');
  const [campaignId, customerId] = [idParam(args.params.id), idParam(args.params.customerId)];
  const why = await staff.tx((tx) => whyCustomer(tx, campaignId, customerId));
  if (!why) throw notFound();
  return { why };
}

export default function WhyPage() {
  const { why } = useLoaderData<typeof loader>();
  const { company } = useOffice();
  const { campaign, customer } = why;
  const draft = campaign.status === 'draft';
  const hidden = why.total - why.invoices.length;
  return (
    <>
      <PageHeader
        title={draft ? `Would ${customer.name} get it?` : `Did ${customer.name} get it?`}
        back={{
          to: draft ? `/campaigns/${campaign.id}/people` : `/campaigns/${campaign.id}/messages`,
          label: campaign.name,
        }}
      />
      <Section>
        <Text fw={600} style={{ fontSize: 16, lineHeight: '24px' }}>
          {whySentence(why, company.timeZone)}
        </Text>
        <Text size="sm" c="dimmed" mt={4}>
          {draft
            ? 'As of now: what is paid, changed or chosen before the launch changes this.'
            : `Days and amounts are counted to the launch on ${formatDate(why.day)}. Customer, tags, business unit and due dates are as of now: they may have changed since.`}{' '}
          <Link to={`/customers/${customer.id}`}>See {customer.name}</Link>
        </Text>
      </Section>
      <WhyInvoices why={why} />
      {hidden > 0 && (
        <Text c="dimmed" mt="md">
          {formatNoun(hidden, 'older invoice')} of this customer {hidden === 1 ? 'is' : 'are'} not listed.
        </Text>
      )}
    </>
  );
}
