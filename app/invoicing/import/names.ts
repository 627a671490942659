const COMPANY_WORD =
  /^(?:llc|l\.l\.c\.?|inc|inc\.|incorporated|corp|corp\.|corporation|co|co\.|company|ltd|ltd\.|limited|lp|llp|lllp|pllc|plc|pa|p\.a\.?|pc|p\.c\.?|gmbh|hoa|trust|dba)$/i;
const SUFFIX = /^(?:jr|sr|ii|iii|iv|md|m\.d|dds|dvm|esq|phd|ph\.d|cpa|rn)\.?$/i;

export type NameParts = {
  /** As the office says it: first name first. */
  name: string;
  first: string | null;
  last: string | null;
  /** What stood behind the colon of `Parent:Child`: a location of the parent. */
  child: string | null;
  /** True when the product marks the entry as deleted. */
  deleted: boolean;
};

/**
 * Takes a customer's name apart: `Castellanos, Wren` is Wren Castellanos, `Acme, LLC:Unit 12` is the location Unit 12 of
 * Acme, LLC, `Teo (deleted)` is deleted. Names of companies stay whole.
 */
export function parseName(text: string): NameParts {
  let rest = text.replace(/\s+/g, ' ').trim();
  const deleted = /\(deleted\)/i.test(rest);
  rest = rest.replace(/\s*\(deleted\)/gi, '').trim();
  let child: string | null = null;
  const colon = /^([^:]*[^:\s]):(?=\S)(.+)$/.exec(rest);
  if (colon && !/^(?:attn|c\/o|dba|fbo|re)$/i.test(colon[1] ?? '')) {
    rest = (colon[1] ?? '').trim();
    child = (colon[2] ?? '').trim().replace(/:(?=\S)/g, ': ');
  }
  const flipped = flip(rest);
  if (flipped) return { name: `${flipped.first} ${flipped.last}`, ...flipped, child, deleted };
  return { name: rest, first: null, last: null, child, deleted };
}

function flip(name: string): { first: string; last: string } | null {
  const parts = name.split(',');
  if (parts.length !== 2) return null;
  const last = parts[0]?.trim() ?? '';
  const first = parts[1]?.trim() ?? '';
  if (first === '' || last === '' || /\d|&| and /i.test(name)) return null;
  const words = [...first.split(' '), ...last.split(' ')];
  if (first.split(' ').length > 2 || last.split(' ').length > 3) return null;
  if (words.some((word) => COMPANY_WORD.test(word) || SUFFIX.test(word))) return null;
  return { first, last };
}

/** First and last name of a person's full name: the last word is the last name, unless it is a suffix such as Jr. */
export function splitPerson(full: string): { first: string | null; last: string | null } {
  const words = full
    .replace(/^(?:mr|mrs|ms|miss|dr)\.?\s+/i, '')
    .trim()
    .split(/\s+/)
    .filter((w) => w !== '');
  if (words.length === 0) return { first: null, last: null };
  if (words.length === 1) return { first: words[0] ?? null, last: null };
  let from = words.length - 1;
  if (from > 1 && SUFFIX.test(words[from] ?? '')) from -= 1;
  return { first: words.slice(0, from).join(' ').replace(/,$/, ''), last: words.slice(from).join(' ') };
}

/** True when a name says by itself that it is a company's: LLC, Inc, HOA, and so on. */
export function isCompanyName(name: string): boolean {
  return name.split(/[\s,]+/).some((word) => COMPANY_WORD.test(word) && !/^(?:co|pa|trust|company)\.?$/i.test(word));
}

/**
 * The form in which names are compared: small letters and digits only, accents off, `&` as and, first name first. Equal
 * keys mean the same name; they do not prove the same customer.
 */
export function nameKey(name: string): string {
  return parseName(name)
    .name.normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('&', ' and ')
    .replace(/['’`.]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
