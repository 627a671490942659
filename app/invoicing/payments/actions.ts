import type { Permission } from '#app/company/permissions.ts';
import type { Action } from '#app/ui/ActionsMenu.tsx';

type Shown = {
  id: number;
  status: 'open' | 'pending' | 'succeeded' | 'failed' | 'refunded';
  processor: string;
  amountCents: number;
  refundedCents: number;
};

/** What a person may do with a payment as it stands, for its *Actions* menu. */
export function paymentActions(payment: Shown, may: (permission: Permission) => boolean): Action[][] {
  const at = `/payments/${payment.id}`;
  const received = payment.status === 'succeeded';
  const left = payment.amountCents - payment.refundedCents;
  return [
    received && left > 0 && may('payments.refund') ? [{ to: `${at}/refund`, label: 'Refund' }] : [],
    received && payment.processor === 'office' && payment.refundedCents === 0 && may('payments.record')
      ? [{ to: `${at}/undo`, label: 'Undo', strong: true }]
      : [],
  ];
}
