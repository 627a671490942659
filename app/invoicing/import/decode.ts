import chardet from 'chardet';
import iconv from 'iconv-lite';

import { FileError } from './records.ts';

/** An encoding name that iconv-lite knows: `utf8`, `utf16le`, `utf16be`, `windows-1252`, `macintosh`, … */
export type Encoding = string;

export type Probe =
  | { ok: true; encoding: Encoding; bytes: number; nulls: number; invalid: number }
  | { ok: false; reason: string };

const HEAD = 64 * 1024;
const SUSPECTS = 16 * 1024;

/** First bytes of files that people take for CSV, with what to do instead. */
const WRONG_KINDS: { starts: number[]; reason: (head: Uint8Array) => string }[] = [
  { starts: [0x50, 0x4b, 0x03, 0x04], reason: zipReason },
  {
    starts: [0xd0, 0xcf, 0x11, 0xe0],
    reason: () => 'This is an Excel workbook. Save it as CSV and import that.',
  },
  { starts: ascii('%PDF'), reason: () => 'This is a PDF. Export the list as CSV and import that.' },
  { starts: [0x1f, 0x8b], reason: () => 'This is a compressed file. Unpack it and import the CSV file inside.' },
  { starts: [0x89, 0x50, 0x4e, 0x47], reason: () => 'This is a picture. Export the list as CSV and import that.' },
  { starts: [0xff, 0xd8, 0xff], reason: () => 'This is a picture. Export the list as CSV and import that.' },
];

function ascii(text: string): number[] {
  return [...text].map((c) => c.charCodeAt(0));
}

function zipReason(head: Uint8Array): string {
  const text = Buffer.from(head).toString('latin1');
  if (text.includes('xl/') || text.includes('[Content_Types].xml')) {
    return 'This is an Excel workbook. Save it as CSV and import that.';
  }
  return 'This is a ZIP archive. Unpack it and import the CSV file inside.';
}

/**
 * Finds out how a file is encoded while its bytes go by, in constant memory. Push every chunk, then call `finish`.
 * UTF-8 is proven over the whole file: a Windows-1252 letter may stand on the last line only.
 */
export class EncodingProbe {
  private head: Buffer = Buffer.alloc(0);
  private suspects: Buffer[] = [];
  private suspectBytes = 0;
  private tail: Buffer = Buffer.alloc(0);
  private bytes = 0;
  private nulls = 0;
  private valid = 0;
  private invalid = 0;
  private pending = 0;

