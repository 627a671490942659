import { parse } from 'tldts';

/**
 * Finds the addresses in a text as phones do: whatever they would make a link of must be one of our short links (S0-11).
 * Merge expressions stand in the text as marks: `PLACE` for each character of what puts something in, `EDGE` for a tag that
 * puts in nothing.
 */
export const PLACE = '\ue002';
export const EDGE = '\ue003';

export type FoundUrl = {
  /** UTF-16 units of the text. */
  readonly start: number;
  readonly end: number;
  /** As it stands in the text, without the punctuation behind it. */
  readonly text: string;
};

/** Letters, digits, and what people paste between them without seeing it. */
const WORD = String.raw`\p{L}\p{N}\p{M}_\u00ad\u200b-\u200d\u2060\ufeff\ue002`;
const DOT = String.raw`[.\u3002\uff0e\uff61]`;
const HOST = String.raw`(?!https?:[\\/])[${WORD}](?:(?!https?:[\\/])(?:[${WORD}-]|${DOT}(?=[${WORD}-])))*`;
/** What can stand behind the domain. A second address behind a comma is an address of its own. */
const MORE = String.raw`(?:(?![,;|]+(?:https?:|www\.))[^\s<>"“”«»\ue003])*`;
const PORT = String.raw`(?::\d{1,5}(?![\p{L}\d]))?`;
const TAIL = String.raw`${PORT}(?:[/?#\\]${MORE})?`;

const FIND = new RegExp(
  [
    // https://…, also with a name and a password before the host and with slashes the wrong way
    String.raw`(?<web>(?:https?:[\\/]*|(?<![\p{L}\p{N}+-])[a-z][a-z0-9+-]*:[\\/]{2,}|(?<![\\/])\/\/)(?=[^\s<>"\ue003])(?:[^\s\\/?#<>"\ue003]*@)?(?:\[[^\s\]]*\]|(?:(?!https?:[\\/])[${WORD}.\u3002\uff0e\uff61%-])*)${TAIL})`,
    // schemes that run code or open files
    String.raw`(?<other>(?<![\p{L}\p{N}])(?:(?:javascript|vbscript|mailto|view-source|blob):(?=\S)|data:(?=[a-z]+\/|,)|file:(?=[\\/])|about:blank)${MORE})`,
    String.raw`(?<mail>(?<![\p{L}\p{N}])[${WORD}.%+-]+@${HOST}(?<path>\/${MORE})?)`,
    String.raw`(?<bare>(?<![${WORD}@])(?<host>${HOST})${TAIL})`,
  ].join('|'),
  'giu',
);

/** What every address has in it somewhere; a text without it need not be looked through. */
const HINT = new RegExp(
  String.raw`${DOT}[\p{L}\u00ad\u200b-\u200d\u2060\ufeff${PLACE}]|:[^\s\d]|https?:|\/\/|\d\.\d+\.\d|localhost`,
  'iu',
);

/** All addresses of a text, in order. Email addresses are not among them, nor what only looks like an address. */
export function findUrls(text: string): FoundUrl[] {
  const found: FoundUrl[] = [];
  if (!HINT.test(text)) return found;
  for (let match = nextMatch(text, 0); match !== null; match = nextMatch(text, FIND.lastIndex)) {
    const { mail, path, host } = match.groups ?? {};
    const whole = withoutPunctuation(match[0]);
    const counts = mail !== undefined ? path !== undefined : host === undefined || isBare(host, whole);
    if (counts && whole !== '') found.push({ start: match.index, end: match.index + whole.length, text: whole });
    // Behind what is no domain an address can follow: "and/or", "w/example.com".
    else if (host !== undefined) FIND.lastIndex = match.index + host.length;
  }
  return found;
}

function nextMatch(text: string, from: number): RegExpExecArray | null {
  FIND.lastIndex = from;
  return FIND.exec(text);
}

/**
 * The address that a phone would open for a found one, or why it cannot be used, in words.
 * @param refuse the caller's own test of a whole address (look-alikes, our own short links); it returns words or null
 */
