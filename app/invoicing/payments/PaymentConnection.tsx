import { Button, Group, Text } from '@mantine/core';
import { Form } from '@remix-run/react';

import { Section } from '#app/ui/Section.tsx';
import { formatMoment } from '#app/ui/format.ts';

import type { PaymentAccount } from './account.ts';
import classes from './PaymentAccount.module.css';

const said = (value: boolean | null, yes: string, no: string) => (value === null ? 'Not told' : value ? yes : no);

/** What Stripe says of the account, and the button that asks. */
export function PaymentConnection({
  account,
  timeZone,
  edits,
  asking,
}: {
  account: PaymentAccount;
  /** The company's. */
  timeZone: string;
  edits: boolean;
  asking: boolean;
}) {
  const { connected, checkedAt } = account;
  return (
    <Section title="Connection">
      {connected && (
        <dl className={classes.facts}>
          <dt>Account</dt>
          <dd>{connected.name ?? 'Not told: a restricted key may not ask for it'}</dd>
          <dt>Country</dt>
          <dd>{connected.country ?? 'Not told'}</dd>
          <dt>Mode</dt>
          <dd>{account.isTest ? 'Test mode: no money moves' : 'Live'}</dd>
          <dt>Payments</dt>
          <dd>{said(connected.chargesEnabled, 'Can be taken', 'Can’t be taken yet: finish the account at Stripe')}</dd>
          <dt>Cards</dt>
          <dd>{said(connected.cards, 'On', 'Off: turn them on at Stripe, under Payment methods')}</dd>
          <dt>Bank accounts (ACH)</dt>
          <dd>{said(connected.ach, 'On', 'Off: turn them on at Stripe, under Payment methods')}</dd>
          {checkedAt && (
            <>
              <dt>Asked</dt>
              <dd>{formatMoment(checkedAt, timeZone)}</dd>
            </>
          )}
        </dl>
      )}
      {edits && (
        <Form method="post">
          <Group gap="md">
            <Button type="submit" name="intent" value="check" variant="default" loading={asking}>
              Check connection
            </Button>
            <Text size="sm" c="dimmed">
              Asks Stripe about the account with the key that is saved. Nothing is charged.
            </Text>
          </Group>
        </Form>
      )}
    </Section>
  );
}
