import type { SandboxPage } from '#app/invoicing/payments/processors/sandbox-checkout.server.ts';
import { testAccounts } from '#app/invoicing/payments/processors/sandbox-accounts.ts';
import { formatMoney } from '#app/ui/format.ts';

import { Problems } from './Notice.tsx';
import { sandboxWords as words } from './sandbox-words.en.ts';

/** Stands where a processor's own page does. There is no field on it: no real number can be entered. */
export function SandboxCheckout({ page, problem }: { page: SandboxPage; problem: string | null }) {
  const amount = formatMoney(page.amountCents, page.currency);
  const declined = page.declined && `${words.declined[page.declined]} ${words.tryAnother}`;
  const accounts = testAccounts.filter((one) => one.kind === page.method);
  return (
    <div className="cp-stack cp-narrow">
      <TestNote />
      <h1>{words.title}</h1>
      <div className="cp-tight">
        <p className="cp-sum">{amount}</p>
        <p className="cp-quiet">{page.description}</p>
      </div>
      <Problems errors={problem || declined ? { account: problem ?? declined! } : undefined} />
      <form className="cp-stack" method="post" noValidate>
        <fieldset className="cp-choices" id="account">
          <legend>{page.method === 'card' ? words.chooseCard : words.chooseBank}</legend>
          {accounts.map((one, index) => (
            <label key={one.id} className="cp-choice">
              <input type="radio" name="account" value={one.id} defaultChecked={index === 0} />
              <span>
                <span className="cp-figures">
                  {one.kind === 'card' ? `${one.brand} ${one.number}` : words.accountEnding(one.number)}
                </span>
                <span className="cp-row-note">{words.fates[one.id]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {page.saveMethod && <p className="cp-quiet">{words.saved}</p>}
        <button className="cp-button cp-wide" type="submit">
          {words.pay(amount)}
        </button>
      </form>
      <p>
        <a className="cp-plain" href={page.cancelUrl}>
          {words.back}
        </a>
      </p>
    </div>
  );
}

/** Where a card's bank asks its owner. */
export function SandboxConfirm({ page, number }: { page: SandboxPage; number: string }) {
  return (
    <div className="cp-stack cp-narrow">
      <TestNote />
      <h1>{words.confirmTitle}</h1>
      <p>{words.confirmText(formatMoney(page.amountCents, page.currency), number)}</p>
      <form className="cp-stack" method="post">
        <button className="cp-button cp-wide" type="submit" name="answer" value="yes">
          {words.confirm}
        </button>
        <button className="cp-button cp-wide cp-second" type="submit" name="answer" value="no">
          {words.refuse}
        </button>
      </form>
    </div>
  );
}

function TestNote() {
  return (
    <div className="cp-note" data-tone="test">
      <p>
        <strong>{words.testTitle}</strong>
      </p>
      <p>{words.testText}</p>
    </div>
  );
}
