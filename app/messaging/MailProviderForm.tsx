import { Button, Checkbox, Group, PasswordInput, Radio, Stack, Text, Textarea } from '@mantine/core';
import { Form } from '@remix-run/react';

import { CopyField } from '#app/ui/CopyField.tsx';
import { Section } from '#app/ui/Section.tsx';

import { RETURN_ADDRESS, type MailChannel, type MailChannelErrors, type MailChannelForm } from './mail-channel.ts';
import classes from './ProviderForm.module.css';

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

const order: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

/** Sandbox or Lob: keys, how Lob tells of cards, and where they come back to. */
export function MailProviderForm(props: Props) {
  const { channel, inForce, environment, edits, saving, typed, errors } = props;
  return (
    <Form method="post" noValidate>
      <Section title="How postcards go out">
        <Stack gap="md">
          <Radio.Group
            name="provider"
            defaultValue={typed?.provider || (channel.provider ?? inForce)}
            error={errors.provider}
            aria-label="How postcards go out"
          >
            <Stack gap="sm">
              <Radio
                id="provider"
                value="sandbox"
                label="Sandbox"
                description="Nothing is printed. The Outbox shows both sides of each postcard."
                disabled={!edits}
              />
              <Radio
                value="lob"
                label="Lob"
                description={
                  environment
                    ? 'The account of this server’s environment is used unless you enter your own below.'
                    : 'Printed and mailed by your own Lob account.'
                }
                disabled={!edits}
              />
            </Stack>
          </Radio.Group>
          {edits && <Account {...props} />}
          {edits && <Tracking {...props} />}
          {edits && <ReturnAddress {...props} />}
        </Stack>
      </Section>
      {edits && (
        <Group justify="flex-end" mt="md">
          <Button type="submit" name="intent" value="save" loading={saving}>
            Save provider
          </Button>
        </Group>
      )}
    </Form>
  );
}

function Account({ channel, environment, errors }: Props) {
  const kept = `The one that ends in ${channel.keyEnding} is stored encrypted, never shown again. Empty keeps it.`;
  return (
    <fieldset className={classes.keys}>
      <legend>Lob account</legend>
      <Stack gap="md">
        <PasswordInput
          id="apiKey"
          name="apiKey"
          label="API key"
          description={
            channel.hasKey
              ? kept
              : `The secret key, from Settings in Lob’s dashboard. ${environment ? 'Empty: the one of the environment.' : 'Stored encrypted, never shown again.'}`
          }
          inputWrapperOrder={order}
          autoComplete="new-password"
          maw={480}
          error={errors.apiKey}
        />
        <Text size="sm" c="dimmed">
          A key that begins with test_ is of Lob’s test environment: everything is checked as in earnest, nothing is
          printed, nothing is charged, and addresses are not really looked up. With a live_ key cards are printed and
          paid for.
        </Text>
        {environment && channel.hasKey && (
          <Checkbox name="forget" label="Forget this account, and use the one of the server’s environment" />
        )}
      </Stack>
    </fieldset>
  );
}

function Tracking({ channel, webhook, errors }: Props) {
  return (
    <fieldset className={classes.keys}>
      <legend>What becomes of postcards</legend>
      <Stack gap="md">
        <CopyField id="webhook" label="Address for Lob’s events" value={webhook} />
        <Text size="sm" c="dimmed">
          Make a webhook with it in Lob’s dashboard, for all events of postcards, in the same environment (test or live)
          as the key. Without it nobody learns which cards were mailed, delivered or came back.
        </Text>
        <PasswordInput
          id="webhookSecret"
          name="webhookSecret"
          label="Signing secret of the webhook"
          description={
            channel.hasWebhookSecret
              ? 'Stored encrypted, never shown again. Empty keeps it.'
              : 'Lob shows it with the webhook. What is not signed with it is not believed.'
          }
          inputWrapperOrder={order}
          autoComplete="new-password"
          maw={480}
          error={errors.webhookSecret}
        />
      </Stack>
    </fieldset>
  );
}

function ReturnAddress({ channel, postalAddress, typed, errors }: Props) {
  return (
    <fieldset className={classes.keys}>
      <legend>Return address</legend>
      <Textarea
        id="returnAddress"
        name="returnAddress"
        label="Where cards come back to"
        description={
          postalAddress
            ? 'It is printed below your company’s name. Empty: the postal address of your company profile.'
            : 'It is printed below your company’s name. Your company profile has no postal address to stand in.'
        }
        inputWrapperOrder={order}
        placeholder={postalAddress || '100 Congress Ave\nAustin TX 78701'}
        autosize
        minRows={3}
        maxRows={RETURN_ADDRESS.lines + 1}
        maw={480}
        defaultValue={typed?.returnAddress ?? channel.returnAddress}
        error={errors.returnAddress}
      />
    </fieldset>
  );
}
