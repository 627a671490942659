import { Checkbox, Text, TextInput } from '@mantine/core';

import { leftOf } from '#app/invoicing/invoices/open-invoices.ts';
import type { FieldErrors } from '#app/ui/FormErrors.tsx';
import { formatAge, formatMoney } from '#app/ui/format.ts';

import classes from './PaymentParts.module.css';
import type { OpenInvoice } from './record-payment.server.ts';
import { partField } from './record-payment-form.ts';

/**
 * What of a payment goes to which open invoice, the oldest due first.
 * @param parts as typed, by the invoice's id
 */
export function PaymentParts({
  invoices,
  parts,
  errors,
  today,
}: {
  invoices: OpenInvoice[];
  parts: Record<string, string>;
  errors: FieldErrors;
  today: string;
}) {
  return (
    <ul className={classes.rows}>
      {invoices.map((invoice) => {
        const field = partField(invoice.id);
        const left = leftOf(invoice);
        return (
          <li key={invoice.id} className={classes.row}>
            <label htmlFor={field}>
              Invoice {invoice.number}
              <span className={classes.under}>
                {formatMoney(left, invoice.currency)} {invoice.pendingCents > 0 ? 'left' : 'owed'},{' '}
                {formatAge(invoice.dueOn, today)}
                {invoice.summary && ` · ${invoice.summary}`}
              </span>
              {invoice.pendingCents > 0 && (
                <span className={classes.under}>
                  A payment of {formatMoney(invoice.pendingCents, invoice.currency)} is on its way for it.
                </span>
              )}
            </label>
            <TextInput
              id={field}
              name={field}
              defaultValue={parts[invoice.id] ?? ''}
              error={errors[field]}
              leftSection="$"
              inputMode="decimal"
              autoComplete="off"
              disabled={left === 0}
            />
          </li>
        );
      })}
    </ul>
  );
}

/** The office says that what is placed on no invoice becomes credit. */
export function KeepOnAccount({ checked, error, owes }: { checked: boolean; error?: string; owes: boolean }) {
  return (
    <Checkbox
      id="toAccount"
      name="toAccount"
      value="on"
      defaultChecked={checked}
      error={error}
      label="Keep what is left on the account, as credit"
      description={owes ? 'Credit is used at once for what else is owed, the oldest due first.' : undefined}
    />
  );
}

export const NothingOwed = () => (
  <Text c="dimmed" px="md" pb="md">
    Nothing is owed. The payment becomes credit, which the next invoice uses.
  </Text>
);