  /** Takes the next bytes of the file. */
  push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    if (this.head.length < HEAD) this.head = Buffer.concat([this.head, chunk.subarray(0, HEAD - this.head.length)]);
    this.scan(chunk);
    if (this.suspectBytes < SUSPECTS) this.keepSuspect(chunk);
  }

  /** Settles the encoding, or says in plain words why this is no CSV file. */
  finish(): Probe {
    const head = this.head;
    if (this.pending > 0) this.invalid += 1;
    const wrong = WRONG_KINDS.find((kind) => kind.starts.every((byte, i) => head[i] === byte));
    if (wrong) return { ok: false, reason: wrong.reason(head) };
    const result = (encoding: Encoding): Probe => ({
      ok: true,
      encoding,
      bytes: this.bytes,
      nulls: encoding.startsWith('utf16') ? 0 : this.nulls,
      invalid: encoding === 'utf8' ? this.invalid : 0,
    });
    if (head[0] === 0xff && head[1] === 0xfe) return result('utf16le');
    if (head[0] === 0xfe && head[1] === 0xff) return result('utf16be');
    const text = head.toString('latin1').replace(/^\xEF\xBB\xBF/, '');
    if (text.replace(/[\s\0\x1a]/g, '') === '') {
      return { ok: false, reason: 'This file is empty. Export it again, with rows in it, and import that.' };
    }
    if (/^\s*(<!doctype|<html|<table|<\?xml)/i.test(text)) {
      return {
        ok: false,
        reason: 'This is a web page, not a CSV file. Open it in a spreadsheet, save it as CSV and import that.',
      };
    }
    const wide = nullPattern(head);
    if (wide) return result(wide);
    const control = [...head].filter((b) => b < 0x09 || (b > 0x0d && b < 0x20 && b !== 0x1a && b !== 0x1b)).length;
    if (control > head.length * 0.05 && control > 8) {
      return { ok: false, reason: 'This is not a text file. Export the list as CSV and import that.' };
    }
    // A single damaged letter must not turn every accent of a UTF-8 file into noise.
    if (this.invalid === 0 || this.valid > this.invalid * 4) return result('utf8');
    return result(guessLegacy(Buffer.concat(this.suspects)));
  }

  private scan(chunk: Uint8Array): void {
    let pending = this.pending;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0;
      if (pending === 0) {
        if (byte < 0x80) {
          if (byte === 0) this.nulls += 1;
        } else if (byte >= 0xc2 && byte <= 0xdf) pending = 1;
        else if (byte >= 0xe0 && byte <= 0xef) pending = 2;
        else if (byte >= 0xf0 && byte <= 0xf4) pending = 3;
        else this.invalid += 1;
      } else if (byte >= 0x80 && byte <= 0xbf) {
        pending -= 1;
        if (pending === 0) this.valid += 1;
      } else {
        this.invalid += 1;
        pending = 0;
        i -= 1;
      }
    }
    this.pending = pending;
  }

  /** The first letters outside ASCII, with what stands around them. */
  private keepSuspect(chunk: Uint8Array): void {
    const at = this.suspectBytes > 0 ? 0 : chunk.findIndex((byte) => byte >= 0x80);
    if (at < 0) {
      this.tail = Buffer.concat([this.tail, chunk]).subarray(-200);
      return;
    }
    const piece = Buffer.concat([this.tail, chunk.subarray(Math.max(0, at - 200), at + SUSPECTS)]);
    this.tail = Buffer.alloc(0);
    this.suspects.push(piece);
    this.suspectBytes += piece.length;
  }
}

/** UTF-16 without a mark: nearly every second byte of Latin text is zero. */
function nullPattern(head: Buffer): Encoding | null {
  let even = 0;
  let odd = 0;
  for (let i = 0; i < head.length; i++) {
    if (head[i] !== 0) continue;
    if (i % 2 === 0) even += 1;
    else odd += 1;
  }
  const half = head.length / 2;
  if (odd > half * 0.6 && even < half * 0.1) return 'utf16le';
  if (even > half * 0.6 && odd < half * 0.1) return 'utf16be';
  return null;
}

/**
 * Which 8-bit encoding. US files are Windows-1252 or, from Excel on an older Mac, Mac Roman, which chardet does not know:
 * there letters with accents lie where Windows-1252 has punctuation or nothing.
 */
function guessLegacy(sample: Buffer): Encoding {
  const text = sample.toString('latin1');
  const macLetters = text.match(/(?<=[A-Za-z])[\x80-\x90\x92-\x9F](?=[A-Za-z,"\s])/g)?.length ?? 0;
  const windowsLetters = text.match(/[\xC0-\xFF]/g)?.length ?? 0;
  if (macLetters > windowsLetters) return 'macintosh';
  const best = chardet.analyse(sample)[0];
  const sure =
    best &&
    best.confidence >= 80 &&
    /^(windows-125[01345678]|ISO-8859-[25789]|KOI8-R|Shift_JIS|GB18030|Big5|EUC-)/.test(best.name);
  return sure && iconv.encodingExists(best.name) ? best.name : 'windows-1252';
}

/**
 * Bytes to text, chunk by chunk, without the byte-order mark and without null characters (PostgreSQL takes none).
 * Throws FileError when the encoding is unknown.
 */
export async function* decode(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<string> {
  if (!iconv.encodingExists(encoding)) throw new FileError('The encoding of the file is not known.');
  const decoder = iconv.getDecoder(encoding);
  for await (const chunk of chunks) {
    const text = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (text !== '') yield text.includes('\0') ? text.replaceAll('\0', '') : text;
  }
  const rest = decoder.end();
  if (rest) yield rest.replaceAll('\0', '');
}
