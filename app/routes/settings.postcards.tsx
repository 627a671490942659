import { Button, Group, Stack, Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';

import { recordAudit } from '#app/company/audit.server.ts';
import { readProfile } from '#app/company/profile.server.ts';
import { readApiKey, readMailChannel, saveMailChannel } from '#app/messaging/mail-channel.server.ts';
import { mailChannelFields } from '#app/messaging/mail-channel.ts';
import { MailProviderForm } from '#app/messaging/MailProviderForm.tsx';
import { mailProviderName, mailReady } from '#app/messaging/providers/choose-mail.server.ts';
import { checkLobKey } from '#app/messaging/providers/lob.server.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Postcards · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  const { lob, secret, addresses } = args.context;
  return staff.tx(async (tx) => ({
    channel: await readMailChannel(tx),
    inForce: await mailProviderName(tx, { lob }),
    ready: await mailReady(tx, { lob, secret }),
    environment: lob !== null,
    webhook: `${addresses.appOrigin}/webhooks/lob`,
    postalAddress: (await readProfile(tx)).postalAddress,
  }));
}

export async function action(args: ActionFunctionArgs) {
  const { intent, ...values } = await readFields(args.request, [...mailChannelFields, 'intent']);
  const staff = await requireStaff(args, 'settings.edit');
  const { secret, lob, lobApiBase } = args.context;
  if (intent === 'check') {
    const apiKey = await staff.tx(async (tx) => {
      await recordAudit(tx, staff.actor, 'postcards.check', { type: 'postcards', id: null }, {});
      return readApiKey(tx, { secret, lob });
    });
    const wrong = apiKey ? await checkLobKey({ apiKey, base: lobApiBase }) : 'Save an API key first.';
    if (wrong === null) return redirect('/settings/postcards?saved=check');
    return data({ errors: {}, values: null, wrong }, { status: 400 });
  }
  const result = await staff.tx((tx) => saveMailChannel(tx, staff.actor, values, { secret, lob }));
  if (result.ok) return redirect('/settings/postcards?saved=1');
  // Keys are never sent back, not even to whoever typed them.
  return data(
    { errors: result.errors, values: { ...values, apiKey: '', webhookSecret: '' }, wrong: null },
    { status: 400 },
  );
}

export default function Postcards() {
  const { channel, inForce, ready, ...shown } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const intent = useNavigation().formData?.get('intent');
  const { may } = useOffice();
  const [params] = useSearchParams();
  const saved = result ? null : params.get('saved');
  const usesOwnKey = inForce === 'lob' && channel.hasKey;
  return (
    <>
      <PageHeader title="Postcards">
        {inForce === 'sandbox'
          ? 'Postcards go to the sandbox: nothing is printed, and the Outbox shows what customers would get.'
          : !ready.ok
            ? 'Postcards are to go out through Lob.'
            : ready.prints
              ? 'Postcards are printed and mailed by Lob now.'
              : 'Postcards go to Lob’s test environment: nothing is printed.'}
      </PageHeader>
      {saved === '1' && <Notice tone="done">How postcards go out was saved.</Notice>}
      {saved === 'check' && <Notice tone="done">Lob knows the key: postcards can be ordered with it.</Notice>}
      {result?.wrong && <Notice tone="problem">{result.wrong}</Notice>}
      {!ready.ok && <Notice tone="problem">No postcard goes out yet. {ready.why}</Notice>}
      {usesOwnKey && !channel.hasWebhookSecret && (
        <Notice tone="problem">
          No signing secret is set, so nothing that Lob tells of postcards is believed.{' '}
          <Link to="#webhookSecret">Enter it</Link>
        </Notice>
      )}
      <ErrorSummary errors={result && result.values ? result.errors : null} />
      <Stack gap="md">
        <MailProviderForm
          {...shown}
          channel={channel}
          inForce={inForce}
          edits={may('settings.edit')}
          saving={intent === 'save'}
          typed={result?.values}
          errors={result?.errors ?? {}}
        />
        {may('settings.edit') && (channel.hasKey || shown.environment) && <CheckKey asking={intent === 'check'} />}
      </Stack>
    </>
  );
}

function CheckKey({ asking }: { asking: boolean }) {
  return (
    <Section title="Check the key">
      <Form method="post">
        <Group gap="md">
          <Button type="submit" name="intent" value="check" variant="default" loading={asking}>
            Ask Lob
          </Button>
          <Text size="sm" c="dimmed">
            Asks Lob for its list of postcards with the key that is saved. Nothing is printed.
          </Text>
        </Group>
      </Form>
    </Section>
  );
}
