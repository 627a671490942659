import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation, useSearchParams } from '@remix-run/react';

import { InvoiceTags } from '#app/portal/InvoiceTags.tsx';
import { EmailPreview } from '#app/portal/EmailPreview.tsx';
import { checkInvoiceEmail, type InvoiceEmailErrors, type InvoiceEmailForm } from '#app/portal/invoice-email.ts';
import {
  invoiceToShow,
  readInvoiceEmail,
  saveInvoiceEmail,
  writeInvoiceEmail,
  type WrittenInvoice,
} from '#app/portal/invoice-email.server.ts';
import { PORTAL_SETTINGS_PATH, portalState } from '#app/portal/settings.server.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Invoice email · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'settings.read');
  const { addresses, secret } = args.context;
  return staff.tx(async (tx) => {
    const invoiceId = await invoiceToShow(tx);
    return {
      form: await readInvoiceEmail(tx),
      portal: await portalState(tx, addresses),
      portalSettings: PORTAL_SETTINGS_PATH,
      shown: invoiceId === null ? null : await writeInvoiceEmail(tx, { addresses, secret }, invoiceId),
    };
  });
}

type Result = { errors: InvoiceEmailErrors; values: InvoiceEmailForm; shown: WrittenInvoice | null };

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'settings.edit');
  const typed = await readFields(args.request, ['subject', 'body', 'attachPdf', 'do']);
  const values = { subject: typed.subject, body: typed.body, attachPdf: typed.attachPdf === 'on' };
  if (typed.do !== 'preview') {
    const result = await staff.tx((tx) => saveInvoiceEmail(tx, staff.actor, values));
    if (result.ok) return redirect('/settings/invoicing/invoice-email?saved=1');
    return data<Result>({ errors: result.errors, values, shown: null }, { status: 400 });
  }
  const errors = checkInvoiceEmail(values);
  if (Object.keys(errors).length > 0) return data<Result>({ errors, values, shown: null }, { status: 400 });
  const { addresses, secret } = args.context;
  const shown = await staff.tx(async (tx) => {
    const invoiceId = await invoiceToShow(tx);
    return invoiceId === null ? null : writeInvoiceEmail(tx, { addresses, secret }, invoiceId, values);
  });
  return data<Result>({ errors: {}, values, shown });
}

/** Settings > Invoicing > Invoice email (S2-15). */
export default function InvoiceEmailSettings() {
  const { form, portal, portalSettings, shown: saved } = useLoaderData<typeof loader>();
  const result = useActionData<Result>();
  const [params] = useSearchParams();
  const busy = useNavigation().state === 'submitting';
  const edits = useOffice().may('settings.edit');
  const values = result?.values ?? form;
  const errors = result?.errors ?? {};
  const shown = result ? result.shown : saved;
  return (
    <>
      <PageHeader title="Invoice email">What customers read when you email them an invoice.</PageHeader>
      {params.has('saved') && !result && <Notice tone="done">The invoice email was saved.</Notice>}
      {!edits && <Notice>You may look at the invoice email. An administrator changes it.</Notice>}
      {!portal.ready && (
        <Notice tone="problem">
          The Customer Portal is not set up, so invoices can’t be emailed yet: their links would lead nowhere.{' '}
          <Link to={portalSettings}>Set it up</Link>
        </Notice>
      )}
      <ErrorSummary errors={errors} />
      <Stack gap="md">
        <Form method="post" noValidate>
          <Section title="Words">
            <Stack gap="md">
              <TextInput
                id="subject"
                name="subject"
                label="Subject"
                autoComplete="off"
                defaultValue={values.subject}
                error={errors.subject}
                readOnly={!edits}
              />
              <Textarea
                id="body"
                name="body"
                label="Message"
                autosize
                minRows={10}
                defaultValue={values.body}
                error={errors.body}
                readOnly={!edits}
              />
              <InvoiceTags />
              <Checkbox
                id="attachPdf"
                name="attachPdf"
                label="Attach the invoice as a PDF"
                defaultChecked={values.attachPdf}
                disabled={!edits}
              />
              <Text size="sm" c="dimmed">
                Below your message there is always a button that leads to the payment page while something can be paid
                online, and a link with which customers create their account.
              </Text>
              {edits && (
                <Group justify="flex-end" gap="xs">
                  <Button type="submit" name="do" value="save" loading={busy} style={{ order: 2 }}>
                    Save invoice email
                  </Button>
                  <Button type="submit" name="do" value="preview" variant="default" disabled={busy}>
                    Preview
                  </Button>
                </Group>
              )}
            </Stack>
          </Section>
        </Form>
        {shown?.ok && (
          <EmailPreview
            title={`As invoice ${shown.number} goes out`}
            mail={shown.mail}
            note={shown.attachPdf ? 'Attached: the invoice as a PDF' : undefined}
          />
        )}
        {shown === null && !result?.errors.body && !result?.errors.subject && (
          <Text c="dimmed">A preview stands here as soon as there is an invoice.</Text>
        )}
      </Stack>
    </>
  );
}
