import { formatDate, formatMoney } from '#app/ui/format.ts';

import { Problems } from '../Notice.tsx';
import { Contact, type FrameBrand } from '../PortalFrame.tsx';
import type { PayErrors, TypedPay } from './form.ts';
import { PayForm } from './PayForm.tsx';
import { Message } from './PayPageFrame.tsx';
import type { PayView } from './view.server.ts';
import { payPageWords as words } from './words.en.ts';

export type PayPageProps = {
  view: PayView;
  brand: FrameBrand;
  /** Posted to, and the form's own key. */
  action: string;
  formKey: string;
  consent: string;
  posted?: { typed: TypedPay; errors: PayErrors };
};

/** What is owed, and the form that pays it: one invoice (S1-14), or a customer's account (S4-04 to S4-12). */
export function PayPage(props: PayPageProps) {
  const { view, brand, posted } = props;
  const money = (cents: number) => formatMoney(cents, view.currency);
  const { state } = view;
  return (
    <>
      {posted && <Problems errors={posted.errors} />}
      {state === 'pay' || state === 'small' || state === 'pending' ? (
        <>
          <Head view={view} />
          {view.charges && <RecentCharges charges={view.charges} money={money} />}
        </>
      ) : (
        <Nothing view={view} brand={brand} />
      )}
      {state === 'pay' && <PayForm {...props} />}
      {state === 'small' && <p className="cp-note">{words.tooSmall(brand.name)}</p>}
      {state === 'pending' && (
        <div className="cp-note" role="status">
          <p>
            <strong>{words.onItsWayTitle}</strong>
          </p>
          <p>{words.onItsWayText(money(view.pendingCents))}</p>
        </div>
      )}
    </>
  );
}

function Head({ view }: { view: PayView }) {
  const { invoice, firstName, balanceCents, pendingCents, dueCents, paidCents, totalCents } = view;
  const money = (cents: number) => formatMoney(cents, view.currency);
  const pending = view.state === 'pending';
  return (
    <div className="pp-head">
      <h1>{invoice ? words.invoice(invoice.number) : firstName ? words.hello(firstName) : words.yourBalance}</h1>
      {invoice && (
        <p className="cp-quiet">{[invoice.summary, formatDate(invoice.issuedOn)].filter(Boolean).join(' · ')}</p>
      )}
      <p className="pp-sum">{money(pending ? balanceCents : dueCents)}</p>
      <p className="cp-quiet">{invoice ? words.amountDue : words.outstanding}</p>
      {invoice && paidCents > 0 && <p className="cp-quiet">{words.partPaid(money(paidCents), money(totalCents))}</p>}
      {!pending && pendingCents > 0 && <p className="cp-quiet">{words.onItsWay(money(pendingCents))}</p>}
    </div>
  );
}

/** The last billing line items, behind one line until they are asked for (S4-08). */
function RecentCharges({
  charges,
  money,
}: {
  charges: NonNullable<PayView['charges']>;
  money: (cents: number) => string;
}) {
  return (
    <details>
      <summary>{words.charges}</summary>
      {charges.length === 0 ? (
        <p className="cp-quiet">{words.chargesNone}</p>
      ) : (
        <ul className="pp-charges">
          {charges.map((charge, position) => (
            <li key={position}>
              <span>{charge.description}</span>
              <span className="cp-figures">{money(charge.amountCents)}</span>
              <span className="cp-quiet cp-small">{formatDate(charge.on)}</span>
              <span className="cp-quiet cp-small cp-figures">
                {charge.taxCents !== 0 && words.tax(money(charge.taxCents))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}

/** Where nothing is owed: why, in one sentence. */
function Nothing({ view, brand }: { view: PayView; brand: FrameBrand }) {
  const money = (cents: number) => formatMoney(cents, view.currency);
  const { state, invoice, paidCents, paidOn } = view;
  if (state === 'void') {
    return <Message title={words.voidTitle(invoice!.number)} text={words.voidText(brand.name)} brand={brand} />;
  }
  if (state === 'credit') {
    return (
      <div className="cp-stack">
        <h1>{words.credit(money(-view.balanceCents))}</h1>
        <p>{words.creditText(brand.name)}</p>
      </div>
    );
  }
  if (state === 'clear') {
    return (
      <div className="cp-stack">
        <h1>{words.allSet}</h1>
      </div>
    );
  }
  const day = paidOn ? formatDate(paidOn) : '';
  return (
    <div className="cp-stack">
      <p className="cp-quiet">
        {[words.invoice(invoice!.number), invoice!.summary, formatDate(invoice!.issuedOn)].filter(Boolean).join(' · ')}
      </p>
      <h1>{words.paidTitle}</h1>
      <p>{paidCents > 0 ? words.paidText(money(paidCents), day) : words.settledText(day)}</p>
      <p className="cp-tight">
        <Contact brand={brand} />
      </p>
    </div>
  );
}
