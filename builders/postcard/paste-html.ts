/** What a piece of rich text has that plain text has not. */
export type FormattingKind =
  | 'bold'
  | 'italics'
  | 'underline'
  | 'strikethrough'
  | 'raised'
  | 'heading'
  | 'list'
  | 'table'
  | 'picture'
  | 'color'
  | 'font'
  | 'link';

type Named = Exclude<FormattingKind, 'font' | 'link'>;

export type Formatting = {
  readonly kind: FormattingKind;
  /** In words: "Bold", "Font Georgia". */
  readonly name: string;
  /** The text that had it first, shortened; '' where there is none. */
  readonly excerpt: string;
  readonly times: number;
};

export type HtmlLink = {
  readonly text: string;
  readonly href: string;
  /** How often the same text stands before it. */
  readonly nth: number;
};

/** A link is told apart from the rest: its address can be kept. */
export type RichText = { readonly text: string; readonly formatting: Formatting[]; readonly links: HtmlLink[] };

const NAMES: Readonly<Record<Named, string>> = {
  bold: 'Bold',
  italics: 'Italics',
  underline: 'Underline',
  strikethrough: 'Strikethrough',
  raised: 'Raised or lowered text',
  heading: 'Heading',
  list: 'List',
  table: 'Table',
  picture: 'Picture',
  color: 'Color',
};

const TAGS: Readonly<Record<string, Named>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italics',
  em: 'italics',
  u: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  sup: 'raised',
  sub: 'raised',
  h1: 'heading',
  h2: 'heading',
  h3: 'heading',
  h4: 'heading',
  h5: 'heading',
  h6: 'heading',
  ul: 'list',
  ol: 'list',
  table: 'table',
};

const BLOCKS =
  /^(?:address|article|blockquote|br|dd|div|dl|dt|figure|footer|h[1-6]|header|hr|li|ol|p|pre|section|table|tr|ul)$/;
