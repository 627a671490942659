import { Button, CopyButton, Group, PasswordInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';

import { readProfile } from '#app/company/profile.server.ts';
import { channelFields, readEmailChannel, saveEmailChannel, sendTestEmail } from '#app/messaging/channel.server.ts';
import { emailProviderName } from '#app/messaging/providers/choose.server.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './settings.module.css';

export const meta: MetaFunction = () => [{ title: 'Email provider · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  return staff.tx(async (tx) => {
    const { fromEmail } = await readProfile(tx);
    return {
      channel: await readEmailChannel(tx),
      inForce: await emailProviderName(tx, args.context),
      environment: args.context.ses && { region: args.context.ses.region },
      webhook: `${args.context.addresses.appOrigin}/webhooks/ses`,
      fromEmail,
      testTo: staff.person.email,
    };
  });
}

export async function action(args: ActionFunctionArgs) {
  const { intent, to, ...values } = await readFields(args.request, [...channelFields, 'intent', 'to']);
  if (intent === 'test') {
    const staff = await requireStaff(args, 'messages.test');
    const sent = await staff.tx((tx) => sendTestEmail(tx, staff.actor, to));
    if (!sent.ok) return data({ errors: { to: sent.error }, values: null, to }, { status: 400 });
    return redirect('/settings/sending?saved=test');
  }
  const staff = await requireStaff(args, 'settings.edit');
  const { secret, ses } = args.context;
  const result = await staff.tx((tx) =>
    saveEmailChannel(tx, staff.actor, values, { secret, environmentKeys: ses !== null }),
  );
  if (result.ok) return redirect('/settings/sending?saved=1');
  // The secret is never sent back, not even to whoever typed it.
  return data({ errors: result.errors, values: { ...values, secretAccessKey: '' }, to: null }, { status: 400 });
}

export default function Sending() {
  const { channel, inForce, environment, webhook, fromEmail, testTo } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const navigation = useNavigation();
  const intent = navigation.formData?.get('intent');
  const { may } = useOffice();
  const [params] = useSearchParams();
  const saved = result ? null : params.get('saved');
  const edits = may('settings.edit');
  const errors: Record<string, string | undefined> = result?.errors ?? {};
  const typed = result?.values;
  const order = ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[];
  return (
    <>
      <PageHeader title="Email provider">
        {inForce === 'sandbox'
          ? 'Email goes to the sandbox: nothing leaves, and the Outbox shows what customers would see.'
          : `Email goes out through Amazon SES now${channel.hasSecret ? '.' : ', with the keys of this server’s environment.'}`}
      </PageHeader>
      {saved === '1' && <Notice tone="done">The email provider was saved.</Notice>}
      {saved === 'test' && (
        <Notice tone="done">
          The test email is on its way.{' '}
          {inForce === 'sandbox' && may('outbox.read') && <Link to="/outbox">Look into the Outbox</Link>}
        </Notice>
      )}
      {inForce === 'ses' && !fromEmail && (
        <Notice tone="problem">
          No From email is set, so Amazon SES can’t send yet. <Link to="/settings/company#fromEmail">Enter it</Link>
        </Notice>
      )}
      <ErrorSummary errors={result && typed ? result.errors : null} />
      <Stack gap="md">
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
                    description="Nothing leaves. For trying things out: mail to drop@, slow@, throttle@, refuse@, bounce@, soft-bounce@, complaint@, doubled@ or reordered@ any domain does what its name says."
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
                    <Group align="flex-end" gap="xs" wrap="nowrap">
                      <TextInput
                        id="webhook"
                        label="Address for the topic’s subscription"
                        value={webhook}
                        readOnly
                        flex={1}
                        onFocus={(event) => event.currentTarget.select()}
                      />
                      <CopyButton value={webhook}>
                        {({ copied, copy }) => (
                          <Button variant="default" onClick={copy}>
                            {copied ? 'Copied' : 'Copy'}
                          </Button>
                        )}
                      </CopyButton>
                    </Group>
                  </Stack>
                </fieldset>
              )}
            </Stack>
          </Section>
          {edits && (
            <Group justify="flex-end" mt="md">
              <Button type="submit" name="intent" value="save" loading={intent === 'save'}>
                Save provider
              </Button>
            </Group>
          )}
        </Form>
        {may('messages.test') && (
          <Section title="Send a test email">
            <Form method="post" noValidate>
              <input type="hidden" name="intent" value="test" />
              <Group align="flex-start" gap="xs">
                <TextInput
                  id="to"
                  name="to"
                  aria-label="Send the test to"
                  inputMode="email"
                  autoComplete="email"
                  defaultValue={result?.to ?? testTo}
                  error={errors.to}
                  w={{ base: '100%', xs: 300 }}
                />
                <Button type="submit" variant="default" loading={intent === 'test'}>
                  Send test
                </Button>
              </Group>
              <Text size="sm" c="dimmed" mt="xs">
                A short email from you, through the provider that is saved above.
              </Text>
            </Form>
          </Section>
        )}
      </Stack>
    </>
  );
}
