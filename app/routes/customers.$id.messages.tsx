import { Button, NativeSelect } from '@mantine/core';
import { redirect, type LoaderFunctionArgs } from '@remix-run/node';
import { Form, useLoaderData, useParams } from '@remix-run/react';

import { listCampaigns } from '#app/campaigns/campaigns.server.ts';
import { messagesToCustomer } from '#app/messaging/history.server.ts';
import { MessageHistory } from '#app/messaging/MessageHistory.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { Section } from '#app/ui/Section.tsx';
import { idParam, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  const id = idParam(args.params.id);
  const campaign = new URL(args.request.url).searchParams.get('campaign');
  if (campaign) throw redirect(`/campaigns/${idParam(campaign)}/customers/${id}`);
  return staff.tx(async (tx) => ({
    messages: await messagesToCustomer(tx, id),
    campaigns: staff.may('campaigns.read')
      ? (await listCampaigns(tx, { limit: 100 })).rows.map((row) => ({
          id: row.id,
          name: row.name,
          status: row.status,
        }))
      : [],
  }));
}

/** Every message, and why it did or did not arrive (B-04). */
export default function CustomerMessages() {
  const { messages, campaigns } = useLoaderData<typeof loader>();
  return (
    <div className={classes.stack}>
      <Section flush>
        {messages.length === 0 ? (
          <EmptyState title="No messages yet">
            No campaign was sent to this customer so far. Reminders, invitations and receipts will stand here, sent or
            not, each with its reason.
          </EmptyState>
        ) : (
          <MessageHistory label="Messages" messages={messages} about="invoice" />
        )}
      </Section>
      {campaigns.length > 0 && <WhyCampaign campaigns={campaigns} />}
    </div>
  );
}

/** Leads to why the customer did, or did not, get one campaign. */
function WhyCampaign({ campaigns }: { campaigns: { id: number; name: string; status: string }[] }) {
  const { id } = useParams();
  return (
    <Section title="Why did, or didn’t, they get a campaign?">
      <Form method="get" action={`/customers/${id}/messages`} className={classes.ask}>
        <NativeSelect
          name="campaign"
          aria-label="Campaign"
          data={campaigns.map((one) => ({
            value: String(one.id),
            label: one.status === 'draft' ? `${one.name} (draft)` : one.name,
          }))}
        />
        <Button type="submit" variant="default">
          Say why
        </Button>
      </Form>
    </Section>
  );
}
