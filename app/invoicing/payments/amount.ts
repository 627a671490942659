/** The least that can be paid online, in cents. */
export const LEAST_CENTS = 100;

/** The most that one payment takes, in cents: beyond it nobody meant it. */
export const MOST_CENTS = 99_999_999;

export type AmountError = 'empty' | 'format' | 'decimals' | 'currency' | 'negative' | 'too_large';

export type ReadAmount = { ok: true; cents: number } | { ok: false; error: AmountError };

/**
 * Reads an amount of dollars as people type it: `310`, `310.5`, `$1,204.00`, also in full-width digits. Nothing is rounded:
 * three decimals are an error, as is anything that could be read in two ways (`1,20`, `1.204,00`).
 * @returns whole cents, zero included, or why it is no amount
 */
export function readAmount(typed: string): ReadAmount {
  const text = typed
    .normalize('NFKC')
    .slice(0, 60)
    .replaceAll(/[\s\u200b-\u200f\u2060\ufeff]/g, '');
  if (text === '') return { ok: false, error: 'empty' };
  if (/^\$?[-\u2212(]/.test(text)) return { ok: false, error: 'negative' };
  if (
    /[\p{Sc}]/u.test(text.replace(/^\$/, '')) ||
    /^[a-z]{3}\d|\d[a-z]{3}$/i.test(text.replaceAll(/^usd|usd$/gi, ''))
  ) {
    return { ok: false, error: 'currency' };
  }
  const plain = text.replaceAll(/^(usd)?\$?|usd$/gi, '');
  const parts = /^(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?$/.exec(plain);
  if (!parts || !/\d/.test(plain)) return { ok: false, error: 'format' };
  const decimals = parts[2] ?? '';
  if (decimals.length > 2) return { ok: false, error: 'decimals' };
  const dollars = (parts[1] ?? '').replaceAll(',', '');
  if (dollars.replace(/^0+/, '').length > 7) return { ok: false, error: 'too_large' };
  const cents = Number(dollars || '0') * 100 + Number(decimals.padEnd(2, '0'));
  return cents > MOST_CENTS ? { ok: false, error: 'too_large' } : { ok: true, cents };
}
