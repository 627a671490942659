import { Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { readInvoice } from '#app/invoicing/invoices/record.server.ts';
import { MoneyForm, ReasonField } from '#app/invoicing/ledger/MoneyForm.tsx';
import { leftOf, leftWords } from '#app/invoicing/invoices/open-invoices.ts';
import { writeOff } from '#app/invoicing/ledger/write-off.server.ts';
import { formatMoney } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Write off · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const record = await staff.tx((tx) => readInvoice(tx, idParam(args.params.id)));
  if (!record) throw notFound();
  const { id, number, status, balanceCents, pendingCents, currency } = record.invoice;
  return { invoice: { id, number, status, balanceCents, pendingCents, currency }, key: nanoid(24) };
}

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
  const back = `/invoices/${invoice.id}`;
  const left = leftOf(invoice);
  const amount = formatMoney(left, invoice.currency);
  return (
    <>
      <PageHeader title="Write off" back={{ to: back, label: `Invoice ${invoice.number}` }} />
      {(left === 0 || invoice.pendingCents > 0) && <Notice>{leftWords(invoice, 'written off')}</Notice>}
      <MoneyForm
        back={back}
        errors={result?.errors}
        refused="Not written off"
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
      </MoneyForm>
    </>
  );
}
