import { Button, Group } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';

import { customerFields, type CustomerErrors, type CustomerForm } from '#app/invoicing/customers/customer-form.ts';
import { CustomerFields } from '#app/invoicing/customers/CustomerFields.tsx';
import { readCustomer } from '#app/invoicing/customers/customer-record.server.ts';
import { updateCustomer } from '#app/invoicing/customers/customers.server.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction = () => [{ title: 'Edit customer · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const customer = await staff.tx((tx) => readCustomer(tx, idParam(args.params.id)));
  if (!customer) throw notFound();
  return { customer };
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const id = idParam(args.params.id);
  const values = await readFields(args.request, customerFields);
  const result = await staff.tx((tx) => updateCustomer(tx, staff.actor, id, values));
  if (!result) throw notFound();
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`/customers/${id}?saved=customer`);
}

export default function EditCustomer() {
  const { customer } = useLoaderData<typeof loader>();
  const result = useActionData<{ errors: CustomerErrors; values: CustomerForm }>();
  const busy = useNavigation().state === 'submitting';
  const values = result?.values ?? { ...customer, ...names(customer), tags: customer.tags.join(', ') };
  return (
    <>
      <PageHeader title="Edit customer" back={{ to: `/customers/${customer.id}`, label: customer.name }} />
      <Form method="post" noValidate className={classes.form}>
        <ErrorSummary errors={result?.errors} />
        <CustomerFields values={values} errors={result?.errors ?? {}} />
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" component={Link} to={`/customers/${customer.id}`}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Save customer
          </Button>
        </Group>
      </Form>
    </>
  );
}

/** Imported customers may have a full name only: it then stands where the form asks for it, so that saving keeps it. */
function names(customer: { name: string; type: string; firstName: string; lastName: string; companyName: string }) {
  if (customer.firstName || customer.lastName || customer.companyName) return {};
  return customer.type === 'commercial' ? { companyName: customer.name } : { firstName: customer.name };
}
