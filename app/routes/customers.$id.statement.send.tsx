import { Button, Group } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';

import { listContacts } from '#app/invoicing/customers/contacts.server.ts';
import { customerNamed } from '#app/invoicing/invoices/edit-form.server.ts';
import { readPeriod, type Period } from '#app/invoicing/reports/statements.server.ts';
import { emailRefusals } from '#app/portal/email-refusals.ts';
import { EmailPreview } from '#app/portal/EmailPreview.tsx';
import { chosenAddress, RecipientFields } from '#app/portal/RecipientFields.tsx';
import { PORTAL_SETTINGS_PATH } from '#app/portal/settings.server.ts';
import { sendStatement, writeStatementEmail } from '#app/portal/statements.server.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { dateIn, formatDate } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { useOffice } from '#app/ui/useOffice.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction = () => [{ title: 'Email statement · Fieldpost' }];

/** The period in the address; a broken one leads back to the statement, which says so. */
function periodOf(request: Request, customerId: number, timeZone: string): Period {
  const at = new URL(request.url).searchParams;
  const { period, error } = readPeriod(at.get('from'), at.get('to'), dateIn(timeZone, new Date()));
  if (error) throw redirect(`/customers/${customerId}/statement?${at.toString()}`);
  return period;
}

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const id = idParam(args.params.id);
  const period = periodOf(args.request, id, staff.company.timeZone);
  const { addresses, secret } = args.context;
  return staff.tx(async (tx) => {
    const customer = await customerNamed(tx, id);
    if (!customer) throw notFound();
    const contacts = await listContacts(tx, id);
    return {
      customer,
      period,
      emails: contacts.filter((contact) => contact.kind === 'email').map((contact) => contact.value),
      written: await writeStatementEmail(tx, { addresses, secret }, id, period),
      portalSettings: PORTAL_SETTINGS_PATH,
    };
  });
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const customerId = idParam(args.params.id);
  const period = periodOf(args.request, customerId, staff.company.timeZone);
  const values = await readFields(args.request, ['to', 'other']);
  const { addresses, secret } = args.context;
  const request = { customerId, period, to: chosenAddress(values) };
  const result = await staff.tx((tx) => sendStatement(tx, staff.actor, { addresses, secret }, request));
  const back = `/customers/${customerId}/statement?${new URLSearchParams(period).toString()}`;
  if (result.ok) return redirect(`${back}&sent=1`);
  if ('error' in result) return data({ errors: { other: result.error }, values }, { status: 400 });
  if (result.reason === 'missing') throw notFound();
  return data({ errors: { form: emailRefusals[result.reason] }, values }, { status: 409 });
}

type Refused = { errors: Partial<Record<'other' | 'form', string>>; values: { to: string; other: string } };

export default function EmailStatement() {
  const { customer, period, emails, written, portalSettings } = useLoaderData<typeof loader>();
  const result = useActionData<Refused>();
  const busy = useNavigation().state === 'submitting';
  const { may } = useOffice();
  const back = `/customers/${customer.id}/statement?${new URLSearchParams(period).toString()}`;
  return (
    <>
      <PageHeader title="Email statement" back={{ to: back, label: 'Statement' }}>
        {formatDate(period.from)} to {formatDate(period.to)}, to{' '}
        <Link to={`/customers/${customer.id}`}>{customer.name}</Link>
      </PageHeader>
      {!written.ok ? (
        <Notice tone="problem">
          {emailRefusals[written.reason]}{' '}
          {written.reason === 'no_portal' && may('settings.read') && <Link to={portalSettings}>Set up the portal</Link>}
        </Notice>
      ) : (
        <div className={classes.columns}>
          <EmailPreview title="What they get" mail={written.mail} note="Attached: the statement as a PDF" />
          <div className={`${classes.stack} ${classes.early}`}>
            <ErrorSummary errors={result?.errors} title="Not sent yet" />
            <Section title="Send">
              <Form method="post" noValidate>
                <RecipientFields emails={emails} typed={result?.values} error={result?.errors.other} />
                <Group gap="xs" mt="md">
                  <Button type="submit" loading={busy}>
                    Send email
                  </Button>
                  <Button variant="default" component={Link} to={back}>
                    Cancel
                  </Button>
                </Group>
              </Form>
            </Section>
          </div>
        </div>
      )}
    </>
  );
}
