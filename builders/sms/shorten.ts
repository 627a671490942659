import { findUrls, resolveUrl } from './urls.ts';

export type Shortened =
  | {
      ok: true;
      /** Where its addresses lead, each once. */
      urls: readonly string[];
      /** The text as it goes out. @param shortUrl the short link of an address, by its place among `urls` */
      write: (shortUrl: (index: number) => string) => string;
    }
  /** In words: an address that can't be linked to. */
  | { ok: false; message: string };

/**
 * Takes the addresses out of a text, so that it can only be written with short links in their places (S0-11).
 * @param refuse the caller's own test of a whole address; it returns words or null
 */
export function shorten(text: string, refuse?: (url: string) => string | null): Shortened {
  const urls: string[] = [];
  const pieces: (string | number)[] = [];
  let from = 0;
  for (const { start, end, text: typed } of findUrls(text)) {
    const resolved = resolveUrl(typed, refuse);
    if (!resolved.ok) return resolved;
    const known = urls.indexOf(resolved.url);
    pieces.push(text.slice(from, start), known < 0 ? urls.push(resolved.url) - 1 : known);
    from = end;
  }
  pieces.push(text.slice(from));
  return {
    ok: true,
    urls,
    write: (shortUrl) => pieces.map((piece) => (typeof piece === 'number' ? shortUrl(piece) : piece)).join(''),
  };
}
