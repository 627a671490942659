import { problemAt, problemOf, type Problem } from '../merge/problem.ts';
import { checkTemplate, parseTemplate } from '../merge/template.ts';
import { linkBook } from '../merge/tracked-links.ts';
import { sampleValues, type MergeValues } from '../merge/values.ts';
import { findUrls } from '../sms/urls.ts';
import { isPlain } from './allowed.ts';
import type { CompiledPostcard } from './compiled.ts';
import type { PostcardDocument } from './document.ts';
import { fillTexts, preparePostcard } from './fill.ts';
import { trackCode, trackText, type LinkOptions } from './links.ts';
import { FRONT, QR, textsOf, whereOf, type TextKey } from './parts.ts';
import { checkPlainTemplate, type Change } from './plain-text.ts';
import { becameWords } from './words.ts';

export type CompilePostcardOptions = LinkOptions;

export type CompilePostcardResult =
  | { readonly ok: true; readonly compiled: CompiledPostcard; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A postcard as far as it can be read: what the builder shows while somebody writes. */
export type PostcardDraft = {
  /** A text whose tags cannot be read stands in it as it was typed. Only one without problems may be printed. */
  readonly compiled: CompiledPostcard;
  readonly problems: readonly Problem[];
  /** What may be printed but should be looked at. */
  readonly warnings: readonly Problem[];
};

/** Problems of one text that are named one by one; the rest is a number. */
const NAMED = 20;

/**
 * Compiles a postcard for all its recipients. Expected failures (nothing on the front or in the body, broken tags, texts that
 * are not plain, addresses that cannot be used) are returned as problems with their places (B-10, S0-15). Whether all of it fits
 * is the layout's question.
 */
export function compilePostcard(document: PostcardDocument, options: CompilePostcardOptions): CompilePostcardResult {
  const { compiled, problems, warnings } = draftPostcard(document, options);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, compiled, warnings };
}

/** The same for a postcard that is still being made. */
export function draftPostcard(document: PostcardDocument, options: CompilePostcardOptions): PostcardDraft {
  const { size, design, front, back, qr } = document;
  const book = linkBook();
  const problems: Problem[] = [];
  const names = new Set<string>();
  const sources = new Map<TextKey, string>();
  for (const { key, where, text } of textsOf(document)) {
    if (text === null) continue;
    const found = [...checkTemplate(text, where)];
    const parsed = parseTemplate(text, where);
    if (parsed.ok) {
      const { template } = parsed;
      const tracked = trackText(text, template.pieces, where, book, options);
      found.push(...tracked.problems.filter((one) => !found.some((other) => samePlace(one, other))));
      sources.set(key, tracked.source);
      for (const name of template.names) names.add(name);
    } else {
      // As far as it can be read: without its braces nothing in it is a tag.
      sources.set(key, text.replace(/[{}]/g, ''));
    }
    found.push(...notPlain(text, where));
    problems.push(...found.sort(byPlace));
  }
  if (front.headline.trim() === '' && front.offer.trim() === '' && front.picture === null) {
    problems.unshift(problemOf(FRONT, 'The front is empty. Write a headline or choose a picture.'));
  }
  if (back.body.trim() === '') {
    problems.push(problemOf(whereOf('back.body'), 'The body is empty. Write the message, and where to go.'));
  }
  const code = qr === null ? null : trackCode(qr, book, options);
  if (code) problems.push(...code.problems);
  const source = (key: TextKey) => sources.get(key) ?? '';
  const kinds = new Set(book.links.map(({ kind }) => kind));
  const compiled: CompiledPostcard = {
    version: 1,
    size,
    design,
    front: {
      headline: source('front.headline'),
      offer: source('front.offer'),
      picture: front.picture,
      pictureText: source('front.pictureText'),
    },
    back: {
      headline: source('back.headline'),
      body: source('back.body'),
      coupon: back.coupon === null ? null : { title: source('back.coupon.title'), terms: source('back.coupon.terms') },
    },
    qr: code && { key: code.key, caption: source('qr.caption') },
    links: [...book.links],
    uses: {
      portalLink: kinds.has('customer_portal'),
      payLink: kinds.has('pay_invoice'),
      invoice: kinds.has('pay_invoice') || [...names].some((name) => name.startsWith('invoice.')),
      names: [...names].sort(),
    },
  };
  if (problems.length > 0) return { compiled, problems, warnings: [] };
  const refused = tried(compiled);
  return { compiled, problems: refused, warnings: refused.length > 0 ? [] : warningsOf(document, compiled) };
}

/** What of a typed text cannot be printed (S0-15). The server asks this too: a browser is not trusted. */
function notPlain(text: string, where: string): Problem[] {
  if (isPlain(text)) return [];
  const { replaced, lost } = checkPlainTemplate(text);
  const found = [...replaced, ...lost].sort((a, b) => a.offset - b.offset);
  const problems = found.slice(0, NAMED).map((change) => problemAt(text, change.offset, where, notPlainWords(change)));
  const more = found[NAMED];
  if (more === undefined) return problems;
  const message = `${found.length - NAMED} more characters cannot be printed, from here on.`;
  return [...problems, problemAt(text, more.offset, where, message)];
}

/** What is said of a character that cannot be printed. */
function notPlainWords({ name, became }: Pick<Change, 'name' | 'became'>): string {
  if (became === '') return `${name} cannot be printed. Take it out.`;
  return `${name} cannot be printed. Use ${becameWords(became)} instead.`;
}

/** Fills the card for an invented customer and for one of whom nothing is known. */
function tried(compiled: CompiledPostcard): Problem[] {
  const where = whereOf('back.body');
  const prepared = preparePostcard(compiled);
  const filled = [sampleValues, unknownValues].map((values) =>
    fillTexts(prepared, values, () => 'https://x.example/a'),
  );
  if (filled.some((one) => one === null)) {
    return [problemOf(where, 'With its tags filled in, a text grows too long. Shorten it.')];
  }
  if (filled.every((one) => one?.texts['back.body'].trim() === '')) {
    return [problemOf(where, 'With its tags filled in, nothing is left of the body.')];
  }
  return [];
}

function warningsOf({ front, back, qr }: PostcardDocument, compiled: CompiledPostcard): Problem[] {
  const warnings: Problem[] = [];
  if (front.picture !== null && front.pictureText.trim() === '') {
    const message = 'Describe the picture, for whoever can’t see it.';
    warnings.push(problemOf(whereOf('front.pictureText'), message));
  }
  const leads =
    findUrls(back.body).length > 0 || /\bcompany\.(?:website|phone|email)\b|\d{3}\W{0,2}\d{4}\b/.test(back.body);
  if (qr === null && compiled.links.length === 0 && !leads) {
    const message = 'The card says nowhere where to go. Add a special link to the body, or a QR code.';
    warnings.push(problemOf(QR, message));
  }
  return warnings;
}

const unknownValues: MergeValues = {
  customer: { first_name: '', last_name: '', name: '', company_name: '' },
  company: { name: '', phone: '', email: '', website: '', postal_address: '' },
  invoice: { number: '', amount_due: '', total: '', due_date: '', issued_date: '', days_overdue: 0, summary: '' },
  links: { customer_portal: '', pay_invoice: '', unsubscribe: '' },
};

function samePlace(a: Problem, b: Problem): boolean {
  return a.line === b.line && a.column === b.column;
}

function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column;
}
