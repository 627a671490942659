import { Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';

import { readSmsInvoicePage, sendSmsInvoice } from '#app/messaging/sms-invoice-send.server.ts';
import { placeOf, smsInvoiceFields, type SmsInvoiceErrors } from '#app/messaging/sms-invoice.ts';
import { SmsInvoiceForm } from '#app/messaging/SmsInvoiceForm.tsx';
import { formatMoney } from '#app/ui/format.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'SMS Text Invoice Link · Fieldpost' }];

/** Texts the link that pays an invoice, from the office or from a technician's phone (S1-11 to S1-15). */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.sms_link');
  const id = idParam(args.params.id);
  const { twilio, addresses } = args.context;
  const place = placeOf(staff.staff.role);
  const page = await staff.tx((tx) => readSmsInvoicePage(tx, id, { place, twilio, addresses }));
  if (!page) throw notFound();
  return page;
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.sms_link');
  const invoiceId = idParam(args.params.id);
  const form = await readFields(args.request, smsInvoiceFields);
  const { twilio, addresses } = args.context;
  const place = placeOf(staff.staff.role);
  const sent = await staff.tx((tx) =>
    sendSmsInvoice(tx, staff.actor, { invoiceId, form }, { place, twilio, addresses }),
  );
  if (!sent) throw notFound();
  if (!sent.ok) return data({ errors: sent.errors, values: form }, { status: 400 });
  return redirect(`/invoices/${invoiceId}?texted=${sent.messageId}`);
}

export default function SmsInvoice() {
  const { invoice, refusals, numbers, preview, key } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const sending = useNavigation().state === 'submitting';
  const { company, may } = useOffice();
  const errors: SmsInvoiceErrors = result?.errors ?? {};
  const back = `/invoices/${invoice.id}`;
  return (
    <>
      <PageHeader title="SMS Text Invoice Link" back={{ to: back, label: `Invoice ${invoice.number}` }}>
        {invoice.customer.name} · {formatMoney(invoice.owedCents, invoice.currency)} to pay
      </PageHeader>
      {refusals.length > 0 ? (
        <Section title="No link can be texted">
          {refusals.map(({ why, fix }) => (
            <Text key={why} mb="xs">
              {why} {fix && may('settings.read') && <Link to={fix.to}>{fix.label}</Link>}
              {fix && !may('settings.read') && 'An administrator can change that in Settings.'}
            </Text>
          ))}
        </Section>
      ) : (
        <>
          <ErrorSummary errors={result?.errors} title="Not sent" />
          {invoice.customer.doNotContact && (
            <Notice>
              This customer is marked as not to be contacted. Text the link only if they asked you for it.
            </Notice>
          )}
          <SmsInvoiceForm
            numbers={numbers}
            location={invoice.location?.title ?? null}
            preview={preview}
            values={result?.values ?? {}}
            errors={errors}
            formKey={key}
            timeZone={company.timeZone}
            sending={sending}
            back={back}
          />
        </>
      )}
    </>
  );
}
