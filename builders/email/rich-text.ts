/**
 * The little HTML that a text block may hold: line breaks, bold, italic, underline, lists and links. Everything else is
 * unwrapped to its text, or dropped with what is in it. It is a tokenizer of its own, so that it runs alike in the browser (pasting),
 * on the server (saving) and in tests, and what comes out is always balanced and made of known tags only.
 */

/** Longest rich text of one block, in characters. Longer is cut by nobody: the document is refused. */
export const RICH_TEXT_LIMIT = 20_000;

const INLINE: Record<string, string> = {
  strong: 'strong',
  b: 'strong',
  em: 'em',
  i: 'em',
  u: 'u',
  a: 'a',
};
const LISTS = new Set(['ul', 'ol', 'li']);
const PARAGRAPHS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'table']);
const LINES = new Set(['div', 'tr', 'section', 'article', 'header', 'footer', 'dt', 'dd', 'figcaption']);
const DROPPED =
  /<(script|style|title|head|iframe|object|embed|template|svg|math|textarea|select|noscript|xml)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const TAG = /<(\/?)([a-zA-Z][\w:-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)\/?>/y;
const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/iy;
const NAMED: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  colon: ':',
  tab: '\t',
  newline: '\n',
};

/**
 * Cleans HTML from a person: in any string, out HTML of `br strong em u a[href] ul ol li` and escaped text only. Cleaning twice
 * changes nothing. Links to anything but http, https, mailto, tel or a merge tag lose their href and so become plain text.
 */
export function cleanRichText(html: string): string {
  const source = html
    .replace(/<!--[\s\S]*?(?:-->|$)|<!\[[\s\S]*?\]>|<[!?][^>]*>/g, '')
    .replace(DROPPED, '')
    .replaceAll('\0', '')
    // Browsers type every second blank as one that does not break, which would tear lines apart in an email.
    .replace(/&nbsp;|&#160;|&#xa0;|\u00a0/gi, ' ');
  let out = '';
  const open: string[] = [];
  const closeTo = (depth: number) => {
    while (open.length > depth) out += `</${open.pop()}>`;
  };
  const breakLine = (count: number) => {
    const body = out.replace(/(?:\s|<br>)+$/, '');
    if (body === '' || /<(?:li|\/?ul|\/?ol)>$/.test(body)) return;
    const have = out.slice(body.length).split('<br>').length - 1;
    out += '<br>'.repeat(Math.max(0, count - have));
  };
  for (let at = 0; at < source.length;) {
    const char = source.charAt(at);
    TAG.lastIndex = at;
    const tag = char === '<' ? TAG.exec(source) : null;
    if (tag === null) {
      out += char === '<' ? '&lt;' : char === '>' ? '&gt;' : char === '&' && !isEntity(source, at) ? '&amp;' : char;
      at += 1;
      continue;
    }
    at = TAG.lastIndex;
    const closing = tag[1] === '/';
    const name = (tag[2] ?? '').toLowerCase();
    const inline = INLINE[name];
    if (name === 'br') out += '<br>';
    else if (PARAGRAPHS.has(name)) breakLine(2);
    else if (LINES.has(name)) breakLine(1);
    else if ((name === 'td' || name === 'th') && closing) out += ' ';
    else if (inline !== undefined || LISTS.has(name)) {
      const kept = inline ?? name;
      const depth = open.lastIndexOf(kept);
      if (closing) {
        if (depth >= 0) closeTo(depth);
      } else if (kept === 'a') {
        const href = cleanUrl(decodeEntities(attribute(tag[3] ?? '', 'href')));
        if (depth >= 0) closeTo(depth);
        if (href !== '') {
          out += `<a href="${escapeHtml(href)}">`;
          open.push('a');
        }
      } else if (kept === 'li') {
        const list = Math.max(open.lastIndexOf('ul'), open.lastIndexOf('ol'));
        if (list < 0) breakLine(1);
        else {
          if (depth > list) closeTo(depth);
          out += '<li>';
          open.push('li');
        }
      } else {
        if (kept === 'ul' || kept === 'ol') out = out.replace(/(?:\s|<br>)+$/, '');
        out += `<${kept}>`;
        open.push(kept);
      }
    }
  }
  closeTo(0);
  return out.replace(/^(?:\s|<br>)+(?=\S)|(?:<br>|\s)+$/g, '');
}

/** The text of rich text on one line, entities decoded: for names in lists and for accessibility labels. */
export function plainText(html: string): string {
  const spaced = html.replace(/<(?:br|\/?(?:li|ul|ol))>/g, ' ').replace(/<[^>]*>/g, '');
  return decodeEntities(spaced).replace(/\s+/g, ' ').trim();
}

/** Text made safe as HTML text or as a double-quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/**
 * A link as a person typed it, trimmed; empty when it has a scheme other than http, https, mailto or tel. What is unfinished
 * ("exam") is kept, so that nothing typed is lost; the check before launch names it.
 */
export function cleanUrl(url: string): string {
  // Browsers ignore control characters and leading blanks in a scheme, so they go before the look at it.
  const trimmed = url.replace(/[\u0000-\u001f\u007f]/g, '').trim();
  if (trimmed.startsWith('{{')) return trimmed;
  const scheme = /^([a-z][a-z\d+.-]*)\s*:/i.exec(trimmed)?.[1]?.toLowerCase();
  return scheme === undefined || ['http', 'https', 'mailto', 'tel'].includes(scheme) ? trimmed : '';
}

function isEntity(source: string, at: number): boolean {
  ENTITY.lastIndex = at;
  return ENTITY.test(source);
}

function attribute(attributes: string, name: string): string {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'<>]+))`, 'i').exec(attributes);
  return found?.[1] ?? found?.[2] ?? found?.[3] ?? '';
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z][a-z\d]{1,31}));?/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}
