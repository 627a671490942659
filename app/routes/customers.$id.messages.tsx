import type { LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { messagesToCustomer } from '#app/messaging/history.server.ts';
import { MessageHistory } from '#app/messaging/MessageHistory.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { Section } from '#app/ui/Section.tsx';
import { idParam, requireStaff } from '#app/web/staff.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  return { messages: await staff.tx((tx) => messagesToCustomer(tx, idParam(args.params.id))) };
}

/** Every message, and why it did or did not arrive (B-04). */
export default function CustomerMessages() {
  const { messages } = useLoaderData<typeof loader>();
  return (
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
  );
}
