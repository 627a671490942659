import { Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { leftOf } from '#app/invoicing/invoices/open-invoices.ts';
import { LowerInvoice } from '#app/invoicing/ledger/LowerInvoice.tsx';
import { ReasonField } from '#app/invoicing/ledger/MoneyForm.tsx';
import { writeOff } from '#app/invoicing/ledger/write-off.server.ts';
import { formatMoney } from '#app/ui/format.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import { loadSettleable } from './invoices.settleable.server.ts';

export const meta: MetaFunction = () => [{ title: 'Write off · Fieldpost' }];

export const loader = loadSettleable;

/** Gives up what is left of an invoice. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const id = idParam(args.params.id);
  const values = await readFields(args.request, ['reason', 'expected', 'key']);
  const result = await staff.tx((tx) => writeOff(tx, staff.actor, id, values));
  if (!result) throw notFound();
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`/invoices/${id}?done=${result.repeated ? 'repeated' : 'written-off'}`);
}

export default function WriteOff() {
  const { invoice, key } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const left = leftOf(invoice);
  const amount = formatMoney(left, invoice.currency);
  return (
    <LowerInvoice
      invoice={invoice}
      title="Write off"
      done="written off"
      errors={result?.errors}
      formKey={result?.values.key ?? key}
      submit={`Write off ${amount}`}
      strong
    >
      <Text>
        {amount} of invoice {invoice.number} will not be expected any more. Its reminders end. It stays on record and
        can’t be taken back.
      </Text>
      <input type="hidden" name="expected" value={left} />
      <ReasonField defaultValue={result?.values.reason} error={result?.errors.reason} />
    </LowerInvoice>
  );
}
