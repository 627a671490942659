import sanitizeHtml from 'sanitize-html';
import { problemAt, type Problem } from '../merge/problem.ts';
import { scanTemplate, shown, type Piece } from '../merge/scan.ts';
import { checkTemplate, parseTemplate } from '../merge/template.ts';
import { trackLinksIn, type LinkBook } from '../merge/tracked-links.ts';
import { resolveAddress } from './links.ts';

/** Mark a slot. Private-use characters: no encoder on the way touches them, and typed text loses them. */
const OPEN = '\ue000';
const CLOSE = '\ue001';

/** What is gathered while a document is walked. */
export type Gathered = {
  readonly book: LinkBook;
  /** Merge expressions, which stand as numbered slots in the text until everything that escapes or wraps is done. */
  readonly slots: string[];
  readonly names: Set<string>;
  readonly problems: Problem[];
};

/** Puts a merge expression by and returns the mark that stands for it. */
export function slot(gathered: Gathered, source: string): string {
  gathered.slots.push(source);
  return `${OPEN}${gathered.slots.length - 1}${CLOSE}`;
}

/** The text with its marks replaced by the expressions they stand for. */
export function fillSlots(text: string, slots: readonly string[]): string {
  return text.replaceAll(/\ue000(\d+)\ue001/g, (_, index: string) => slots[Number(index)] ?? '');
}

/** Stands for the subject in the page's title, until the subject is put in. */
export const SUBJECT_MARK = '\ue002';

/** Text without the characters that mark slots, and without NUL. */
export function withoutMarks(text: string): string {
  return text.replaceAll(/[\ue000-\ue002\0]/g, '');
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/**
 * Plain text (a subject, an alternative text) as HTML text or double-quoted attribute, its expressions as slots.
 * Problems are gathered under `where`.
 */
export function plainWithSlots(text: string, where: string, gathered: Gathered): string {
  const clean = withoutMarks(text);
  const pieces = checked(clean, where, gathered);
  return pieces.map((piece) => (piece.kind === 'text' ? escapeText(piece.source) : slotOf(piece, gathered))).join('');
}

/**
 * An address as double-quoted attribute: a slot where it holds an expression. Null, with a problem gathered, where it
 * cannot be used.
 */
export function addressWithSlots(typed: string, where: string, gathered: Gathered): string | null {
  const resolved = resolveAddress(withoutMarks(typed), where, gathered.book);
  if (!resolved.ok) {
    gathered.problems.push(...resolved.problems);
    return null;
  }
  noteNames(typed, where, gathered);
  return /\{[{%]/.test(resolved.address) ? slot(gathered, resolved.address) : escapeText(resolved.address);
}

const INLINE = ['br', 'b', 'strong', 'i', 'em', 'u', 's', 'sub', 'sup', 'span'];
const BLOCKS = ['p', 'div', 'ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'blockquote'];
const STYLES = {
  color: [/^#[\da-f]{3,8}$/i, /^[a-z]{3,20}$/i, /^rgba?\([\d\s.,%]+\)$/i],
  'background-color': [/^#[\da-f]{3,8}$/i, /^[a-z]{3,20}$/i, /^rgba?\([\d\s.,%]+\)$/i],
  'font-size': [/^\d{1,3}(\.\d+)?(px|em|%)$/],
  'font-weight': [/^(normal|bold|[1-9]00)$/],
  'font-style': [/^(normal|italic)$/],
  'text-decoration': [/^(none|underline|line-through)$/],
  'text-align': [/^(left|right|center)$/],
};

/**
 * HTML of a text block made safe: simple formatting and links only, scripts and event handlers gone, link addresses resolved,
 * merge expressions as slots. An expression that formatting begins or ends inside of is a problem, as is all that
 * `checkTemplate` finds; places are in the text as it is seen.
 * @param links false for a button's label, which stands in a link already.
 */
export function richWithSlots(html: string, where: string, links: boolean, gathered: Gathered): string {
  let anchors = 0;
  const clean = sanitizeHtml(withoutMarks(html), {
    allowedTags: [...INLINE, ...(links ? [...BLOCKS, 'a'] : [])],
    allowedAttributes: { a: ['href', 'style', 'target'], '*': ['style'] },
    allowedStyles: { '*': STYLES },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    disallowedTagsMode: 'discard',
    nestingLimit: 40,
    transformTags: {
      a: (tagName, attribs) => {
        anchors += 1;
        const href = addressWithSlots(attribs.href ?? '', `${where}, link ${anchors}`, gathered);
        const kept: Record<string, string> = attribs.style === undefined ? {} : { style: attribs.style };
        // Attributes are escaped by sanitize-html: a slot passes as it is, a plain address must not be escaped twice.
        return { tagName, attribs: href === null ? kept : { href: unescapeText(href), ...kept } };
      },
    },
  });
  return slotsInHtml(clean, where, gathered);
}

type Run = { html: string; text: string; start: number };

/** Replaces the expressions in well-formed HTML by slots, after checking them in the text that it shows. */
function slotsInHtml(html: string, where: string, gathered: Gathered): string {
  const runs: Run[] = [];
  let seen = '';
  for (const part of html.split(/(<[^>]*>)/)) {
    const isTag = part.startsWith('<');
    const text = isTag ? (/^<(br|\/p|\/div|\/li|\/h\d)\b/.test(part) ? '\n' : '') : unescapeText(part);
    runs.push({ html: part, text, start: seen.length });
    seen += text;
  }
  const split = splitExpression(seen, runs);
  if (split) {
    const message = `Formatting begins or ends inside the tag ${shown(split.source)}. Select the whole tag and clear its formatting, then format all of it.`;
    gathered.problems.push(problemAt(seen, split.start, where, message));
    return '';
  }
  const expressions = checked(seen, where, gathered).filter(({ kind }) => kind !== 'text');
  return runs
    .map(({ html: part, text, start }) => {
      if (part.startsWith('<')) return part;
      let out = '';
      let at = start;
      for (const piece of expressions) {
        if (piece.start < start || piece.start >= start + text.length) continue;
        out += escapeText(text.slice(at - start, piece.start - start)) + slotOf(piece, gathered);
        at = piece.end;
      }
      return out + escapeText(text.slice(at - start));
    })
    .join('');
}

/** The first expression that does not lie within one run of text. */
function splitExpression(seen: string, runs: readonly Run[]): Piece | undefined {
  const visible = runs.filter(({ html, text }) => !html.startsWith('<') && text !== '');
  return scanTemplate(seen).pieces.find(
    (piece) =>
      piece.kind !== 'text' &&
      !visible.some(({ start, text }) => piece.start >= start && piece.end <= start + text.length),
  );
}

/** The pieces of a text whose problems are gathered; with problems, none. */
function checked(text: string, where: string, gathered: Gathered): readonly Piece[] {
  const problems = checkTemplate(text, where);
  if (problems.length > 0) {
    gathered.problems.push(...problems);
    return [];
  }
  noteNames(text, where, gathered);
  return scanTemplate(text).pieces;
}

function noteNames(text: string, where: string, gathered: Gathered): void {
  const parsed = parseTemplate(text, where);
  if (parsed.ok) for (const name of parsed.template.names) gathered.names.add(name);
}

function slotOf(piece: Piece, gathered: Gathered): string {
  return slot(gathered, piece.kind === 'output' ? trackLinksIn(piece.source, gathered.book) : piece.source);
}

function unescapeText(html: string): string {
  return html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
