import { Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Link, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';

import { onlineSettingNames, onlineTabs, readOnlineForm } from '#app/invoicing/payments/online-settings.ts';
import { readOnlinePage, saveOnlineSettings } from '#app/invoicing/payments/online-settings.server.ts';
import { OnlinePaymentsForm } from '#app/invoicing/payments/OnlinePaymentsForm.tsx';
import { ensureLinkHost } from '#app/links/host.server.ts';
import { linkOrigin } from '#app/messaging/addresses.ts';
import { textsReady } from '#app/messaging/providers/choose-text.server.ts';
import { sampleSmsInvoice } from '#app/messaging/sms-invoice.ts';
import { SmsInvoicePreview } from '#app/messaging/SmsInvoicePreview.tsx';
import { formatInstant } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

const PATH = '/settings/invoicing/online-payments';

export const meta: MetaFunction = () => [{ title: 'Online Payments · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  const { addresses, twilio } = args.context;
  return staff.tx(async (tx) => ({
    ...(await readOnlinePage(tx)),
    ready: await textsReady(tx, { twilio }),
    sample: sampleSmsInvoice(staff.company.name, linkOrigin(addresses, await ensureLinkHost(tx))),
  }));
}

/** Saves what was ticked, and nothing else: a text of the person's own is not looked for (S1-05). */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'settings.edit');
  const { version, ...form } = await readFields(args.request, [...onlineSettingNames, 'version']);
  const wanted = readOnlineForm(form);
  const result = await staff.tx((tx) => saveOnlineSettings(tx, staff.actor, wanted, version));
  if (!result.ok) return data({ wanted }, { status: 409 });
  return redirect(`${PATH}?tab=${tabOf(args.request.url)}&${result.changed ? 'saved' : 'same'}=1`);
}

const tabOf = (url: string) => {
  const asked = new URL(url).searchParams.get('tab');
  return (onlineTabs.find((one) => one.key === asked) ?? onlineTabs[0]).key;
};

const accounts = {
  none: 'No payment account is connected: customers see what they owe, and can’t pay online.',
  sandbox: 'The sandbox stands in for a payment account: it takes test cards only, and moves no money.',
  stripe: 'Payments go through your Stripe account.',
};

export default function OnlinePayments() {
  const { settings, version, saved, processor, ready, sample } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { state, formMethod } = useNavigation();
  const { company, may } = useOffice();
  const [params] = useSearchParams();
  const tab = (onlineTabs.find((one) => one.key === params.get('tab')) ?? onlineTabs[0]).key;
  const edits = may('settings.edit');
  return (
    <>
      <PageHeader title="Online Payments">
        {accounts[processor]}{' '}
        <Link to="/settings/invoicing/payment-account" style={{ whiteSpace: 'nowrap' }}>
          Payment account
        </Link>
      </PageHeader>
      {params.has('saved') && !refused && <Notice tone="done">Online payments were saved.</Notice>}
      {params.has('same') && !refused && <Notice>Nothing was changed.</Notice>}
      {refused && (
        <Notice tone="problem">
          Somebody else saved these settings since you opened the page. Yours are not saved: look at them below, and
          save again to write over theirs.
        </Notice>
      )}
      {!edits && <Notice>You may look at online payments. An administrator changes them.</Notice>}
      {settings.smsInvoiceLinks && !ready.ok && (
        <Notice tone="problem">
          No payment link can be texted yet. {ready.why} <Link to={ready.to}>Texts</Link>
        </Notice>
      )}
      <OnlinePaymentsForm
        // What was saved stands here again; what was refused stays as it was ticked.
        key={version}
        settings={refused?.wanted ?? settings}
        saved={settings}
        version={version}
        tab={tab}
        edits={edits}
        saving={state !== 'idle' && formMethod === 'POST'}
        preview={<SmsInvoicePreview text={sample} from={ready.ok ? ready.number : null} />}
      />
      <Text size="sm" c="dimmed" mt="md">
        {saved
          ? `Last saved by ${saved.by} on ${formatInstant(saved.at, company.timeZone)}.`
          : 'Nobody has saved these settings yet: they are as they come.'}
      </Text>
    </>
  );
}
