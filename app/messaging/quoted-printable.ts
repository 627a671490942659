/**
 * Quoted-printable (RFC 2045, 6.7) in pieces: each piece begins and ends at the start of a line, by soft line breaks that the
 * reader takes out again. So pieces can be encoded apart (once for static text, per recipient for values) and joined.
 * Lines are at most 76 characters. Line ends of any kind become CRLF.
 */

const MAX_COLUMN = 75;
const encoder = new TextEncoder();

/** What each byte becomes. `{` is encoded too, so that encoded text never looks like a merge expression. */
const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const isLiteral = byte === 0x09 || (byte >= 0x20 && byte <= 0x7e && byte !== 0x3d && byte !== 0x7b);
  return isLiteral ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** Short values that need no encoding: no `=`, no `{`, nothing that is special at the start or end of a line. */
const SIMPLE = /^[A-EG-Za-z0-9$(#&"'/:+~_-][A-Za-z0-9 $(),.;#&"'/:?!@+~_-]{0,73}$/;

/** Those of them that need no escaping in HTML either. */
const SIMPLE_IN_HTML = /^[A-EG-Za-z0-9$(#/:+~_-][A-Za-z0-9 $(),.;#/:?!@+~_-]{0,73}$/;

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;

/** A value as a piece of HTML when it is short text that needs no escaping and no encoding; null for any other. */
export function simpleHtmlPiece(value: unknown): string | null {
  return typeof value === 'string' && SIMPLE_IN_HTML.test(value) ? `${value}=\r\n` : null;
}

/** One piece, encoded. Empty text gives nothing. */
export function encodePiece(text: string): string {
  if (text === '') return '';
  if (SIMPLE.test(text)) return `${text}=\r\n`;
  const bytes = encoder.encode(text.replace(/\r\n?/g, '\n'));
  let out = '';
  let line = '';
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === LINE_FEED) {
      out += `${line}\r\n`;
      line = '';
      continue;
    }
    let token = BYTES[byte] ?? '';
    // Blanks at the end of a line get lost on the way.
    if ((byte === SPACE || byte === TAB) && bytes[at + 1] === LINE_FEED) token = hex(byte);
    if (line.length + token.length > MAX_COLUMN) {
      out += `${line}=\r\n`;
      line = '';
    }
    // A dot alone ends a message in SMTP, and "From " begins one in mailbox files.
    if (line === '' && (token === '.' || token === 'F')) token = hex(byte);
    line += token;
  }
  return line === '' ? out : `${out}${line}=\r\n`;
}

function hex(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
