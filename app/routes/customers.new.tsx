import { Button, Group } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useNavigation } from '@remix-run/react';

import { customerFields, type CustomerErrors, type CustomerForm } from '#app/invoicing/customers/customer-form.ts';
import { CustomerFields } from '#app/invoicing/customers/CustomerFields.tsx';
import { createCustomer } from '#app/invoicing/customers/customers.server.ts';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readFields } from '#app/web/form.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction = () => [{ title: 'New customer · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  await requireStaff(args, 'customers.edit');
  return null;
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const values = await readFields(args.request, customerFields);
  const result = await staff.tx((tx) => createCustomer(tx, staff.actor, values));
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`/customers/${result.customerId}?saved=created`);
}

export default function NewCustomer() {
  const result = useActionData<{ errors: CustomerErrors; values: CustomerForm }>();
  const busy = useNavigation().state === 'submitting';
  return (
    <>
      <PageHeader title="New customer" back={{ to: '/customers', label: 'Customers' }} />
      <Form method="post" noValidate className={classes.form}>
        <ErrorSummary errors={result?.errors} />
        <CustomerFields values={result?.values ?? {}} errors={result?.errors ?? {}} first />
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" component={Link} to="/customers">
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Add customer
          </Button>
        </Group>
      </Form>
    </>
  );
}
