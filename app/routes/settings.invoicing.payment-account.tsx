import { Stack } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Link, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';

import { changePaymentAccount, checkPaymentAccount, readAccountShown } from '#app/invoicing/payments/account.server.ts';
import { paymentAccountFields, type PaymentAccount as Account } from '#app/invoicing/payments/account.ts';
import { PaymentAccountForm } from '#app/invoicing/payments/PaymentAccountForm.tsx';
import { PaymentConnection } from '#app/invoicing/payments/PaymentConnection.tsx';
import { STRIPE_EVENTS } from '#app/invoicing/payments/processors/stripe-events.ts';
import { stripeToken } from '#app/invoicing/payments/processors/stripe-token.server.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

const PLACE = '/settings/invoicing/payment-account';

export const meta: MetaFunction = () => [{ title: 'Payment account · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  const { secret, addresses } = args.context;
  return {
    account: await staff.tx(readAccountShown),
    webhook: `${addresses.appOrigin}/webhooks/stripe/${stripeToken(secret, staff.company.id)}`,
    events: [...STRIPE_EVENTS],
  };
}

export async function action(args: ActionFunctionArgs) {
  const { intent, ...values } = await readFields(args.request, [...paymentAccountFields, 'intent']);
  const staff = await requireStaff(args, 'settings.edit');
  const { db, secret, stripeApiBase: base } = args.context;
  const at = { db, companyId: staff.company.id, secret, base };
  if (intent === 'check') {
    const wrong = await checkPaymentAccount(at, staff.actor);
    if (wrong === null) return redirect(`${PLACE}?saved=check`);
    return data({ errors: {}, values: null, wrong }, { status: 400 });
  }
  const result = await changePaymentAccount(at, staff.actor, values);
  if (result.ok) return redirect(`${PLACE}?saved=1`);
  // Keys are never sent back, not even to whoever typed them.
  return data({ errors: result.errors, values: { processor: values.processor }, wrong: null }, { status: 400 });
}

function sentenceOf({ processor, isTest }: Account): string {
  if (processor === 'none') return 'Customers see what they owe, and can’t pay online.';
  if (processor === 'sandbox') return 'Payments go to the sandbox: no money moves.';
  return isTest ? 'Stripe’s test mode: no money moves.' : 'Payments are taken by Stripe now.';
}

export default function PaymentAccount() {
  const { account, ...shown } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const intent = useNavigation().formData?.get('intent');
  const { may, company } = useOffice();
  const [params] = useSearchParams();
  const saved = result ? null : params.get('saved');
  const edits = may('settings.edit');
  const usesStripe = account.processor === 'stripe';
  return (
    <>
      <PageHeader title="Payment account">{sentenceOf(account)}</PageHeader>
      {saved === '1' && <Notice tone="done">The payment account was saved.</Notice>}
      {saved === 'check' && <Notice tone="done">Stripe knows the key.</Notice>}
      {result?.wrong && <Notice tone="problem">{result.wrong}</Notice>}
      {usesStripe && account.connected?.chargesEnabled === false && (
        <Notice tone="problem">Stripe takes no payments for this account yet. Finish it in Stripe’s dashboard.</Notice>
      )}
      {usesStripe && !account.hasWebhookSecret && (
        <Notice tone="problem">
          No signing secret is set, so nothing that Stripe tells is believed. <Link to="#webhookSecret">Enter it</Link>
        </Notice>
      )}
      <ErrorSummary errors={result && result.values ? result.errors : null} />
      <Stack gap="md">
        <PaymentAccountForm
          // Anew once keys are saved, so that they don't stay in their fields.
          key={`${account.keyEnding} ${account.webhookEnding}`}
          {...shown}
          account={account}
          edits={edits}
          saving={intent === 'save'}
          typed={result?.values}
          errors={result?.errors ?? {}}
        />
        {account.hasKey && (
          <PaymentConnection account={account} timeZone={company.timeZone} edits={edits} asking={intent === 'check'} />
        )}
      </Stack>
    </>
  );
}
