import { NativeSelect, TextInput } from '@mantine/core';

import classes from '#app/invoicing/customers/CustomerFields.module.css';
import type { FieldErrors } from '#app/ui/FormErrors.tsx';

import { officeMethods, type RecordPaymentForm } from './record-payment-form.ts';

/** What was received, how and when. */
export function PaymentFields({
  values,
  errors,
  today,
}: {
  values: Partial<RecordPaymentForm>;
  errors: FieldErrors;
  today: string;
}) {
  const field = (name: 'amount' | 'method' | 'receivedOn' | 'memo', otherwise = '') => ({
    id: name,
    name,
    defaultValue: values[name] ?? otherwise,
    error: errors[name],
  });
  return (
    <div className={classes.two}>
      <TextInput label="Amount received" leftSection="$" inputMode="decimal" autoComplete="off" {...field('amount')} />
      <NativeSelect label="Paid by" data={[...officeMethods]} {...field('method', 'check')} />
      <TextInput label="Received on" type="date" max={today} {...field('receivedOn', today)} />
      <TextInput label="Check number or note" autoComplete="off" maxLength={100} {...field('memo')} />
    </div>
  );
}
