import { createEngine, escapes } from '../merge/engine.ts';
import { makeProgram, runProgram, type Program } from '../merge/program.ts';
import type { MergeValues } from '../merge/values.ts';
import type { Card } from './card.ts';
import type { CompiledPostcard } from './compiled.ts';
import { PARAGRAPHS, whereOf, type TextKey } from './parts.ts';
import { checkPlain, type Loss } from './plain-text.ts';

export type PreparedPostcard = {
  readonly compiled: CompiledPostcard;
  readonly programs: Readonly<Record<TextKey, Program>>;
};

/** What a card has beside its texts. */
export type CardParts = Pick<Card, 'brand' | 'returnAddress' | 'address'>;

/** Why a card cannot be printed for one recipient: nothing is left of its body, or merging made a text grow beyond bounds. */
export type PostcardRefusal = 'empty' | 'too_long';

/** What is said of a recipient who is left out. */
export const refusalWords: Readonly<Record<PostcardRefusal, string>> = {
  empty: 'With this recipient’s details nothing is left of the body.',
  too_long: 'With this recipient’s details a text grows too long.',
};

/** What merge values brought in that cannot be printed, with the text of the card it stood in; the place is one in that text. */
export type FilledLoss = Loss & { readonly where: string };

export type FilledPostcard =
  | { readonly ok: true; readonly card: Card; readonly lost: readonly FilledLoss[] }
  | { readonly ok: false; readonly reason: PostcardRefusal };

const engine = createEngine(escapes.text);

/** Of any text as it is printed; the largest card holds a good part of it. */
const LONGEST = 5_000;

/** Parses a compiled postcard, once for all its recipients. Throws if it was not made by `compilePostcard`. */
export function preparePostcard(compiled: CompiledPostcard): PreparedPostcard {
  const { front, back, qr } = compiled;
  const program = (source: string) => makeProgram(source, engine, escapes.text);
  return {
    compiled,
    programs: {
      'front.headline': program(front.headline),
      'front.offer': program(front.offer),
      'front.pictureText': program(front.pictureText),
      'back.headline': program(back.headline),
      'back.body': program(back.body),
      'back.coupon.title': program(back.coupon?.title ?? ''),
      'back.coupon.terms': program(back.coupon?.terms ?? ''),
      'qr.caption': program(qr?.caption ?? ''),
    },
  };
}

/**
 * One recipient's card: the same function for preview, proof and worker. What merge values bring in is held to the rule for
 * plain text (S0-15): a name keeps its accents, an emoji in a job summary goes and is reported. Never throws.
 * @param urlOf the recipient's short link for a key of `compiled.links`, whole: `https://demo.go.example/k7m2p9q4rs`
 */
export function fillPostcard(
  prepared: PreparedPostcard,
  values: MergeValues,
  urlOf: (key: string) => string,
  parts: CardParts,
): FilledPostcard {
  const filled = fillCard(prepared, values, urlOf, parts);
  if (filled === null) return { ok: false, reason: 'too_long' };
  return filled.card.back.body === '' ? { ok: false, reason: 'empty' } : { ok: true, ...filled };
}

/** The same for a card that is still being made, whatever it lacks; null when a text grows beyond bounds. */
export function fillCard(
  prepared: PreparedPostcard,
  values: MergeValues,
  urlOf: (key: string) => string,
  parts: CardParts,
): { card: Card; lost: FilledLoss[] } | null {
  const { size, design, front, back, qr } = prepared.compiled;
  const filled = fillTexts(prepared, values, urlOf);
  if (filled === null) return null;
  const { texts, lost } = filled;
  const line = (text: string, where: string): string => {
    const check = checkPlain(text.replace(/\s+/g, ' ').trim());
    lost.push(...check.lost.map((one) => ({ ...one, where })));
    return check.plain.trim();
  };
  const lines = (all: readonly string[], where: string) => all.map((one) => line(one, where)).filter(Boolean);
  const card: Card = {
    version: 1,
    size,
    design,
    brand: { ...parts.brand, name: line(parts.brand.name, 'Company name') },
    front: {
      headline: texts['front.headline'],
      offer: texts['front.offer'],
      picture: front.picture,
      pictureText: texts['front.pictureText'],
    },
    back: {
      headline: texts['back.headline'],
      body: texts['back.body'],
      coupon: back.coupon && { title: texts['back.coupon.title'], terms: texts['back.coupon.terms'] },
    },
    qr: qr && { url: urlOf(qr.key), caption: texts['qr.caption'] },
    returnAddress: lines(parts.returnAddress, 'Return address'),
    address: lines(parts.address, 'Address'),
  };
  return { card, lost };
}

/** The texts of one recipient as they are printed; null when merging made one grow beyond all bounds. */
export function fillTexts(
  { compiled, programs }: PreparedPostcard,
  values: MergeValues,
  urlOf: (key: string) => string,
): { texts: Record<TextKey, string>; lost: FilledLoss[] } | null {
  const tracked: Record<string, string> = {};
  for (const { key } of compiled.links) tracked[key] = printedUrl(urlOf(key));
  const scope = { ...onOneLine(values), tracked };
  const texts = {} as Record<TextKey, string>;
  const lost: FilledLoss[] = [];
  for (const [key, program] of Object.entries(programs) as [TextKey, Program][]) {
    const merged = merge(program, scope);
    if (merged === null) return null;
    const check = checkPlain(merged);
    texts[key] = tidied(check.plain, PARAGRAPHS.has(key));
    lost.push(...check.lost.map((one) => ({ ...one, where: whereOf(key) })));
  }
  return { texts, lost };
}

/**
 * A short link as it is printed: without `https://`. Every browser adds that by itself, and it is a third of what a person would
 * have to type, on a telephone's keyboard, with its signs on another page.
 */
export function printedUrl(url: string): string {
  return url.replace(/^https?:\/\//i, '');
}

function merge(program: Program, scope: object): string | null {
  try {
    const merged = runProgram(program, scope);
    return merged.length > LONGEST ? null : merged;
  } catch {
    return null;
  }
}

/** Without blanks that nobody sees. */
function tidied(text: string, paragraphs: boolean): string {
  if (!paragraphs) return text.replace(/\s+/g, ' ').trim();
  return text
    .replace(/ +\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Values on one line each: a job summary of five lines is still one phrase of a sentence. */
function onOneLine({ customer, company, invoice, links }: MergeValues): MergeValues {
  return { customer: flat(customer), company: flat(company), invoice: flat(invoice), links };
}

function flat<T extends Record<string, string | number>>(group: T): T {
  let flattened: Record<string, string | number> | null = null;
  for (const [name, value] of Object.entries(group)) {
    if (typeof value !== 'string' || !/[\s\p{Cc}]{2}|[^\S ]|^ | $/u.test(value)) continue;
    flattened ??= { ...group };
    flattened[name] = value.replace(/\s+/g, ' ').trim();
  }
  return (flattened ?? group) as T;
}
