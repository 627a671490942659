import { Field } from '../Field.tsx';
import type { TypedPay } from './form.ts';
import { payPageWords as words } from './words.en.ts';

/**
 * Where the receipt goes. An address on file is never shown: on the customer's own link enough of it to know it again, on an
 * invoice's link nothing.
 * @param onFile null when there is none, empty when it is not to be named
 */
export function ReceiptFields({
  onFile,
  typed,
  error,
}: {
  onFile: string | null;
  typed: TypedPay | undefined;
  error?: string;
}) {
  if (onFile === null) {
    return <Field id="receiptTo" label={words.receiptOptional} defaultValue={typed?.receiptTo} error={error} />;
  }
  const chosen = typed?.receipt || 'file';
  const choices = [
    ['file', onFile === '' ? words.receiptOnFileUnnamed : words.receiptOnFile(onFile)],
    ['other', words.receiptOther],
    ['none', words.receiptNone],
  ] as const;
  return (
    <fieldset className="cp-choices">
      <legend>{words.receipt}</legend>
      <div>
        {choices.map(([value, label]) => (
          <label key={value} className="pp-plain-choice">
            <input type="radio" name="receipt" value={value} defaultChecked={value === chosen} />
            <span>{label}</span>
          </label>
        ))}
      </div>
      <div className="pp-under pp-asked-receipt">
        <Field id="receiptTo" label={words.receiptTo} defaultValue={typed?.receiptTo} error={error} />
      </div>
    </fieldset>
  );
}
