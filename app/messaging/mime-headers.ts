/** Mail headers (RFC 5322, RFC 2047) from values that nobody vouches for: no value can begin a header of its own. */

import { LRUCache } from 'lru-cache';

import { ONE_LINE } from '#builders/merge/engine.ts';

export type Mailbox = { readonly name?: string; readonly address: string };

const MAX_LINE = 76;
const encoder = new TextEncoder();

/**
 * True if a message can be addressed to it: local part in ASCII, at most 64 characters, a domain with a dot or localhost,
 * nothing that needs quoting. Domains in other scripts are fine, they are sent as punycode.
 */
export const isMailAddress = (address: string): boolean => asciiAddress(address) !== null;

function asciiAddress(address: string): string | null {
  if (address !== lastAddress.address) lastAddress = { address, ascii: readAddress(address) };
  return lastAddress.ascii;
}

/** A message asks whether it can be addressed, and then for the header. */
let lastAddress: { address: string; ascii: string | null } = { address: '', ascii: null };

function readAddress(address: string): string | null {
  const parts = /^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@([^\s@<>()[\]\\,;:"]{1,253})$/.exec(address);
  const domain = parts && asciiDomain(parts[2]!);
  return domain === null ? null : `${parts![1]!}@${domain}`;
}

/** `Name: value` and CRLF, folded; non-ASCII text as encoded words. */
export function textHeader(name: string, value: string): string {
  if (name.length + 2 + value.length <= MAX_LINE && PLAIN.test(value)) return `${name}: ${value}\r\n`;
  return foldedHeader(name, words(oneLine(value), name.length + 2));
}

/** A structured header whose value we made (Message-ID, List-Unsubscribe): one line, ASCII. @throws TypeError on bad input */
export function plainHeader(name: string, value: string): string {
  if (!headerNames.has(name)) learnName(name);
  const line = oneLine(value);
  if (line.length > 900 || !ASCII.test(line)) throw new TypeError(`The value of ${name} is too long or not ASCII.`);
  return `${name}: ${line}\r\n`;
}

/** Our own code names headers: they are few. */
const headerNames = new Set<string>();

function learnName(name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(name)) throw new TypeError(`Not a header name: ${JSON.stringify(name)}`);
  headerNames.add(name);
}

/** `From`, `To` or `Reply-To`. @throws TypeError if the address is none that `isMailAddress` accepts */
export function mailboxHeader(name: string, { name: display = '', address }: Mailbox): string {
  const spec = asciiAddress(address);
  if (spec === null) throw new TypeError(`Not an email address: ${JSON.stringify(address.slice(0, 80))}`);
  if (name.length + 4 + display.length <= MAX_LINE && PLAIN.test(display)) {
    const shown = `${name}: "${display}"`;
    return `${shown}${shown.length + spec.length + 3 > MAX_LINE ? '\r\n' : ''} <${spec}>\r\n`;
  }
  const label = oneLine(display);
  if (label === '') return `${name}: ${spec}\r\n`;
  const quoted = `"${label.replace(/[\\"]/g, '\\$&')}"`;
  const isPlain = ASCII.test(label) && !label.includes('=?') && name.length + 2 + quoted.length <= MAX_LINE;
  const shown = isPlain ? [quoted] : encodedWords(label, name.length + 2);
  return foldedHeader(name, [...shown, `<${spec}>`]);
}

/** `Date` in UTC. */
export function dateHeader(date: Date): string {
  const second = Math.floor(date.getTime() / 1000);
  if (second !== lastDate.second) {
    lastDate = { second, header: `Date: ${date.toUTCString().replace('GMT', '+0000')}\r\n` };
  }
  return lastDate.header;
}

/** Many messages are written within a second. */
let lastDate = { second: Number.NaN, header: '' };

/** Control characters and line ends of every kind become one blank. */
export function oneLine(value: string): string {
  if (ONE_LINE.test(value)) return value;
  return value
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .trim();
}

const ASCII = /^[\x20-\x7e]*$/;

/** `ONE_LINE` without `"`, `\` and `=`: nothing in it is quoted or looks like an encoded word. */
const PLAIN = /^[!#-<>-[\]-~]+(?: [!#-<>-[\]-~]+)*$/;

/** Domains come up again and again, and reading one is slow. Null: it can't be one. */
const domains = new LRUCache<string, { ascii: string | null }>({ max: 5_000 });

function asciiDomain(domain: string): string | null {
  let known = domains.get(domain);
  if (!known) domains.set(domain, (known = { ascii: readDomain(domain) }));
  return known.ascii;
}

function readDomain(domain: string): string | null {
  const url = `http://${domain}/`;
  if (/[/?#%*:@]/.test(domain) || !URL.canParse(url)) return null;
  const { hostname } = new URL(url);
  return /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+)$/.test(hostname) ? hostname : null;
}

function words(text: string, column: number): string[] {
  const isPlain = ASCII.test(text) && !text.includes('=?');
  const plain = text.split(' ');
  return isPlain && plain.every((word) => word.length < MAX_LINE) ? plain : encodedWords(text, column);
}

/** RFC 2047 words in base64, each of whole characters. The first one leaves room for the header's name. */
function encodedWords(text: string, column: number): string[] {
  const list: string[] = [];
  let chunk = '';
  let size = 0;
  // 75 characters less `=?UTF-8?B?` and `?=` are 63: 45 bytes in base64 take 60.
  let room = Math.min(45, Math.floor((MAX_LINE - 12 - column) / 4) * 3);
  for (const char of text) {
    const bytes = encoder.encode(char).length;
    if (size + bytes > room) {
      list.push(encodedWord(chunk));
      chunk = '';
      size = 0;
      room = 45;
    }
    chunk += char;
    size += bytes;
  }
  return [...list, encodedWord(chunk)];
}

function encodedWord(text: string): string {
  return `=?UTF-8?B?${btoa(String.fromCharCode(...encoder.encode(text)))}?=`;
}

function foldedHeader(name: string, parts: readonly string[]): string {
  let out = `${name}:`;
  let column = out.length;
  for (const [index, part] of parts.entries()) {
    const fold = index > 0 && column + 1 + part.length > MAX_LINE;
    out += fold ? `\r\n ${part}` : ` ${part}`;
    column = fold ? part.length + 1 : column + part.length + 1;
  }
  return `${out}\r\n`;
}
