import { Button, Group } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';

import { ContactFields } from '#app/invoicing/customers/ContactFields.tsx';
import {
  addContact,
  readContact,
  updateContact,
  type ContactErrors,
} from '#app/invoicing/customers/contacts.server.ts';
import type { ContactForm } from '#app/invoicing/customers/contact-kinds.ts';
import { listLocations, readCustomer } from '#app/invoicing/customers/customer-record.server.ts';
import { locationTitle } from '#app/invoicing/customers/location-form.ts';
import { ConfirmButton } from '#app/ui/ConfirmButton.tsx';
import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import { formatPhone } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './record.module.css';

export const meta: MetaFunction = () => [{ title: 'Contact · Fieldpost' }];

/** One contact of a customer; `new` adds one. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const customerId = idParam(args.params.id);
  const adds = args.params.contactId === 'new';
  const found = await staff.tx(async (tx) => ({
    customer: await readCustomer(tx, customerId),
    contact: adds ? null : await readContact(tx, customerId, idParam(args.params.contactId)),
    locations: await listLocations(tx, customerId),
  }));
  if (!found.customer || (!adds && !found.contact)) throw notFound();
  return {
    customer: { id: found.customer.id, name: found.customer.name },
    contact: found.contact,
    locations: found.locations.map((place) => ({ id: place.id, title: locationTitle(place) })),
  };
}

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'customers.edit');
  const customerId = idParam(args.params.id);
  const { primary, ...typed } = await readFields(args.request, ['kind', 'value', 'memo', 'location', 'primary']);
  const values = { ...typed, primary: primary === 'on' };
  const result = await staff.tx((tx) =>
    args.params.contactId === 'new'
      ? addContact(tx, staff.actor, customerId, values)
      : updateContact(tx, staff.actor, customerId, idParam(args.params.contactId), values),
  );
  if (!result) throw notFound();
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`/customers/${customerId}?saved=contact`);
}

export default function ContactPage() {
  const { customer, contact, locations } = useLoaderData<typeof loader>();
  const stored = contact && { ...contact, location: contact.locationId === null ? '' : String(contact.locationId) };
  const result = useActionData<{ errors: ContactErrors; values: ContactForm }>();
  const busy = useNavigation().state === 'submitting';
  const at = `/customers/${customer.id}`;
  return (
    <>
      <PageHeader
        title={contact ? 'Edit contact' : 'Add contact'}
        back={{ to: at, label: customer.name }}
        actions={
          contact && (
            <ConfirmButton
              action={`${at}/contacts/${contact.id}/delete`}
              title={`Delete ${contact.kind === 'email' ? contact.value : formatPhone(contact.value)}?`}
              body={`${customer.name} can no longer be reached there, and a portal account of this contact ends.`}
              confirm="Delete contact"
              color="brick"
              variant="default"
            >
              Delete
            </ConfirmButton>
          )
        }
      />
      <Form method="post" noValidate className={classes.form}>
        <ErrorSummary errors={result?.errors} />
        <Section>
          <ContactFields values={result?.values ?? stored ?? {}} errors={result?.errors ?? {}} locations={locations} />
        </Section>
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" component={Link} to={at}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            {contact ? 'Save contact' : 'Add contact'}
          </Button>
        </Group>
      </Form>
    </>
  );
}
