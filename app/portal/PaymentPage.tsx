import { formatMoney } from '#app/ui/format.ts';

import { payWords } from './pay-words.en.ts';
import { words } from './words.en.ts';

export type ShownPayment = {
  amountCents: number;
  currency: string;
  invoices: { id: number; number: string; amountCents: number }[];
};

/** Where the payment stands; one that went through shows its receipt instead. */
export type ShownOutcome =
  | { state: 'processing' | 'unsure' }
  /** `url`: the processor's page, or null when it can't be gone on with. */
  | { state: 'open'; url: string | null }
  /** `reason` in words. */
  | { state: 'failed'; reason: string };

/** What its payer comes back to. @param again where the same invoices can be paid anew; @param here this page's address */
export function PaymentPage({
  payment,
  outcome,
  again,
  here,
}: {
  payment: ShownPayment;
  outcome: ShownOutcome;
  again: string;
  here: string;
}) {
  const money = (cents: number) => formatMoney(cents, payment.currency);
  const { title, text, tone } = told(outcome);
  return (
    <div className="cp-stack cp-narrow">
      <h1>{title}</h1>
      <p className="cp-sum">{money(payment.amountCents)}</p>
      <p className={tone ? 'cp-note' : undefined} data-tone={tone} role={tone ? 'alert' : undefined}>
        {text}
      </p>
      {outcome.state === 'open' && outcome.url && (
        <a className="cp-button cp-wide" href={outcome.url}>
          {payWords.goOn}
        </a>
      )}
      {outcome.state === 'failed' && (
        <a className="cp-button cp-wide" href={again}>
          {payWords.tryAgain}
        </a>
      )}
      {outcome.state === 'unsure' && (
        <a className="cp-button cp-wide" href={here}>
          {payWords.lookAgain}
        </a>
      )}
      {payment.invoices.length > 0 && (
        <table className="cp-table">
          <tbody>
            {payment.invoices.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <a href={`/invoices/${one.id}`}>{words.invoice(one.number)}</a>
                </th>
                <td className="cp-right">{money(one.amountCents)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p>
        <a className="cp-plain" href="/">
          {words.backToInvoices}
        </a>
      </p>
    </div>
  );
}

function told(outcome: ShownOutcome): { title: string; text: string; tone?: 'late' } {
  switch (outcome.state) {
    case 'processing':
      return { title: payWords.waitTitle, text: payWords.waitText };
    case 'unsure':
      return { title: payWords.confirmTitle, text: payWords.confirmText };
    case 'open':
      return { title: payWords.openTitle, text: payWords.openText };
    case 'failed':
      return { title: payWords.failedTitle, text: outcome.reason, tone: 'late' };
  }
}
