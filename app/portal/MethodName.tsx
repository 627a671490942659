import { payWords } from './pay-words.en.ts';
import type { SavedMethod } from './saved-method.ts';

/** `Visa ending in 4242`, and below it until when a card is good, in words where that matters. */
export function MethodName({ method }: { method: SavedMethod }) {
  const { expiry } = method;
  return (
    <>
      <span>{methodName(method)}</span>
      {expiry?.state === 'good' && <span className="cp-row-note">{payWords.until(expiry.month, expiry.year)}</span>}
      {expiry?.state === 'soon' && (
        <span className="cp-row-note cp-soon">{payWords.expiresSoon(expiry.month, expiry.year)}</span>
      )}
      {expiry?.state === 'expired' && (
        <span className="cp-row-note cp-late">{payWords.expired(expiry.month, expiry.year)}</span>
      )}
    </>
  );
}

/** The same in one line. */
export const methodName = ({ kind, brand, last4 }: Pick<SavedMethod, 'kind' | 'brand' | 'last4'>): string =>
  kind === 'card' ? payWords.ending(brand || payWords.methods.card, last4) : payWords.bankEnding(brand, last4);
