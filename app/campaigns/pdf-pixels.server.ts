import { spawn } from 'node:child_process';

/** What a page of a PDF looks like: three bytes a pixel, sRGB, on white. */
export type PaintedPage = {
  width: number;
  height: number;
  pixels: Buffer;
  /** Of the whole file; the first was painted. */
  pages: number;
  /** Lines and letters: no picture fills much of it. */
  drawn: boolean;
  /** Whether a picture that fills much of it is in printing inks. */
  cmyk: boolean;
};

/**
 * Why a PDF can't be painted: it is locked, can't be read, has too many pages, is too long and narrow, needs too much memory, or
 * takes too long.
 */
export type PdfRefusal = 'password' | 'damaged' | 'pages' | 'long' | 'heavy' | 'slow';

/** A page that takes longer is a plan of a city. */
const MAX_MS = 20_000;
/** 40 megapixels and a line of words: see the process. */
const MAX_OUTPUT_BYTES = 40_000_000 * 3 + 1_000;

/**
 * Paints the first page of a PDF, in a process of its own: a page can take seconds and much memory, and whatever a hostile file
 * does, it does to a process that knows no secret and can be ended.
 * @param cover pixels that the page should at least cover, both ways; fewer where its pictures don't have so many
 */
export function paintPdf(
  bytes: Uint8Array,
  cover: { width: number; height: number },
  maxMs = MAX_MS,
): Promise<{ ok: true; page: PaintedPage } | { ok: false; why: PdfRefusal }> {
  const child = spawn(
    process.execPath,
    [
      '--max-old-space-size=256',
      '--import',
      'tsx',
      'app/campaigns/pdf-pixels.main.ts',
      String(cover.width),
      String(cover.height),
    ],
    { stdio: ['pipe', 'pipe', 'ignore'], env: { PATH: process.env.PATH } as unknown as NodeJS.ProcessEnv },
  );
  return new Promise((done) => {
    const parts: Buffer[] = [];
    let size = 0;
    let slow = false;
    const timer = setTimeout(() => {
      slow = true;
      child.kill('SIGKILL');
    }, maxMs);
    child.stdout.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
      else parts.push(part);
    });
    child.once('close', () => {
      clearTimeout(timer);
      const answer = slow ? null : readAnswer(Buffer.concat(parts));
      // Who ended without a word ran out of memory, or fell over the file.
      done(answer ?? { ok: false, why: slow ? 'slow' : 'heavy' });
    });
    child.once('error', () => child.stdout.destroy());
    child.stdin.on('error', () => {}); // it ended before it read everything
    child.stdin.end(bytes);
  });
}

function readAnswer(output: Buffer): { ok: true; page: PaintedPage } | { ok: false; why: PdfRefusal } | null {
  const end = output.indexOf('\n');
  if (end < 0) return null;
  const head = JSON.parse(output.subarray(0, end).toString()) as
    | ({ ok: true } & Omit<PaintedPage, 'pixels'>)
    | { ok: false; why: PdfRefusal };
  if (!head.ok) return head;
  const pixels = output.subarray(end + 1);
  return pixels.length === head.width * head.height * 3 ? { ok: true, page: { ...head, pixels } } : null;
}
