import { Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { creditInvoice } from '#app/invoicing/ledger/credit.server.ts';
import { readInvoice } from '#app/invoicing/invoices/record.server.ts';
import { AmountField, MoneyForm, ReasonField } from '#app/invoicing/ledger/MoneyForm.tsx';
import { leftOf, leftWords } from '#app/invoicing/invoices/open-invoices.ts';
import { formatMoney } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Credit invoice · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const record = await staff.tx((tx) => readInvoice(tx, idParam(args.params.id)));
  if (!record) throw notFound();
  const { id, number, status, balanceCents, pendingCents, currency } = record.invoice;
  return { invoice: { id, number, status, balanceCents, pendingCents, currency }, key: nanoid(24) };
}

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
  const back = `/invoices/${invoice.id}`;
  const left = leftOf(invoice);
  return (
    <>
      <PageHeader title="Credit" back={{ to: back, label: `Invoice ${invoice.number}` }} />
      {(left === 0 || invoice.pendingCents > 0) && <Notice>{leftWords(invoice, 'credited')}</Notice>}
      <MoneyForm
        back={back}
        errors={result?.errors}
        refused="Not credited"
        formKey={result?.values.key ?? key}
        submit="Credit invoice"
      >
        <Text>A credit lowers what is owed on this invoice. No money is given back.</Text>
        <AmountField
          most={left > 0 ? `At most ${formatMoney(left, invoice.currency)}` : undefined}
          defaultValue={result?.values.amount}
          error={result?.errors.amount}
        />
        <ReasonField defaultValue={result?.values.reason} error={result?.errors.reason} />
      </MoneyForm>
    </>
  );
}
