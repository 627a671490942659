import { Button, Group, Text, TextInput } from '@mantine/core';
import { Form, Link } from '@remix-run/react';

import { Section } from '#app/ui/Section.tsx';
import { SwitchButton } from '#app/ui/SwitchButton.tsx';
import { formatDate } from '#app/ui/format.ts';

/** What stops reminders of an invoice (B-01). @param typed a refused date, so that it stays */
export function ReminderSwitches({
  invoice,
  customerId,
  doNotContact,
  edits,
  error,
  typed,
  today,
}: {
  invoice: { status: string; doNotRemind: boolean; disputed: boolean; promisedFor: string | null };
  customerId: number;
  doNotContact: boolean;
  edits: boolean;
  error?: string;
  typed?: string;
  today: string;
}) {
  return (
    <Section title="Reminders">
      <Text size="sm" c="dimmed" mb={4}>
        {stateOf(invoice, doNotContact, today)}
      </Text>
      {doNotContact && (
        <Text size="sm" mb={4}>
          <Link to={`/customers/${customerId}`}>Change it on the customer</Link>
        </Text>
      )}
      {edits ? (
        <>
          <SwitchButton name="do_not_remind" on={invoice.doNotRemind} label="Do not remind" />
          <SwitchButton name="disputed" on={invoice.disputed} label="Disputed" />
          <Form method="post" noValidate preventScrollReset>
            <Group gap="xs" align="flex-end" wrap="nowrap" mt={4}>
              <TextInput
                id="promisedFor"
                name="promisedFor"
                type="date"
                label="Promised for"
                min={today}
                defaultValue={typed ?? invoice.promisedFor ?? ''}
                error={Boolean(error)}
                aria-describedby={error ? 'promisedFor-error' : undefined}
                style={{ flex: 1 }}
              />
              <Button type="submit" variant="default">
                Save
              </Button>
              {invoice.promisedFor && (
                <Button type="submit" name="promised" value="clear" variant="subtle" px="xs">
                  Clear
                </Button>
              )}
            </Group>
            {error && (
              <Text id="promisedFor-error" size="sm" c="var(--mantine-color-error)" mt={4} role="alert">
                {error}
              </Text>
            )}
          </Form>
        </>
      ) : (
        <Text size="sm">
          {[
            invoice.disputed && 'Disputed.',
            invoice.promisedFor && `Promised for ${formatDate(invoice.promisedFor)}.`,
            invoice.doNotRemind && 'Marked “do not remind”.',
          ]
            .filter(Boolean)
            .join(' ')}
        </Text>
      )}
    </Section>
  );
}

function stateOf(
  invoice: { status: string; doNotRemind: boolean; disputed: boolean; promisedFor: string | null },
  doNotContact: boolean,
  today: string,
): string {
  if (invoice.status === 'paid') return 'It is paid, so no reminder goes out.';
  if (invoice.status !== 'open') return 'No reminder of a draft or void invoice goes out.';
  if (doNotContact) return 'The customer is marked “do not contact”, so no campaign reaches them.';
  if (invoice.doNotRemind) return 'No reminder goes out: it is marked “do not remind”.';
  if (invoice.disputed) return 'No reminder goes out while it is disputed.';
  if (invoice.promisedFor && invoice.promisedFor >= today) {
    return `No reminder goes out until ${formatDate(invoice.promisedFor)} has passed.`;
  }
  if (invoice.promisedFor) return 'The promised day has passed, so reminders may go out again.';
  return 'Campaigns may remind of this invoice. Each of these stops them at once.';
}
