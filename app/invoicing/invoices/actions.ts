import type { Permission } from '#app/company/permissions.ts';
import type { Action } from '#app/ui/ActionsMenu.tsx';

import { leftOf, type Settleable } from './open-invoices.ts';

/**
 * What a person may do with an invoice as it stands, for its *Actions* menu, in groups: how it reaches the customer, its money,
 * what can't be taken back. Each is a page of its own, which checks again.
 */
export function invoiceActions(invoice: Settleable, may: (permission: Permission) => boolean): Action[][] {
  const at = `/invoices/${invoice.id}`;
  const open = invoice.status === 'open';
  const edits = may('invoices.edit');
  const issued = open || invoice.status === 'paid';
  return [
    [
      ...(issued && (edits || may('invoices.sms_link')) ? [{ to: `${at}/email`, label: 'Email invoice' }] : []),
      ...((open || invoice.status === 'draft') && edits ? [{ to: `${at}/edit`, label: 'Edit' }] : []),
      { to: `${at}/pdf`, label: 'PDF', file: true },
    ],
    [
      ...(open && may('payments.record') ? [{ to: `${at}/record-payment`, label: 'Record payment' }] : []),
      ...(open && edits && leftOf(invoice) > 0 ? [{ to: `${at}/credit`, label: 'Credit' }] : []),
    ],
    [
      ...(open && edits && leftOf(invoice) > 0 ? [{ to: `${at}/write-off`, label: 'Write off', strong: true }] : []),
      ...(invoice.status !== 'void' && edits ? [{ to: `${at}/void`, label: 'Void', strong: true }] : []),
    ],
  ];
}
