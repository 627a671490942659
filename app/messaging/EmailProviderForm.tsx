import { Button, Group, PasswordInput, Radio, Stack, TextInput } from '@mantine/core';
import { Form } from '@remix-run/react';

import { CopyField } from '#app/ui/CopyField.tsx';
import { Section } from '#app/ui/Section.tsx';

import type { ChannelErrors, ChannelForm, EmailChannel } from './channel.server.ts';
import type { EmailProvider } from './provider.ts';
import classes from './ProviderForm.module.css';

type Props = {
  channel: EmailChannel;
  /** Which provider email goes by now. */
  inForce: EmailProvider['name'];
  /** Keys of the server's environment, if it has some. */
  environment: { region: string } | null;
  /** Where the provider tells what became of messages. */
  webhook: string;
  edits: boolean;
  saving: boolean;
  /** What was typed and refused. */
  typed: Partial<ChannelForm> | null | undefined;
  errors: ChannelErrors;
};

const order: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

/** Sandbox or Amazon SES, and its keys. */
export function EmailProviderForm(props: Props) {
  const { channel, inForce, environment, webhook, edits, saving, typed, errors } = props;
  return (
    <Form method="post" noValidate>
      <Section title="How email goes out">
        <Stack gap="md">
          <Radio.Group
            name="provider"
            defaultValue={typed?.provider || (channel.provider ?? inForce)}
            error={errors.provider}
            aria-label="How email goes out"
          >
            <Stack gap="sm">
              <Radio
                id="provider"
                value="sandbox"
                label="Sandbox"
                description="Nothing leaves. To see a bad day, write to bounce@, soft-bounce@, complaint@, refuse@, throttle@, slow@, drop@, doubled@ or reordered@ at any domain."
                disabled={!edits}
              />
              <Radio
                value="ses"
                label="Amazon SES"
                description={
                  environment
                    ? `Keys of this server’s environment (${environment.region}) are used unless you enter your own below.`
                    : 'Real email, from your own Amazon account.'
                }
                disabled={!edits}
              />
            </Stack>
          </Radio.Group>
          {edits && (
            <fieldset className={classes.keys}>
              <legend>Amazon SES keys</legend>
              <Stack gap="md">
                <div className={classes.two}>
                  <TextInput
                    id="region"
                    name="region"
                    label="Region"
                    placeholder="us-east-1"
                    autoComplete="off"
                    defaultValue={typed?.region ?? channel.region}
                    error={errors.region}
                  />
                  <TextInput
                    id="configurationSet"
                    name="configurationSet"
                    label="Configuration set"
                    description="Reports bounces and complaints"
                    inputWrapperOrder={order}
                    autoComplete="off"
                    defaultValue={typed?.configurationSet ?? channel.configurationSet}
                    error={errors.configurationSet}
                  />
                </div>
                <div className={classes.two}>
                  <TextInput
                    id="accessKeyId"
                    name="accessKeyId"
                    label="Access key ID"
                    description={
                      channel.hasSecret
                        ? `One ending in ${channel.accessKeyEnding} is stored. Empty keeps it.`
                        : undefined
                    }
                    inputWrapperOrder={order}
                    autoComplete="off"
                    spellCheck={false}
                    defaultValue={typed?.accessKeyId}
                    error={errors.accessKeyId}
                  />
                  <PasswordInput
                    id="secretAccessKey"
                    name="secretAccessKey"
                    label="Secret access key"
                    description={
                      channel.hasSecret
                        ? 'Stored encrypted, never shown again. Empty keeps it.'
                        : 'Stored encrypted, never shown again.'
                    }
                    inputWrapperOrder={order}
                    autoComplete="new-password"
                    error={errors.secretAccessKey}
                  />
                </div>
                <TextInput
                  id="topicArn"
                  name="topicArn"
                  label="SNS topic"
                  description="Its ARN. Save it first, then subscribe the topic to the address below by HTTPS."
                  inputWrapperOrder={order}
                  placeholder="arn:aws:sns:us-east-1:123456789012:fieldpost"
                  autoComplete="off"
                  spellCheck={false}
                  defaultValue={typed?.topicArn ?? channel.topicArn}
                  error={errors.topicArn}
                />
                <CopyField id="webhook" label="Address for the topic’s subscription" value={webhook} />
              </Stack>
            </fieldset>
          )}
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
