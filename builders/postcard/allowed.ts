/**
 * The characters that a printed postcard may have in its texts (S0-15): this table, and nothing else. `chars` is the inside of a
 * regular expression's class. The printing fonts must have a glyph for each of them, which a test proves.
 *
 * Of what a US keyboard types, `\ ^ { | } < >` and the backtick are not in it: they are marks of code, no sentence needs them,
 * and no web address can hold them (RFC 3986, appendix A).
 */
export const ALLOWED: readonly { readonly chars: string; readonly what: string; readonly why: string }[] = [
  { chars: 'A-Za-z', what: 'Letters', why: 'What texts are written in.' },
  { chars: '0-9', what: 'Digits', why: 'Amounts, dates, telephone numbers.' },
  { chars: ' \\n', what: 'Space and new line', why: 'The only two blanks that print as they were typed.' },
  { chars: `.,;:!?'"()\\-/`, what: 'Punctuation', why: 'Sentences, dates, telephone numbers.' },
  { chars: '$%&#*', what: 'Money and business', why: '$418.50, 10% off, Smith & Sons, #1042, and * for terms.' },
  {
    chars: '@+=_~\\[\\]',
    what: 'Addresses',
    why: 'With the rows above, all that a web address can hold (RFC 3986, appendix A), and an email address in practice.',
  },
  {
    chars: '¡¿',
    what: 'Spanish punctuation',
    why: 'A sentence in Spanish begins with it, as its letters are kept too.',
  },
  {
    chars: 'À-ÖØ-öø-ÿ',
    what: 'Letters of Western Europe (Latin-1 Supplement)',
    why: 'A name is spelled as it is spelled: José, Müller.',
  },
  {
    chars: 'Ā-ıĴ-ľŁ-ňŊ-ž',
    what: 'Letters of Central Europe, Turkey and the Baltic (Latin Extended-A)',
    why: 'Łukasz, Gökçe. Without joined letters such as Ĳ, which have plain forms.',
  },
  {
    chars: 'ƏəƠơƯưǍ-ǜǞ-ǣǦ-ǰǴǵǸ-țȞȟȦ-ȳḀ-ẙẞẠ-ỹ',
    what: 'Other Latin letters with marks',
    why: 'Names from Romania, Azerbaijan and Vietnam: Ștefan, Nguyễn.',
  },
];

/** One character (or half of a pair that stands alone) that no postcard has. A source, to be used with the flag `u`. */
export const NOT_ALLOWED = `[^${ALLOWED.map(({ chars }) => chars).join('')}]`;

const foreign = new RegExp(NOT_ALLOWED, 'u');

/** Whether a text can be printed as it is. An empty one can. */
export function isPlain(text: string): boolean {
  return !foreign.test(text);
}
