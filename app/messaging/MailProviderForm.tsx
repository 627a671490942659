import { Checkbox, Text, Textarea } from '@mantine/core';

import { CopyField } from '#app/ui/CopyField.tsx';
import { fieldOrder, KeyGroup, ProviderForm, SecretField } from '#app/ui/ProviderForm.tsx';

import { RETURN_ADDRESS, type MailChannel, type MailChannelErrors, type MailChannelForm } from './mail-channel.ts';

type Props = {
  channel: MailChannel;
  /** Which provider postcards go by now. */
  inForce: 'sandbox' | 'lob';
  /** Whether the server's environment has keys of Lob. */
  environment: boolean;
  /** Where Lob tells what becomes of postcards. */
  webhook: string;
  /** The company's postal address, which stands in. */
  postalAddress: string;
  edits: boolean;
  saving: boolean;
  /** What was typed and refused. */
  typed: Partial<MailChannelForm> | null | undefined;
  errors: MailChannelErrors;
};

/** Sandbox or Lob: keys, how Lob tells of cards, and where they come back to. */
export function MailProviderForm(props: Props) {
  const { channel, inForce, environment, edits, saving, typed, errors } = props;
  return (
    <ProviderForm
      title="How postcards go out"
      choices={[
        {
          value: 'sandbox',
          label: 'Sandbox',
          description: 'Nothing is printed. The Outbox shows both sides of each postcard.',
        },
        {
          value: 'lob',
          label: 'Lob',
          description: environment
            ? 'The account of this server’s environment is used unless you enter your own below.'
            : 'Printed and mailed by your own Lob account.',
        },
      ]}
      chosen={typed?.provider || (channel.provider ?? inForce)}
      error={errors.provider}
      edits={edits}
      saving={saving}
    >
      <Account {...props} />
      <Tracking {...props} />
      <ReturnAddress {...props} />
    </ProviderForm>
  );
}

function Account({ channel, environment, errors }: Props) {
  const kept = `The one that ends in ${channel.keyEnding} is stored encrypted, never shown again. Empty keeps it.`;
  return (
    <KeyGroup legend="Lob account">
      <SecretField
        name="apiKey"
        label="API key"
        description={
          channel.hasKey
            ? kept
            : `The secret key, from Settings in Lob’s dashboard. ${environment ? 'Empty: the one of the environment.' : 'Stored encrypted, never shown again.'}`
        }
        maw={480}
        error={errors.apiKey}
      />
      <Text size="sm" c="dimmed">
        A key that begins with test_ is of Lob’s test environment: everything is checked as in earnest, nothing is
        printed, nothing is charged, and addresses are not really looked up. With a live_ key cards are printed and paid
        for.
      </Text>
      {environment && channel.hasKey && (
        <Checkbox name="forget" label="Forget this account, and use the one of the server’s environment" />
      )}
    </KeyGroup>
  );
}

function Tracking({ channel, webhook, errors }: Props) {
  return (
    <KeyGroup legend="What becomes of postcards">
      <CopyField id="webhook" label="Address for Lob’s events" value={webhook} />
      <Text size="sm" c="dimmed">
        Make a webhook with it in Lob’s dashboard, for all events of postcards, in the same environment (test or live)
        as the key. Without it nobody learns which cards were mailed, delivered or came back.
      </Text>
      <SecretField
        name="webhookSecret"
        label="Signing secret of the webhook"
        description={
          channel.hasWebhookSecret
            ? 'Stored encrypted, never shown again. Empty keeps it.'
            : 'Lob shows it with the webhook. What is not signed with it is not believed.'
        }
        maw={480}
        error={errors.webhookSecret}
      />
    </KeyGroup>
  );
}

function ReturnAddress({ channel, postalAddress, typed, errors }: Props) {
  return (
    <KeyGroup legend="Return address">
      <Textarea
        id="returnAddress"
        name="returnAddress"
        label="Where cards come back to"
        description={
          postalAddress
            ? 'It is printed below your company’s name. Empty: the postal address of your company profile.'
            : 'It is printed below your company’s name. Your company profile has no postal address to stand in.'
        }
        inputWrapperOrder={fieldOrder}
        placeholder={postalAddress || '100 Congress Ave\nAustin TX 78701'}
        autosize
        minRows={3}
        maxRows={RETURN_ADDRESS.lines + 1}
        maw={480}
        defaultValue={typed?.returnAddress ?? channel.returnAddress}
        error={errors.returnAddress}
      />
    </KeyGroup>
  );
}
