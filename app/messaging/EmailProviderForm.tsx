import { TextInput } from '@mantine/core';

import { CopyField } from '#app/ui/CopyField.tsx';
import { fieldOrder, KeyGroup, ProviderForm, SecretField, TwoFields } from '#app/ui/ProviderForm.tsx';

import type { ChannelErrors, ChannelForm, EmailChannel } from './channel.server.ts';
import type { EmailProvider } from './provider.ts';

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

/** Sandbox or Amazon SES, and its keys. */
export function EmailProviderForm(props: Props) {
  const { channel, inForce, environment, webhook, edits, saving, typed, errors } = props;
  return (
    <ProviderForm
      title="How email goes out"
      choices={[
        {
          value: 'sandbox',
          label: 'Sandbox',
          description:
            'Nothing leaves. To see a bad day, write to bounce@, soft-bounce@, complaint@, refuse@, throttle@, slow@, drop@, doubled@ or reordered@ at any domain.',
        },
        {
          value: 'ses',
          label: 'Amazon SES',
          description: environment
            ? `Keys of this server’s environment (${environment.region}) are used unless you enter your own below.`
            : 'Real email, from your own Amazon account.',
        },
      ]}
      chosen={typed?.provider || (channel.provider ?? inForce)}
      error={errors.provider}
      edits={edits}
      saving={saving}
    >
      <KeyGroup legend="Amazon SES keys">
        <TwoFields>
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
            inputWrapperOrder={fieldOrder}
            autoComplete="off"
            defaultValue={typed?.configurationSet ?? channel.configurationSet}
            error={errors.configurationSet}
          />
        </TwoFields>
        <TwoFields>
          <TextInput
            id="accessKeyId"
            name="accessKeyId"
            label="Access key ID"
            description={
              channel.hasSecret ? `One ending in ${channel.accessKeyEnding} is stored. Empty keeps it.` : undefined
            }
            inputWrapperOrder={fieldOrder}
            autoComplete="off"
            spellCheck={false}
            defaultValue={typed?.accessKeyId}
            error={errors.accessKeyId}
          />
          <SecretField
            name="secretAccessKey"
            label="Secret access key"
            description={
              channel.hasSecret
                ? 'Stored encrypted, never shown again. Empty keeps it.'
                : 'Stored encrypted, never shown again.'
            }
            error={errors.secretAccessKey}
          />
        </TwoFields>
        <TextInput
          id="topicArn"
          name="topicArn"
          label="SNS topic"
          description="Its ARN. Save it first, then subscribe the topic to the address below by HTTPS."
          inputWrapperOrder={fieldOrder}
          placeholder="arn:aws:sns:us-east-1:123456789012:fieldpost"
          autoComplete="off"
          spellCheck={false}
          defaultValue={typed?.topicArn ?? channel.topicArn}
          error={errors.topicArn}
        />
        <CopyField id="webhook" label="Address for the topic’s subscription" value={webhook} />
      </KeyGroup>
    </ProviderForm>
  );
}
