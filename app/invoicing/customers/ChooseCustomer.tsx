import { Button, Text, TextInput } from '@mantine/core';
import { Form, Link, useSearchParams } from '@remix-run/react';

import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { SimpleTable } from '#app/ui/SimpleTable.tsx';

import classes from './ChooseCustomer.module.css';

/** Whom a new invoice is for. */
export function ChooseCustomer({
  customers,
}: {
  customers: { id: number; name: string; city: string | null; email: string | null }[];
}) {
  const [params] = useSearchParams();
  return (
    <>
      <PageHeader title="New invoice" back={{ to: '/invoices', label: 'Invoices' }}>
        Choose the customer first.
      </PageHeader>
      <div className={classes.narrow}>
        <Section title="Who is it for?" flush>
          <Form method="get" role="search" className={classes.search}>
            <TextInput
              type="search"
              name="q"
              aria-label="Name, email, phone or address"
              placeholder="Name, email, phone or address"
              defaultValue={params.get('q') ?? ''}
            />
            <Button type="submit" variant="default">
              Find
            </Button>
          </Form>
          {customers.length === 0 ? (
            <Text c="dimmed" px="md" pb="md">
              No customer matches. <Link to="/customers/new">Add a customer</Link>
            </Text>
          ) : (
            <SimpleTable
              label="Customers"
              rows={customers}
              rowKey={(customer) => customer.id}
              columns={[
                {
                  key: 'name',
                  label: 'Customer',
                  cell: (customer) => <Link to={`?customer=${customer.id}`}>{customer.name}</Link>,
                },
                { key: 'email', label: 'Email', wide: true, cell: (customer) => customer.email },
                { key: 'city', label: 'City', cell: (customer) => customer.city },
              ]}
            />
          )}
        </Section>
      </div>
    </>
  );
}
