import { Button, Group } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';

import { editInvoice } from '#app/invoicing/invoices/edit.server.ts';
import { customerNamed, invoiceChoices, readForEdit } from '#app/invoicing/invoices/edit-form.server.ts';
import { editRefusals } from '#app/invoicing/invoices/edit-words.ts';
import { changedLines, typedInvoice, type InvoiceErrors, type InvoiceForm } from '#app/invoicing/invoices/form.ts';
import { InvoiceFields } from '#app/invoicing/invoices/InvoiceFields.tsx';
import { ConfirmButton } from '#app/ui/ConfirmButton.tsx';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { dateIn } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readForm, textOf } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './invoices.module.css';

export const meta: MetaFunction = () => [{ title: 'Edit invoice · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  return staff.tx(async (tx) => {
    const invoice = await readForEdit(tx, idParam(args.params.id));
    if (!invoice) throw notFound();
    const customer = await customerNamed(tx, invoice.customerId);
    return { invoice, customer: customer!, choices: await invoiceChoices(tx, invoice.customerId) };
  });
}

type Refused = { errors: InvoiceErrors; values: InvoiceForm; version: string };

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const id = idParam(args.params.id);
  const posted = await readForm(args.request);
  const values = typedInvoice(posted);
  const [what, version] = [textOf(posted, 'do'), textOf(posted, 'version')];
  if (what !== 'save' && what !== 'issue') {
    return data<Refused>({ errors: {}, values: { ...values, lines: changedLines(values.lines, what) }, version });
  }
  const saving = { actor: staff.actor, today: dateIn(staff.company.timeZone, new Date()) };
  const result = await staff.tx((tx) => editInvoice(tx, saving, id, version, values, { issue: what === 'issue' }));
  if (!result) throw notFound();
  if (result.ok) return redirect(`/invoices/${id}?saved=${what === 'issue' ? 'issued' : 'edited'}`);
  if ('errors' in result) return data<Refused>({ errors: result.errors, values, version }, { status: 400 });
  return data<Refused>({ errors: { form: editRefusals[result.refused] }, values, version }, { status: 409 });
}

export default function EditInvoice() {
  const { invoice, customer, choices } = useLoaderData<typeof loader>();
  const result = useActionData<Refused>();
  const busy = useNavigation().state === 'submitting';
  const at = `/invoices/${invoice.id}`;
  const draft = invoice.status === 'draft';
  const header = (
    <PageHeader
      title={`Edit invoice ${invoice.form.number}`}
      back={{ to: at, label: `Invoice ${invoice.form.number}` }}
      actions={
        draft && (
          <ConfirmButton
            action={`${at}/delete`}
            title={`Delete draft ${invoice.form.number}?`}
            body={`It was never issued to ${customer.name}. Its number becomes free.`}
            confirm="Delete draft"
            color="brick"
            variant="default"
          >
            Delete draft
          </ConfirmButton>
        )
      }
    >
      For <Link to={`/customers/${customer.id}`}>{customer.name}</Link>
    </PageHeader>
  );
  if (invoice.refused && !result) {
    return (
      <>
        {header}
        <Notice tone="problem">
          {editRefusals[invoice.refused]} <Link to={at}>Back to the invoice</Link>
        </Notice>
      </>
    );
  }
  return (
    <>
      {header}
      <Form method="post" noValidate className={classes.form}>
        <ErrorSummary errors={result?.errors} />
        {/* The version that was opened stays when the form comes back: what somebody else saved meanwhile is not written over. */}
        <input type="hidden" name="version" value={result?.version ?? invoice.version} />
        <InvoiceFields
          values={result?.values ?? invoice.form}
          errors={result?.errors ?? {}}
          choices={choices}
          customer={customer}
        />
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="subtle" component={Link} to={at}>
            Cancel
          </Button>
          <Button type="submit" name="do" value="save" variant={draft ? 'default' : 'filled'} disabled={busy}>
            {draft ? 'Save draft' : 'Save invoice'}
          </Button>
          {draft && (
            <Button type="submit" name="do" value="issue" loading={busy}>
              Issue invoice
            </Button>
          )}
        </Group>
      </Form>
    </>
  );
}
