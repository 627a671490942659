import { Stack } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Link, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';

import { readProfile } from '#app/company/profile.server.ts';
import { channelFields, readEmailChannel, saveEmailChannel, sendTestEmail } from '#app/messaging/channel.server.ts';
import { EmailProviderForm } from '#app/messaging/EmailProviderForm.tsx';
import { readRightNow } from '#app/messaging/operations.server.ts';
import { RightNow } from '#app/messaging/RightNow.tsx';
import { TestEmailForm } from '#app/messaging/TestEmailForm.tsx';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useLive } from '#app/ui/useLive.ts';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Sending · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  return staff.tx(async (tx) => {
    const { fromEmail } = await readProfile(tx);
    return {
      rightNow: await readRightNow(tx, args.context),
      now: new Date().toISOString(),
      channel: await readEmailChannel(tx),
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

/** How often the numbers on top are looked at again. */
const LIVE_MS = 3_000;

export default function Sending() {
  const { rightNow, now, channel, environment, webhook, fromEmail, testTo } = useLoaderData<typeof loader>();
  useLive(LIVE_MS);
  const inForce = rightNow.email.provider;
  const result = useActionData<typeof action>();
  const navigation = useNavigation();
  const intent = navigation.formData?.get('intent');
  const { may, company } = useOffice();
  const [params] = useSearchParams();
  const saved = result ? null : params.get('saved');
  const edits = may('settings.edit');
  const errors: Record<string, string | undefined> = result?.errors ?? {};
  const typed = result?.values;
  return (
    <>
      <PageHeader title="Sending">
        {inForce === 'sandbox'
          ? 'Email goes to the sandbox: nothing leaves, and the Outbox shows what customers would see.'
          : `Email goes out through Amazon SES now${channel.hasSecret ? '.' : ', with the keys of this server’s environment.'}`}
      </PageHeader>
      {saved === '1' && <Notice tone="done">The email provider was saved.</Notice>}
      {saved === 'try' && (
        <Notice tone="done">One message is tried now. If it is taken, sending goes on by itself.</Notice>
      )}
      {saved === 'run' && <Notice tone="done">The job is tried again now.</Notice>}
      {saved === 'gone' && <Notice>That job is not waiting any more.</Notice>}
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
        <RightNow {...rightNow} now={now} timeZone={company.timeZone} mayTry={may('campaigns.send')} mayRun={edits} />
        <EmailProviderForm
          channel={channel}
          inForce={inForce}
          environment={environment}
          webhook={webhook}
          edits={edits}
          saving={intent === 'save'}
          typed={typed}
          errors={errors}
        />
        {may('messages.test') && (
          <TestEmailForm to={result?.to ?? testTo} error={errors.to} sending={intent === 'test'} />
        )}
      </Stack>
    </>
  );
}
