import { Group, Radio, Text, TextInput } from '@mantine/core';

import { CopyField } from '#app/ui/CopyField.tsx';
import { formatPhone } from '#app/ui/format.ts';
import { fieldOrder, KeyGroup, ProviderForm, SecretField, TwoFields } from '#app/ui/ProviderForm.tsx';

import type { TextProvider } from './provider.ts';
import {
  MOST_PER_SECOND,
  registrations,
  type TextChannel,
  type TextChannelErrors,
  type TextChannelForm,
} from './text-channel.ts';

type Props = {
  channel: TextChannel;
  /** Which provider texts go by now. */
  inForce: TextProvider['name'];
  /** What texts come from by keys of the server's environment, if it has some. */
  environment: { number: string | null } | null;
  /** Where Twilio tells of texts that come in. */
  inbound: string;
  edits: boolean;
  saving: boolean;
  /** What was typed and refused. */
  typed: Partial<TextChannelForm> | null | undefined;
  errors: TextChannelErrors;
};

/** Sandbox or Twilio: keys, what texts come from, and how far carriers know the business. */
export function TextProviderForm(props: Props) {
  const { channel, inForce, environment, edits, saving, typed, errors } = props;
  return (
    <ProviderForm
      title="How texts go out"
      choices={[
        {
          value: 'sandbox',
          label: 'Sandbox',
          description: 'Nothing leaves. The Outbox shows each text as its customer would see it.',
        },
        {
          value: 'twilio',
          label: 'Twilio',
          description: environment
            ? 'The account of this server’s environment is used unless you enter your own below.'
            : 'Real texts, from your own Twilio account.',
        },
      ]}
      chosen={typed?.provider || (channel.provider ?? inForce)}
      error={errors.provider}
      edits={edits}
      saving={saving}
    >
      <Account {...props} />
      <Sender {...props} />
      <Registered {...props} />
    </ProviderForm>
  );
}

function Account({ channel, environment, typed, errors }: Props) {
  return (
    <KeyGroup legend="Twilio account">
      <TwoFields>
        <TextInput
          id="accountSid"
          name="accountSid"
          label="Account SID"
          description={environment ? 'Empty: the account of the environment.' : 'It stands in Twilio’s console.'}
          inputWrapperOrder={fieldOrder}
          autoComplete="off"
          spellCheck={false}
          defaultValue={typed?.accountSid ?? channel.accountSid}
          error={errors.accountSid}
        />
        <SecretField
          name="authToken"
          label="Auth token"
          description={
            channel.hasSecret
              ? 'Stored encrypted, never shown again. Empty keeps it.'
              : 'Stored encrypted, never shown again.'
          }
          error={errors.authToken}
        />
      </TwoFields>
    </KeyGroup>
  );
}

function Sender({ channel, environment, inbound, typed, errors }: Props) {
  return (
    <KeyGroup legend="What texts come from">
      <TwoFields>
        <TextInput
          id="number"
          name="number"
          label="Default number"
          description={
            environment?.number
              ? `Empty: ${formatPhone(environment.number)}, by the account of the environment.`
              : 'One that you have at Twilio.'
          }
          inputWrapperOrder={fieldOrder}
          inputMode="tel"
          autoComplete="off"
          placeholder="(512) 555-0100"
          defaultValue={typed?.number ?? formatPhone(channel.number)}
          error={errors.number}
        />
        <TextInput
          id="messagingServiceSid"
          name="messagingServiceSid"
          label="Messaging Service SID"
          description="If you use one: it then picks the number."
          inputWrapperOrder={fieldOrder}
          autoComplete="off"
          spellCheck={false}
          defaultValue={typed?.messagingServiceSid ?? channel.messagingServiceSid}
          error={errors.messagingServiceSid}
        />
      </TwoFields>
      <TextInput
        id="perSecond"
        name="perSecond"
        label="Texts a second"
        description={`A local number sends 1, a toll-free number 3, a Messaging Service as many as its numbers together. At most ${MOST_PER_SECOND}.`}
        inputWrapperOrder={fieldOrder}
        inputMode="numeric"
        autoComplete="off"
        maw={300}
        defaultValue={typed?.perSecond ?? channel.perSecond}
        error={errors.perSecond}
      />
      <CopyField id="inbound" label="Address for incoming messages" value={inbound} />
      <Text size="sm" c="dimmed">
        Enter it in Twilio’s console, as webhook (HTTP POST) where “a message comes in”, at the number or the Messaging
        Service. Without it no STOP and no answer reaches you. What becomes of texts is told by itself: each takes the
        address along.
      </Text>
    </KeyGroup>
  );
}

function Registered({ channel, typed, errors }: Props) {
  return (
    <KeyGroup legend="Registration">
      <Text size="sm">
        US carriers block texts of businesses that they do not know. A local number needs its business and its use
        registered (A2P 10DLC), a toll-free number needs to be verified; both are done in Twilio’s console, and take
        days to weeks. No text goes out through Twilio before it is approved.
      </Text>
      <Radio.Group
        name="registration"
        label="How far it is"
        defaultValue={typed?.registration || channel.registration}
        error={errors.registration}
      >
        <Group mt="xs" gap="md">
          {registrations.map(({ value, label }, index) => (
            <Radio key={value} {...(index === 0 && { id: 'registration' })} value={value} label={label} />
          ))}
        </Group>
      </Radio.Group>
      <TextInput
        id="registeredOn"
        name="registeredOn"
        type="date"
        label="Since"
        maw={300}
        defaultValue={typed?.registeredOn ?? channel.registeredOn}
        error={errors.registeredOn}
      />
    </KeyGroup>
  );
}
