import { findUrls } from '../sms/urls.ts';
import { isPlain } from './allowed.ts';

/** A stretch of a text in which a web address stands that cannot be printed as it is. UTF-16 units. */
export type AddressPart = {
  readonly start: number;
  readonly end: number;
  /** What leads to the same place for a character of it; null for one that only decorates. */
  readonly encode: (char: string) => string | null;
};

/** What browsers leave out of an address. */
const IGNORED = /^[\u00ad\u200b-\u200f\u2060\ufeff]+$/;

/**
 * Where web addresses stand that hold characters which no postcard has. Behind the host those can be percent-encoded
 * (RFC 3986, section 2.1), so the address survives (S0-15). A host is left to the rule for letters: one that mixes alphabets is
 * not to be trusted, and one in another alphabet can't be typed by whom it is sent to.
 */
export function addressParts(text: string): AddressPart[] {
  return findUrls(text).flatMap(({ start, text: url }) => {
    if (isPlain(url)) return [];
    const from = /^(?:[a-z]+:)?[\\/]*[^\\/?#]*/i.exec(url)?.[0].length ?? 0;
    // A sign or an emoji at the end decorates the address rather than being part of it.
    const to = url.replace(/[^\p{L}\p{M}\p{N}\x21-\x7e]+$/u, '').length;
    return to > from ? [{ start: start + from, end: start + to, encode }] : [];
  });
}

function encode(char: string): string | null {
  if (IGNORED.test(char) || /^\p{Cs}$/u.test(char)) return null;
  return encodeURIComponent(char);
}
