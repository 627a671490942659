import { Button, Group, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { Form, Link, useNavigation, useSearchParams } from '@remix-run/react';

import { ConfirmButton, ConfirmNow } from '#app/ui/ConfirmButton.tsx';
import { CopyField } from '#app/ui/CopyField.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { Section } from '#app/ui/Section.tsx';
import { formatDay } from '#app/ui/format.ts';
import { useOffice } from '#app/ui/useOffice.ts';

type Shown = { open: boolean; url: string | null; version: number; createdAt: Date | string | null };

/** *Payment Link* of a customer: generated once, copied, and replaced by a new one (S4-01, S4-02, S4-14, S4-15). */
export function PaymentLinkSection({ customerId, link }: { customerId: number; link: Shown }) {
  const { company, may } = useOffice();
  const [params] = useSearchParams();
  const edits = may('customers.edit') || may('payments.record');
  const question = replaceQuestion(customerId, link.version);
  const asked = params.get('ask') === 'payment-link' && link.version > 0;
  return (
    <Section
      title="Payment Link"
      aside={
        link.url !== null &&
        link.open &&
        edits && (
          <ConfirmButton {...question} size="xs" variant="default" aria-label="Replace the payment link">
            <IconRefresh size={16} aria-hidden />
          </ConfirmButton>
        )
      }
    >
      {asked && edits && link.open && <ConfirmNow {...question} back={`/customers/${customerId}/billing`} />}
      {!link.open && (
        <Notice tone="problem">
          {link.version > 0 ? 'The link opens nothing right now' : 'No link can be generated yet'}: the Customer Portal
          has no host or is switched off. <Link to="/settings/communications/customer-portal">Open its settings</Link>
        </Notice>
      )}
      {link.url !== null ? (
        <>
          <CopyField id="payment-link" label="Address" value={link.url} />
          <Text size="sm" c="dimmed" mt="xs">
            {link.createdAt !== null && `Generated ${formatDay(link.createdAt, company.timeZone)}. `}
            Whoever opens it sees the balance and the last charges, and can pay without signing in. It never expires.
          </Text>
        </>
      ) : (
        link.open && <Generate customerId={customerId} may={edits} />
      )}
    </Section>
  );
}

function Generate({ customerId, may }: { customerId: number; may: boolean }) {
  const navigation = useNavigation();
  const action = actionOf(customerId);
  return (
    <>
      <Text size="sm" c="dimmed">
        One address at which this customer sees the balance and pays, without signing in. Share it by text or email.
      </Text>
      {may && (
        <Group mt="sm">
          <Form method="post" action={action}>
            <input type="hidden" name="version" value="0" />
            <Button type="submit" variant="default" loading={navigation.formAction === action}>
              Generate Link
            </Button>
          </Form>
        </Group>
      )}
    </>
  );
}

const actionOf = (customerId: number) => `/customers/${customerId}/payment-link`;

const replaceQuestion = (customerId: number, version: number) => ({
  action: actionOf(customerId),
  fields: { version: String(version) },
  title: 'Replace the payment link?',
  body: 'The old link stops working at once, also where it was sent or bookmarked. The customer needs the new one.',
  confirm: 'Generate Link',
});
