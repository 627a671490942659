import { Checkbox, Text } from '@mantine/core';

import { CopyField } from '#app/ui/CopyField.tsx';
import { KeyGroup, ProviderForm, SecretField } from '#app/ui/ProviderForm.tsx';

import type { PaymentAccount, PaymentAccountErrors, PaymentAccountForm as Typed } from './account.ts';
import classes from './PaymentAccount.module.css';

type Props = {
  account: PaymentAccount;
  /** Where Stripe tells what becomes of payments, and which events it should tell. */
  webhook: string;
  events: readonly string[];
  edits: boolean;
  saving: boolean;
  /** What was typed and refused. */
  typed: Partial<Typed> | null | undefined;
  errors: PaymentAccountErrors;
};

/** None, sandbox or Stripe: the key, and how Stripe tells of payments. */
export function PaymentAccountForm({ account, webhook, events, edits, saving, typed, errors }: Props) {
  return (
    <ProviderForm
      title="Who takes payments"
      name="processor"
      choices={[
        {
          value: 'none',
          label: 'Nobody',
          description: 'Customers see what they owe and how to reach you, and can’t pay online.',
        },
        {
          value: 'sandbox',
          label: 'Sandbox',
          description: 'A page to try paying on, with test numbers. No money moves.',
        },
        { value: 'stripe', label: 'Stripe', description: 'Cards and bank accounts, through your own Stripe account.' },
      ]}
      chosen={typed?.processor || account.processor}
      error={errors.processor}
      edits={edits}
      saving={saving}
      save="Save payment account"
    >
      {errors.anyway && <Checkbox id="anyway" name="anyway" label="Change it anyway" error={errors.anyway} />}
      <KeyGroup legend="Stripe account">
        <SecretField
          name="secretKey"
          label="Secret key"
          description={
            account.hasKey
              ? `The one that ends in ${account.keyEnding} is stored encrypted, never shown again. Empty keeps it.`
              : 'From Developers, API keys in Stripe’s dashboard; a restricted key works too. Stored encrypted, never shown again.'
          }
          maw={480}
          error={errors.secretKey}
        />
        <Text size="sm" c="dimmed">
          A key that begins with sk_test_ or rk_test_ is of test mode: no money moves. Card numbers are entered on
          Stripe’s own page and never reach Fieldpost; of a card or account only its brand, last four digits and expiry
          are kept here.
        </Text>
      </KeyGroup>
      <KeyGroup legend="What becomes of payments">
        <CopyField id="webhook" label="Address for Stripe’s events" value={webhook} />
        <Text size="sm" c="dimmed">
          Add it in Stripe’s dashboard, under Developers, Webhooks, in the same mode (test or live) as the key, with the
          events below. Without it bank payments, refunds and disputes are learned of late or not at all.
        </Text>
        <div>
          <Text size="sm" fw={500} mb={4} id="events">
            Events to select
          </Text>
          <ul className={classes.events} aria-labelledby="events">
            {events.map((event) => (
              <li key={event}>{event}</li>
            ))}
          </ul>
        </div>
        <SecretField
          name="webhookSecret"
          label="Signing secret of the webhook"
          description={
            account.hasWebhookSecret
              ? `The one that ends in ${account.webhookEnding} is stored encrypted, never shown again. Empty keeps it.`
              : 'Stripe shows it with the webhook; it begins with whsec_. What is not signed with it is not believed.'
          }
          maw={480}
          error={errors.webhookSecret}
        />
      </KeyGroup>
    </ProviderForm>
  );
}
