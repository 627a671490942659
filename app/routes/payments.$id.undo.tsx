import { Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { methodWords } from '#app/invoicing/ledger/entry-words.ts';
import { MoneyForm, ReasonField } from '#app/invoicing/ledger/MoneyForm.tsx';
import { readPayment } from '#app/invoicing/payments/record.server.ts';
import { undoPayment } from '#app/invoicing/payments/undo-payment.server.ts';
import { formatMoney } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Undo payment · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'payments.record');
  const record = await staff.tx((tx) => readPayment(tx, idParam(args.params.id)));
  if (!record) throw notFound();
  return { payment: record.payment, customer: record.customer };
}

/** Takes back a payment that the office recorded. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'payments.record');
  const id = idParam(args.params.id);
  const values = await readFields(args.request, ['reason']);
  const result = await staff.tx((tx) => undoPayment(tx, staff.actor, id, values));
  if (!result) throw notFound();
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`/payments/${id}?done=${result.repeated ? 'repeated' : 'undone'}`);
}

type UndoneOrNot = { processor: string; status: string; failure: string | null; refundedCents: number };

/** Why there is nothing to undo, as `undoPayment` would say; null where there is. */
function closedWords({ processor, status, failure, refundedCents }: UndoneOrNot): string | null {
  if (processor !== 'office') return 'Only a payment that the office recorded can be undone. Refund it.';
  if (status === 'failed' && failure === 'undone') return 'This payment was undone already.';
  if (refundedCents > 0) return 'A part of it was given back already. Refund the rest.';
  return status === 'succeeded' ? null : 'This payment did not arrive: there is nothing to undo.';
}

export default function UndoPayment() {
  const { payment, customer } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const back = `/payments/${payment.id}`;
  const amount = formatMoney(payment.amountCents, payment.currency);
  return (
    <>
      <PageHeader title="Undo payment" back={{ to: back, label: `${methodWords(payment)} of ${customer.name}` }} />
      <MoneyForm
        back={back}
        errors={result?.errors}
        refused="Not undone"
        formKey=""
        submit={`Undo ${amount}`}
        strong
        closed={closedWords(payment)}
      >
        <Text>
          For a check that bounced, or a slip. The invoices that it paid are owed again, {amount} in all. Both lines
          stay in the history.
        </Text>
        <ReasonField defaultValue={result?.values.reason} error={result?.errors.reason} />
      </MoneyForm>
    </>
  );
}
