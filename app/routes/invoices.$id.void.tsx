import { Checkbox, Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { readInvoice } from '#app/invoicing/invoices/record.server.ts';
import { MoneyForm, ReasonField } from '#app/invoicing/ledger/MoneyForm.tsx';
import { customersMoney, voidInvoice } from '#app/invoicing/ledger/void.server.ts';
import { formatMoney } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Void invoice · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const id = idParam(args.params.id);
  const found = await staff.tx(async (tx) => ({
    record: await readInvoice(tx, id),
    money: await customersMoney(tx, id),
  }));
  if (!found.record) throw notFound();
  const { number, status, pendingCents, totalCents, currency } = found.record.invoice;
  const payments = found.record.ledger.flatMap((entry) =>
    entry.kind === 'payment' && entry.paymentId !== null ? [entry.paymentId] : [],
  );
  return {
    invoice: { id, number, status, pendingCents, totalCents, currency },
    money: found.money,
    payment: payments.at(-1) ?? null,
  };
}

/** Takes an invoice out of what is owed. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.edit');
  const id = idParam(args.params.id);
  const values = await readFields(args.request, ['reason', 'move']);
  const form = { reason: values.reason, move: values.move === 'on' };
  const result = await staff.tx((tx) => voidInvoice(tx, staff.actor, id, form));
  if (!result) throw notFound();
  if (!result.ok) return data({ errors: result.errors, values }, { status: 400 });
  return redirect(`/invoices/${id}?done=${result.repeated ? 'repeated' : 'voided'}`);
}

export default function VoidInvoice() {
  const { invoice, money, payment } = useLoaderData<typeof loader>();
  const result = useActionData<typeof action>();
  const back = `/invoices/${invoice.id}`;
  const amount = (cents: number) => formatMoney(cents, invoice.currency);
  const paid = money.paidCents > 0 && money.ownCents > 0;
  return (
    <>
      <PageHeader title="Void" back={{ to: back, label: `Invoice ${invoice.number}` }} />
      {invoice.pendingCents > 0 && (
        <Notice tone="problem">
          A payment of {amount(invoice.pendingCents)} is on its way for this invoice. It can be voided when that has
          arrived or failed.
        </Notice>
      )}
      <MoneyForm
        back={back}
        errors={result?.errors}
        refused="Not voided"
        formKey=""
        submit={`Void invoice ${invoice.number}`}
        strong
        closed={invoice.status === 'void' ? 'This invoice is void already.' : null}
      >
        <Text>
          Invoice {invoice.number} of {amount(invoice.totalCents)} will no longer be owed, its reminders end, and it
          can’t be paid. It stays on record as void and can’t be taken back.
        </Text>
        {paid && (
          <>
            <Checkbox
              id="move"
              name="move"
              value="on"
              defaultChecked={result?.values.move === 'on'}
              error={result?.errors.move}
              label={`Move the ${amount(money.ownCents)} that were paid to the customer’s account`}
              description="They become credit, used at once for what else is owed."
            />
            {payment !== null && (
              <Text size="sm" c="dimmed">
                Or give the money back first: <a href={`/payments/${payment}`}>open the payment</a>.
              </Text>
            )}
          </>
        )}
        {!paid && money.ownCents > 0 && (
          <Text>{amount(money.ownCents)} of account credit that was used for it go back to the account.</Text>
        )}
        <ReasonField defaultValue={result?.values.reason} error={result?.errors.reason} />
      </MoneyForm>
    </>
  );
}
