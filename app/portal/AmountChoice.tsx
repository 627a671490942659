import { payWords } from './pay-words.en.ts';
import type { TypedPayment } from './pay-form.ts';

/** In full or in part (S2-17). @param most what is owed, as it is written */
export function AmountChoice({
  most,
  typed,
  error,
}: {
  most: string;
  typed: Pick<TypedPayment, 'how' | 'amount'> | undefined;
  error: string | undefined;
}) {
  const part = typed?.how === 'part';
  return (
    <fieldset className="cp-choices">
      <legend>{payWords.howMuch}</legend>
      <label className="cp-choice">
        <input type="radio" name="how" value="full" defaultChecked={!part} />
        <span>{payWords.inFull(most)}</span>
      </label>
      <div className="cp-choice-group">
        <label className="cp-choice">
          <input type="radio" name="how" value="part" defaultChecked={part} />
          <span>{payWords.inPart}</span>
        </label>
        <div className="cp-field">
          <label htmlFor="amount">{payWords.amount}</label>
          <div className="cp-money">
            <span aria-hidden="true">$</span>
            <input
              id="amount"
              name="amount"
              inputMode="decimal"
              autoComplete="off"
              defaultValue={typed?.amount}
              aria-describedby={error ? 'amount-error amount-help' : 'amount-help'}
              aria-invalid={error ? true : undefined}
            />
          </div>
          {error && (
            <p className="cp-error" id="amount-error">
              {error}
            </p>
          )}
          <p className="cp-quiet cp-small" id="amount-help">
            {payWords.amountHelp(most)}
          </p>
        </div>
      </div>
    </fieldset>
  );
}
