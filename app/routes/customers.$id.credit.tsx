import { Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { creditAccount } from '#app/invoicing/ledger/credit.server.ts';
import { readCustomer } from '#app/invoicing/customers/customer-record.server.ts';
import { AmountField, MoneyForm, ReasonField } from '#app/invoicing/ledger/MoneyForm.tsx';
import { formatMoney } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Credit account · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const customer = await staff.tx((tx) => readCustomer(tx, idParam(args.params.id)));
  if (!customer) throw notFound();
  const { id, name, balanceCents, creditCents } = customer;
  return { customer: { id, name, balanceCents, creditCents }, key: nanoid(24) };
}

/** Grants a customer credit. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const id = idParam(args.params.id);
  const values = await readFields(args.request, ['amount', 'reason', 'key']);
  const result = await staff.tx((tx) => creditAccount(tx, staff.actor, id, values));
  if (!result) throw notFound();
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`/customers/${id}/billing?done=${result.repeated ? 'repeated' : 'credited'}`);
}

export default function CreditAccount() {
  const { customer, key } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const back = `/customers/${customer.id}/billing`;
  return (
    <>
      <PageHeader title="Credit account" back={{ to: back, label: customer.name }} />
      <MoneyForm
        back={back}
        errors={result?.errors}
        refused="Not credited"
        formKey={result?.values.key ?? key}
        submit="Credit account"
      >
        <Text>
          {customer.balanceCents > 0
            ? `${customer.name} owes ${formatMoney(customer.balanceCents)}: the credit is used for that at once, the oldest due first. What is left stays on the account.`
            : 'The credit stays on the account until the next invoice uses it.'}
        </Text>
        <AmountField defaultValue={result?.values.amount} error={result?.errors.amount} />
        <ReasonField defaultValue={result?.values.reason} error={result?.errors.reason} />
      </MoneyForm>
    </>
  );
}
