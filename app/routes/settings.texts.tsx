import { Stack } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Link, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';

import { textProviderName, textsReady } from '#app/messaging/providers/choose-text.server.ts';
import { TestTextForm } from '#app/messaging/TestTextForm.tsx';
import { readTextChannel, saveTextChannel, sendTestText } from '#app/messaging/text-channel.server.ts';
import { textChannelFields } from '#app/messaging/text-channel.ts';
import { TextProviderForm } from '#app/messaging/TextProviderForm.tsx';
import { dateIn, formatPhone } from '#app/ui/format.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Texts · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  const { twilio, addresses } = args.context;
  return staff.tx(async (tx) => ({
    channel: await readTextChannel(tx),
    inForce: await textProviderName(tx, { twilio }),
    ready: await textsReady(tx, { twilio }),
    environment: twilio && { number: twilio.number },
    inbound: `${addresses.appOrigin}/webhooks/twilio/inbound`,
  }));
}

export async function action(args: ActionFunctionArgs) {
  const { intent, to, ...values } = await readFields(args.request, [...textChannelFields, 'intent', 'to']);
  const { secret, twilio } = args.context;
  if (intent === 'test') {
    const staff = await requireStaff(args, 'messages.test');
    const sent = await staff.tx((tx) => sendTestText(tx, staff.actor, to, { twilio }));
    if (!sent.ok) return data({ errors: { to: sent.error }, values: null, to }, { status: 400 });
    return redirect('/settings/texts?saved=test');
  }
  const staff = await requireStaff(args, 'settings.edit');
  const today = dateIn(staff.company.timeZone, new Date());
  const result = await staff.tx((tx) => saveTextChannel(tx, staff.actor, values, { secret, twilio, today }));
  if (result.ok) return redirect('/settings/texts?saved=1');
  // The token is never sent back, not even to whoever typed it.
  return data({ errors: result.errors, values: { ...values, authToken: '' }, to: null }, { status: 400 });
}

export default function Texts() {
  const { channel, inForce, ready, environment, inbound } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const intent = useNavigation().formData?.get('intent');
  const { may } = useOffice();
  const [params] = useSearchParams();
  const saved = result ? null : params.get('saved');
  const errors: Record<string, string | undefined> = result?.errors ?? {};
  const typed = result?.values;
  return (
    <>
      <PageHeader title="Texts">
        {inForce === 'sandbox'
          ? 'Texts go to the sandbox: nothing leaves, and the Outbox shows what customers would see.'
          : ready.ok
            ? `Texts go out through Twilio now, from ${ready.number ? formatPhone(ready.number) : 'your Messaging Service'}.`
            : 'Texts are to go out through Twilio.'}
      </PageHeader>
      {saved === '1' && <Notice tone="done">How texts go out was saved.</Notice>}
      {saved === 'test' && (
        <Notice tone="done">
          The test text is on its way.{' '}
          {inForce === 'sandbox' && may('outbox.read') && <Link to="/outbox/texts">Look into the Outbox</Link>}
        </Notice>
      )}
      {!ready.ok && <Notice tone="problem">No text goes out yet. {ready.why}</Notice>}
      <ErrorSummary errors={result && typed ? result.errors : null} />
      <Stack gap="md">
        <TextProviderForm
          channel={channel}
          inForce={inForce}
          environment={environment}
          inbound={inbound}
          edits={may('settings.edit')}
          saving={intent === 'save'}
          typed={typed}
          errors={errors}
        />
        {may('messages.test') && <TestTextForm to={result?.to ?? ''} error={errors.to} sending={intent === 'test'} />}
      </Stack>
    </>
  );
}
