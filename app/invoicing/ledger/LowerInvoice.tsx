import { leftOf, leftWords, type Settleable } from '#app/invoicing/invoices/open-invoices.ts';
import type { FieldErrors } from '#app/ui/FormErrors.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { PageHeader } from '#app/ui/PageHeader.tsx';

import { MoneyForm } from './MoneyForm.tsx';

type Props = {
  invoice: Settleable;
  title: string;
  /** What is done to what is left: "credited", "written off". */
  done: string;
  errors?: FieldErrors;
  formKey: string;
  submit: string;
  strong?: boolean;
  children: React.ReactNode;
};

/** A page that lowers what is owed on an invoice. Where nothing is left it says why, and has no form. */
export function LowerInvoice({ invoice, title, done, children, ...form }: Props) {
  const back = `/invoices/${invoice.id}`;
  const left = leftOf(invoice);
  return (
    <>
      <PageHeader title={title} back={{ to: back, label: `Invoice ${invoice.number}` }} />
      {left > 0 && invoice.pendingCents > 0 && <Notice>{leftWords(invoice, done)}</Notice>}
      <MoneyForm back={back} refused={`Not ${done}`} closed={left === 0 ? leftWords(invoice, done) : null} {...form}>
        {children}
      </MoneyForm>
    </>
  );
}
