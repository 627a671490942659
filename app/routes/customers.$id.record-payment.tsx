import { Button, Group, Stack } from '@mantine/core';
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { Form, Link, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import { nanoid } from 'nanoid';

import { readCustomer } from '#app/invoicing/customers/customer-record.server.ts';
import { readMoney } from '#app/invoicing/ledger/money-form.ts';
import { placeOldestFirst } from '#app/invoicing/invoices/open-invoices.ts';
import { PaymentFields } from '#app/invoicing/payments/PaymentFields.tsx';
import { KeepOnAccount, NothingOwed, PaymentParts } from '#app/invoicing/payments/PaymentParts.tsx';
import { openInvoices, recordPayment } from '#app/invoicing/payments/record-payment.server.ts';
import type { RecordPaymentForm } from '#app/invoicing/payments/record-payment-form.ts';
import { ErrorSummary, type FieldErrors } from '#app/ui/FormErrors.tsx';
import { dateIn } from '#app/ui/format.ts';
import { PageHeader } from '#app/ui/PageHeader.tsx';
import { Section } from '#app/ui/Section.tsx';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import classes from './money.module.css';
import { readRecordForm } from './record-payment.server.ts';

export const meta: MetaFunction = () => [{ title: 'Record payment · Fieldpost' }];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'payments.record');
  const id = idParam(args.params.id);
  const found = await staff.tx(async (tx) => ({
    customer: await readCustomer(tx, id),
    open: await openInvoices(tx, id),
  }));
  if (!found.customer) throw notFound();
  const { name } = found.customer;
  return {
    customer: { id, name },
    open: found.open,
    key: nanoid(24),
    today: dateIn(staff.company.timeZone, new Date()),
  };
}

type Refused = { errors: FieldErrors; values: RecordPaymentForm; suggests: boolean };

/** Records a payment over several invoices, or shows where it could go. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'payments.record');
  const id = idParam(args.params.id);
  const { values, suggests } = await readRecordForm(args.request);
  if (suggests) {
    const amount = readMoney(values.amount);
    if (!amount.ok)
      return data<Refused>({ errors: { amount: amount.error }, values, suggests: false }, { status: 400 });
    const open = await staff.tx((tx) => openInvoices(tx, id));
    const parts = typed(Object.fromEntries(placeOldestFirst(open, amount.cents)));
    return data<Refused>({ errors: {}, values: { ...values, parts }, suggests });
  }
  const today = dateIn(staff.company.timeZone, new Date());
  const result = await staff.tx((tx) => recordPayment(tx, staff.actor, id, values, today));
  if (!result) throw notFound();
  if (result.ok) return redirect(`/payments/${result.paymentId}?done=${result.repeated ? 'repeated' : 'recorded'}`);
  const parts = result.suggested ? typed(result.suggested) : values.parts;
  return data<Refused>({ errors: result.errors, values: { ...values, parts }, suggests: false }, { status: 400 });
}

const typed = (cents: Record<string, number>) =>
  Object.fromEntries(Object.entries(cents).map(([id, amount]) => [id, (amount / 100).toFixed(2)]));

export default function RecordPayment() {
  const { customer, open, key, today } = useLoaderData<typeof loader>();
  const result = useActionData<Refused>();
  const busy = useNavigation().state === 'submitting';
  const back = `/customers/${customer.id}/billing`;
  const values = result?.values;
  const errors = result?.errors ?? {};
  return (
    <>
      <PageHeader title="Record payment" back={{ to: back, label: customer.name }}>
        A check, cash or another payment that reached you.
      </PageHeader>
      <Form method="post" noValidate className={classes.form}>
        <ErrorSummary errors={errors} title="Not recorded yet" />
        <input type="hidden" name="key" value={values?.key ?? key} />
        <Stack gap="md">
          <Section title="What was received">
            <PaymentFields values={values ?? {}} errors={errors} today={today} />
          </Section>
          <Section
            title="Where it goes"
            flush
            aside={
              open.length > 0 && (
                <Button type="submit" name="intent" value="suggest" variant="default" size="xs">
                  Fill in, oldest first
                </Button>
              )
            }
          >
            {open.length === 0 ? (
              <NothingOwed />
            ) : (
              <PaymentParts
                key={JSON.stringify(values?.parts ?? {})}
                invoices={open}
                parts={values?.parts ?? {}}
                errors={errors}
                today={today}
              />
            )}
            <div className={classes.keep}>
              <KeepOnAccount checked={values?.toAccount === 'on'} error={errors.toAccount} owes={open.length > 0} />
            </div>
          </Section>
        </Stack>
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" component={Link} to={back}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Record payment
          </Button>
        </Group>
      </Form>
    </>
  );
}
