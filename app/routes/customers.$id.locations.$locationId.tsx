import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';

import { AddressFields } from '#app/invoicing/customers/AddressFields.tsx';
import { readCustomer } from '#app/invoicing/customers/customer-record.server.ts';
import {
  locationFields,
  locationTitle,
  type LocationErrors,
  type LocationForm,
} from '#app/invoicing/customers/location-form.ts';
import { addLocation, readLocation, updateLocation } from '#app/invoicing/customers/locations.server.ts';
import { ConfirmButton } from '#app/ui/ConfirmButton.tsx';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { formatNoun } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction = () => [{ title: 'Location · Fieldpost' }];

/** One location of a customer; `new` adds one. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const customerId = idParam(args.params.id);
  const adds = args.params.locationId === 'new';
  const found = await staff.tx(async (tx) => ({
    customer: await readCustomer(tx, customerId),
    location: adds ? null : await readLocation(tx, customerId, idParam(args.params.locationId)),
  }));
  if (!found.customer || (!adds && !found.location)) throw notFound();
  return { customer: { id: found.customer.id, name: found.customer.name }, location: found.location };
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const customerId = idParam(args.params.id);
  const { billing, ...typed } = await readFields(args.request, [...locationFields, 'billing']);
  const values = { ...typed, billing: billing === 'on' };
  const result = await staff.tx((tx) =>
    args.params.locationId === 'new'
      ? addLocation(tx, staff.actor, customerId, values)
      : updateLocation(tx, staff.actor, customerId, idParam(args.params.locationId), values),
  );
  if (!result) throw notFound();
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`/customers/${customerId}?saved=location`);
}

export default function LocationPage() {
  const { customer, location } = useLoaderData<typeof loader>();
  const result = useActionData<{ errors: LocationErrors; values: LocationForm }>();
  const busy = useNavigation().state === 'submitting';
  const at = `/customers/${customer.id}`;
  const values: Partial<LocationForm> = result?.values ?? location ?? {};
  const errors = result?.errors ?? {};
  const used = location ? usedBy(location) : null;
  return (
    <>
      <PageHeader
        title={location ? 'Edit location' : 'Add location'}
        back={{ to: at, label: customer.name }}
        actions={
          location &&
          used === null && (
            <ConfirmButton
              action={`${at}/locations/${location.id}/delete`}
              title={`Delete ${locationTitle(location)}?`}
              body={`It is taken off the record of ${customer.name}. No job and no invoice is at this location.`}
              confirm="Delete location"
              color="brick"
              variant="default"
            >
              Delete
            </ConfirmButton>
          )
        }
      />
      {used !== null && (
        <Notice>{`This location can’t be deleted, because ${used} there. A change shows on all of them.`}</Notice>
      )}
      <Form method="post" noValidate className={classes.form}>
        <ErrorSummary errors={errors} />
        <Section>
          <Stack gap="md">
            <TextInput
              id="name"
              name="name"
              label="Name"
              description="If it has one, such as Unit 12 or Beach house"
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              autoComplete="off"
              defaultValue={values.name}
              error={errors.name}
            />
            <AddressFields values={values} errors={errors} />
            <Checkbox id="billing" name="billing" label="Billing address" defaultChecked={values.billing ?? false} />
          </Stack>
        </Section>
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" component={Link} to={at}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            {location ? 'Save location' : 'Add location'}
          </Button>
        </Group>
      </Form>
    </>
  );
}

/** `2 jobs and 1 invoice are`, or null when nothing is there. */
function usedBy({ jobs, invoices }: { jobs: number; invoices: number }): string | null {
  if (jobs + invoices === 0) return null;
  const parts = [jobs > 0 ? formatNoun(jobs, 'job') : null, invoices > 0 ? formatNoun(invoices, 'invoice') : null];
  return `${parts.filter((part) => part !== null).join(' and ')} ${jobs + invoices === 1 ? 'is' : 'are'}`;
}
