import { formatDate, formatMoney } from '#app/ui/format.ts';
import type { PaymentOutcome } from '#app/invoicing/payments/paying.ts';

import { payPageWords as words } from './words.en.ts';

export type DonePageProps = {
  company: string;
  outcome:
    | { state: 'succeeded' | 'processing' | 'unsure' }
    | { state: 'open'; url: string | null }
    | { state: 'failed'; reason: Extract<PaymentOutcome, { state: 'failed' }>['reason'] };
  payment: {
    amountCents: number;
    tipCents: number;
    currency: string;
    method: string;
    brand: string | null;
    last4: string | null;
    refundedCents: number;
    test: boolean;
    /** The company's calendar day. */
    on: string;
    /** Masked; empty for none. */
    receiptTo: string;
  };
  /** The invoice that was paid, on its own link. */
  number: string | null;
  /** What is left to pay at the link; null where that was replaced meanwhile. */
  leftCents: number | null;
  /** Where the link leads. */
  back: string;
  /** Whether the page looks again by itself. */
  again: boolean;
};

/** What became of a payment, to whoever made it. */
export function DonePage(props: DonePageProps) {
  const { outcome, company, back, again, leftCents } = props;
  switch (outcome.state) {
    case 'succeeded':
      return <Succeeded {...props} />;
    case 'processing':
      return (
        <div className="cp-stack">
          <h1>{words.achTitle}</h1>
          <p className="pp-sum">{formatMoney(props.payment.amountCents, props.payment.currency)}</p>
          <p>{words.achText}</p>
          {props.payment.receiptTo && <p>{words.receiptLater(props.payment.receiptTo)}</p>}
          <Test payment={props.payment} />
        </div>
      );
    case 'open':
      return (
        <div className="cp-stack">
          <h1>{words.openTitle}</h1>
          <p>{words.openText}</p>
          {outcome.url && (
            <a className="cp-button cp-wide" href={outcome.url}>
              {words.goOn}
            </a>
          )}
          {leftCents !== null && <Plain href={back}>{words.startOver}</Plain>}
        </div>
      );
    case 'failed':
      return (
        <div className="cp-stack" role="alert">
          <h1>{words.failedTitle}</h1>
          <p>{reasonOf(outcome.reason)}</p>
          {leftCents !== null && (
            <a className="cp-button cp-wide" href={back}>
              {outcome.reason === 'settled' || outcome.reason === 'voided' ? words.seeBalance : words.tryAgain}
            </a>
          )}
        </div>
      );
    case 'unsure':
      return (
        <div className="cp-stack" role="status">
          <h1>{words.unsureTitle}</h1>
          <p>{again ? words.unsureText : words.unsureStill(company)}</p>
          <Plain href="?">{words.lookAgain}</Plain>
        </div>
      );
  }
}

type Reason = Extract<PaymentOutcome, { state: 'failed' }>['reason'];

const reasonOf = (reason: Reason): string => ({ ...words.declined, ...words.failed })[reason];

/** Thank you, what was paid, and what is left. */
function Succeeded({ payment, number, leftCents, back }: DonePageProps) {
  const money = (cents: number) => formatMoney(cents, payment.currency);
  const settled = payment.amountCents - payment.tipCents;
  return (
    <div className="cp-stack">
      <h1>{words.doneTitle}</h1>
      <p className="pp-sum">{money(payment.amountCents)}</p>
      {payment.receiptTo && <p>{words.receiptGoes(payment.receiptTo)}</p>}
      <table className="cp-table">
        <tbody>
          {(number !== null || payment.tipCents > 0) && (
            <Line label={number === null ? words.towardBalance : words.toward(number)}>{money(settled)}</Line>
          )}
          {payment.tipCents > 0 && <Line label={words.tipLine}>{money(payment.tipCents)}</Line>}
          <Line label={words.paidWith}>{methodOf(payment)}</Line>
          <Line label={words.paidOn}>{formatDate(payment.on)}</Line>
        </tbody>
      </table>
      {payment.refundedCents > 0 && <p>{words.refunded(money(payment.refundedCents))}</p>}
      {leftCents !== null && (
        <p className={leftCents > 0 ? undefined : 'cp-paid'}>
          {leftCents > 0 ? words.left(money(leftCents)) : words.leftNone}{' '}
          {leftCents > 0 && <Plain href={back}>{words.payRest}</Plain>}
        </p>
      )}
      <Test payment={payment} />
    </div>
  );
}

function Line({ label, children }: { label: string; children: string }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td className="cp-right">{children}</td>
    </tr>
  );
}

function methodOf({ method, brand, last4 }: DonePageProps['payment']): string {
  const kind = method === 'ach' ? words.bank : words.cardWord;
  return last4 ? words.ending(brand || kind, last4) : kind;
}

const Plain = ({ href, children }: { href: string; children: string }) => (
  <a className="cp-plain" href={href}>
    {children}
  </a>
);

const Test = ({ payment }: Pick<DonePageProps, 'payment'>) =>
  payment.test && (
    <p className="cp-note" data-tone="test">
      {words.testDone}
    </p>
  );
