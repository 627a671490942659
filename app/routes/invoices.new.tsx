import { Button, Group } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';

import { ChooseCustomer } from '#app/invoicing/customers/ChooseCustomer.tsx';
import { listCustomers } from '#app/invoicing/customers/customers.server.ts';
import { createInvoice } from '#app/invoicing/invoices/edit.server.ts';
import { customerNamed, invoiceChoices, newInvoiceForm } from '#app/invoicing/invoices/edit-form.server.ts';
import { changedLines, typedInvoice, type InvoiceErrors, type InvoiceForm } from '#app/invoicing/invoices/form.ts';
import { InvoiceFields } from '#app/invoicing/invoices/InvoiceFields.tsx';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { dateIn } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readForm, textOf } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './invoices.module.css';

export const meta: MetaFunction = () => [{ title: 'New invoice · Fieldpost' }];

/** The customer is chosen first: job, location and history hang on them. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const at = new URL(args.request.url).searchParams;
  const today = dateIn(staff.company.timeZone, new Date());
  if (!at.get('customer')) {
    const q = at.get('q');
    const found = await staff.tx((tx) => listCustomers(tx, { q, today }, { limit: 20 }));
    return { chosen: null, customers: found.rows.map(({ id, name, city, email }) => ({ id, name, city, email })) };
  }
  const customerId = idParam(at.get('customer') ?? undefined);
  return staff.tx(async (tx) => {
    const customer = await customerNamed(tx, customerId);
    if (!customer) throw notFound();
    const choices = await invoiceChoices(tx, customerId);
    return { chosen: { customer, choices, form: await newInvoiceForm(tx, today) }, customers: [] };
  });
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const customerId = idParam(new URL(args.request.url).searchParams.get('customer') ?? undefined);
  const posted = await readForm(args.request);
  const values = typedInvoice(posted);
  const what = textOf(posted, 'do');
  if (what !== 'draft' && what !== 'issue') {
    return data({ errors: {}, values: { ...values, lines: changedLines(values.lines, what) } });
  }
  const saving = { actor: staff.actor, today: dateIn(staff.company.timeZone, new Date()) };
  const result = await staff.tx((tx) => createInvoice(tx, saving, customerId, values, { issue: what === 'issue' }));
  if (!result) throw notFound();
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`/invoices/${result.invoiceId}?saved=${what === 'issue' ? 'issued' : 'draft'}`);
}

export default function NewInvoice() {
  const { chosen, customers } = useLoaderData<typeof loader>();
  const result = useActionData<{ errors: InvoiceErrors; values: InvoiceForm }>();
  const busy = useNavigation().state === 'submitting';
  if (!chosen) return <ChooseCustomer customers={customers} />;
  const { customer, choices, form } = chosen;
  return (
    <>
      <PageHeader title="New invoice" back={{ to: `/customers/${customer.id}/invoices`, label: customer.name }}>
        For <Link to={`/customers/${customer.id}`}>{customer.name}</Link>
      </PageHeader>
      <Form method="post" noValidate className={classes.form}>
        <ErrorSummary errors={result?.errors} />
        <InvoiceFields
          values={result?.values ?? form}
          errors={result?.errors ?? {}}
          choices={choices}
          customer={customer}
        />
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="subtle" component={Link} to={`/customers/${customer.id}/invoices`}>
            Cancel
          </Button>
          <Button type="submit" name="do" value="draft" variant="default" disabled={busy}>
            Save as draft
          </Button>
          <Button type="submit" name="do" value="issue" loading={busy}>
            Issue invoice
          </Button>
        </Group>
      </Form>
    </>
  );
}
