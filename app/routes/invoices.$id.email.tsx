import { Button, Group, Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';

import { listContacts } from '#app/invoicing/customers/contacts.server.ts';
import { readInvoice } from '#app/invoicing/invoices/record.server.ts';
import { readOnlineSettings } from '#app/invoicing/payments/online-settings.server.ts';
import { emailRefusals } from '#app/portal/email-refusals.ts';
import { EmailPreview } from '#app/portal/EmailPreview.tsx';
import { sendInvoiceEmail, writeInvoiceEmail } from '#app/portal/invoice-email.server.ts';
import { chosenAddress, RecipientFields } from '#app/portal/RecipientFields.tsx';
import { PORTAL_SETTINGS_PATH } from '#app/portal/settings.server.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff, type StaffAccess } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction = () => [{ title: 'Email invoice · Fieldpost' }];

/** Who edits invoices, and who sends their links by text (S1-17). A technician's phone needs the setting (S1-03). */
async function requireSender(args: LoaderFunctionArgs | ActionFunctionArgs): Promise<StaffAccess> {
  const staff = await requireStaff(args, 'invoices.read');
  if (!staff.may('invoices.edit') && !staff.may('invoices.sms_link')) {
    throw new Response('You may not email invoices. An administrator can change your role.', { status: 403 });
  }
  if (staff.staff.role === 'technician' && !(await staff.tx(readOnlineSettings)).emailFromMobile) {
    throw new Response('Emailing invoices from a phone is switched off in Settings, Online Payments.', { status: 403 });
  }
  return staff;
}

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireSender(args);
  const id = idParam(args.params.id);
  const { addresses, secret } = args.context;
  return staff.tx(async (tx) => {
    const record = await readInvoice(tx, id);
    if (!record) throw notFound();
    const contacts = await listContacts(tx, record.customer.id);
    return {
      id,
      number: record.invoice.number,
      customer: { id: record.customer.id, name: record.customer.name },
      emails: contacts.filter((contact) => contact.kind === 'email').map((contact) => contact.value),
      written: await writeInvoiceEmail(tx, { addresses, secret }, id),
      portalSettings: PORTAL_SETTINGS_PATH,
    };
  });
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireSender(args);
  const id = idParam(args.params.id);
  const values = await readFields(args.request, ['to', 'other']);
  const { addresses, secret } = args.context;
  const to = chosenAddress(values);
  const result = await staff.tx((tx) => sendInvoiceEmail(tx, staff.actor, { addresses, secret }, id, to));
  if (result.ok) return redirect(`/invoices/${id}?saved=emailed`);
  if ('error' in result) return data({ errors: { other: result.error }, values }, { status: 400 });
  if (result.reason === 'missing') throw notFound();
  return data({ errors: { form: emailRefusals[result.reason] }, values }, { status: 409 });
}

type Refused = { errors: Partial<Record<'other' | 'form', string>>; values: { to: string; other: string } };

export default function EmailInvoice() {
  const { id, number, customer, emails, written, portalSettings } = useLoaderData<typeof loader>();
  const result = useActionData<Refused>();
  const busy = useNavigation().state === 'submitting';
  const { may } = useOffice();
  return (
    <>
      <PageHeader title={`Email invoice ${number}`} back={{ to: `/invoices/${id}`, label: `Invoice ${number}` }}>
        To <Link to={`/customers/${customer.id}`}>{customer.name}</Link>
      </PageHeader>
      {!written.ok ? (
        <Notice tone="problem">
          {emailRefusals[written.reason]}{' '}
          {written.reason === 'no_portal' && may('settings.read') && <Link to={portalSettings}>Set up the portal</Link>}
          {written.reason === 'draft' && <Link to={`/invoices/${id}`}>Back to the draft</Link>}
        </Notice>
      ) : (
        <div className={classes.columns}>
          <EmailPreview
            title="What they get"
            mail={written.mail}
            note={written.attachPdf ? `Attached: the invoice as a PDF` : undefined}
          />
          <div className={`${classes.stack} ${classes.early}`}>
            <ErrorSummary errors={result?.errors} title="Not sent yet" />
            <Section title="Send">
              <Form method="post" noValidate>
                <RecipientFields emails={emails} typed={result?.values} error={result?.errors.other} />
                <Group gap="xs" mt="md">
                  <Button type="submit" loading={busy}>
                    Send email
                  </Button>
                  <Button variant="default" component={Link} to={`/invoices/${id}`}>
                    Cancel
                  </Button>
                </Group>
              </Form>
            </Section>
            {may('settings.read') && (
              <Text size="sm" c="dimmed">
                The words are the same for all invoices:{' '}
                <Link to="/settings/invoicing/invoice-email">Invoice email</Link>
              </Text>
            )}
          </div>
        </div>
      )}
    </>
  );
}