const SINGLE = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;
const HIDDEN = /^(?:head|script|style|title|xml|o:p)$/;
const TOKEN = /<!--[^]*?(?:-->|$)|<(\/?)([a-z][\w:-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>|[^<]+|</gi;

/** Of a longer piece only the beginning is looked at, in UTF-16 units. */
const LIMIT = 300_000;

/**
 * Reads the HTML of a clipboard for what a plain paste loses: only its formatting and its links, no more than is needed to name
 * them. Broken HTML is read as far as it goes. Never throws.
 */
export function readHtml(html: string): RichText {
  const found = new Map<string, { kind: FormattingKind; name: string; excerpt: string; times: number }>();
  const links: HtmlLink[] = [];
  const open: { tag: string; start: number; seen: { kind: FormattingKind; name: string }[]; href: string }[] = [];
  let text = '';
  const note = (kind: FormattingKind, name: string, excerpt: string) => {
    const known = found.get(name);
    if (known) known.times += 1;
    else found.set(name, { kind, name, excerpt: shortened(excerpt), times: 1 });
  };
  const close = (element: (typeof open)[number]) => {
    const inner = text.slice(element.start).trim().replace(/\s+/g, ' ');
    if (inner === '') return;
    for (const { kind, name } of element.seen) note(kind, name, inner);
    if (element.href === '') return;
    links.push({ text: inner, href: element.href, nth: countOf(text.slice(0, element.start), inner) });
  };
  for (const { 0: token, 1: slash, 2: name, 3: attributes = '' } of html.slice(0, LIMIT).matchAll(TOKEN)) {
    const tag = name?.toLowerCase();
    const hidden = open.some((element) => HIDDEN.test(element.tag));
    if (tag === undefined) {
      if (!hidden && !token.startsWith('<!')) text += decoded(token).replace(/[ \t\r\n\f]+/g, ' ');
      continue;
    }
    if (BLOCKS.test(tag) && !/(^|\n)$/.test(text)) text = `${text.trimEnd()}\n`;
    if (/^t[dh]$/.test(tag) && slash === '' && !/(^|\s)$/.test(text)) text += '\t';
    if (slash === '/') {
      const index = open.map((element) => element.tag).lastIndexOf(tag);
      if (index < 0) continue;
      for (const element of open.splice(index).reverse()) close(element);
    } else if (tag === 'img' || tag === 'svg' || tag === 'video') {
      if (!hidden) note('picture', NAMES.picture, attribute(attributes, 'alt'));
      if (tag !== 'img') open.push({ tag: 'script', start: text.length, seen: [], href: '' });
    } else if (!SINGLE.test(tag) && !attributes.endsWith('/')) {
      const href = tag === 'a' ? attribute(attributes, 'href').trim() : '';
      open.push({ tag, start: text.length, seen: hidden ? [] : formattingOf(tag, attributes), href });
    }
  }
  for (const element of open.reverse()) close(element);
  return { text: text.replace(/ *\n */g, '\n').trim(), formatting: [...found.values()], links };
}

function formattingOf(tag: string, attributes: string): { kind: FormattingKind; name: string }[] {
  const style = attribute(attributes, 'style').toLowerCase();
  const value = (property: string) =>
    new RegExp(`(?:^|;)\\s*${property}\\s*:\\s*([^;]+)`).exec(style)?.[1]?.trim() ?? '';
  const kinds = new Set<Named>();
  const own = TAGS[tag];
  if (own) kinds.add(own);
  // Google Docs wraps all it copies in a <b> that is not bold.
  const weight = value('font-weight');
  if (/^(?:bold|bolder|[6-9]00)/.test(weight)) kinds.add('bold');
  else if (weight !== '') kinds.delete('bold');
  if (/^(?:italic|oblique)/.test(value('font-style'))) kinds.add('italics');
  const line = value('text-decoration(?:-line)?');
  if (line.includes('underline') && tag !== 'a') kinds.add('underline');
  if (line.includes('line-through')) kinds.add('strikethrough');
  if (isColored(value('color') || (tag === 'font' ? attribute(attributes, 'color') : ''))) kinds.add('color');
  const seen: { kind: FormattingKind; name: string }[] = [...kinds].map((kind) => ({ kind, name: NAMES[kind] }));
  const family = /(?:^|;)\s*font-family\s*:\s*([^;]+)/i.exec(attribute(attributes, 'style'))?.[1] ?? '';
  const font = (family || (tag === 'font' ? attribute(attributes, 'face') : ''))
    .split(',')[0]
    ?.replace(/["']/g, '')
    .trim();
  if (font && !/^(?:inherit|initial|unset)$|^var\(/.test(font))
    seen.push({ kind: 'font', name: `Font ${font.slice(0, 40)}` });
  return seen;
}

/** Black, grey and what is inherited is no color that anybody misses. */
function isColored(color: string): boolean {
  if (color === '' || /^(?:inherit|initial|unset|currentcolor|black|windowtext|transparent|var\()/.test(color))
    return false;
  const [red, green, blue] = /^rgba?\((\d+)[, ]+(\d+)[, ]+(\d+)/.exec(color)?.slice(1).map(Number) ?? hexOf(color);
  if (red === undefined || green === undefined || blue === undefined) return true;
  return Math.max(red, green, blue) - Math.min(red, green, blue) > 48;
}

function hexOf(color: string): number[] {
  const digits = /^#([0-9a-f]{6}|[0-9a-f]{3})\b/.exec(color)?.[1] ?? '';
  const pairs = digits.length === 3 ? [...digits].map((digit) => digit + digit) : (digits.match(/../g) ?? []);
  return pairs.map((pair) => Number.parseInt(pair, 16));
}

function attribute(attributes: string, name: string): string {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(attributes);
  return decoded(match?.[1] ?? match?.[2] ?? match?.[3] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  hellip: '…',
  bull: '•',
  copy: '©',
  reg: '®',
  trade: '™',
};

/** Those entities that programs write into a clipboard; the rest of a text is in its own letters there. */
function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi, (whole, decimal, hex, name: string) => {
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

function countOf(text: string, part: string): number {
  return text.replace(/\s+/g, ' ').split(part).length - 1;
}

export function shortened(text: string): string {
  const chars = [...text.replace(/\s+/g, ' ')];
  return chars.length <= 60 ? chars.join('') : `${chars.slice(0, 59).join('')}…`;
}