export function resolveUrl(
  typed: string,
  refuse?: (url: string) => string | null,
): { ok: true; url: string } | { ok: false; message: string } {
  const no = (message: string) => ({ ok: false, message }) as const;
  const raw = typed.replace(INVISIBLE, '');
  const shown = `“${raw.length <= 60 ? raw : `${raw.slice(0, 59)}…`}”`.replaceAll(
    new RegExp(`${PLACE}+`, 'g'),
    '{{ … }}',
  );
  if (raw.includes(PLACE)) {
    return no(
      `${shown} has a merge tag in it. Its short link leads everybody to the same page, so an address cannot have merge tags. ` +
        'Special links lead each recipient to their own.',
    );
  }
  const scheme = /^([a-z][a-z0-9+-]*):(?!\d)/i.exec(raw)?.[1]?.toLowerCase();
  const address = scheme !== undefined ? raw : `https://${raw.replace(/^\/\//, '')}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (/^[a-z]*:?[\\/]*$/i.test(raw)) return no(`${shown} has no address behind it.`);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return no(`${shown} is not a web address. It must begin with https://`);
  }
  if (url.username !== '' || url.password !== '' || /^[^/\\?#]*@/.test(address.replace(/^\w+:[\\/]*/, ''))) {
    return no(`${shown} has a name before an “@”. Take that out.`);
  }
  const host = url.hostname.replace(/\.$/, '');
  if (/^\d+(\.\d+){3}$/.test(host) || host.startsWith('[')) {
    return no(`${shown} is the number of a machine. Use its name, such as example.com.`);
  }
  if (/(^|\.)(localhost|local|localdomain|internal|intranet|lan|home\.arpa)$/.test(host)) {
    return no(`${shown} cannot be reached from a phone.`);
  }
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(host)) return no(`${shown} is not a web address. Is a part missing?`);
  // Braces would be read as a merge tag in the compiled text.
  const href = url.href.replaceAll('{', '%7B').replaceAll('}', '%7D');
  const refusal = refuse?.(href) ?? null;
  return refusal === null ? { ok: true, url: href } : no(refusal);
}

/** What browsers ignore inside an address. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;

/** Endings that are domains too, but of files when nothing stands behind them. */
const FILES = new Set(['zip', 'mov', 'md', 'py', 'sh', 'pl', 'rs', 'ps']);

/** Endings that are meant however they are written. */
const COMMON = new Set(['com', 'net', 'org', 'edu', 'gov']);

/**
 * Whether words with dots between them are a domain. A known ending is one of the public suffix list; "us.Today" is a blank
 * that is missing, "5.pm" a time and "plan.md" a file, unless a path or "www" says otherwise.
 */
function isBare(matched: string, whole: string): boolean {
  const host = matched.replace(INVISIBLE, '');
  const more = whole.length > matched.length;
  const labels = host.split(new RegExp(DOT, 'u'));
  if (labels.length < 2) return /^localhost$/i.test(host) && more;
  if (labels.length === 4 && labels.every((label) => /^\d{1,3}$/.test(label) && Number(label) < 256)) return true;
  if (/^www$/i.test(labels[0] ?? '') && (labels.length > 2 || host.includes(PLACE))) return true;
  const ending = labels.at(-1) ?? '';
  if (!/^(\p{L}[\p{L}\p{M}]+|xn--[a-z0-9-]+)$/iu.test(ending)) return false;
  // "。" ends sentences where it is at home, and is a dot to browsers elsewhere.
  if (/[\u3002\uff0e\uff61]/.test(host) && /[^\p{ASCII}\u3002\uff0e\uff61]/u.test(host)) return false;
  // The value of a merge tag can be the name, never the ending, of what is an address here.
  const address = `https://${host.replaceAll(PLACE, 'x')}`;
  const { hostname } = URL.canParse(address) ? new URL(address) : { hostname: '' };
  const { isIcann, domain, domainWithoutSuffix } = parse(hostname);
  if (isIcann !== true || domain === null) return false;
  const known = ending.toLowerCase();
  if (more || COMMON.has(known)) return true;
  return ending === known && !FILES.has(known) && !/^\d+$/.test(domainWithoutSuffix ?? '');
}

/** Without what ends the sentence around an address: `.` `,` `?` and so on, and a bracket that was not opened in it. */
function withoutPunctuation(text: string): string {
  let end = text.length;
  while (end > 0) {
    const last = text[end - 1] ?? '';
    if (/[.,;:!?'’‘…›*\u3002\uff0e\uff61\uff0c\uff01\uff1f]/.test(last)) end -= 1;
    else if (/[)\]}]/.test(last) && !isOpened(text.slice(0, end), last)) end -= 1;
    else break;
  }
  return text.slice(0, end);
}

function isOpened(text: string, close: string): boolean {
  const open = { ')': '(', ']': '[', '}': '{' }[close] ?? '';
  return text.split(open).length >= text.split(close).length;
}
