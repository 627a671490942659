import { findUrls, resolveUrl } from './urls.ts';

export type Shortened =
  | { ok: true; body: string; urls: readonly string[] }
  /** In words: an address that can't be linked to. */
  | { ok: false; message: string };

/**
 * A text as it goes out: each of its addresses is a short link (S0-11). An address that stands twice is one link.
 * @param shortUrl the short link of an address, by its place among `urls`
 * @param refuse the caller's own test of a whole address; it returns words or null
 */
export function shorten(
  text: string,
  shortUrl: (index: number) => string,
  refuse?: (url: string) => string | null,
): Shortened {
  const urls: string[] = [];
  let body = '';
  let from = 0;
  for (const { start, end, text: typed } of findUrls(text)) {
    const resolved = resolveUrl(typed, refuse);
    if (!resolved.ok) return resolved;
    const known = urls.indexOf(resolved.url);
    const index = known < 0 ? urls.push(resolved.url) - 1 : known;
    body += text.slice(from, start) + shortUrl(index);
    from = end;
  }
  return { ok: true, body: body + text.slice(from), urls };
}
