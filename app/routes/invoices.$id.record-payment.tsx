import { Stack } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Link, useActionData, useLoaderData } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { readInvoice } from '#app/invoicing/invoices/record.server.ts';
import { MoneyForm } from '#app/invoicing/ledger/MoneyForm.tsx';
import { leftOf, leftWords } from '#app/invoicing/invoices/open-invoices.ts';
import { PaymentFields } from '#app/invoicing/payments/PaymentFields.tsx';
import { KeepOnAccount } from '#app/invoicing/payments/PaymentParts.tsx';
import { recordPayment } from '#app/invoicing/payments/record-payment.server.ts';
import type { RecordPaymentForm } from '#app/invoicing/payments/record-payment-form.ts';
import type { FieldErrors } from '#app/ui/FormErrors.tsx';
import { dateIn, formatMoney } from '#app/ui/format.ts';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import { readRecordForm } from './record-payment.server.ts';

export const meta: MetaFunction = () => [{ title: 'Record payment · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'payments.record');
  const record = await staff.tx((tx) => readInvoice(tx, idParam(args.params.id)));
  if (!record) throw notFound();
  const { id, number, status, balanceCents, pendingCents, currency } = record.invoice;
  return {
    invoice: { id, number, status, balanceCents, pendingCents, currency },
    customer: { id: record.customer.id, name: record.customer.name },
    key: nanoid(24),
    today: dateIn(staff.company.timeZone, new Date()),
  };
}

type Refused = { errors: FieldErrors; values: RecordPaymentForm; asks: boolean };

/** Records a payment of one invoice, in full or in part (S2-17). */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'payments.record');
  const id = idParam(args.params.id);
  const { values } = await readRecordForm(args.request);
  const today = dateIn(staff.company.timeZone, new Date());
  const result = await staff.tx(async (tx) => {
    const record = await readInvoice(tx, id);
    return record && recordPayment(tx, staff.actor, record.customer.id, { ...values, only: id }, today);
  });
  if (!result) throw notFound();
  if (result.ok) return redirect(`/invoices/${id}?done=${result.repeated ? 'repeated' : 'recorded'}`);
  const asks = (result.surplusCents ?? 0) > 0;
  return data<Refused>({ errors: result.errors, values, asks }, { status: 400 });
}

export default function RecordInvoicePayment() {
  const { invoice, customer, key, today } = useLoaderData<typeof loader>();
  const result = useActionData<Refused>();
  const back = `/invoices/${invoice.id}`;
  const left = leftOf(invoice);
  const values = result?.values ?? { amount: left > 0 ? (left / 100).toFixed(2) : '' };
  return (
    <>
      <PageHeader title="Record payment" back={{ to: back, label: `Invoice ${invoice.number}` }}>
        {customer.name} owes {formatMoney(left, invoice.currency)} on this invoice. One payment for several invoices:{' '}
        <Link to={`/customers/${customer.id}/record-payment`}>record it for the customer</Link>.
      </PageHeader>
      {(left === 0 || invoice.pendingCents > 0) && <Notice>{leftWords(invoice, 'recorded')}</Notice>}
      <MoneyForm
        back={back}
        errors={result?.errors}
        refused="Not recorded yet"
        formKey={result?.values.key ?? key}
        submit="Record payment"
      >
        <PaymentFields values={values} errors={result?.errors ?? {}} today={today} />
        {result?.asks && (
          <Stack>
            <KeepOnAccount checked={result.values.toAccount === 'on'} owes />
          </Stack>
        )}
      </MoneyForm>
    </>
  );
}
