import { MethodName } from './MethodName.tsx';
import { payWords } from './pay-words.en.ts';
import type { TypedPayment } from './pay-form.ts';
import type { SavedMethod } from './saved-method.ts';

export type OfferedMethods = {
  card: boolean;
  ach: boolean;
  saved: SavedMethod[];
  /** No money is moved. */
  test: boolean;
};

/** A saved card or bank account, a new card, or a bank account (S3-19). Numbers are entered on the processor's page. */
export function MethodChoice({
  offered,
  typed,
  error,
}: {
  offered: OfferedMethods;
  typed: Pick<TypedPayment, 'method' | 'save'> | undefined;
  error: string | undefined;
}) {
  const { card, ach, saved } = offered;
  const usable = saved.filter((one) => one.expiry?.state !== 'expired');
  const values = [...usable.map((one) => `saved-${one.id}`), ...(card ? ['card'] : []), ...(ach ? ['ach'] : [])];
  const chosen = typed && values.includes(typed.method) ? typed.method : values[0];
  const radio = (value: string) => <input type="radio" name="method" value={value} defaultChecked={value === chosen} />;
  return (
    <>
      <fieldset className="cp-choices" id="method" aria-describedby={error ? 'method-error' : undefined}>
        <legend>{payWords.payWith}</legend>
        {error && (
          <p className="cp-error" id="method-error">
            {error}
          </p>
        )}
        {usable.map((one) => (
          <label className="cp-choice" key={one.id}>
            {radio(`saved-${one.id}`)}
            <span>
              <MethodName method={one} />
              <span className="cp-row-note">{one.kind === 'ach' ? payWords.savedBankText : payWords.savedText}</span>
            </span>
          </label>
        ))}
        {card && (
          <label className="cp-choice">
            {radio('card')}
            <span>
              {payWords.newCard}
              <span className="cp-row-note">{payWords.newCardText}</span>
            </span>
          </label>
        )}
        {ach && (
          <label className="cp-choice">
            {radio('ach')}
            <span>
              {payWords.newBank}
              <span className="cp-row-note">{payWords.newBankText}</span>
            </span>
          </label>
        )}
      </fieldset>
      {(card || ach) && (
        <label className="cp-choice" data-plain>
          <input type="checkbox" name="save" defaultChecked={typed?.save === 'on'} />
          <span>
            {payWords.save}
            <span className="cp-row-note">{payWords.saveText}</span>
          </span>
        </label>
      )}
    </>
  );
}
