import { Checkbox, Text } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { methodWords } from '#app/invoicing/ledger/entry-words.ts';
import { isFormKey, NO_KEY, readMoney, readReason } from '#app/invoicing/ledger/money-form.ts';
import { AmountField, MoneyForm, ReasonField } from '#app/invoicing/ledger/MoneyForm.tsx';
import { readPayment } from '#app/invoicing/payments/record.server.ts';
import { refundableCents, startRefund, type RefundResult } from '#app/invoicing/payments/refund.server.ts';
import type { FieldErrors } from '#app/ui/FormErrors.tsx';
import { formatMoney } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { readFields } from '#app/web/form.server.ts';
import { payDeps } from '#app/web/payments.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction = () => [{ title: 'Refund · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'payments.refund');
  const id = idParam(args.params.id);
  const found = await staff.tx(async (tx) => {
    const record = await readPayment(tx, id);
    if (!record) return null;
    const received = record.payment.status === 'succeeded' || record.payment.status === 'refunded';
    return { ...record, leftCents: received ? await refundableCents(tx, record.payment) : 0 };
  });
  if (!found) throw notFound();
  const { payment, customer, leftCents } = found;
  return { payment, customer, leftCents, key: nanoid(24) };
}

type Refused = { errors: FieldErrors; values: { amount: string; reason: string; owed: string; key: string } };

/** Gives back a payment, in full or in part. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'payments.refund');
  const paymentId = idParam(args.params.id);
  const values = await readFields(args.request, ['amount', 'reason', 'owed', 'key']);
  const refuse = (errors: FieldErrors) => data<Refused>({ errors, values }, { status: 400 });
  const amount = readMoney(values.amount);
  const reason = readReason(values.reason);
  if (!isFormKey(values.key)) return refuse(NO_KEY);
  if (!amount.ok || !reason.ok) {
    return refuse({ ...(!amount.ok && { amount: amount.error }), ...(!reason.ok && { reason: reason.error }) });
  }
  const result = await startRefund(payDeps(args.context), staff.actor, {
    companyId: staff.company.id,
    paymentId,
    amountCents: amount.cents,
    reduces: values.owed !== 'on',
    reason: reason.reason,
    idempotencyKey: values.key,
  });
  if (!result.ok && result.reason === 'missing') throw notFound();
  if (!result.ok) return refuse(wordsOf(result));
  if (result.status === 'failed') {
    return refuse({ form: 'The refund was refused where the payment was made. Nothing was given back.' });
  }
  return redirect(`/payments/${paymentId}?done=${result.status === 'pending' ? 'refunding' : 'refunded'}`);
}

function wordsOf(refused: Extract<RefundResult, { ok: false }>): FieldErrors {
  if (refused.reason === 'too_much') {
    return refused.mostCents > 0
      ? { amount: `${formatMoney(refused.mostCents)} can still be given back. Enter that or less.` }
      : { form: 'All of this payment was given back, or is on its way back.' };
  }
  if (refused.reason === 'disputed') {
    return { form: 'The payer asked the bank for this money. The bank decides: a refund would pay it twice.' };
  }
  if (refused.reason === 'not_connected') {
    return {
      form: 'The payment account that took this payment is not connected. Connect it in Settings, then refund.',
    };
  }
  return { amount: 'Enter more than $0.00.' };
}

export default function Refund() {
  const { payment, customer, leftCents, key } = useLoaderData<typeof loader>();
  const result = useActionData<Refused>();
  const back = `/payments/${payment.id}`;
  const money = (cents: number) => formatMoney(cents, payment.currency);
  const online = payment.processor === 'stripe' || payment.processor === 'sandbox';
  return (
    <>
      <PageHeader title="Refund" back={{ to: back, label: `${methodWords(payment)} of ${customer.name}` }} />
      <MoneyForm
        back={back}
        errors={result?.errors}
        refused="Not refunded"
        formKey={result?.values.key ?? key}
        submit="Refund"
        strong
        closed={leftCents === 0 ? 'Nothing of this payment can be given back.' : null}
      >
        <Text>
          {online
            ? `The money goes back to ${methodWords(payment)}. That can’t be stopped, and takes some days to arrive.`
            : 'Give the money back yourself: this only records it.'}
        </Text>
        <AmountField
          most={`At most ${money(leftCents)}${payment.tipCents > 0 ? `, with the tip of ${money(payment.tipCents)}` : ''}`}
          defaultValue={result?.values.amount ?? (leftCents / 100).toFixed(2)}
          error={result?.errors.amount}
        />
        <Checkbox
          id="owed"
          name="owed"
          value="on"
          defaultChecked={result?.values.owed === 'on'}
          label="The invoice is owed again"
          description="Without it, the invoice is lowered by the same amount, and nobody is reminded of it."
        />
        <ReasonField defaultValue={result?.values.reason} error={result?.errors.reason} />
      </MoneyForm>
    </>
  );
}
