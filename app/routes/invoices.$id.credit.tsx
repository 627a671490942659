import { Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { leftOf } from '#app/invoicing/invoices/open-invoices.ts';
import { creditInvoice } from '#app/invoicing/ledger/credit.server.ts';
import { LowerInvoice } from '#app/invoicing/ledger/LowerInvoice.tsx';
import { AmountField, ReasonField } from '#app/invoicing/ledger/MoneyForm.tsx';
import { formatMoney } from '#app/ui/format.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import { loadSettleable } from './invoices.settleable.server.ts';

export const meta: MetaFunction = () => [{ title: 'Credit invoice · Fieldpost' }];

export const loader = loadSettleable;

/** Takes an amount off an invoice. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const id = idParam(args.params.id);
  const values = await readFields(args.request, ['amount', 'reason', 'key']);
  const result = await staff.tx((tx) => creditInvoice(tx, staff.actor, id, values));
  if (!result) throw notFound();
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`/invoices/${id}?done=${result.repeated ? 'repeated' : 'credited'}`);
}

export default function CreditInvoice() {
  const { invoice, key } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  return (
    <LowerInvoice
      invoice={invoice}
      title="Credit"
      done="credited"
      errors={result?.errors}
      formKey={result?.values.key ?? key}
      submit="Credit invoice"
    >
      <Text>A credit lowers what is owed on this invoice. No money is given back.</Text>
      <AmountField
        most={`At most ${formatMoney(leftOf(invoice), invoice.currency)}`}
        defaultValue={result?.values.amount}
        error={result?.errors.amount}
      />
      <ReasonField defaultValue={result?.values.reason} error={result?.errors.reason} />
    </LowerInvoice>
  );
}
