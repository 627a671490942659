import { Liquid } from 'liquidjs';

/**
 * Tags a template may hold. There are no lists among the merge values, so there are no loops either: with them gone, and
 * with nothing that includes, captures or repeats, a template's work is bounded by its length.
 */
export const allowedTags: readonly string[] = ['if', 'unless', 'case', 'assign'];

/** Words that belong to those tags and are not tags of their own. */
export const innerTags: readonly string[] = ['elsif', 'else', 'when', 'endif', 'endunless', 'endcase'];

/** Filters a template may use. Money and dates come formatted, so none is needed for them. */
export const allowedFilters: readonly string[] = [
  'default',
  'upcase',
  'downcase',
  'capitalize',
  'strip',
  'append',
  'prepend',
  'remove',
  'replace',
  'truncate',
  'truncatewords',
  'plus',
  'minus',
  'times',
  'divided_by',
  'round',
  'ceil',
  'floor',
  'abs',
];

/** Where a rendered value lands, which decides how it is escaped. */
export type MergeMode = 'html' | 'text' | 'url' | 'header';

export type Escape = (value: unknown) => string;

/** Longest source that is parsed, in UTF-16 units; a compiled email is far below it. */
const PARSE_LIMIT = 2_000_000;

/** Units of liquidjs's own count of what filters make; a value that grows past it ends the rendering. */
const MEMORY_LIMIT = 200_000;

/** Generous, as a paused process must not fail a message: what bounds the work is the grammar and the memory limit. */
const RENDER_LIMIT_MS = 5_000;

/**
 * A Liquid engine with nothing but the allowed tags and filters, no prototype access, no files, and limits.
 * @param escape is applied to each output, last.
 * @param extraFilters are for templates that our own code has put together (link addresses), never for typed ones.
 */
export function createEngine(escape: Escape, extraFilters: Record<string, (value: unknown) => string> = {}): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    catchAllErrors: true,
    relativeReference: false,
    dynamicPartials: false,
    templates: {},
    outputEscape: escape,
    parseLimit: PARSE_LIMIT,
    memoryLimit: MEMORY_LIMIT,
    renderLimit: RENDER_LIMIT_MS,
  });
  keepOnly(engine.tags, allowedTags);
  keepOnly(engine.filters, allowedFilters);
  for (const [name, filter] of Object.entries(extraFilters)) engine.registerFilter(name, filter);
  return engine;
}

/** Without a prototype, `{% constructor %}` and `| constructor` are unknown like any other name. */
function keepOnly(registry: Record<string, unknown>, names: readonly string[]): void {
  for (const name of Object.keys(registry)) if (!names.includes(name)) delete registry[name];
  Object.setPrototypeOf(registry, null);
}

const HTML_ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

/** How a value is made safe for each place it can land in. */
export const escapes: Record<MergeMode, Escape> = {
  html: (value) => plainText(value).replace(/[&<>"']/g, (char) => HTML_ENTITIES[char] ?? char),
  text: plainText,
  url: (value) => encodeURIComponent(wellFormed(plainText(value))),
  header: (value) => {
    const text = plainText(value);
    return ONE_LINE.test(text) ? text : text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  },
};

/** What nearly every value is: nothing in it has to be looked at more closely. */
const ASCII = /^[\x20-\x7e]*$/;
/** Words in ASCII with one blank between them. */
export const ONE_LINE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** A value as text, without control characters that no message may carry (tab and line feed stay). */
function plainText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : booleanText(value);
  if (ASCII.test(text)) return text;
  // Lone surrogates cannot be sent in UTF-8; they become U+FFFD here so that every part of a message agrees.
  return wellFormed(text).replace(/\r\n?/g, '\n').replace(CONTROLS, '');
}

function booleanText(value: unknown): string {
  return typeof value === 'boolean' ? String(value) : '';
}

function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
