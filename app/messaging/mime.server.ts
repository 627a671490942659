import { escapes } from '#builders/merge/engine.ts';
import { makeProgram, runProgram, type Program } from '#builders/merge/program.ts';
import type { MergeValues } from '#builders/merge/values.ts';
import { emailEngine, mergeScope, type CompiledEmail, type TrackedLinks } from '#builders/email/render.ts';
import { dateHeader, mailboxHeader, oneLine, plainHeader, textHeader, type Mailbox } from './mime-headers.ts';
import { encodePiece, simpleHtmlPiece } from './quoted-printable.ts';

export type { Mailbox } from './mime-headers.ts';

/** Who a message is from and to, and what identifies it. */
export type Envelope = {
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly replyTo?: Mailbox | null;
  /** `local@domain`, without angle brackets. */
  readonly messageId: string;
  readonly date: Date;
  /** Further headers, such as List-Unsubscribe (RFC 8058): ASCII, one line each. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** A whole RFC 5322 message in ASCII, with its subject as it reads. */
export type Mime = { readonly subject: string; readonly mime: string };

/** A compiled email whose bodies are quoted-printable already, but for the merge values. */
export type PreparedMime = { readonly subject: Program; readonly html: Program; readonly text: Program };

/** Cannot stand in quoted-printable, where `=` is followed by two hex digits or a line end. */
const BOUNDARY = '=_fieldpost';

const encode = {
  html: (value: unknown) => simpleHtmlPiece(value) ?? encodePiece(escapes.html(value)),
  text: (value: unknown) => encodePiece(escapes.text(value)),
};
const engines = {
  subject: emailEngine(escapes.header),
  html: emailEngine(encode.html),
  text: emailEngine(encode.text),
};

/**
 * Makes a compiled email ready to be sent many times: the static text is encoded here, once, so that a recipient costs what
 * the merge values cost. Throws if the email was not made by `compileEmail`.
 */
export function prepareMime(compiled: CompiledEmail): PreparedMime {
  return {
    subject: makeProgram(compiled.subject, engines.subject, escapes.header),
    html: makeProgram(compiled.html, engines.html, encode.html, encodePiece),
    text: makeProgram(compiled.text, engines.text, encode.text, encodePiece),
  };
}

/**
 * The message of one recipient: multipart/alternative, text first. What it says is what `renderEmail` gives (B-08).
 * @throws TypeError if an address or a header cannot be sent (`isMailAddress` tells beforehand).
 */
export function composeMime(
  prepared: PreparedMime,
  message: Envelope & { readonly values: MergeValues; readonly tracked: TrackedLinks },
): Mime {
  const scope = mergeScope(message.values, message.tracked);
  const subject = oneLine(runProgram(prepared.subject, scope));
  const text = runProgram(prepared.text, scope);
  const html = runProgram(prepared.html, scope);
  return { subject, mime: headersOf(message, subject) + alternativeOf(text, html) };
}

/** A PDF that goes along. @param name the file's: letters, digits, dash and dot */
export type AttachedPdf = { readonly name: string; readonly bytes: Buffer };

/**
 * A message that is written for one recipient (a confirmation, a receipt): with HTML multipart/alternative, else plain text; with a
 * file in a multipart/mixed around it.
 * @throws TypeError as `composeMime` does, and for a file's name that would need quoting.
 */
export function composePlainMime(
  message: Envelope & {
    readonly subject: string;
    readonly text: string;
    readonly html?: string;
    readonly attached?: AttachedPdf;
  },
): Mime {
  const subject = oneLine(message.subject);
  const text = encodePiece(message.text);
  const body = message.html === undefined ? partOf('plain', text) : alternativeOf(text, encodePiece(message.html));
  return { subject, mime: headersOf(message, subject) + (message.attached ? mixedOf(body, message.attached) : body) };
}

/** Headers that `Envelope.headers` may not set. */
const OWN_HEADERS = /^(content-.*|from|to|reply-to|subject|date|message-id|mime-version|cc|bcc)$/i;

function headersOf(message: Envelope, subject: string): string {
  return (
    sharedHeader('From', message.from) +
    mailboxHeader('To', message.to) +
    (message.replyTo ? sharedHeader('Reply-To', message.replyTo) : '') +
    textHeader('Subject', subject) +
    dateHeader(message.date) +
    plainHeader('Message-ID', `<${message.messageId.replace(/[<>\s]/g, '')}>`) +
    (message.headers ? furtherHeaders(message.headers) : '') +
    'MIME-Version: 1.0\r\n'
  );
}

function furtherHeaders(headers: Readonly<Record<string, string>>): string {
  let out = '';
  for (const name in headers) {
    if (OWN_HEADERS.test(name)) throw new TypeError(`${name} is set by itself.`);
    out += plainHeader(name, headers[name]!);
  }
  return out;
}

/** A sender's header: many messages share the very same mailbox. */
function sharedHeader(name: 'From' | 'Reply-To', mailbox: Mailbox): string {
  const known = senderHeaders[name].get(mailbox) ?? mailboxHeader(name, mailbox);
  senderHeaders[name].set(mailbox, known);
  return known;
}

const senderHeaders = { From: new WeakMap<Mailbox, string>(), 'Reply-To': new WeakMap<Mailbox, string>() };

function alternativeOf(text: string, html: string): string {
  return (
    `Content-Type: multipart/alternative; boundary="${BOUNDARY}"\r\n\r\n` +
    `--${BOUNDARY}\r\n${partOf('plain', text)}--${BOUNDARY}\r\n${partOf('html', html)}--${BOUNDARY}--\r\n`
  );
}

const MIXED = '=_fieldpost_mixed';

/** The message, then the file (RFC 2046, 5.1.3). */
function mixedOf(body: string, { name, bytes }: AttachedPdf): string {
  if (!/^[\w.-]{1,100}$/.test(name)) throw new TypeError(`Not a plain file name: ${JSON.stringify(name)}`);
  // RFC 2045, 6.8: lines of 76 characters at most.
  const encoded = bytes.toString('base64').replaceAll(/(.{76})(?=.)/g, '$1\r\n');
  return (
    `Content-Type: multipart/mixed; boundary="${MIXED}"\r\n\r\n--${MIXED}\r\n${body}\r\n--${MIXED}\r\n` +
    `Content-Type: application/pdf; name="${name}"\r\nContent-Transfer-Encoding: base64\r\n` +
    `Content-Disposition: attachment; filename="${name}"\r\n\r\n${encoded}\r\n--${MIXED}--\r\n`
  );
}

/** A part with its headers. A line end of its own closes it, as encoded text may not end in a soft line break. */
function partOf(kind: 'plain' | 'html', encoded: string): string {
  return (
    `Content-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n` +
    `${encoded}\r\n\r\n`
  );
}
