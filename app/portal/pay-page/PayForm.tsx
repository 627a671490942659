import { formatMoney } from '#app/ui/format.ts';

import { Field } from '../Field.tsx';
import type { PayPageProps } from './PayPage.tsx';
import { ReceiptFields } from './ReceiptFields.tsx';
import { payPageWords as words } from './words.en.ts';

/**
 * The form: tip, card or bank, receipt, and one button. The sum follows the tip without a script (S4-10): each stands on the page,
 * and the style sheet shows the one that is chosen. The processor's page shows it once more.
 */
export function PayForm({ view, brand, action, formKey, consent, posted }: PayPageProps) {
  const { form, dueCents, currency } = view;
  const money = (cents: number) => formatMoney(cents, currency);
  const typed = posted?.typed;
  const errors = posted?.errors ?? {};
  const sums = form.tips.length > 0 ? form.tips : [{ percent: 0, cents: 0 }];
  return (
    <form method="post" action={action} noValidate>
      <fieldset className="pp-form" disabled={!form.connected}>
        <input type="hidden" name="key" value={formKey} />
        <input type="hidden" name="owed" value={dueCents} />
        {!form.connected && <NotConnected company={brand.name} />}
        {form.tips.length > 0 && <Tips view={view} chosen={typed?.tip} error={errors.tip} />}
        <Methods methods={form.methods} chosen={typed?.method} error={errors.method} />
        {!view.invoice && (
          <div>
            {form.methods.includes('card') && (
              <label className="pp-plain-choice">
                <input type="checkbox" name="save" defaultChecked={typed?.save === 'on'} />
                <span>
                  {words.save}
                  <span className="cp-row-note">{words.saveText}</span>
                </span>
              </label>
            )}
            <label className="pp-plain-choice">
              <input type="checkbox" name="texts" defaultChecked={typed?.texts === 'on'} />
              <span>
                {words.texts}
                <span className="cp-row-note">{consent}</span>
              </span>
            </label>
            <div className="pp-under pp-asked-texts">
              <Field
                id="mobile"
                label={words.mobile}
                type="tel"
                autoComplete="tel-national"
                defaultValue={typed?.mobile}
                help={form.mobileEnding ? words.mobileOnFile(form.mobileEnding) : undefined}
                error={errors.mobile}
              />
            </div>
          </div>
        )}
        <ReceiptFields onFile={form.emailOnFile} typed={typed} error={errors.receiptTo} />
        {form.partial && (
          <details open={Boolean(typed?.amount) || Boolean(errors.amount)}>
            <summary>{words.part}</summary>
            <Field
              id="amount"
              label={words.amount}
              inputMode="decimal"
              autoComplete="off"
              // Not empty, so that the style sheet can tell an empty field.
              placeholder={money(dueCents)}
              defaultValue={typed?.amount}
              help={words.amountHelp(money(dueCents))}
              error={errors.amount}
            />
          </details>
        )}
        <div className="pp-end">
          {form.tips.length > 0 && (
            <p className="pp-total">
              <span>{words.total}</span>
              <span aria-live="polite">
                {sums.map(({ percent, cents }) => (
                  <span key={percent} data-sum={percent}>
                    {money(dueCents + cents)}
                  </span>
                ))}
                <span data-sum="part">{words.totalPart}</span>
                <span className="pp-else">{words.totalPlain}</span>
              </span>
            </p>
          )}
          {form.test && (
            <p className="cp-note" data-tone="test">
              {words.test}
            </p>
          )}
          <button className="cp-button cp-wide" type="submit">
            {sums.map(({ percent, cents }) => (
              <span key={percent} data-sum={percent}>
                {words.pay(money(dueCents + cents))}
              </span>
            ))}
            <span data-sum="part">{words.payPart}</span>
            <span className="pp-else">{form.tips.length > 0 ? words.payPlain : words.pay(money(dueCents))}</span>
          </button>
          {form.connected && <p className="cp-quiet cp-small">{words.next}</p>}
        </div>
      </fieldset>
    </form>
  );
}

/** The form shows, and says that it can't complete (S4-13). */
function NotConnected({ company }: { company: string }) {
  return (
    <div className="cp-note" role="status">
      <p>
        <strong>{words.closed}</strong>
      </p>
      <p>{words.closedText(company)}</p>
    </div>
  );
}

/** No tip, or a share of the balance (S4-09). */
function Tips({
  view: { form, dueCents, currency },
  chosen = '0',
  error,
}: Pick<PayPageProps, 'view'> & { chosen?: string; error?: string }) {
  return (
    <fieldset className="cp-choices" aria-describedby="tip-help">
      <legend>{words.tip}</legend>
      <div className="pp-row pp-tips" id="tip">
        {form.tips.map(({ percent, cents }) => (
          <label key={percent} className="pp-pick">
            <input type="radio" name="tip" value={percent} defaultChecked={String(percent) === chosen} />
            <b>{percent === 0 ? words.noTip : `${percent}%`}</b>
            {percent > 0 && <span className="cp-small">{formatMoney(cents, currency)}</span>}
          </label>
        ))}
      </div>
      {error && <p className="cp-error">{error}</p>}
      <p className="cp-quiet cp-small" id="tip-help">
        {words.tipHelp}
      </p>
    </fieldset>
  );
}

/** Card or bank account; where only one is taken there is nothing to choose. */
function Methods({
  methods,
  chosen,
  error,
}: {
  methods: PayPageProps['view']['form']['methods'];
  chosen?: string;
  error?: string;
}) {
  const only = methods.length === 1 ? methods[0] : undefined;
  if (only) return <input type="hidden" name="method" value={only} />;
  const picked = methods.find((method) => method === chosen) ?? 'card';
  return (
    <fieldset className="cp-choices">
      <legend>{words.payWith}</legend>
      <div className="pp-row" id="method">
        {methods.map((method) => (
          <label key={method} className="pp-pick">
            <input type="radio" name="method" value={method} defaultChecked={method === picked} />
            <b>{words[method]}</b>
            {method === 'ach' && <span className="cp-small cp-quiet">{words.achNote}</span>}
          </label>
        ))}
      </div>
      {error && <p className="cp-error">{error}</p>}
    </fieldset>
  );
}
