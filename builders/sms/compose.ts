import { createEngine, escapes } from '../merge/engine.ts';
import { makeProgram, runProgram, type Program } from '../merge/program.ts';
import type { MergeValues } from '../merge/values.ts';
import { withoutAddresses } from './apart.ts';
import type { CompiledSms } from './compiled.ts';
import { TEXT_LIMIT, cleanTyped } from './document.ts';
import { makePlain } from './plain.ts';
import { countText, type TextCount } from './segments.ts';
import { EDGE, findUrls } from './urls.ts';

export type PreparedSms = { readonly compiled: CompiledSms; readonly program: Program };

/**
 * Why a text cannot go out to one recipient: it is longer than Twilio takes, nothing is left of it after merging, or merging
 * put together an address that is not shortened.
 */
export type SmsRefusal = 'too_long' | 'empty' | 'unshortened';

export type ComposedSms = {
  /** The text as it is sent. Of one that is refused, as far as it could be put together. */
  readonly body: string;
  readonly count: TextCount;
  /** Null when it can be sent; else that recipient is left out, for this reason. */
  readonly refusal: SmsRefusal | null;
};

/** What is said of a recipient who is left out. */
export const refusalWords: Readonly<Record<SmsRefusal, string>> = {
  too_long: `With this recipient’s details the text is longer than ${TEXT_LIMIT.toLocaleString('en-US')} characters.`,
  empty: 'With this recipient’s details nothing is left of the text.',
  unshortened: 'With this recipient’s details the text holds an address that is not shortened.',
};

const engine = createEngine(escapes.text);

/** Stand around a short link while a text is put together. `cleanTyped` keeps them out of what is typed and merged. */
const OPEN = '\ue000';
const CLOSE = '\ue001';
const LINK = /\ue000([^\ue001]*)\ue001([.,;:!?)\]}>"'*]*)/g;

/** Parses a compiled text, once for all its recipients. Throws if it was not made by `compileSms`. */
export function prepareSms(compiled: CompiledSms): PreparedSms {
  return { compiled, program: makeProgram(compiled.source, engine, escapes.text) };
}

/**
 * The text of one recipient, and what it costs: the same function for preview, test text and the worker (B-08, B-11).
 * Never throws.
 * @param shortUrl the recipient's short link for a key of `compiled.links`, whole: `https://demo.go.example/k7m2p9q4rs`
 */
export function composeSms(prepared: PreparedSms, values: MergeValues, shortUrl: (key: string) => string): ComposedSms {
  const merged = mergeSms(prepared, values, shortUrl);
  if (merged === null) return { body: '', count: countText(''), refusal: 'too_long' };
  const words = spaced(merged).trim();
  const body = withOptOut(words, prepared.compiled.optOut);
  if (body.length > TEXT_LIMIT) {
    // Counted as far as anybody looks: a value can be a whole book.
    const count = countText(body.length > 10 * TEXT_LIMIT ? body.slice(0, 10 * TEXT_LIMIT) : body);
    return { body, count, refusal: 'too_long' };
  }
  const refusal = words === '' ? 'empty' : holdsUnshortened(merged) ? 'unshortened' : null;
  return { body, count: countText(body), refusal };
}

/** The merged text with its links still marked; null when a filter made it grow beyond all bounds. */
export function mergeSms(
  { compiled, program }: PreparedSms,
  values: MergeValues,
  shortUrl: (key: string) => string,
): string | null {
  const tracked: Record<string, string> = {};
  for (const { key } of compiled.links) tracked[key] = `${OPEN}${shortUrl(key)}${CLOSE}`;
  try {
    return runProgram(program, { ...cleanValues(values), tracked });
  } catch {
    return null;
  }
}

/**
 * Values as a text can carry them: on one line, without control characters, their typography plain, so that a curly
 * apostrophe in a name does not double the price of the text. Letters and emoji stay: a name is spelled as it is spelled.
 * Addresses in them are taken apart.
 */
function cleanValues(values: MergeValues): MergeValues {
  const { customer, company, invoice, links } = values;
  return { customer: cleanGroup(customer), company: cleanGroup(company), invoice: cleanGroup(invoice), links };
}

function cleanGroup<T extends Record<string, string | number>>(group: T): T {
  let cleaned: Record<string, string | number> | null = null;
  for (const [name, value] of Object.entries(group)) {
    if (typeof value !== 'string') continue;
    const clean = withoutAddresses(UNCLEAN.test(value) ? cleanValue(value) : value);
    if (clean === value) continue;
    cleaned ??= { ...group };
    cleaned[name] = clean;
  }
  return (cleaned ?? group) as T;
}

/** What is not plain already; a value seldom is not. */
const UNCLEAN = /[^\x20-\x5f\x61-\x7e]|^ | $/;

function cleanValue(value: string): string {
  return makePlain(cleanTyped(value).replace(/\s*\n\s*/g, ' ')).trim();
}

/**
 * The links set apart from what stands beside them, which a phone would read as part of them: "https://…/k7m2p9q4rsDana".
 * Punctuation may follow a link; behind that comes a blank.
 */
function spaced(merged: string): string {
  let out = '';
  let at = 0;
  for (const { 0: whole, 1: url = '', 2: punctuation = '', index } of merged.matchAll(LINK)) {
    out += merged.slice(at, index);
    at = index + whole.length;
    const apart = out === '' || /[\s([{<>"'*:,;!?]$/.test(out);
    const next = merged[at];
    out += `${apart ? '' : ' '}${url}${punctuation}${next === undefined || /\s/.test(next) ? '' : ' '}`;
  }
  return out + merged.slice(at);
}

function withOptOut(words: string, optOut: string | null): string {
  return words === '' || optOut === null ? words : `${words}\n${optOut}`;
}

/** Whether a merged text holds an address that is no short link. */
const holdsUnshortened = (merged: string): boolean => findUrls(merged.replace(LINK, `${EDGE}$2`)).length > 0;

/** Tags of the text whose value holds an address for this recipient: it is taken apart, which somebody should see. */
export function tagsTakenApart({ compiled }: PreparedSms, values: MergeValues): string[] {
  const groups: Record<string, Record<string, unknown>> = values;
  return compiled.uses.names.filter((name) => {
    const [group = '', field = ''] = name.split('.');
    const value = group === 'links' ? null : groups[group]?.[field];
    return typeof value === 'string' && findUrls(cleanValue(value)).length > 0;
  });
}
