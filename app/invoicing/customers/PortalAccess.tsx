import { Button, Text } from '@mantine/core';
import { Form } from '@remix-run/react';

import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';
import { StatusBadge } from '#app/ui/StatusBadge.tsx';
import { formatDay } from '#app/ui/format.ts';
import { useOffice } from '#app/ui/useOffice.ts';

import type { ContactKind } from './contact-kinds.ts';

type Contact = { id: number; kind: ContactKind; value: string; memo: string };
type Access = {
  contactId: number;
  billingAccess: boolean;
  invitedAt: Date | string | null;
  activatedAt: Date | string | null;
  lastSignInAt: Date | string | null;
};

/** The customer's way into the portal: one row for each email on the record (S3-08 to S3-14). */
export function PortalAccess({
  customerId,
  contacts,
  access,
  mayInvite,
}: {
  customerId: number;
  contacts: Contact[];
  access: Access[];
  mayInvite: boolean;
}) {
  const { company } = useOffice();
  const emails = contacts.filter((contact) => contact.kind === 'email');
  const byContact = new Map(access.map((one) => [one.contactId, one]));
  return (
    <Section title="Customer Portal" flush>
      {emails.length === 0 ? (
        <Text c="dimmed" px="md" pb="md">
          Add an email to invite this customer.
        </Text>
      ) : (
        <SimpleTable
          label="Customer Portal"
          rows={emails}
          rowKey={(contact) => contact.id}
          columns={[
            {
              key: 'contact',
              label: 'Contact',
              cell: (contact) => <span style={{ overflowWrap: 'anywhere' }}>{contact.value}</span>,
            },
            { key: 'memo', label: 'Memo', wide: true, cell: (contact) => contact.memo },
            {
              key: 'status',
              label: 'Status',
              cell: (contact) => <Status access={byContact.get(contact.id)} timeZone={company.timeZone} />,
            },
            {
              key: 'billing',
              label: 'Billing',
              wide: true,
              cell: (contact) => {
                const one = byContact.get(contact.id);
                return one ? (one.billingAccess ? 'Billing access' : 'No billing access') : '';
              },
            },
            ...(mayInvite
              ? [
                  {
                    key: 'invite',
                    label: '',
                    numeric: true,
                    cell: (contact: Contact) => {
                      const one = byContact.get(contact.id);
                      if (one?.activatedAt) return null;
                      return (
                        <Form method="post" action={`/customers/${customerId}/contacts/${contact.id}/invite`}>
                          <Button
                            type="submit"
                            size="xs"
                            variant="default"
                            aria-label={`${one?.invitedAt ? 'Resend invite to' : 'Invite'} ${contact.value}`}
                          >
                            {one?.invitedAt ? 'Resend invite' : 'Invite'}
                          </Button>
                        </Form>
                      );
                    },
                  },
                ]
              : []),
          ]}
        />
      )}
    </Section>
  );
}

/** Blank, *Invited*, or a green *Active* with the last sign-in (S3-09). */
function Status({ access, timeZone }: { access: Access | undefined; timeZone: string }) {
  if (access?.activatedAt) {
    return (
      <StatusBadge tone="paid">
        Active{access.lastSignInAt ? `, last in ${formatDay(access.lastSignInAt, timeZone)}` : ''}
      </StatusBadge>
    );
  }
  if (access?.invitedAt) {
    return <StatusBadge tone="soon">Invited {formatDay(access.invitedAt, timeZone)}</StatusBadge>;
  }
  return null;
}
